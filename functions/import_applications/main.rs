//! The Lambda `import-applications`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::import_applications::FUNCTION)
}
