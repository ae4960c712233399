//! What is printed: medians, ratios, and which figures were reached.

use std::time::Duration;

use crate::{Failure, company::Asked, contestant::Contestant, contestant::Start, contestant::bytes};

/// What all rounds came to for one contestant.
pub struct Result {
    /// What it is called.
    pub name: String,
    /// Medians in milliseconds of processor time.
    pub ready: f64,
    /// The same without what it does to be warm.
    pub ready_without_warm_up: f64,
    /// Until the first answer.
    pub first_answer: f64,
    /// A further request.
    pub warm: f64,
    /// The slowest of a hundred further requests.
    pub warm_p99: f64,
    /// MB.
    pub peak_memory: f64,
    /// MB that are deployed.
    pub package: f64,
    /// MB as a zip.
    pub zip: f64,
    /// Milliseconds on the wall until the first answer, by MB of memory.
    pub throttled: Vec<(u32, f64)>,
    /// What one rejection asked of AWS.
    pub asked: Asked,
}

impl Result {
    /// Of one contestant's starts.
    pub fn of(
        contestant: &Contestant,
        starts: &[Start],
        throttled: &[(u32, Vec<Duration>)],
    ) -> std::result::Result<Self, Failure> {
        let of = |pick: fn(&Start) -> Duration| quantile(starts.iter().map(pick).collect(), 50);
        let warm: Vec<_> = starts.iter().flat_map(|start| start.warm.iter().copied()).collect();
        let mut memory: Vec<_> = starts.iter().map(|start| start.peak_memory).collect();
        memory.sort_unstable();
        let throttled = throttled
            .iter()
            .map(|(memory, times)| (*memory, quantile(times.clone(), 50)));
        let asked = starts.first().ok_or("no start")?.asked.clone();
        Ok(Self {
            name: contestant.name.clone(),
            ready: of(|start| start.ready),
            ready_without_warm_up: of(|start| start.ready_without_warm_up),
            first_answer: of(|start| start.first_answer),
            warm: quantile(warm.clone(), 50),
            warm_p99: quantile(warm, 99),
            peak_memory: megabytes(memory[memory.len() / 2] * 1024),
            package: megabytes(bytes(&contestant.package)?),
            zip: bytes(&contestant.zip).map_or(f64::NAN, megabytes),
            throttled: throttled.collect(),
            asked,
        })
    }

    fn at(&self, memory: u32) -> f64 {
        let mut times = self.throttled.iter().filter(|(of, _)| *of == memory);
        times.next().map_or(f64::NAN, |(_, time)| *time)
    }
}

/// Milliseconds.
fn quantile(mut times: Vec<Duration>, percent: usize) -> f64 {
    times.sort_unstable();
    let position = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(position).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

#[allow(clippy::cast_precision_loss, reason = "sizes of files and processes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The measured table as lines.
pub fn table(results: &[Result]) -> Vec<String> {
    let mut lines = vec![format!(
        "{:27}{:>9}{:>10}{:>9}{:>8}{:>8}{:>8}{:>9}{:>8}{:>9}{:>9}{:>7}{:>7}",
        "",
        "→ /next",
        "(no warm)",
        "answer",
        "warm",
        "p99",
        "memory",
        "package",
        "zip",
        "128 MB",
        "512 MB",
        "calls",
        "WCU"
    )];
    for result in results {
        lines.push(format!(
            "{:27}{:9.2}{:10.2}{:9.2}{:8.2}{:8.2}{:8.1}{:9.2}{:8.2}{:9.1}{:9.1}{:7}{:7}",
            result.name,
            result.ready,
            result.ready_without_warm_up,
            result.first_answer,
            result.warm,
            result.warm_p99,
            result.peak_memory,
            result.package,
            result.zip,
            result.at(128),
            result.at(512),
            result.asked.operations.len(),
            result.asked.write_units,
        ));
    }
    lines
}

struct Figure {
    what: String,
    got: f64,
    reach: f64,
    better: f64,
    shown: fn(f64) -> String,
}

/// Each figure to reach with what was measured.
pub fn figures(results: &[Result]) -> std::result::Result<Vec<String>, Failure> {
    let of = |name: &str| {
        results
            .iter()
            .find(|result| result.name.starts_with(name))
            .ok_or("nobody")
    };
    let (hello, ours, python, node) = (of("hello")?, of("ours")?, of("Python")?, of("Node")?);
    let times: fn(f64) -> String = |ratio| format!("{ratio:.2}×");
    let parts: fn(f64) -> String = |ratio| format!("1/{:.1}", 1.0 / ratio);
    let size: fn(f64) -> String = |size| format!("{size:.2} MB");
    let plain: fn(f64) -> String = |number| format!("{number}");
    let figure = |what: &str, got, reach, better, shown| Figure {
        what: what.to_owned(),
        got,
        reach,
        better,
        shown,
    };
    #[allow(clippy::cast_precision_loss, reason = "four calls")]
    let calls = ours.asked.operations.len() as f64;
    let answer = "exec → first answer over TLS, processor time, against";
    let figures = [
        figure(
            "exec → /next, processor time, against bare hello, without warm-up",
            ours.ready_without_warm_up / hello.ready,
            1.5,
            1.3,
            times,
        ),
        figure(
            &format!("{answer} Python"),
            ours.first_answer / python.first_answer,
            1.0 / 25.0,
            1.0 / 40.0,
            parts,
        ),
        figure(
            &format!("{answer} Node"),
            ours.first_answer / node.first_answer,
            1.0 / 15.0,
            1.0 / 25.0,
            parts,
        ),
        figure(
            "first answer at the 128 MB quota, wall, against Python",
            ours.at(128) / python.at(128),
            1.0 / 15.0,
            1.0 / 30.0,
            parts,
        ),
        figure(
            "warm processor time per action against Python",
            ours.warm / python.warm,
            0.2,
            0.1,
            parts,
        ),
        figure(
            "warm processor time per action against Node",
            ours.warm / node.warm,
            0.2,
            0.1,
            parts,
        ),
        figure("peak memory", ours.peak_memory, 20.0, 12.0, size),
        figure("binary", ours.package, 6.0, 4.0, size),
        figure("zip", ours.zip, 3.0, 2.0, size),
        figure("AWS calls per rejection by e-mail", calls, 4.0, 4.0, plain),
        figure(
            "write units per rejection by e-mail",
            ours.asked.write_units,
            8.0,
            7.0,
            plain,
        ),
    ];
    let heading = format!("{:66}{:>10}{:>10}{:>10}", "", "measured", "reach", "better");
    Ok([heading].into_iter().chain(figures.map(verdict)).collect())
}

/// One figure as a line.
fn verdict(
    Figure {
        what,
        got,
        reach,
        better,
        shown,
    }: Figure,
) -> String {
    let verdict = if got <= better {
        "reached, the better one"
    } else if got <= reach {
        "reached"
    } else if got.is_nan() {
        "not measured here"
    } else {
        "missed"
    };
    format!(
        "{what:66}{:>10}{:>10}{:>10}  {verdict}",
        shown(got),
        shown(reach),
        shown(better)
    )
}
