//! The Lambda `sign-out`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::sign_out::FUNCTION)
}
