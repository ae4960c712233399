//! Mails: their bytes, and how they leave.

mod applicant_mail;
mod mailer;

pub use applicant_mail::{ApplicantMail, RenderError};
pub use mailer::{Attempt, Mailer, OutgoingMail};
