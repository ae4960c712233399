//! The Lambda `reschedule-interview`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::reschedule_interview::FUNCTION)
}
