//! The Lambda `refresh-session`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::refresh_session::FUNCTION)
}
