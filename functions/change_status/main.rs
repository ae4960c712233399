//! The Lambda `change-status`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::change_status::FUNCTION)
}
