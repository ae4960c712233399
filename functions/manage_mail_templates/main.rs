//! The Lambda `manage-mail-templates`.

fn main() -> std::process::ExitCode {
    lambda::run(&functions::manage_mail_templates::FUNCTION)
}
