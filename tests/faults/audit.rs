//! Whether what the table holds belongs together, in one look at all of it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Application, HistoryEntry, Interview, MailRecord, MailState, verify_chain};
use serde_json::Value;

use crate::scene::Scene;

type Item = std::collections::HashMap<String, AttributeValue>;

/// What was looked at, and what is wrong.
#[derive(Default)]
pub struct Audit {
    pub applications: usize,
    pub mails: usize,
    /// The last versions.
    pub versions: BTreeMap<String, u64>,
    /// Mails that count as failed although SES took them; right only where SES found something in them later.
    pub failed_though_taken: Vec<String>,
    pub wrong: Vec<String>,
}

/// What SES was asked and what it took since the last audit, by the mail's id.
pub struct Seen {
    pub asked: BTreeMap<String, u32>,
    pub taken: BTreeMap<String, u32>,
}

impl Seen {
    /// Empties the wire's log and SES's events into it.
    pub fn take(scene: &Scene) -> Self {
        let mut seen = Self {
            asked: BTreeMap::new(),
            taken: BTreeMap::new(),
        };
        seen.add_calls(scene);
        seen.add_events(&scene.portal.host.take_mail_events());
        seen
    }

    pub fn add_calls(&mut self, scene: &Scene) {
        assert!(scene.portal.wire().has_all_calls());
        let calls = scene.portal.wire().calls();
        scene.portal.wire().forget_calls();
        for mail in calls.into_iter().filter_map(|call| call.mail) {
            *self.asked.entry(mail).or_default() += 1;
        }
    }

    pub fn add_events(&mut self, events: &[Value]) {
        for event in events.iter().filter(|event| event["detail"]["eventType"] == "Send") {
            if let Some(mail) = event["detail"]["mail"]["tags"]["mail"][0].as_str() {
                *self.taken.entry(mail.to_owned()).or_default() += 1;
            }
        }
    }
}

/// Reads the whole table.
pub async fn audit(scene: &Scene, seen: &Seen, orders: &BTreeMap<String, u32>) -> Audit {
    let client = aws_sdk_dynamodb::Client::new(scene.portal.host.sdk());
    let mut pages = client
        .scan()
        .table_name(scene.portal.host.table_name())
        .consistent_read(true)
        .into_paginator()
        .items()
        .send();
    let mut partitions: BTreeMap<String, BTreeMap<String, Item>> = BTreeMap::new();
    while let Some(item) = pages.next().await {
        let item = item.unwrap();
        let text = |name: &str| item[name].as_s().unwrap().clone();
        partitions.entry(text("pk")).or_default().insert(text("sk"), item);
    }
    let mut audit = Audit::default();
    for (pk, items) in &partitions {
        if let Some(id) = pk.strip_prefix("APPLICATION#") {
            audit.application(id, items, seen, orders);
        }
    }
    audit.references(&partitions);
    for tag in seen.taken.keys() {
        let (application, sequence) = tag.split_once('_').unwrap();
        let sequence: u64 = sequence.split('_').next().unwrap().parse().unwrap();
        if audit
            .versions
            .get(application)
            .is_none_or(|version| *version < sequence)
        {
            audit.wrong.push(format!("{tag} was sent without an order"));
        }
    }
    audit
}

fn read<T: serde::de::DeserializeOwned>(item: &Item) -> T {
    serde_dynamo::from_item(item.clone()).unwrap()
}

impl Audit {
    fn application(&mut self, id: &str, items: &BTreeMap<String, Item>, seen: &Seen, orders: &BTreeMap<String, u32>) {
        let mut say = |what: String| self.wrong.push(format!("{id}: {what}"));
        let Some(application) = items.get("APPLICATION").map(read::<Application>) else {
            say("a history without an application".to_owned());
            return;
        };
        self.applications += 1;
        let version = application.version.0;
        self.versions.insert(id.to_owned(), version);
        let of = |part: &'static str| items.iter().filter(move |(sk, _)| sk.contains(part));
        let entries: Vec<HistoryEntry> = of("HISTORY#")
            .filter(|(sk, _)| !sk.contains("#MAIL#"))
            .map(|(_, item)| store::read_history_entry(item.clone()).unwrap())
            .collect();
        if let Err(error) = verify_chain(&entries, &application.history_head, version) {
            say(format!("{} entries in version {version}: {error}", entries.len()));
        }
        let records: Vec<MailRecord> = of("#MAIL#").map(|(_, item)| read(item)).collect();
        if of("MIME#").count() != records.len() {
            say("a mail without bytes, or bytes without a mail".to_owned());
        }
        // What the feed says was ordered with each entry.
        for (sk, item) in of("HISTORY#").filter(|(sk, _)| !sk.contains("#MAIL#")) {
            let ordered = item.get("feed").and_then(|feed| feed.as_m().ok()?.get("mails"));
            let ordered: Option<usize> = ordered.and_then(|mails| mails.as_n().ok()?.parse().ok());
            let there = of("#MAIL#")
                .filter(|(mail, _)| mail.starts_with(&format!("{sk}#")))
                .count();
            if ordered.is_some_and(|ordered| ordered != there) {
                say(format!("{sk} ordered {ordered:?} mails, {there} are there"));
            }
        }
        for record in records {
            self.mails += 1;
            let tag = record.id.to_string();
            let count = |of: &BTreeMap<String, u32>| of.get(&tag).copied().unwrap_or_default();
            let (asked, taken, ordered) = (count(&seen.asked), count(&seen.taken), 1 + count(orders));
            if matches!(record.state, MailState::Pending | MailState::Sending) {
                say(format!("{tag} is still {:?}", record.state));
            }
            if asked > record.attempt {
                say(format!(
                    "SES was asked {asked} times for {tag} in {} attempts",
                    record.attempt
                ));
            }
            if taken > ordered {
                say(format!("{tag} was sent {taken} times for {ordered} orders"));
            }
            if record.state == MailState::Failed && record.orders.is_empty() && taken > 0 {
                self.failed_though_taken.push(tag.clone());
            }
            let said = matches!(record.state, MailState::Accepted | MailState::Delivered);
            if said && taken == 0 {
                say(format!("{tag} is {:?}, but SES has no such mail", record.state));
            }
        }
    }

    /// What points to something else that is written with it.
    fn references(&mut self, partitions: &BTreeMap<String, BTreeMap<String, Item>>) {
        let there = |pk: &str, sk: &str| partitions.get(pk).is_some_and(|items| items.contains_key(sk));
        let text = |item: &Item, name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        let mut booked = BTreeSet::new();
        let mut taking_part = BTreeSet::new();
        let mut missing = Vec::new();
        for (pk, sk, item) in partitions
            .iter()
            .flat_map(|(pk, items)| items.iter().map(move |(sk, item)| (pk, sk, item)))
        {
            let target = match pk.split('#').next().unwrap_or_default() {
                "EMAIL" => text(item, "userId").map(|user| (format!("USER#{user}"), "USER".to_owned())),
                "USER" if sk == "USER" => {
                    let email = text(item, "email").unwrap_or_default().to_lowercase();
                    Some((format!("EMAIL#{email}"), "EMAIL".to_owned()))
                }
                "EXTERNAL_JOB" => text(item, "jobId").map(|job| (format!("JOB#{job}"), "JOB".to_owned())),
                "EXTERNAL_APPLICATION" => text(item, "applicationId")
                    .map(|application| (format!("APPLICATION#{application}"), "APPLICATION".to_owned())),
                "COMMAND" => text(item, "applicationId").map(|application| {
                    let sequence: u64 = item["sequence"].as_n().unwrap().parse().unwrap();
                    (format!("APPLICATION#{application}"), format!("HISTORY#{sequence:010}"))
                }),
                _ => None,
            };
            missing.extend(target.filter(|(pk, sk)| !there(pk, sk)).map(|target| (pk, sk, target)));
            if sk == "APPLICATION" {
                let application: Application = read(item);
                let interviews = application.bookings.iter();
                booked.extend(interviews.map(|booking| (application.id.to_string(), booking.interview_id.to_string())));
            }
            if sk.starts_with("INTERVIEW#") {
                let interview: Interview = read(item);
                let people = interview.participants.iter().filter(|_| !interview.cancelled);
                taking_part.extend(people.map(|person| (person.application_id.to_string(), interview.id.to_string())));
            }
        }
        let missing = missing
            .into_iter()
            .map(|missing| format!("a reference leads nowhere: {missing:?}"));
        self.wrong.extend(missing);
        for (application, interview) in booked.symmetric_difference(&taking_part) {
            self.wrong.push(format!(
                "{application} and {interview} do not agree on whether it takes part"
            ));
        }
    }
}
