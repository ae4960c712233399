//! Mails: their bytes, the calendar objects they carry, and how they leave.

mod account_mail;
mod applicant_mail;
mod calendar;
mod calendar_mail;
mod letter;
mod mailer;

pub use account_mail::AccountMail;
pub use applicant_mail::ApplicantMail;
pub use calendar::{CalendarEvent, CalendarMethod};
pub use calendar_mail::CalendarMail;
pub use letter::RenderError;
pub use mailer::{Attempt, Mailer, OutgoingMail};
