//! The Lambda `list-interviews`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::list_interviews::FUNCTION)
}
