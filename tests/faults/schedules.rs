//! Random schedules: several people acting on an application at once, faults at random calls of theirs, of sweeps and of
//! whoever handles SES's events, in random order, while the time goes on.
//!
//! `SCHEDULES` says how many, `SEED` which is the first. What a portal's schedules share (sweeps, events, the time) is
//! drawn from its first seed, so that a failure names that seed and how many to play with it.

use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;
use futures::{StreamExt as _, future::join_all, stream};
use local::{Fault, PlannedFault};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    ask::{Ask, Who, again},
    audit::{Seen, audit},
    scenarios::{email, invitation, new_interview},
    scene::Scene,
};

/// So many are played when nobody says otherwise.
const USUALLY: u64 = 20_000;
/// So many share a portal, and are under way at once.
const TOGETHER: u64 = 400;
/// So many portals side by side: what one waits for, another one uses.
const PORTALS: usize = 3;

/// One application and what happens to it.
struct Schedule {
    seed: u64,
    random: Rng,
    application: String,
    asks: Vec<Ask>,
    /// Orders of people to send the mail once more, as far as they may have been heard.
    orders: u32,
    /// Whether somebody was told that something was done.
    done: bool,
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Something that goes wrong with one of the first calls of an invocation, or, as often as not, nothing.
fn fault(random: &mut Rng) -> Option<PlannedFault> {
    let fault = match random.u8(..12) {
        0 => Fault::NotReached,
        1 => Fault::AnswerLost,
        2 => Fault::Killed,
        3 => Fault::status(429, "TooManyRequestsException"),
        4 => Fault::status(400, "MessageRejected"),
        5 => Fault::status(500, "InternalServerError"),
        _ => return None,
    };
    Some(PlannedFault {
        call: random.usize(..6),
        fault,
        lasting: random.u8(..3) == 0,
    })
}

async fn send(scene: &Scene, ask: &Ask, fault: Option<PlannedFault>) -> (u16, String) {
    let trace = Uuid::new_v4().to_string();
    match fault {
        None => ask.send(scene, &trace).await,
        Some(fault) => {
            let answer = ask.send_with(scene, &trace, fault).await;
            scene.portal.wire().was_played(&trace);
            answer
        }
    }
}

impl Schedule {
    fn new(seed: u64, application: String, scene: &Scene) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut asks = Vec::new();
        for _ in 0..random.usize(1..3) {
            let (activity, channel, body) = match random.u8(..8) {
                0 => ("reject", "status-change", json!({})),
                1 => ("reject", "phone-call", json!({ "note": "Hallo", "outcome": "reached" })),
                2 | 3 => {
                    let body = json!({ "interview": new_interview(1), "invitation": invitation() });
                    ("interview", "interview", body)
                }
                _ => ("reject", "email", email()),
            };
            let who = if random.bool() { Who::Decider } else { Who::Recruiter };
            let path = scene.path(&application, activity, channel);
            let ask = Ask::http(who, "POST", path, Some(body)).command("1");
            // Often the same request once more, under the same key.
            asks.extend(std::iter::repeat_n(ask, random.usize(1..3)));
        }
        random.shuffle(&mut asks);
        Self {
            seed,
            random,
            application,
            asks,
            orders: 0,
            done: false,
        }
    }

    /// All at once, or one after the other.
    async fn act(&mut self, scene: &Scene) {
        let faults: Vec<_> = self.asks.iter().map(|_| fault(&mut self.random)).collect();
        let requests = self.asks.iter().zip(faults).map(|(ask, fault)| send(scene, ask, fault));
        let mut answers = Vec::new();
        if self.random.bool() {
            answers = join_all(requests).await;
        } else {
            for request in requests {
                answers.push(request.await);
            }
        }
        self.done = answers.iter().any(|(status, _)| (200..300).contains(status));
    }

    /// Later some ask again, and some order a mail once more.
    async fn come_back(&mut self, scene: &Scene) {
        if self.random.u8(..3) == 0 {
            let (status, text) = again(scene, &self.asks[0]).await;
            self.done |= (200..300).contains(&status);
            assert!(status < 500, "schedule {}: asked again: {status} {text}", self.seed);
        }
        if self.random.u8(..4) == 0 {
            let path = format!("/api/applications/{}/history/2/resend", self.application);
            let order = Ask::http(Who::Recruiter, "POST", path, Some(json!({})));
            let (status, _) = send(scene, &order, fault(&mut self.random)).await;
            self.orders += u32::from(status == 200 || status >= 500);
        }
    }
}

/// SES's events: some are lost, some come twice, in any order.
async fn tell(scene: &Scene, events: Vec<Value>, random: &mut Rng) {
    let mut told = Vec::new();
    for mut event in events {
        if event["detail"]["eventType"] == "Delivery" && random.u8(..4) == 0 {
            event["detail"]["eventType"] = ["Bounce", "Complaint", "Reject"][random.usize(..3)].into();
        }
        told.extend(std::iter::repeat_n(event, [0, 1, 1, 1, 2][random.usize(..5)]));
    }
    random.shuffle(&mut told);
    let told: Vec<_> = told.into_iter().map(|event| (event, fault(random))).collect();
    join_all(told.into_iter().map(|(event, fault)| async move {
        let function = "handle-mail-events";
        send(scene, &Ask::Event { function, event }, fault).await
    }))
    .await;
}

async fn sweep(scene: &Scene, random: &mut Rng) {
    let sweep = Ask::Event {
        function: "sweep",
        event: json!({}),
    };
    let faults: Vec<_> = (0..random.usize(1..3)).map(|_| fault(random)).collect();
    join_all(faults.into_iter().map(|fault| send(scene, &sweep, fault))).await;
}

/// Plays the schedules of these seeds on one portal; how many applications and mails that were.
async fn play(seeds: std::ops::Range<u64>) -> (usize, usize) {
    let (first, count) = (seeds.start, seeds.end - seeds.start);
    let scene = Scene::start().await;
    let mut random = Rng::with_seed(first);
    let applications = scene.import(usize::try_from(count).unwrap()).await;
    let new = |(seed, application)| Schedule::new(seed, application, &scene);
    let mut schedules: Vec<_> = seeds.zip(applications).map(new).collect();
    let mut at_ses = Seen::take(&scene);

    join_all(schedules.iter_mut().map(|schedule| schedule.act(&scene))).await;
    for round in 0..3 {
        let events = scene.portal.host.take_mail_events();
        at_ses.add_events(&events);
        let ahead = Duration::from_secs(random.u64(10..400));
        scene.portal.host.clock().advance(ahead);
        let mut of_events = random.fork();
        futures::join!(sweep(&scene, &mut random), tell(&scene, events, &mut of_events));
        scene.sign_in().await;
        if round == 1 {
            // Long enough for what nobody knows about to become unclear.
            scene.portal.host.clock().advance(Duration::from_mins(16));
            sweep(&scene, &mut random).await;
            scene.sign_in().await;
            join_all(schedules.iter_mut().map(|schedule| schedule.come_back(&scene))).await;
        }
    }
    scene.pass(20).await;
    at_ses.add_calls(&scene);
    at_ses.add_events(&scene.portal.host.take_mail_events());

    let orders = schedules
        .iter()
        .map(|schedule| (format!("{}_2_", schedule.application), schedule.orders));
    let orders: BTreeMap<_, _> = orders
        .flat_map(|(tag, orders)| [(format!("{tag}1"), orders), (format!("{tag}2"), orders)])
        .collect();
    let audit = audit(&scene, &at_ses, &orders).await;
    let mut wrong = audit.wrong;
    for schedule in schedules.iter().filter(|schedule| schedule.done) {
        if audit.versions[&schedule.application] < 2 {
            wrong.push(format!(
                "{}: what was said to be done is not there",
                schedule.application
            ));
        }
    }
    let named: Vec<_> = wrong
        .iter()
        .map(|wrong| {
            let of_it = |schedule: &&Schedule| wrong.contains(&schedule.application);
            let number = schedules.iter().find(of_it).map(|schedule| schedule.seed);
            format!("schedule {number:?}: {wrong}")
        })
        .collect();
    assert!(named.is_empty(), "SEED={first} SCHEDULES={count}: {named:#?}");
    (audit.applications, audit.mails)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_random_schedule_halves_loses_or_repeats_anything() {
    let (first, count) = (number("SEED", 0), number("SCHEDULES", USUALLY));
    let end = first + count;
    let starts: Vec<_> = (first..end).step_by(usize::try_from(TOGETHER).unwrap()).collect();
    let mut playing = stream::iter(starts)
        .map(|from| async move { tokio::spawn(play(from..end.min(from + TOGETHER))).await.unwrap() })
        .buffer_unordered(PORTALS);
    let (mut played, mut mails) = (0, 0);
    while let Some((of_applications, of_mails)) = playing.next().await {
        played += of_applications;
        mails += of_mails;
    }
    assert_eq!(played as u64, count);
    // Most of them order a mail, or the schedules prove nothing.
    assert!(
        played < 100 || mails > played / 2,
        "{mails} mails in {played} schedules"
    );
    tests::report(
        "3-schedules",
        &format!("schedules: {played} from seed {first}, {mails} mails, 0 violations"),
    );
}
