//! Leaves out of what is deployed the tables that unwinding would need.

use std::env;

fn main() -> Result<(), env::VarError> {
    println!("cargo:rerun-if-changed=no_unwinding.ld");
    // The release profile ends a process at a panic, so that nothing unwinds there: the tables would be an eighth of each
    // binary. Tests unwind.
    if env::var("PROFILE")? == "release" {
        let script = env::var("CARGO_MANIFEST_DIR")? + "/no_unwinding.ld";
        println!("cargo:rustc-link-arg-bins=-Wl,--no-eh-frame-hdr,-T,{script}");
    }
    Ok(())
}
