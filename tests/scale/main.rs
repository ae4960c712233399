//! Lists of a hundred entries and of many more, page beside page: what a page costs does not depend on how long its list
//! is. Each is held against the page of a short list that stands at the same place: a recruiter's first page looks for the
//! first customer besides.
//!
//! Usually the longest has 1,000 entries, and calls and units are compared. With `LONGEST` (up to 100,000) the times are
//! too, which wants a machine that does nothing else.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how far it is"
)]

mod filling;

use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{Department, Person, Portal};

use crate::filling::Filling;

/// Where times count, a page is asked for so often, and the median is taken.
const ASKED: usize = 25;
/// How many entries a page has.
const PAGE: usize = 25;
const SHORTEST: usize = 100;
/// How much longer a page of a long list may take.
const SLOWER: f64 = 1.2;

/// Where in a list a page stands.
const PLACES: [&str; 3] = ["first", "middle", "last"];

/// A portal with lists that grow.
struct Company {
    portal: Portal,
    department: Department,
    application: String,
    filling: Filling,
}

/// What a page costs.
#[derive(Debug, PartialEq)]
struct Cost {
    calls: usize,
    /// Read units.
    units: f64,
}

impl Company {
    async fn open() -> Self {
        let portal = Portal::start().await;
        let department = portal.department().await;
        let application = department.new_application(&portal).await;
        let filling = Filling::of(&portal, &application).await;
        Self {
            portal,
            department,
            application,
            filling,
        }
    }

    /// The lists, each with who asks for it.
    fn lists(&self) -> Vec<(&'static str, &str, String)> {
        let Department { recruiter, decider, .. } = &self.department;
        let (job, customer) = (self.department.job_id(), self.department.customer_id());
        vec![
            ("applications, recruiter", recruiter, "/api/applications?".to_owned()),
            ("applications, contact", decider, "/api/applications?".to_owned()),
            (
                "applications of a job",
                decider,
                format!("/api/applications?job={job}&"),
            ),
            (
                "applications of a status group",
                decider,
                "/api/applications?statusGroup=proposed&".to_owned(),
            ),
            (
                "history of an application",
                recruiter,
                format!("/api/applications/{}/history?", self.application),
            ),
            ("feed", recruiter, "/api/history?".to_owned()),
            (
                "feed of a customer",
                recruiter,
                format!("/api/history?customer={customer}&"),
            ),
            (
                "feed of a channel",
                recruiter,
                "/api/history?channel=import&".to_owned(),
            ),
        ]
    }

    /// The paths of the first, the middle and the last page, once every page has been seen.
    async fn pages(&self, person: &Person<'_>, list: &str, entries: usize) -> [String; 3] {
        let first = format!("{list}limit={PAGE}");
        let (mut paths, mut seen) = (vec![first.clone()], 0);
        loop {
            let page = person.get(&paths[paths.len() - 1]).await.expect(200);
            seen += page["items"].as_array().unwrap().len();
            match &page["nextCursor"] {
                Value::String(cursor) => paths.push(format!("{first}&cursor={cursor}")),
                _ => break,
            }
        }
        assert_eq!(seen, entries, "{list}");
        // The last full one: what follows it can be empty.
        let behind = entries / PAGE - 1;
        [0, behind / 2, behind].map(|number| paths[number].clone())
    }

    async fn ask(&self, person: &Person<'_>, path: &str) -> (Cost, Duration) {
        self.portal.wire().forget_calls();
        let asked = Instant::now();
        let page = person.get(path).await;
        let took = asked.elapsed();
        assert_eq!(page.expect(200)["items"].as_array().unwrap().len(), PAGE, "{path}");
        let calls = self.portal.wire().calls();
        let units = calls.iter().map(|call| call.capacity).sum();
        (
            Cost {
                calls: calls.len(),
                units,
            },
            took,
        )
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Compares the lists of both, and says how much longer the slowest page of the long ones took.
async fn compare(short: &Company, long: &Company, entries: usize, asked: usize) -> (f64, String) {
    let mut slowest = (0.0, String::new());
    for ((name, short_person, short_list), (_, long_person, long_list)) in short.lists().into_iter().zip(long.lists()) {
        let of_short = short.portal.sign_in(short_person).await;
        let of_long = long.portal.sign_in(long_person).await;
        let short_pages = short.pages(&of_short, &short_list, SHORTEST).await;
        let long_pages = long.pages(&of_long, &long_list, entries).await;
        for (place, (short_page, long_page)) in PLACES.into_iter().zip(short_pages.iter().zip(&long_pages)) {
            let mut times = (Vec::new(), Vec::new());
            for _ in 0..asked {
                let (short_cost, took) = short.ask(&of_short, short_page).await;
                times.0.push(took);
                let (long_cost, took) = long.ask(&of_long, long_page).await;
                times.1.push(took);
                assert_eq!(long_cost, short_cost, "{place} page of {entries}: {name}");
            }
            let (short_time, long_time) = (median(times.0), median(times.1));
            let longer = long_time.as_secs_f64() / short_time.as_secs_f64();
            println!("{entries} entries, {place} page of {name}: {long_time:.1?}, {short_time:.1?} of {SHORTEST}");
            if longer > slowest.0 {
                slowest = (longer, format!("{place} page of {name}"));
            }
        }
    }
    slowest
}

#[tokio::test]
async fn a_page_of_a_long_list_costs_what_one_of_a_short_list_costs() {
    let measured = std::env::var("LONGEST").ok();
    let longest = measured.as_ref().map_or(1_000, |text| text.parse().expect("a number"));
    let (mut short, mut long) = (Company::open().await, Company::open().await);
    short.filling.fill(&short.portal, SHORTEST).await;
    let asked = if measured.is_some() { ASKED } else { 1 };
    let mut said = Vec::new();
    let sizes = [SHORTEST, 1_000, 10_000, 100_000].into_iter();
    for entries in sizes.filter(|size| *size <= longest) {
        long.filling.fill(&long.portal, entries).await;
        let (longer, what) = compare(&short, &long, entries, asked).await;
        said.push(match measured {
            Some(_) => format!("{entries} entries (at most {longer:.2} times as long: {what})"),
            None => format!("{entries} entries"),
        });
        println!("{}", said[said.len() - 1]);
        assert!(measured.is_none() || longer <= SLOWER, "{said:?}");
    }
    let (lists, sizes) = (long.lists().len(), said.join(", "));
    tests::report(
        "8-scale",
        &format!(
            "scale: first, middle and last page of {lists} lists of {sizes}: the same calls and read units as with {SHORTEST}"
        ),
    );
}
