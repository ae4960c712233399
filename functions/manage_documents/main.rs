//! The Lambda `manage-documents`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::manage_documents::FUNCTION)
}
