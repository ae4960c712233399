#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::{Actor, ActorKind, RecordedStatus};
use local::{Host, Options};

use super::*;

/// What the feed shows of the entry of that number; each second a call, each third by Maria.
fn item(number: u32) -> FeedItem {
    let line = |text: &str| SingleLine::parse(text).unwrap();
    let beginning: Timestamp = "2026-01-01T08:00:00Z".parse().unwrap();
    FeedItem {
        at: beginning + jiff::SignedDuration::from_secs(i64::from(number)),
        actor: Actor {
            kind: ActorKind::Contact,
            user_id: if number.is_multiple_of(3) { "maria" } else { "juergen" }
                .parse()
                .unwrap(),
            customer_id: Some("produktion".parse().unwrap()),
        },
        actor_name: line("Maria Gruber"),
        channel: if number.is_multiple_of(2) {
            HistoryChannel::Phone
        } else {
            HistoryChannel::StatusOnly
        },
        customer_id: Some("produktion".parse().unwrap()),
        about: FeedSubject::Application {
            application_id: "job1-app1".parse().unwrap(),
            job_id: "job1".parse().unwrap(),
            sequence: u64::from(number),
            applicant_name: "Anna Müller".to_owned(),
            activity_name: Some(line("Absagen")),
            from_status: None,
            to_status: RecordedStatus {
                id: "rejected".parse().unwrap(),
                name: line("Abgelehnt"),
                name_for_contacts: line("Abgesagt"),
            },
            email_subject: None,
            phone_call_outcome: None,
            interviews: Vec::new(),
            mails: 0,
        },
    }
}

/// Writes entries so that the table holds this many, as `commit` puts them into the feed.
async fn fill(store: &Store, numbers: std::ops::Range<u32>) {
    let numbers: Vec<_> = numbers.collect();
    for chunk in numbers.chunks(100) {
        let writes = chunk.iter().map(|number| {
            let mut entry = Key::history_entry(&"job1-app1".parse().unwrap(), u64::from(*number)).attributes();
            entry.extend(attributes(&item(*number), &format!("job1-app1#{number:010}")).unwrap());
            let put = Put::builder().table_name(&store.table).set_item(Some(entry)).build();
            TransactWriteItem::builder().put(put.unwrap()).build()
        });
        let request = store
            .client
            .transact_write_items()
            .set_transact_items(Some(writes.collect()));
        request.send().await.unwrap();
    }
}

/// The first three pages under each filter: the numbers on them, and what each call consumed.
async fn pages(host: &Host, store: &Store) -> Vec<(usize, Vec<f64>)> {
    let customer = Some("produktion".parse().unwrap());
    let filters = [
        FeedFilter::default(),
        FeedFilter {
            customer,
            ..FeedFilter::default()
        },
        FeedFilter {
            job: Some("job1".parse().unwrap()),
            ..FeedFilter::default()
        },
        FeedFilter {
            contact: Some("maria".parse().unwrap()),
            ..FeedFilter::default()
        },
        FeedFilter {
            channel: Some(HistoryChannel::Phone),
            ..FeedFilter::default()
        },
    ];
    let mut found = Vec::new();
    for filter in &filters {
        let mut after = None;
        for _ in 0..3 {
            host.wire().forget_calls();
            let page = store.feed(filter, after.as_ref(), 10).await.unwrap();
            let calls = host.wire().calls().into_iter().map(|call| call.capacity);
            found.push((page.items.len(), calls.collect()));
            after = page.next;
        }
    }
    found
}

#[tokio::test]
async fn ten_thousand_entries_page_like_a_hundred() {
    let data = tempfile::tempdir().unwrap();
    let host = Host::start(Options::new(data.path())).await.unwrap();
    let store = Store::new(host.sdk(), host.table_name());
    fill(&store, 1..101).await;
    let few = pages(&host, &store).await;
    assert!(
        few.iter()
            .all(|(items, units)| *items == 10 && matches!(units.as_slice(), [units] if *units > 0.0)),
        "{few:?}"
    );
    fill(&store, 101..10_001).await;
    assert_eq!(pages(&host, &store).await, few);
}
