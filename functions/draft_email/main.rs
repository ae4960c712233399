//! The Lambda `draft-email`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::draft_email::FUNCTION)
}
