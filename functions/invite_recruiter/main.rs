//! The Lambda `invite-recruiter`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::invite_recruiter::FUNCTION)
}
