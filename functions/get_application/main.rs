//! The Lambda `get-application`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::get_application::FUNCTION)
}
