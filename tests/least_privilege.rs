//! Compares what the functions needed in all tests with what the template allows them: nothing missing, nothing unused.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    process::ExitCode,
};

use local::template::{BUILT_IN, Template};

/// Takes the folder that the tests were given as `RECORD_ACTIONS`.
#[allow(clippy::print_stdout, reason = "a report")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder has the records?")?;
    let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in fs::read_dir(folder)? {
        for line in fs::read_to_string(file?.path())?.lines() {
            let (function, action) = line.split_once(' ').ok_or("a line without an action")?;
            needed.entry(function.to_owned()).or_default().insert(action.to_owned());
        }
    }

    let functions = Template::read(BUILT_IN, &BTreeMap::new())?.functions;
    let (mut allowed, mut missing, mut unused) = (0, 0, 0);
    for function in &functions {
        let needed = needed.remove(&function.name).unwrap_or_default();
        allowed += function.allowed_actions.len();
        for action in needed.difference(&function.allowed_actions) {
            missing += 1;
            println!("missing: {} needs {action}", function.name);
        }
        for action in function.allowed_actions.difference(&needed) {
            unused += 1;
            println!("unused: {} never needs {action}", function.name);
        }
    }
    println!(
        "least privilege: {} functions may do {allowed} actions; missing {missing}, unused {unused}",
        functions.len()
    );
    let exact = missing == 0 && unused == 0;
    Ok(if exact { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
