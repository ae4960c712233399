//! The Lambda `manage-workflows`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::manage_workflows::FUNCTION)
}
