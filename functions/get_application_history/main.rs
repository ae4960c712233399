//! The Lambda `get-application-history`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::get_application_history::FUNCTION)
}
