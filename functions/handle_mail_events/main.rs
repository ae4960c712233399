//! The Lambda `handle-mail-events`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::handle_mail_events::FUNCTION)
}
