//! The Lambda `list-applications`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::list_applications::FUNCTION)
}
