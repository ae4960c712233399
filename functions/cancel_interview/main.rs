//! The Lambda `cancel-interview`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::cancel_interview::FUNCTION)
}
