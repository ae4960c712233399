//! The Lambda `download-document`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::download_document::FUNCTION)
}
