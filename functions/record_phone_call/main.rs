//! The Lambda `record-phone-call`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::record_phone_call::FUNCTION)
}
