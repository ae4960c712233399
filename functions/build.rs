//! Leaves out of what is deployed the tables that unwinding would need. The linker must be GNU's or LLVM's, as on Linux.

use std::env;

fn main() -> Result<(), env::VarError> {
    println!("cargo:rerun-if-changed=no_unwinding.ld");
    // The release profile ends a process at a panic, so that nothing unwinds there: the tables would be a fourteenth of
    // each binary. Only binaries are linked so; tests unwind.
    if env::var("PROFILE")? == "release" && env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        let script = env::var("CARGO_MANIFEST_DIR")? + "/no_unwinding.ld";
        println!("cargo:rustc-link-arg-bins=-Wl,--no-eh-frame-hdr,-T,{script}");
    }
    Ok(())
}
