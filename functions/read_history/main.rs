//! The Lambda `read-history`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::read_history::FUNCTION)
}
