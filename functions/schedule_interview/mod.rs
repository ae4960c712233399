//! `POST …/activities/{activityId}/interview`: carries the activity out by an appointment, new or existing. The
//! applicant gets an invitation if one is written; the caller and the colleagues get theirs in any case.

use std::sync::Arc;

use domain::{
    Act, Case, Channel, Colleague, ComposedEmail, Decision, EmailAddress, FieldError, Interview, InterviewChange,
    InterviewId, NotBookable, Participant, RecordedEmail, User, Version,
};
use jiff::Timestamp;
use lambda::{
    Action, Backend, Environment, Function, Handler, Loaded, PortalRequest, Problem, Reply, StartError, random, serve,
};
use serde::Deserialize;
use store::OrderedMail;

use crate::{
    acted::{self, Undertaking},
    api::{NewInterview, PlannedInterview},
    delivery::Post,
    desk::Desk,
    interview_mails::{InterviewMails, News, next},
};

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "schedule-interview",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScheduleInterview {
    interview_id: Option<String>,
    interview: Option<NewInterview>,
    invitation: Option<Invitation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Invitation {
    subject: String,
    body_html: String,
}

/// What was asked for.
enum Plan {
    Existing(InterviewId),
    New(PlannedInterview),
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start(&environment).await?,
        schedule_interview,
    ))
}

async fn schedule_interview(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let Desk { backend, post } = desk.as_ref();
    let action = Action::parse(backend, &request).await?;
    let body: ScheduleInterview = request.json()?;
    let (plan, invitation) = parse(&body, &request)?;
    let existing = if let Plan::Existing(id) = &plan { Some(id) } else { None };

    let (case, interview) = match action.load(backend, &request, existing).await? {
        Loaded::New(case, interview) => (case, interview),
        Loaded::Done(done) => return acted::again(backend, &done).await,
    };
    let activity = case.released(&action.activity_id, Channel::Interview)?;
    let invitation = match invitation {
        None => None,
        Some(email) => {
            let to = case
                .application()
                .applicant
                .email
                .clone()
                .ok_or(Problem::ApplicantWithoutEmail)?;
            Some((to, email))
        }
    };
    let invited = invitation.as_ref().map(|(to, _)| to.clone());
    let (change, interview) = match plan {
        Plan::Existing(_) => (
            InterviewChange::Joined,
            join(&case, interview.as_deref(), invited, &request)?,
        ),
        Plan::New(plan) => (
            InterviewChange::Arranged,
            arrange(backend, &case, plan, invited, request.received_at()).await?,
        ),
    };
    let act = Act::Interview {
        change,
        booking: interview.booking(),
        invitation,
    };
    let decision = activity.decide(act, &[], request.received_at(), acted::salt()?)?;
    let mails = order(&case, change, &interview, &decision, post, &request)?;

    let undertaking = Undertaking {
        desk: &desk,
        action: &action,
        request: &request,
        case: &case,
    };
    undertaking.finish(&decision, &[interview], &mails).await
}

fn parse(body: &ScheduleInterview, request: &PortalRequest) -> Result<(Plan, Option<ComposedEmail>), Problem> {
    let mut errors = Vec::new();
    let invitation = body.invitation.as_ref().and_then(|invitation| {
        let email = ComposedEmail::parse(&invitation.subject, &invitation.body_html);
        let below = |error: FieldError| FieldError::new(format!("/invitation{}", error.pointer), error.detail);
        email.map_err(|more| errors.extend(more.into_iter().map(below))).ok()
    });
    let plan = match (&body.interview_id, &body.interview) {
        (Some(id), None) => match id.parse() {
            Ok(id) => Some(Plan::Existing(id)),
            Err(_) => return Err(NotBookable::Absent.into()),
        },
        (None, Some(interview)) => {
            let plan = interview.parse(request.received_at());
            plan.map_err(|more| errors.extend(more)).ok().map(Plan::New)
        }
        _ => {
            errors.push(FieldError::new("", "must have either interviewId or interview"));
            None
        }
    };
    match plan {
        Some(plan) if errors.is_empty() => Ok((plan, invitation)),
        _ => Err(errors.into()),
    }
}

fn join(
    case: &Case,
    interview: Option<&Interview>,
    invited: Option<EmailAddress>,
    request: &PortalRequest,
) -> Result<Interview, Problem> {
    let interview = interview.ok_or(NotBookable::Absent)?;
    Ok(interview.joined_by(case.application(), case.caller(), invited, request.received_at())?)
}

async fn arrange(
    backend: &Backend,
    case: &Case,
    plan: PlannedInterview,
    invited: Option<EmailAddress>,
    now: Timestamp,
) -> Result<Interview, Problem> {
    let PlannedInterview {
        appointment,
        attendees,
        places,
    } = plan;
    case.application().is_free_for(&appointment, now)?;
    let forms: Vec<_> = attendees.iter().map(EmailAddress::lookup_form).collect();
    let users = backend.store.users_by_email(&forms).await?;
    let mut colleagues = vec![Colleague::of(case.caller().user())];
    for (index, form) in forms.iter().enumerate() {
        let user = users
            .iter()
            .find(|user| user.email.lookup_form() == *form && is_colleague(case, user));
        let user = user.ok_or_else(|| {
            Problem::invalid(&format!("/interview/attendees/{index}"), "is nobody of this department")
        })?;
        if !colleagues.iter().any(|known| known.user_id == user.id) {
            colleagues.push(Colleague::of(user));
        }
    }
    let application_id = case.application().id.clone();
    Ok(Interview {
        id: InterviewId::from_random(&case.job().id, random()?),
        customer_id: case.job().customer_id.clone(),
        appointment,
        places,
        participants: vec![Participant {
            application_id,
            invited,
        }],
        colleagues,
        left: std::collections::BTreeSet::new(),
        sequence: 0,
        cancelled: false,
        version: Version(1),
    })
}

fn is_colleague(case: &Case, user: &User) -> bool {
    user.active && user.customer_id() == Some(&case.job().customer_id)
}

/// To the applicant if they are invited, and to everybody who has it in their calendar now.
fn order(
    case: &Case,
    change: InterviewChange,
    interview: &Interview,
    decision: &Decision,
    post: &Post,
    request: &PortalRequest,
) -> Result<Vec<OrderedMail>, Problem> {
    let caller = case.caller().user();
    let writer = InterviewMails {
        sender: caller,
        job: case.job(),
        post,
        request,
    };
    let content = decision.entry.content()?;
    let invitation: Option<&RecordedEmail> = content.as_ref().and_then(|content| content.email.as_ref());
    let mut mails = Vec::new();
    if invitation.is_some() {
        mails.extend(writer.to_applicant(News::Invited, interview, interview, decision, invitation, 1)?);
    }
    for colleague in &interview.colleagues {
        // Who is in an existing appointment has it already; only the caller is told again.
        if change == InterviewChange::Arranged || colleague.user_id == caller.id {
            mails.push(writer.to_colleague(News::Invited, interview, decision, colleague, next(&mails))?);
        }
    }
    Ok(mails)
}
