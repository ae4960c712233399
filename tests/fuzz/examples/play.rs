//! Plays each target for some seconds, two at a time, and says how much of it was tried: `play PROGRAMS FOLDER TARGET…`.

#![allow(clippy::print_stdout, reason = "a program of the command line")]

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::Mutex,
    thread,
};

/// Fewer inputs would mean that a target gets nowhere.
const AT_LEAST: u64 = 200;

struct Played {
    name: String,
    inputs: u64,
    /// How many edges of our code they went along.
    edges: u64,
}

fn setting(name: &str, otherwise: &str) -> String {
    env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

/// The number behind the last of these words.
fn number_after(log: &str, words: &str) -> Option<u64> {
    let (_, rest) = log.rsplit_once(words)?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What it was that failed, with the inputs it failed at.
fn failure(name: &str, log: &str, found: &Path) -> Result<String, Box<dyn Error>> {
    let mut text = format!("{name} failed:\n{log}");
    for input in fs::read_dir(found)? {
        let path = input?.path();
        let bytes = fs::read(&path)?;
        write!(text, "\n{}: {}", path.display(), bytes.escape_ascii())?;
    }
    Ok(text)
}

fn play(name: &str, programs: &Path, folder: &Path) -> Result<Played, Box<dyn Error>> {
    let folder = folder.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let (corpus, found) = (folder.join("corpus"), folder.join("found/"));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&found)?;
    let played = Command::new(programs.join(name))
        .arg(format!("-max_total_time={}", setting("SECONDS_EACH", "12")))
        .arg(format!("-seed={}", setting("SEED", "1")))
        .args(["-max_len=4096", "-timeout=20", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}", found.display()))
        .arg(&corpus)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name))
        .stdout(Stdio::null())
        .output()?;
    let log = String::from_utf8_lossy(&played.stderr);
    if !played.status.success() {
        return Err(failure(name, &log, &found)?.into());
    }
    let inputs = number_after(&log, "stat::number_of_executed_units: ").ok_or("libFuzzer counts no inputs")?;
    let edges = number_after(&log, " cov: ").ok_or("libFuzzer sees no edges")?;
    if inputs < AT_LEAST {
        return Err(format!("{name}: only {inputs} inputs").into());
    }
    let name = name.to_owned();
    Ok(Played { name, inputs, edges })
}

fn play_all(programs: &Path, folder: &Path, names: Vec<String>) -> Result<String, String> {
    let names = Mutex::new(names.into_iter());
    let next = || names.lock().ok().and_then(|mut names| names.next());
    let play_some = || {
        let played = std::iter::from_fn(next).map(|name| play(&name, programs, folder));
        played
            .map(|played| played.map_err(|error| error.to_string()))
            .collect::<Result<Vec<_>, _>>()
    };
    let (one, other) = thread::scope(|scope| {
        let beside = scope.spawn(play_some);
        (play_some(), beside.join())
    });
    let mut played = one?;
    played.extend(other.map_err(|_| "a player panicked")??);
    played.sort_by(|one, other| one.name.cmp(&other.name));
    let each = played
        .iter()
        .map(|Played { name, inputs, edges }| format!("{name} {inputs} along {edges} edges"));
    let inputs: u64 = played.iter().map(|played| played.inputs).sum();
    let each = each.collect::<Vec<_>>().join(", ");
    Ok(format!("fuzzing: {inputs} inputs by libFuzzer, nothing found; {each}"))
}

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let mut path = || PathBuf::from(arguments.next().unwrap_or_default());
    let (programs, folder) = (path(), path());
    let names = arguments.filter_map(|name| name.into_string().ok()).collect();
    let line = match play_all(&programs, &folder, names) {
        Ok(line) => line,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{line}");
    let Ok(report) = env::var("REPORT") else {
        return ExitCode::SUCCESS;
    };
    match fs::write(Path::new(&report).join("7-fuzz"), format!("{line}\n")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the report cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}
