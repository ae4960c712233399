//! The feed as CSV, as German spreadsheets open it: semicolons, UTF-8 with a byte order mark, and no cell that begins a formula.

use std::error::Error;

use domain::{ActorKind, HistoryChannel, InterviewChange, Language, MailState, PhoneCallOutcome, TimeZoneName, User};
use jiff::{Timestamp, tz::TimeZone};
use lambda::{PortalRequest, Problem, Reply};

use crate::api::{FeedItemView, FeedSubjectView};

/// One answer; the next one is named in the header `Link`, and all of them one after another are one file.
pub fn reply(
    request: &PortalRequest,
    user: &User,
    items: &[FeedItemView],
    first: bool,
    next_cursor: Option<&str>,
) -> Result<Reply, Problem> {
    let text = table(items, user.language == Language::English, first).map_err(Problem::Internal)?;
    // Twice, because lambda_http decodes texts, which takes one byte order mark away.
    let mark = if first { "\u{feff}\u{feff}" } else { "" };
    let reply = Reply::text("text/csv; charset=utf-8", format!("{mark}{text}"))
        .header("content-disposition", "attachment; filename=\"history.csv\"");
    Ok(match next_cursor {
        None => reply,
        Some(cursor) => reply.header("link", &format!("<{}>; rel=\"next\"", next(request, cursor))),
    })
}

/// A row for each item, below the headings if they are wanted.
pub fn table(items: &[FeedItemView], english: bool, headed: bool) -> Result<String, Box<dyn Error + Send + Sync>> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if headed {
        writer.write_record(if english { HEADINGS_ENGLISH } else { HEADINGS })?;
    }
    for item in items {
        writer.write_record(cells(item, english).map(|cell| safe(&cell)))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

const HEADINGS: [&str; 13] = [
    "Zeit",
    "Kunde",
    "Job",
    "Bewerber:in",
    "Wer",
    "Rolle",
    "Kanal",
    "Aktivität",
    "Von Status",
    "Zu Status",
    "Einzelheit",
    "Zustellung",
    "Bewerbung",
];
const HEADINGS_ENGLISH: [&str; 13] = [
    "Time",
    "Customer",
    "Job",
    "Applicant",
    "Who",
    "Role",
    "Channel",
    "Activity",
    "From status",
    "To status",
    "Detail",
    "Delivery",
    "Application",
];

fn cells(item: &FeedItemView, english: bool) -> [String; 13] {
    let text = |german: &str, in_english: &str| if english { in_english } else { german }.to_owned();
    let mut cells: [String; 13] = std::array::from_fn(|_| String::new());
    cells[0] = local_time(item.at);
    cells[1] = item.customer.as_ref().map(name_or_id).unwrap_or_default();
    cells[4] = item.actor.name.to_string();
    cells[5] = match item.actor.kind {
        ActorKind::Contact => text("Ansprechpartner:in", "Contact"),
        ActorKind::Recruiter => text("Recruiter:in", "Recruiter"),
    };
    cells[6] = match item.channel {
        HistoryChannel::Email => text("E-Mail", "E-mail"),
        HistoryChannel::Phone => text("Telefon", "Phone"),
        HistoryChannel::StatusOnly => text("Nur Statusänderung", "Status only"),
        HistoryChannel::Interview => text("Gespräch", "Interview"),
        HistoryChannel::Import => text("Import", "Import"),
        HistoryChannel::Download => text("Dokument", "Document"),
    };
    match &item.about {
        FeedSubjectView::Document { document } => cells[10] = name_or_id(document),
        FeedSubjectView::Application {
            application,
            job,
            activity_name,
            from_status,
            to_status,
            email_subject,
            phone_call_outcome,
            interviews,
            delivery,
            ..
        } => {
            cells[2] = name_or_id(job);
            cells[3].clone_from(&application.applicant_name);
            cells[7] = activity_name.as_ref().map(ToString::to_string).unwrap_or_default();
            cells[8] = from_status.as_ref().map(name_or_id).unwrap_or_default();
            cells[9] = name_or_id(to_status);
            let mut details: Vec<_> = email_subject.iter().map(ToString::to_string).collect();
            details.extend(phone_call_outcome.map(|outcome| match outcome {
                PhoneCallOutcome::Reached => text("erreicht", "reached"),
                PhoneCallOutcome::Voicemail => text("Mobilbox", "voicemail"),
                PhoneCallOutcome::NotReached => text("nicht erreicht", "not reached"),
            }));
            details.extend(interviews.iter().map(|interview| {
                let what = match interview.change {
                    InterviewChange::Arranged => text("Termin vereinbart", "arranged"),
                    InterviewChange::Joined => text("zu Termin hinzugefügt", "joined"),
                    InterviewChange::Moved => text("Termin verschoben", "moved"),
                    InterviewChange::Cancelled => text("Termin entfällt", "cancelled"),
                };
                let when = interview.starts_at.map(local_time).unwrap_or_default();
                format!("{what} {when}").trim().to_owned()
            }));
            cells[10] = details.join(", ");
            cells[11] = delivery
                .map(|state| delivery_text(state, english).to_owned())
                .unwrap_or_default();
            cells[12] = application.id.to_string();
        }
    }
    cells
}

fn delivery_text(state: MailState, english: bool) -> &'static str {
    let (german, in_english) = match state {
        MailState::Pending => ("wird erneut versucht", "pending"),
        MailState::Sending => ("wird gesendet", "sending"),
        MailState::Accepted => ("gesendet", "sent"),
        MailState::Delivered => ("zugestellt", "delivered"),
        MailState::NotDelivered => ("nicht zugestellt", "not delivered"),
        MailState::Unclear => ("Versand ungeklärt", "unclear"),
        MailState::Failed => ("fehlgeschlagen", "failed"),
    };
    if english { in_english } else { german }
}

fn name_or_id<Id: ToString>(named: &crate::api::NamedView<Id>) -> String {
    named
        .name
        .as_ref()
        .map_or_else(|| named.id.to_string(), ToString::to_string)
}

/// "2027-01-14 14:00:00" in Vienna, which spreadsheets understand and sort.
fn local_time(time: Timestamp) -> String {
    let zone = TimeZone::get(TimeZoneName::default().as_str()).unwrap_or(TimeZone::UTC);
    zone.to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A cell that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection).
fn safe(cell: &str) -> String {
    let dangerous = |letter: char| {
        matches!(
            letter,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    if cell.trim_start_matches(' ').starts_with(dangerous) || cell.starts_with(['\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The same request with the cursor of the next page.
fn next(request: &PortalRequest, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in request.queries() {
        if name != "cursor" {
            query.append_pair(name, value);
        }
    }
    query.append_pair("cursor", cursor);
    format!("/api/history?{}", query.finish())
}
