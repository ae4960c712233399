//! The Lambda `sign-in`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::sign_in::FUNCTION)
}
