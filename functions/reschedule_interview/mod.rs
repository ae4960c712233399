//! `PATCH /api/interviews/{interviewId}`: another time or place. Everybody invited gets the update.

use std::sync::Arc;

use domain::{Appointment, AppointmentFields, MeetingUrl, SingleLine};
use lambda::{Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::Deserialize;

use crate::{
    desk::Desk,
    interview_change::{InterviewAct, LoadedAct, Subject},
    interview_mails::News,
};

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "reschedule-interview",
    start: |environment| Box::pin(start(environment)),
};

/// What is to change; an absent field stays, an empty one is cleared.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reschedule {
    starts_at: Option<String>,
    ends_at: Option<String>,
    time_zone: Option<String>,
    location: Option<String>,
    online_meeting_url: Option<String>,
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start(&environment).await?,
        reschedule_interview,
    ))
}

async fn reschedule_interview(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let Desk { backend, post } = desk.as_ref();
    let body: Reschedule = request.json()?;
    let (act, loaded) = InterviewAct::load(backend, &request).await?;
    let subject = match loaded {
        LoadedAct::New(subject) => subject,
        LoadedAct::Done(reply) => return Ok(reply),
    };
    let appointment = appointment(&subject, &body, &request)?;
    let after = subject.interview.moved_to(appointment);
    let applications: Vec<_> = subject.applications.iter().collect();
    let change = subject.change(News::Moved, &after, &applications, true, post, &request)?;
    act.commit(backend, post, &subject, &after, &change, &request).await
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
    for application in &subject.applications {
        let others = application
            .bookings
            .iter()
            .filter(|booking| booking.interview_id != subject.interview.id);
        if others
            .into_iter()
            .any(|other| appointment.overlaps(other.appointment.starts_at, other.appointment.ends_at))
        {
            return Err(Problem::invalid(
                "/startsAt",
                "an applicant has another appointment at this time",
            ));
        }
    }
    Ok(appointment)
}
