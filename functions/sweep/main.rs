//! The Lambda `sweep`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::sweep::FUNCTION)
}
