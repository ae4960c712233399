//! The Lambda `schedule-interview`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::schedule_interview::FUNCTION)
}
