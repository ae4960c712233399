//! History entries, with what became of their mails.

use domain::{
    ActorKind, EmailAddress, FurtherOrder, HistoryChannel, HistoryEntry, MailRecord, MailState, PhoneCall,
    RecipientKind, RecordedActivity, RecordedEmail, RecordedImport, RecordedInterview, RecordedStatus, Role,
    SingleLine, User,
};
use jiff::Timestamp;
use serde::Serialize;
use store::RecordedEntry;
use utoipa::ToSchema;

/// What was done, by whom, through which channel.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntryView {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    actor: ActorView,
    channel: HistoryChannel,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<RecordedActivity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_status: Option<StatusView>,
    to_status: StatusView,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<RecordedEmail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_call: Option<PhoneCall>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<RecordedImport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    interviews: Vec<RecordedInterview>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    delivery: Vec<DeliveryView>,
    /// Whether mails of it got lost that the reader may order once more, and no newer entry of this page has overtaken what
    /// they say of an interview.
    may_resend: bool,
}

/// Who acted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActorView {
    kind: ActorKind,
    /// Absent once it is erased. Contacts are told those of their own department.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<SingleLine>,
}

/// A status as it was called then.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    id: domain::StatusId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<SingleLine>,
}

/// Where a mail is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    recipient_kind: RecipientKind,
    /// Contacts are not told the addresses of recruiters.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<EmailAddress>,
    state: MailState,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Who ordered it once more, and when; the first first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ordered_again: Vec<FurtherOrderView>,
}

/// An order to send a mail once more.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FurtherOrderView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    actor: ActorView,
}

impl FurtherOrderView {
    fn new(user: &User, order: &FurtherOrder) -> Self {
        let told = user.role == Role::Recruiter || order.actor.customer_id.as_ref() == user.customer_id();
        Self {
            at: order.at,
            actor: ActorView {
                kind: order.actor.kind,
                name: told.then(|| order.actor_name.clone()),
            },
        }
    }
}

impl DeliveryView {
    /// Where the record says it is.
    pub fn new(user: &User, record: &MailRecord) -> Self {
        let told = user.role == Role::Recruiter || record.recipient_kind != RecipientKind::Recruiter;
        Self {
            recipient_kind: record.recipient_kind,
            recipient: told.then(|| record.recipient.clone()),
            state: record.state,
            updated_at: record.updated_at,
            ordered_again: record
                .orders
                .iter()
                .map(|order| FurtherOrderView::new(user, order))
                .collect(),
        }
    }
}

impl HistoryEntryView {
    /// The entry as the user may read it. `may_resend` is [`may_resend`]'s to say, and what is read after it.
    pub fn new(
        user: &User,
        entry: &HistoryEntry,
        mails: &[MailRecord],
        may_resend: bool,
    ) -> Result<Self, serde_json::Error> {
        let content = entry.content()?;
        let name = |status: &RecordedStatus| match user.role {
            Role::Recruiter => status.name.clone(),
            Role::Contact { .. } => status.name_for_contacts.clone(),
        };
        let from_name = content
            .as_ref()
            .and_then(|content| content.from_status.as_ref())
            .map(name);
        let to_name = content.as_ref().map(|content| name(&content.to_status));
        let content = content.as_ref();
        Ok(Self {
            id: entry.sequence.to_string(),
            at: entry.at,
            actor: ActorView {
                kind: entry.actor.kind,
                name: content.map(|content| content.actor_name.clone()),
            },
            channel: entry.channel,
            activity: content.and_then(|content| content.activity.clone()),
            from_status: entry.from_status.clone().map(|id| StatusView { id, name: from_name }),
            to_status: StatusView {
                id: entry.to_status.clone(),
                name: to_name,
            },
            email: content.and_then(|content| content.email.clone()),
            phone_call: content.and_then(|content| content.phone_call.clone()),
            import: content.and_then(|content| content.import.clone()),
            interviews: content.map(|content| content.interviews.clone()).unwrap_or_default(),
            delivery: mails.iter().map(|mail| DeliveryView::new(user, mail)).collect(),
            may_resend,
        })
    }
}

/// Whether mails of the entry got lost that the user may order once more, and it is of use: `later` are the entries after it.
/// Whether it is still released and who is still there is to be asked besides, since that takes further reads.
pub fn may_resend<'a>(
    user: &User,
    recorded: &RecordedEntry,
    later: impl IntoIterator<Item = &'a RecordedEntry>,
    now: Timestamp,
) -> Result<bool, serde_json::Error> {
    let RecordedEntry { entry, mails } = recorded;
    let asked = entry.may_be_resent_by(user) && mails.iter().any(MailRecord::is_lost);
    Ok(asked && entry.mails_hold(now, later.into_iter().map(|later| &later.entry))?)
}
