//! The one transaction of an action.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::{BuildError, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
        builders::PutBuilder,
    },
};
use domain::{
    Application, ApplicationId, Decision, EmailAddress, HistoryEntry, Interview, MailRecord, UserId, Version,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    PersonCalendar, Store, deflated,
    error::StoreError,
    item::{self, Item},
    keys::{EXPIRES_AT, Key, MIME},
    people,
};

/// What a command of this key has done, for as long as its key is remembered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Command {
    /// SHA-256 of the request, in hex: the same key with another request is an error.
    pub fingerprint: String,
    /// Which application it changed.
    pub application_id: ApplicationId,
    /// Which history entry it wrote.
    pub sequence: u64,
    /// What else it wrote: entries of other applications in the same interview.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_entries: Vec<(ApplicationId, u64)>,
    /// What was answered of the changed application or interview, in JSON.
    pub answered: String,
}

impl Command {
    /// How long a key is remembered.
    pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
}

/// The command item to write.
#[derive(Debug, Clone)]
pub struct NewCommand {
    /// Whose command.
    pub user_id: UserId,
    /// The caller's idempotency key.
    pub key: String,
    /// What it does.
    pub command: Command,
}

/// A mail ordered together with a decision.
#[derive(Debug, Clone)]
pub struct OrderedMail {
    /// Its record, owned by the invocation that sends it.
    pub record: MailRecord,
    /// Its bytes, which every attempt sends.
    pub mime: Vec<u8>,
}

/// What is written at once or not at all: status, history entry, mails, and that the command was done.
#[derive(Debug)]
pub struct Commit<'a> {
    /// The applications and their history entries.
    pub decisions: &'a [Decision],
    /// The interviews as they are to be, each on condition of the version before.
    pub interviews: &'a [Interview],
    /// The command; an import has none.
    pub command: Option<NewCommand>,
    /// The calendars of those who get an appointment or have one moved, as they were when it was decided.
    pub calendars: &'a [PersonCalendar],
    /// The mails.
    pub mails: &'a [OrderedMail],
    /// When.
    pub now: Timestamp,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The same command was done already, perhaps a moment ago.
    #[error("the command was done already")]
    CommandDone(Box<Command>),
    /// Somebody changed the application meanwhile; as it is now, if it is still there.
    #[error("the application has changed meanwhile")]
    Changed(Option<Box<Application>>),
    /// Somebody changed the interview meanwhile; as it is now, if it is still there.
    #[error("the interview has changed meanwhile")]
    InterviewChanged(Option<Box<Interview>>),
    /// The applicant got another appointment meanwhile.
    #[error("the applicant got another appointment meanwhile")]
    CalendarChanged,
    /// The application system's id was taken by another import meanwhile.
    #[error("the external id is taken")]
    ExternalIdTaken,
    /// Others are writing the same items; trying again helps.
    #[error("the items are being written by others")]
    Busy,
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A transaction that collides with another is tried that often.
const ATTEMPTS: u32 = 6;

/// How often a request is sent whose outcome is unknown, each time with the SDK's own three tries.
const ROUNDS_IN_THE_DARK: u32 = 2;

/// What an item of the transaction guards, so that a failed condition can be named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    Command,
    Application,
    Interview,
    Calendar,
    ExternalId,
    Rest,
}

impl Store {
    /// Writes it all, or says why nothing was written.
    pub async fn commit(&self, commit: &Commit<'_>) -> Result<(), CommitError> {
        let (guards, items): (Vec<_>, Vec<_>) = self.writes(commit)?.into_iter().unzip();
        let mut token = client_request_token();
        let mut unknown = 0;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(5..20) << attempt)).await;
            }
            let request = self.client.transact_write_items().client_request_token(&token);
            let Err(error) = request.set_transact_items(Some(items.clone())).send().await else {
                return Ok(());
            };
            let Some(reasons) = cancellation(&error) else {
                // It may have been written and only the answer lost. Under the same token DynamoDB answers success
                // for what is written already, and the caller can go on and send the mail.
                unknown += 1;
                if unknown < ROUNDS_IN_THE_DARK && is_unknown(&error) {
                    continue;
                }
                return Err(StoreError::aws("TransactWriteItems")(error).into());
            };
            if let Some(refused) = refused(&guards, reasons)? {
                return Err(refused);
            }
            if !reasons.iter().any(|reason| is_passing(reason.code.as_deref())) {
                return Err(StoreError::aws("TransactWriteItems")(error).into());
            }
            token = client_request_token();
        }
        Err(CommitError::Busy)
    }

    fn writes(&self, commit: &Commit<'_>) -> Result<Vec<(Guard, TransactWriteItem)>, StoreError> {
        let mut writes = Vec::with_capacity(4 + commit.mails.len() * 2);
        if let Some(NewCommand { user_id, key, command }) = &commit.command {
            let item = item::write_expiring(Key::command(user_id, key), command, commit.now + Command::REMEMBERED)?;
            let put = self
                .new_item(item)
                .condition_expression(format!("attribute_not_exists(pk) OR {EXPIRES_AT} <= :now"))
                .expression_attribute_values(":now", item::seconds(commit.now));
            writes.push((Guard::Command, put_write(put)?));
        }
        for decision in commit.decisions {
            let ordered = commit
                .mails
                .iter()
                .filter(|mail| decision.orders(&mail.record.id))
                .count();
            self.decision_writes(decision, ordered, &mut writes)?;
        }
        for interview in commit.interviews {
            let put = self.new_item(item::write_interview(interview)?);
            let put = on_version(put, Version(interview.version.0.saturating_sub(1)));
            writes.push((Guard::Interview, put_write(put)?));
        }
        for calendar in commit.calendars {
            let put = on_version(self.new_item(calendar.next()?), Version(calendar.version));
            writes.push((Guard::Calendar, put_write(put)?));
        }
        for OrderedMail { record, mime } in commit.mails {
            let put = self.new_item(item::write_mail(record)?);
            writes.push((Guard::Rest, put_write(put)?));
            let mut item = Key::mime(&record.id).attributes();
            item.insert(MIME.to_owned(), deflated::deflate(mime));
            item.insert(
                EXPIRES_AT.to_owned(),
                item::seconds(commit.now + HistoryEntry::MAILS_KEPT),
            );
            writes.push((Guard::Rest, put_write(self.new_item(item))?));
        }
        Ok(writes)
    }

    fn decision_writes(
        &self,
        decision: &Decision,
        mails: usize,
        writes: &mut Vec<(Guard, TransactWriteItem)>,
    ) -> Result<(), StoreError> {
        let Decision {
            expected,
            application,
            entry,
            address_before,
        } = decision;
        let put = self.new_item(item::write_application(application)?);
        writes.push((Guard::Application, put_write(on_version(put, *expected))?));
        if *expected == Version(0) {
            let value = serde_json::json!({ "applicationId": application.id });
            let item = item::write(Key::external_application(&application.external_id), &value)?;
            writes.push((Guard::ExternalId, put_write(self.new_item(item))?));
        }
        self.address_writes(application, address_before.as_ref(), writes)?;
        let item = item::write_history_entry(application, entry, u8::try_from(mails).unwrap_or(u8::MAX))?;
        writes.push((Guard::Rest, put_write(self.new_item(item))?));
        Ok(())
    }

    /// Links the person to their application under the address they have now.
    fn address_writes(
        &self,
        application: &Application,
        before: Option<&EmailAddress>,
        writes: &mut Vec<(Guard, TransactWriteItem)>,
    ) -> Result<(), StoreError> {
        let Application {
            id,
            customer_id,
            applicant,
            ..
        } = application;
        let form = |address: Option<&EmailAddress>| address.map(EmailAddress::lookup_form);
        let (before, after) = (form(before), form(applicant.email.as_ref()));
        if before == after {
            return Ok(());
        }
        if let Some(address) = &applicant.email {
            let put = self.new_item(people::link(customer_id, address, id)?);
            writes.push((Guard::Rest, put_write(put)?));
        }
        if let Some(before) = before {
            let key = Key::person_application(customer_id, &before, id);
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(key.attributes()));
            let delete = delete.build().map_err(not_built)?;
            writes.push((Guard::Rest, TransactWriteItem::builder().delete(delete).build()));
        }
        Ok(())
    }

    /// A put that replaces nothing unless its condition is widened, and shows what is there if it fails.
    fn new_item(&self, item: Item) -> PutBuilder {
        Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// Replaces exactly that version; version 0 is what is not there yet.
fn on_version(put: PutBuilder, expected: Version) -> PutBuilder {
    if expected == Version(0) {
        return put;
    }
    put.condition_expression("#version = :expected")
        .expression_attribute_names("#version", "version")
        .expression_attribute_values(":expected", AttributeValue::N(expected.to_string()))
}

pub(crate) fn put_write(put: PutBuilder) -> Result<TransactWriteItem, StoreError> {
    Ok(TransactWriteItem::builder()
        .put(put.build().map_err(not_built)?)
        .build())
}

pub(crate) fn not_built(source: BuildError) -> StoreError {
    StoreError::Aws {
        operation: "TransactWriteItems",
        source: Box::new(source),
    }
}

fn cancellation<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<&[CancellationReason]> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => Some(canceled.cancellation_reasons()),
        _ => None,
    }
}

/// Whether the request may have been carried out.
fn is_unknown<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    match error {
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(service) => matches!(
            service.err(),
            TransactWriteItemsError::InternalServerError(_)
                | TransactWriteItemsError::TransactionInProgressException(_)
        ),
        _ => false,
    }
}

/// At most 36 characters, remembered by DynamoDB for ten minutes.
fn client_request_token() -> String {
    format!("{:032x}", fastrand::u128(..))
}

pub(crate) fn is_passing(code: Option<&str>) -> bool {
    matches!(
        code,
        Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
    )
}

/// The first condition that failed, in the order of the writes: a command already done explains the rest. None if
/// somebody is writing an item before it, which may be that very command.
fn refused(guards: &[Guard], reasons: &[CancellationReason]) -> Result<Option<CommitError>, StoreError> {
    for (guard, reason) in guards.iter().zip(reasons) {
        if is_passing(reason.code.as_deref()) {
            return Ok(None);
        }
        if reason.code.as_deref() != Some("ConditionalCheckFailed") {
            continue;
        }
        let item = reason.item.clone();
        return Ok(Some(match guard {
            Guard::Command => match item {
                Some(item) => CommitError::CommandDone(Box::new(item::read(item)?)),
                None => CommitError::Busy,
            },
            Guard::Application => CommitError::Changed(item.map(item::read).transpose()?.map(Box::new)),
            Guard::Interview => CommitError::InterviewChanged(item.map(item::read).transpose()?.map(Box::new)),
            Guard::Calendar => CommitError::CalendarChanged,
            Guard::ExternalId => CommitError::ExternalIdTaken,
            // A history entry of this sequence cannot be there while the application has the version before it.
            Guard::Rest => CommitError::Changed(None),
        }));
    }
    Ok(None)
}
