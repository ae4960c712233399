//! Writes what hostile texts become, and beside it what must be found there: `hostile_texts FOLDER COUNT SEED`.
//!
//! Each text goes to each edge that takes free text. Where it is refused, another stands in; where it is taken, it goes
//! into mails, calendar objects, the history's table and the names of files. Headers are read back here by two readers;
//! `check.py` reads everything, with none of what wrote it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "it fails by panicking, and prints what it did"
)]

mod edges;
mod files;
mod mails;
mod read_back;
mod strings;

use std::{fs, io::Write as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    edges::Edges,
    mails::{Post, Rendered},
};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, count, seed] = arguments.as_slice() else {
        panic!("usage: hostile_texts FOLDER COUNT SEED")
    };
    let folder = Path::new(folder);
    fs::create_dir_all(folder).unwrap();
    let texts = strings::hostile(count.parse().unwrap(), seed.parse().unwrap());

    let mut edges = Edges::default();
    let taken: Vec<_> = texts
        .iter()
        .zip(0..)
        .map(|(text, number)| edges.take(text, number % 2 == 0))
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let each = taken.len().div_ceil(threads);
    let mails: usize = std::thread::scope(|scope| {
        let parts = taken.chunks(each).enumerate();
        let parts: Vec<_> = parts
            .map(|(number, part)| scope.spawn(move || write_mails(folder, number, part)))
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    });
    let rows = files::write_history(folder, &taken);
    let names = files::write_downloads(folder, &taken).await;

    let edges: serde_json::Map<_, _> = edges
        .0
        .into_iter()
        .map(|(edge, (taken, refused))| (edge.to_owned(), json!({ "taken": taken, "refused": refused })))
        .collect();
    let summary =
        json!({ "texts": texts.len(), "seed": seed, "mails": mails, "rows": rows, "names": names, "edges": edges });
    fs::write(folder.join("summary.json"), summary.to_string()).unwrap();
    println!("{summary}");
}

fn write_mails(folder: &Path, number: usize, taken: &[edges::Taken]) -> usize {
    let post = Post::new();
    let mut file = std::io::BufWriter::new(fs::File::create(folder.join(format!("mails-{number}.jsonl"))).unwrap());
    let mut count = 0;
    for taken in taken {
        let mails: [Option<Rendered>; 4] = [
            Some(post.written(taken)),
            post.filled(taken),
            post.account(taken),
            Some(post.invitation(taken)),
        ];
        for (mime, expected) in mails.into_iter().flatten() {
            read_back::check(&mime, &expected);
            writeln!(
                file,
                "{}",
                json!({ "mime": STANDARD.encode(&mime), "expected": expected, "given": taken.text })
            )
            .unwrap();
            count += 1;
        }
    }
    file.flush().unwrap();
    count
}
