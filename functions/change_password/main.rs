//! The Lambda `change-password`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::change_password::FUNCTION)
}
