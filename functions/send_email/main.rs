//! The Lambda `send-email`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::send_email::FUNCTION)
}
