//! `POST …/activities/{activityId}/interview`: carries the activity out by an appointment, new or existing. The
//! applicant gets an invitation if one is written; the caller and the colleagues get theirs in any case.

use std::sync::Arc;

use domain::{
    Act, Case, Channel, Colleague, ComposedEmail, Decision, EmailAddress, FieldError, HistoryChannel, Interview,
    InterviewChange, InterviewId, LastChange, NotBookable, Participant, User, Version,
};
use jiff::Timestamp;
use lambda::{
    Action, Backend, Environment, Function, Handler, Loaded, PortalRequest, Problem, Reply, StartError, random, serve,
};
use serde::Deserialize;
use store::OrderedMail;
use utoipa::ToSchema;

use crate::{
    acted::{self, Acted, Consequences, DECISIONS, Undertaking},
    api::{InterviewView, NewInterview, Operation, PlannedInterview},
    desk::Desk,
    interview_change::to_be_joined,
    interview_mails::{InterviewMails, News, next},
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "schedule-interview",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScheduleInterview {
    interview_id: Option<String>,
    interview: Option<NewInterview>,
    invitation: Option<Invitation>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Invitation {
    subject: String,
    body_html: String,
}

/// What was asked for.
enum Plan {
    Existing,
    New(PlannedInterview),
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/applications/{applicationId}/activities/{activityId}/interview",
            "Carry an activity out by an appointment, new or existing.",
        )
        .commands()
        .body::<ScheduleInterview>()
        .etag()
        .answers::<Acted>(200, "Done, and SES has the mails.")
        .answers::<Acted>(202, "Done; where the mails are, `delivery` says.")
        .problem("403", "`activity-not-released`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start_to_mail(&environment).await?,
        schedule_interview,
    ))
}

async fn schedule_interview(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let backend = &desk.backend;
    let action = Action::parse(backend, &request).await?;
    let body: ScheduleInterview = request.json()?;
    let named = body.interview_id.as_deref().and_then(|id| id.parse().ok());

    let (case, mut found) = match action.load(backend, &request, named.as_ref()).await? {
        Loaded::New(case, interview) => (case, interview.map(|interview| *interview)),
        Loaded::Done(done) => return acted::again(backend, &done).await,
    };
    // Only now: what was in the future when it was done may be past when its answer is asked for again.
    let (plan, invitation) = parse(&body, &request)?;
    let activity = case.released(&action.activity_id, Channel::Interview)?;
    let invitation = match invitation {
        None => None,
        Some(email) => {
            let to = case.application().applicant.email.clone();
            Some((to.ok_or(Problem::ApplicantWithoutEmail)?, email))
        }
    };
    let undertaking = Undertaking {
        desk: &desk,
        action: &action,
        request: &request,
        case: &case,
    };
    let now = request.received_at();
    for _ in 0..DECISIONS {
        let invited = invitation.as_ref().map(|(to, _)| to.clone());
        let calendar = backend.store.person_calendar(case.application(), None).await?;
        let elsewhere = calendar
            .as_ref()
            .map(|calendar| calendar.elsewhere.as_slice())
            .unwrap_or_default();
        let (change, interview) = match &plan {
            Plan::Existing => {
                let interview = to_be_joined(backend, case.application(), found.take()).await?;
                let joined = interview.joined_by(case.application(), case.caller(), invited, elsewhere, now);
                let joined = match joined {
                    Ok(joined) => joined,
                    // The interview may have been read after this very command changed it.
                    Err(error) => match action.done_meanwhile(backend, case.caller(), now).await? {
                        Some(done) => return acted::again(backend, &done).await,
                        None => return Err(error.into()),
                    },
                };
                (InterviewChange::Joined, joined)
            }
            Plan::New(plan) => {
                case.application().is_free_for(&plan.appointment, elsewhere, now)?;
                let interview = arrange(backend, &case, plan.clone(), invited, now).await?;
                (InterviewChange::Arranged, interview)
            }
        };
        let act = Act::Interview {
            change,
            booking: interview.booking(),
            invitation: invitation.clone(),
        };
        let decision = activity.decide(act, &[], now, acted::salt()?)?;
        let consequences = Consequences {
            mails: order(&undertaking.interview_mails(), change, &interview, &decision)?,
            calendars: calendar.into_iter().collect(),
            shown: Some(InterviewView::new(case.caller().user(), &interview)),
            interviews: vec![interview],
        };
        if let Some(reply) = undertaking.finish(&decision, consequences).await? {
            return Ok(reply);
        }
        if let Some(id) = &named {
            found = backend.store.interviews(std::slice::from_ref(id)).await?.pop();
        }
    }
    Err(Problem::contended())
}

fn parse(body: &ScheduleInterview, request: &PortalRequest) -> Result<(Plan, Option<ComposedEmail>), Problem> {
    let mut errors = Vec::new();
    let invitation = body.invitation.as_ref().and_then(|invitation| {
        let email = ComposedEmail::parse(&invitation.subject, &invitation.body_html);
        let below = |error: FieldError| FieldError::new(format!("/invitation{}", error.pointer), error.detail);
        email.map_err(|more| errors.extend(more.into_iter().map(below))).ok()
    });
    let plan = match (&body.interview_id, &body.interview) {
        (Some(id), None) => match id.parse::<InterviewId>() {
            Ok(_) => Some(Plan::Existing),
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
        version: Version::FIRST,
        last_change: LastChange::by(case.caller(), now, HistoryChannel::Interview, None),
    })
}

fn is_colleague(case: &Case, user: &User) -> bool {
    user.active && user.customer_id() == Some(&case.job().customer_id)
}

/// To the applicant if they are invited, and to everybody who has it in their calendar now.
fn order(
    writer: &InterviewMails<'_>,
    change: InterviewChange,
    interview: &Interview,
    decision: &Decision,
) -> Result<Vec<OrderedMail>, Problem> {
    let content = decision.entry.content()?;
    let invitation = content.as_ref().and_then(|content| content.email.as_ref());
    let mut mails = Vec::new();
    if let Some(invitation) = invitation {
        mails.push(writer.to_applicant(News::Invited, interview, decision, invitation, 1)?);
    }
    for colleague in &interview.colleagues {
        // Who is in an existing appointment has it already; only the caller is told again.
        if change == InterviewChange::Arranged || colleague.user_id == writer.sender.id {
            mails.push(writer.to_colleague(News::Invited, interview, decision, colleague, next(&mails))?);
        }
    }
    Ok(mails)
}
