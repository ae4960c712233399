//! The Lambda `get-api-description`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::get_api_description::FUNCTION)
}
