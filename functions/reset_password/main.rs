//! The Lambda `reset-password`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::reset_password::FUNCTION)
}
