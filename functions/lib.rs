//! The portal's actions, each a Lambda of its own: a folder whose `mod.rs` is the action and whose `main.rs` runs it.

mod acted;
pub mod api;
mod delivery;
mod desk;
mod fields;
mod interview_change;
mod interview_mails;
mod password_links;

pub mod cancel_interview;
pub mod change_password;
pub mod change_status;
pub mod draft_email;
pub mod get_application;
pub mod get_application_history;
pub mod get_profile;
pub mod import_applications;
pub mod invite_recruiter;
pub mod list_applications;
pub mod list_interviews;
pub mod manage_customers;
pub mod manage_jobs;
pub mod read_history;
pub mod record_phone_call;
pub mod refresh_session;
pub mod request_password_reset;
pub mod reschedule_interview;
pub mod reset_password;
pub mod schedule_interview;
pub mod send_email;
pub mod sign_in;
pub mod sign_out;
pub mod update_settings;

use lambda::Function;

/// Every function there is. `template.yaml` names the same ones.
pub const FUNCTIONS: &[Function] = &[
    cancel_interview::FUNCTION,
    change_password::FUNCTION,
    change_status::FUNCTION,
    draft_email::FUNCTION,
    get_application::FUNCTION,
    get_application_history::FUNCTION,
    get_profile::FUNCTION,
    import_applications::FUNCTION,
    invite_recruiter::FUNCTION,
    list_applications::FUNCTION,
    list_interviews::FUNCTION,
    manage_customers::FUNCTION,
    manage_jobs::FUNCTION,
    read_history::FUNCTION,
    record_phone_call::FUNCTION,
    refresh_session::FUNCTION,
    request_password_reset::FUNCTION,
    reschedule_interview::FUNCTION,
    reset_password::FUNCTION,
    schedule_interview::FUNCTION,
    send_email::FUNCTION,
    sign_in::FUNCTION,
    sign_out::FUNCTION,
    update_settings::FUNCTION,
];
