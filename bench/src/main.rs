//! Cold starts measured: our function and the same in other languages, in one interleaved run on this machine, each
//! under a stand-in for Lambda's Runtime API and against AWS stand-ins that speak TLS.
#![allow(clippy::print_stdout, reason = "its report")]

mod company;
mod contestant;
mod process;
mod report;
mod runtime_api;
mod tls;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use clap::Parser;

use crate::{
    company::Company,
    contestant::{Contestant, Start},
    process::Share,
    report::Result as Measured,
    tls::Tls,
};

/// Whatever goes wrong ends the run.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What Lambda gives that many MB: the least, and what the template has.
const MEMORIES: [u32; 2] = [128, 512];

/// Measures cold starts.
#[derive(Parser)]
struct Arguments {
    /// How often each is started.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// How many requests follow the first one.
    #[arg(long, default_value_t = 40)]
    warm: usize,
    /// Where `bench/run` has put the packages.
    #[arg(long, default_value = "target/bench")]
    packages: PathBuf,
    /// Another binary of ours to take part, as NAME=PATH; may be given several times.
    #[arg(long, value_parser = further)]
    with: Vec<(String, PathBuf)>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let rounds = arguments.rounds;
    let packages = arguments.packages.canonicalize()?;
    let each = rounds * (arguments.warm + 1 + MEMORIES.len());
    let all = 4 + arguments.with.len();
    let mut company = Company::open((each + 1) * all).await?;
    let address = company.host.wire().url();
    let address = address.trim_start_matches("http://").parse()?;
    let tls = Tls::start(address).await?;
    let contestants = Contestant::all(&packages, &tls, &arguments.with)?;

    let mut starts: BTreeMap<usize, Vec<Start>> = BTreeMap::new();
    let mut throttled: BTreeMap<(usize, u32), Vec<Duration>> = BTreeMap::new();
    // A first start of each, which fills the page cache, counts for nothing.
    company.renew_token().await?;
    for contestant in &contestants {
        contestant.start(&mut company, &tls, 0).await?;
    }
    for round in 0..rounds {
        company.renew_token().await?;
        for place in 0..contestants.len() {
            let number = (round + place) % contestants.len();
            let contestant = &contestants[number];
            let start = contestant.start(&mut company, &tls, arguments.warm).await?;
            starts.entry(number).or_default().push(start);
            for memory in MEMORIES {
                let Some(share) = Share::of_memory(memory) else {
                    continue;
                };
                let time = contestant.throttled(&mut company, &tls, share).await?;
                throttled.entry((number, memory)).or_default().push(time);
            }
        }
    }

    let mut results = Vec::new();
    for (number, contestant) in contestants.iter().enumerate() {
        let throttled: Vec<_> = MEMORIES
            .iter()
            .filter_map(|memory| Some((*memory, throttled.remove(&(number, *memory))?)))
            .collect();
        results.push(Measured::of(
            contestant,
            starts.get(&number).ok_or("no start")?,
            &throttled,
        )?);
    }
    print(&arguments, &results)
}

fn print(arguments: &Arguments, results: &[Measured]) -> Result<(), Failure> {
    println!(
        "Medians of {} starts, and of {} further requests each: milliseconds of processor time from exec until the first\n\
         request for an event (and without opening connections to AWS before it), until the first answer, and for a\n\
         further request; MB; milliseconds on the wall until the first answer with Lambda's share of a processor.\n",
        arguments.rounds, arguments.warm
    );
    for line in report::table(results) {
        println!("{line}");
    }
    println!();
    for line in report::figures(results)? {
        println!("{line}");
    }
    Ok(())
}

fn further(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("must be NAME=PATH")?;
    Ok((name.to_owned(), path.into()))
}
