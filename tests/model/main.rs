//! The way of one mail, from the order to its last state, in every interleaving: a model that is searched to its end.
//!
//! Real are the transitions: `MailRecord::{first_attempt, accepted, refused, next_attempt, ordered_again, due_at, sweep,
//! told}` of `shared/domain/src/delivery.rs`. The model's own are the order of the calls of each function, the condition
//! of a mark (attempt, owner and state, as in `shared/store/src/mails.rs`), and what the network, SES and EventBridge may do.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod processes;
mod search;
mod world;

use std::collections::BTreeSet;

use processes::CASTS;
use search::search;
use world::{Protocol, Violation};

/// The protocol as it is, but for one mistake, and what the mistake leads to.
const WRONG: [(&str, Protocol, Violation); 10] = [
    (
        "the SDK repeats a request to SES whose outcome is unknown",
        Protocol {
            sdk_retries: true,
            ..Protocol::RIGHT
        },
        Violation::TwoMails,
    ),
    (
        "the sweep sends again what nobody knows about",
        Protocol {
            sweep_resends_unclear: true,
            ..Protocol::RIGHT
        },
        Violation::TwoMails,
    ),
    (
        "the sweep claims without a condition",
        Protocol {
            claims_without_condition: true,
            ..Protocol::RIGHT
        },
        Violation::TwoMails,
    ),
    (
        "a 5xx of SES counts as a refusal",
        Protocol {
            releases_on_5xx: true,
            ..Protocol::RIGHT
        },
        Violation::TwoMails,
    ),
    (
        "the mail is sent before anything is written",
        Protocol {
            sends_before_write: true,
            ..Protocol::RIGHT
        },
        Violation::TwoMails,
    ),
    (
        "another attempt begins although the table may not know of it",
        Protocol {
            tries_again_unwritten: true,
            ..Protocol::RIGHT
        },
        Violation::TwoMails,
    ),
    (
        "status and history are written one after the other",
        Protocol {
            splits_writes: true,
            ..Protocol::RIGHT
        },
        Violation::StatusWithoutHistory,
    ),
    (
        "the order to send is not written with the decision",
        Protocol {
            orders_in_memory: true,
            ..Protocol::RIGHT
        },
        Violation::Lost,
    ),
    (
        "a mail is called accepted before SES was asked",
        Protocol {
            accepts_early: true,
            ..Protocol::RIGHT
        },
        Violation::FalseAccepted,
    ),
    (
        "nobody looks after attempts without an answer",
        Protocol {
            sweep_skips_sending: true,
            ..Protocol::RIGHT
        },
        Violation::Stuck,
    ),
];

#[test]
fn no_interleaving_breaks_the_protocol_and_each_mistake_in_it_is_found() {
    let right = CASTS.map(|cast| search(&cast, Protocol::RIGHT, None));
    for (found, cast) in right.iter().zip(CASTS) {
        assert_eq!(found.violations, BTreeSet::new(), "{cast:?} after {}", found.story());
    }
    // Each state the table can hold was reached, else the model proves nothing about it.
    let states: BTreeSet<_> = right.iter().flat_map(|found| &found.mail_states).collect();
    assert_eq!(states.len(), 7, "{states:?}");

    for (mistake, protocol, expected) in WRONG {
        let mut searches = CASTS.iter().map(|cast| search(cast, protocol, Some(expected)));
        let is_found = searches.any(|found| found.violations.contains(&expected));
        assert!(is_found, "{mistake}: no {expected:?}");
    }
    let states: usize = right.iter().map(|found| found.states).sum();
    let transitions: usize = right.iter().map(|found| found.transitions).sum();
    tests::report(
        "1-model",
        &format!(
            "model: {states} states, {transitions} transitions, 0 violations; {} of {} wrong variants caught",
            WRONG.len(),
            WRONG.len()
        ),
    );
}
