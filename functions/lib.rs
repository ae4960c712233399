//! The portal's actions, each a Lambda of its own: a folder whose `mod.rs` is the action and whose `main.rs` runs it.

mod acted;
pub mod api;
mod counted_attempt;
mod delivery;
mod desk;
mod fields;
mod interview_change;
mod interview_mails;
mod lost_mails;
mod own_password;
mod password_links;
mod shelf;

pub mod cancel_interview;
pub mod change_password;
pub mod change_status;
pub mod download_document;
pub mod draft_email;
pub mod get_api_description;
pub mod get_application;
pub mod get_application_history;
pub mod get_profile;
pub mod handle_mail_events;
pub mod import_applications;
pub mod invite_recruiter;
pub mod list_applications;
pub mod list_documents;
pub mod list_interviews;
pub mod manage_customers;
pub mod manage_documents;
pub mod manage_jobs;
pub mod manage_mail_templates;
pub mod manage_second_factor;
pub mod manage_workflows;
pub mod read_history;
pub mod record_phone_call;
pub mod refresh_session;
pub mod request_password_reset;
pub mod reschedule_interview;
pub mod resend_mail;
pub mod reset_password;
pub mod schedule_interview;
pub mod send_email;
pub mod sign_in;
pub mod sign_out;
pub mod sweep;
pub mod update_settings;

use lambda::Function;
use utoipa::openapi::OpenApi;

use crate::api::Operation;

/// Every function there is. `template.yaml` names the same ones.
pub static FUNCTIONS: &[Function] = &[
    cancel_interview::FUNCTION,
    change_password::FUNCTION,
    change_status::FUNCTION,
    download_document::FUNCTION,
    draft_email::FUNCTION,
    get_api_description::FUNCTION,
    get_application::FUNCTION,
    get_application_history::FUNCTION,
    get_profile::FUNCTION,
    handle_mail_events::FUNCTION,
    import_applications::FUNCTION,
    invite_recruiter::FUNCTION,
    list_applications::FUNCTION,
    list_documents::FUNCTION,
    list_interviews::FUNCTION,
    manage_customers::FUNCTION,
    manage_documents::FUNCTION,
    manage_jobs::FUNCTION,
    manage_mail_templates::FUNCTION,
    manage_second_factor::FUNCTION,
    manage_workflows::FUNCTION,
    read_history::FUNCTION,
    record_phone_call::FUNCTION,
    refresh_session::FUNCTION,
    request_password_reset::FUNCTION,
    reschedule_interview::FUNCTION,
    resend_mail::FUNCTION,
    reset_password::FUNCTION,
    schedule_interview::FUNCTION,
    send_email::FUNCTION,
    sign_in::FUNCTION,
    sign_out::FUNCTION,
    sweep::FUNCTION,
    update_settings::FUNCTION,
];

/// What the functions say of their routes.
fn operations() -> impl Iterator<Item = Operation> {
    let operations = [
        cancel_interview::operations(),
        change_password::operations(),
        change_status::operations(),
        download_document::operations(),
        draft_email::operations(),
        get_api_description::operations(),
        get_application::operations(),
        get_application_history::operations(),
        get_profile::operations(),
        import_applications::operations(),
        list_applications::operations(),
        list_documents::operations(),
        list_interviews::operations(),
        manage_customers::operations(),
        manage_documents::operations(),
        manage_jobs::operations(),
        manage_mail_templates::operations(),
        manage_second_factor::operations(),
        manage_workflows::operations(),
        read_history::operations(),
        record_phone_call::operations(),
        refresh_session::operations(),
        request_password_reset::operations(),
        reschedule_interview::operations(),
        resend_mail::operations(),
        reset_password::operations(),
        schedule_interview::operations(),
        send_email::operations(),
        sign_in::operations(),
        sign_out::operations(),
        update_settings::operations(),
    ];
    operations.into_iter().flatten()
}

/// The API's description.
pub fn describe() -> Result<OpenApi, api::SameName> {
    api::describe(operations())
}
