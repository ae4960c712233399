//! What the proofs tried and found: one line each, which `make test` prints in the end.

/// Prints the line, and keeps it in the folder that `REPORT` names, if it names one. Lines are shown in the order of
/// their names.
#[allow(
    clippy::print_stdout,
    reason = "for whoever runs the test by itself with --nocapture"
)]
pub fn report(name: &str, line: &str) {
    println!("{line}");
    if let Some(folder) = std::env::var_os("REPORT") {
        let path = std::path::Path::new(&folder).join(name);
        std::fs::write(path, format!("{line}\n")).expect("the report's folder is there");
    }
}
