//! `PATCH /api/interviews/{interviewId}`: another time or place. Everybody invited gets the update.

use std::sync::Arc;

use domain::{Appointment, AppointmentFields, MeetingUrl, SingleLine};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::Deserialize;
use store::PersonCalendar;
use utoipa::ToSchema;

use crate::{
    acted::DECISIONS,
    desk::Desk,
    interview_change::{Changed, InterviewAct, LoadedAct, Subject},
    interview_mails::News,
};

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "reschedule-interview",
    start: |environment| Box::pin(start(environment)),
};

/// What is to change; an absent field stays, an empty one is cleared.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reschedule {
    starts_at: Option<String>,
    ends_at: Option<String>,
    time_zone: Option<String>,
    location: Option<String>,
    online_meeting_url: Option<String>,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "PATCH /api/interviews/{interviewId}",
            "Another time or place; who was invited is told.",
        )
        .commands()
        .body::<Reschedule>()
        .etag()
        .answers::<Changed>(200, "Moved, and SES has the mails.")
        .answers::<Changed>(202, "Moved; where the mails are, `delivery` says."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start_to_mail(&environment).await?,
        reschedule_interview,
    ))
}

async fn reschedule_interview(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let Desk { backend, post } = desk.as_ref();
    let body: Reschedule = request.json()?;
    for _ in 0..DECISIONS {
        let (act, loaded) = InterviewAct::load(backend, &request).await?;
        let subject = match loaded {
            LoadedAct::New(subject) => subject,
            LoadedAct::Done(reply) => return Ok(reply),
        };
        let appointment = appointment(&subject, &body, &request)?;
        let calendars = calendars(backend, &subject, &appointment).await?;
        let after = subject
            .interview
            .moved_to(appointment, &subject.caller, request.received_at());
        let applications: Vec<_> = subject.applications.iter().collect();
        let mut change = subject.change(News::Moved, &after, &applications, true, post, &request)?;
        change.calendars = calendars;
        if let Some(reply) = act.commit(backend, post, &subject, &after, &change, &request).await? {
            return Ok(reply);
        }
    }
    Err(Problem::contended())
}

fn appointment(subject: &Subject, body: &Reschedule, request: &PortalRequest) -> Result<Appointment, Problem> {
    let before = &subject.interview.appointment;
    let (starts_at, ends_at) = (before.starts_at.to_string(), before.ends_at.to_string());
    let location = before.location.as_ref().map(SingleLine::as_str);
    let url = before.online_meeting_url.as_ref().map(MeetingUrl::as_str);
    let fields = AppointmentFields {
        starts_at: body.starts_at.as_deref().unwrap_or(&starts_at),
        ends_at: body.ends_at.as_deref().unwrap_or(&ends_at),
        time_zone: body.time_zone.as_deref().unwrap_or(before.time_zone.as_str()),
        location: body.location.as_deref().or(location),
        online_meeting_url: body.online_meeting_url.as_deref().or(url),
    };
    let appointment = Appointment::parse(&fields, "", request.received_at())?;
    if appointment == *before {
        return Err(Problem::invalid("", "nothing would change"));
    }
    Ok(appointment)
}

/// What else the applicants have to come, if nothing of it is at the new time.
async fn calendars(
    backend: &Backend,
    subject: &Subject,
    appointment: &Appointment,
) -> Result<Vec<PersonCalendar>, Problem> {
    let id = &subject.interview.id;
    let others = subject.applications.iter();
    let others = others.map(|application| backend.store.person_calendar(application, Some(id)));
    let calendars: Vec<_> = futures::future::try_join_all(others)
        .await?
        .into_iter()
        .flatten()
        .collect();
    let own = subject
        .applications
        .iter()
        .flat_map(|application| &application.bookings);
    let elsewhere = calendars.iter().flat_map(|calendar| &calendar.elsewhere);
    let taken = own
        .filter(|booking| booking.interview_id != *id)
        .chain(elsewhere)
        .any(|booking| appointment.overlaps(booking.appointment.starts_at, booking.appointment.ends_at));
    if taken {
        let detail = "an applicant has another appointment at this time";
        return Err(Problem::invalid("/startsAt", detail));
    }
    Ok(PersonCalendar::one_each(calendars))
}
