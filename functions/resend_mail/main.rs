//! The Lambda `resend-mail`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::resend_mail::FUNCTION)
}
