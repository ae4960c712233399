//! The Lambda `list-documents`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::list_documents::FUNCTION)
}
