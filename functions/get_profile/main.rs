//! The Lambda `get-profile`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::get_profile::FUNCTION)
}
