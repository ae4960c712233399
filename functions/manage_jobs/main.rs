//! The Lambda `manage-jobs`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::manage_jobs::FUNCTION)
}
