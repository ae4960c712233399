//! The Lambda `request-password-reset`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::request_password_reset::FUNCTION)
}
