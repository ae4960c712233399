//! The Lambda `manage-customers`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::manage_customers::FUNCTION)
}
