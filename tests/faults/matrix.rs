//! Each call of everything that changes something × what can go wrong with it × what whoever asked does then.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use local::{Fault, PlannedFault};
use uuid::Uuid;

use crate::{
    ask::again,
    audit::{Seen, audit},
    scenarios::{Prepared, SCENARIOS, prepare},
    scene::Scene,
};

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Nothing,
    Again,
    AtTheSameTime,
    AgainAfterSweeps,
}

/// One of all combinations.
#[derive(Debug, Clone)]
struct Cell {
    scenario: (&'static str, &'static str),
    fault: PlannedFault,
    /// Whether the SDK's own next try mends it, so that whoever asked sees nothing of it; unless it has tried too often
    /// lately.
    mended: bool,
    then: Then,
}

/// A cell whose first request was made.
struct Tried {
    cell: Cell,
    prepared: Prepared,
    /// The first answer.
    status: u16,
    done: bool,
}

fn faults(operation: &str, call: usize) -> Vec<PlannedFault> {
    let refusals = match operation.split('.').next().unwrap() {
        "SES" => vec![
            Fault::status(429, "TooManyRequestsException"),
            Fault::status(400, "MessageRejected"),
        ],
        "S3" => vec![Fault::status(503, "SlowDown")],
        _ => vec![Fault::status(400, "ThrottlingException")],
    };
    let mut faults = vec![Fault::NotReached, Fault::AnswerLost];
    faults.extend(refusals);
    let is_retried = !operation.starts_with("SES");
    let plan = |fault: &Fault, lasting| PlannedFault {
        call,
        fault: fault.clone(),
        lasting,
    };
    // Once is what the SDK's own retries mend; lasting is what they do not.
    let mut plans: Vec<_> = faults.iter().map(|fault| plan(fault, false)).collect();
    let lasts = |fault: &&Fault| is_retried || matches!(fault, Fault::Status { code: 429, .. });
    plans.extend(faults.iter().filter(lasts).map(|fault| plan(fault, true)));
    plans.push(plan(&Fault::Killed, false));
    plans
}

/// How many cells are under way at once; most of the time they wait for the SDK to try again.
const AT_ONCE: usize = 64;
/// A sweep sees everything on its portal, so that they are tried one by one, on so many portals.
const PORTALS: usize = 10;
/// What writes nothing, so that nothing is to be repeated.
const READING: [&str; 3] = ["email-draft", "preview", "diff"];

/// All combinations. A fault that comes once is mended by the SDK: nobody sees a reason to ask again. With `FAULTS` only
/// those of the scenarios whose names contain it.
fn cells(discovered: &BTreeMap<(&'static str, &'static str), Vec<String>>) -> Vec<Cell> {
    let only = std::env::var("FAULTS").unwrap_or_default();
    let mut cells = Vec::new();
    for (scenario, calls) in discovered.iter().filter(|(scenario, _)| scenario.0.contains(&only)) {
        for (call, operation) in calls.iter().enumerate() {
            for fault in faults(operation, call) {
                let mended = !fault.lasting && fault.fault != Fault::Killed && !operation.starts_with("SES");
                let reads = READING.iter().any(|reading| scenario.0.ends_with(reading));
                let all = [Then::Nothing, Then::Again, Then::AtTheSameTime, Then::AgainAfterSweeps];
                let follows = if mended || reads { &all[..1] } else { &all[..] };
                cells.extend(follows.iter().map(|then| Cell {
                    scenario: *scenario,
                    fault: fault.clone(),
                    mended,
                    then: *then,
                }));
            }
        }
    }
    cells
}

/// The calls of each scenario, as an undisturbed run of it shows them. The run before it is the first of its function,
/// which reads the keys to trust.
async fn discovered(scene: &Scene) -> BTreeMap<(&'static str, &'static str), Vec<String>> {
    let mut discovered = BTreeMap::new();
    for scenario in SCENARIOS.into_iter().chain(SCENARIOS) {
        let Prepared { ask, .. } = prepare(scene, scenario).await;
        if scenario.0 == "sweep" {
            scene.portal.host.clock().advance(std::time::Duration::from_mins(1));
        }
        let trace = Uuid::new_v4().to_string();
        let (status, text) = ask.send(scene, &trace).await;
        assert!((200..300).contains(&status), "{scenario:?}: {status} {text}");
        let calls = scene.portal.wire().calls().into_iter();
        let own = calls.filter(|call| call.trace.as_ref() == Some(&trace));
        let own: Vec<_> = own.map(|call| call.operation).collect();
        assert!(!own.is_empty(), "{scenario:?} calls nothing");
        discovered.insert(scenario, own);
    }
    discovered
}

#[test]
fn everything_that_changes_something_has_its_scenario() {
    let description = serde_json::to_value(functions::describe().unwrap()).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys().filter(|method| *method != "get");
        operations.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let template = local::template::Template::read(local::template::BUILT_IN, &BTreeMap::new()).unwrap();
    let without_routes = template
        .functions
        .into_iter()
        .filter(|function| function.routes.is_empty());
    operations.extend(without_routes.map(|function| function.name));
    let covered = |operation: &String| SCENARIOS.iter().any(|(covered, _)| covered == operation);
    let missing: Vec<_> = operations.iter().filter(|operation| !covered(operation)).collect();
    assert!(missing.is_empty(), "no scenario for {missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_with_whichever_call_nothing_is_halved_lost_or_done_twice() {
    let scene = Scene::start().await;
    let mut at_ses = Seen::take(&scene);
    let found = discovered(&scene).await;
    let cells = cells(&found);
    let discovered: usize = found.values().map(Vec::len).sum();
    let count = cells.len();
    let (sweeping, cells): (Vec<_>, Vec<_>) = cells.into_iter().partition(|cell| cell.scenario.0 == "sweep");

    scene.portal.wire().forget_calls();
    let mut tried = Vec::new();
    for cells in cells.chunks(AT_ONCE * 4) {
        let cells = stream::iter(cells.to_vec()).map(|cell| first(&scene, cell));
        tried.extend(cells.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
        scene.sign_in().await;
    }
    at_ses.add_calls(&scene);
    scene.pass(16).await;
    let tried: Vec<_> = stream::iter(tried)
        .map(|tried| second(&scene, tried))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let groups = sweeping.chunks(sweeping.len().div_ceil(PORTALS).max(1)).map(sweeps);
    let swept: usize = futures::future::join_all(groups).await.iter().sum();
    scene.pass(20).await;
    at_ses.add_calls(&scene);
    at_ses.add_events(&scene.portal.host.take_mail_events());

    let mut orders = BTreeMap::new();
    // SES refused what is ordered once more, so that it may take it once; and once more if nobody knew whether it had.
    let unclear = |tried: &&Tried| tried.cell.then == Then::AgainAfterSweeps;
    for tried in tried
        .iter()
        .filter(|tried| tried.cell.scenario.0.ends_with("resend"))
        .filter(unclear)
    {
        let (application, _) = tried.prepared.changes.as_ref().unwrap();
        orders.insert(format!("{application}_2_1"), 1);
    }
    let audit = audit(&scene, &at_ses, &orders).await;
    assert_eq!(audit.wrong, Vec::<String>::new());
    assert_eq!(audit.failed_though_taken, Vec::<String>::new());
    let (mended, broken): (Vec<_>, Vec<_>) = tried
        .iter()
        .filter(|tried| tried.cell.mended)
        .partition(|tried| tried.status < 500);
    assert!(
        mended.len() > broken.len(),
        "{} mended, {} not",
        mended.len(),
        broken.len()
    );
    for Tried {
        cell, prepared, done, ..
    } in &tried
    {
        if let Some((application, version)) = &prepared.changes {
            let is = audit.versions[application];
            assert!(
                is == *version || !done && is + 1 == *version,
                "{cell:?}: version {is}, not {version}"
            );
        }
    }
    tests::report(
        "2-faults",
        &format!(
            "faults: {count} combinations at {discovered} calls of {} actions, {} applications and {} mails audited, 0 violations",
            SCENARIOS.len(),
            audit.applications,
            audit.mails + swept
        ),
    );
}

/// The request with its fault, and what follows at once.
async fn first(scene: &Scene, cell: Cell) -> Tried {
    let prepared = prepare(scene, cell.scenario).await;
    let trace = Uuid::new_v4().to_string();
    let faulty = prepared.ask.send_with(scene, &trace, cell.fault.clone());
    let mut answers = Vec::new();
    if cell.then == Then::AtTheSameTime {
        let (one, other) = futures::join!(faulty, again(scene, &prepared.ask));
        answers.extend([one, other]);
    } else {
        answers.push(faulty.await);
        // Whoever comes second at the same time can be spared the call, and a link that takes longer than its answer may
        // is left.
        let may_be_left = cell.scenario.0 == "POST /api/password-resets";
        assert!(
            may_be_left || scene.portal.wire().was_played(&trace),
            "{cell:?}: not played, {answers:?}"
        );
    }
    if cell.then == Then::Again {
        answers.push(again(scene, &prepared.ask).await);
    }
    let answered = answers.last().unwrap();
    if cell.then != Then::Nothing && cell.then != Then::AgainAfterSweeps {
        assert!(answered.0 < 500, "{cell:?}: {answered:?}");
    }
    let done = answers.iter().any(|(status, _)| (200..300).contains(status));
    Tried {
        status: answers[0].0,
        cell,
        prepared,
        done,
    }
}

/// What follows a quarter of an hour later.
async fn second(scene: &Scene, mut tried: Tried) -> Tried {
    if tried.cell.then == Then::AgainAfterSweeps {
        let (status, text) = again(scene, &tried.prepared.ask).await;
        assert!(status < 500, "{:?}: {status} {text}", tried.cell);
        tried.done |= (200..300).contains(&status);
    }
    tried
}

/// The cells of the sweep, on a portal of their own; how many mails there were.
async fn sweeps(cells: &[Cell]) -> usize {
    let scene = Scene::start().await;
    for cell in cells {
        swept(&scene, cell.clone()).await;
    }
    let audit = audit(&scene, &Seen::take(&scene), &BTreeMap::new()).await;
    assert_eq!(audit.wrong, Vec::<String>::new());
    audit.mails
}

/// The same for the sweep, which sees what all others left open: one at a time.
async fn swept(scene: &Scene, cell: Cell) {
    let Prepared { ask, .. } = prepare(scene, cell.scenario).await;
    scene.portal.host.clock().advance(std::time::Duration::from_mins(1));
    let trace = Uuid::new_v4().to_string();
    let faulty = ask.send_with(scene, &trace, cell.fault.clone());
    match cell.then {
        Then::AtTheSameTime => drop(futures::join!(faulty, again(scene, &ask))),
        Then::Nothing => drop(faulty.await),
        Then::Again | Then::AgainAfterSweeps => {
            faulty.await;
            let (status, text) = again(scene, &ask).await;
            assert_eq!(status, 200, "{cell:?}: {text}");
        }
    }
    // Nothing of it is left for the next one: what is pending is sent, what nobody knows about is unclear.
    for minutes in [1, 16] {
        scene
            .portal
            .host
            .clock()
            .advance(std::time::Duration::from_mins(minutes));
        scene.done(ask.clone()).await;
    }
    scene.sign_in().await;
    let left = scene.done(ask).await;
    let nothing = serde_json::json!({ "tried": 0, "failed": 0, "unclear": 0, "oldestPendingSeconds": 0 });
    assert_eq!(left, nothing, "{cell:?}");
}
