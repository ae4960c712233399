//! The Lambda `update-settings`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::update_settings::FUNCTION)
}
