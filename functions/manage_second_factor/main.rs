//! The Lambda `manage-second-factor`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::manage_second_factor::FUNCTION)
}
