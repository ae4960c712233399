//! Writes calendar files and, beside each, what a parser must read in it: `calendar_files DIRECTORY COUNT`.
//!
//! Each text is put together from pieces of which it is known what becomes of them, so that what is expected does not
//! come from the code under test. The same seed gives the same files.

use std::{error::Error, fs, io::Write as _, path::Path};

use domain::EmailAddress;
use jiff::{SignedDuration, Timestamp};
use mail::{CalendarEvent, CalendarMethod};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

const SEED: [u8; 32] = *b"hiring portal: calendar files, 1";

/// What was given, and what is left of it in a title or place, in the description, and in a name.
#[derive(Debug, Clone, Copy)]
struct Piece {
    given: &'static str,
    line: &'static str,
    text: &'static str,
    name: &'static str,
}

const fn same(given: &'static str) -> Piece {
    Piece {
        given,
        line: given,
        text: given,
        name: given,
    }
}

const fn without(given: &'static str, line: &'static str, text: &'static str) -> Piece {
    Piece {
        given,
        line,
        text,
        name: line,
    }
}

const fn name(given: &'static str, name: &'static str) -> Piece {
    Piece {
        given,
        line: given,
        text: given,
        name,
    }
}

const PIECES: [Piece; 52] = [
    same("Anna"),
    same("Müller"),
    same("Österreich"),
    same("Straße"),
    same("Žižek"),
    same("日本語"),
    same("مرحبا"),
    same(" "),
    same("  "),
    same("   "),
    same(","),
    same(";"),
    same(":"),
    same(", MSc"),
    same("; "),
    same("'"),
    same("\""),
    same("\"Änni\""),
    same("^"),
    same("^n"),
    same("^'"),
    same("^^"),
    same("="),
    same("%2C"),
    same("%0D%0A"),
    same("<b>"),
    same("&amp;"),
    same("mailto:"),
    same("BEGIN:VALARM"),
    same("„Gruber“ –"),
    same("\u{a0}"),
    same("e\u{301}"),
    same("ﷺ"),
    same("😀"),
    same("👩\u{200d}👩\u{200d}👧\u{200d}👦"),
    same("🇦🇹"),
    same("\":mailto:evil@example.com"),
    same("ÄÖÜäöüß€😀ÄÖÜäöüß€😀ÄÖÜäöüß€😀ÄÖÜäöüß€😀ÄÖÜäöüß€😀ÄÖÜäöüß€😀"),
    name("\\", "/"),
    name("\\n", "/n"),
    name("\\,", "/,"),
    name("\\;\\\\", "/;//"),
    without("\r\n", " ", "\n"),
    without("\rB", " B", "\nB"),
    without("\n ", "  ", "\n "),
    without("\u{85}", " ", "\n"),
    without("\u{2028}", " ", "\n"),
    without("\t", " ", " "),
    without("\0", "", ""),
    without("\u{1b}\u{7f}", "", ""),
    without("\u{202e}", "", ""),
    without(
        "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:evil@example.com\r\n",
        " END:VEVENT BEGIN:VEVENT ATTENDEE:mailto:evil@example.com ",
        "\nEND:VEVENT\nBEGIN:VEVENT\nATTENDEE:mailto:evil@example.com\n",
    ),
];

/// Pieces between two letters, so that nothing is trimmed; long ones have more than 300 characters.
fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let middle = prop_oneof![
        6 => prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14),
        1 => prop::collection::vec(prop::sample::select(PIECES.to_vec()), 90..140),
    ];
    middle.prop_map(|mut pieces| {
        pieces.insert(0, same("A"));
        pieces.push(same("z"));
        pieces
    })
}

fn join(pieces: &[Piece], form: fn(&Piece) -> &'static str) -> String {
    pieces.iter().map(form).collect()
}

/// Given and expected.
fn link() -> impl Strategy<Value = (String, String)> {
    let piece = prop::sample::select(vec![
        ("join", "join"),
        ("?pwd=", "?pwd="),
        ("&x=1", "&x=1"),
        ("#a", "#a"),
        (",", ","),
        (";", ";"),
        ("%2C", "%2C"),
        ("%5C", "%5C"),
        ("\\", "%5C"),
        ("\"", "%22"),
        (" ", "%20"),
        ("ä", "%C3%A4"),
        ("😀", "%F0%9F%98%80"),
        (
            "\r\nATTENDEE:mailto:evil@example.com",
            "%0D%0AATTENDEE:mailto:evil@example.com",
        ),
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| {
        let (given, expected): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        (
            format!("https://meet.example.com/{}z", given.concat()),
            format!("https://meet.example.com/{}z", expected.concat()),
        )
    })
}

/// Given, and expected as a URI.
fn address() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("anna.mueller@example.com", "mailto:anna.mueller@example.com"),
        (
            "o'brien+jobs@sub.example.co.at",
            "mailto:o'brien+jobs@sub.example.co.at",
        ),
        ("office@müller.at", "mailto:office@xn--mller-kva.at"),
        ("a?b=c&d@example.com", "mailto:a%3Fb%3Dc%26d@example.com"),
        ("a%2Cb/c#d@example.com", "mailto:a%252Cb%2Fc%23d@example.com"),
    ])
}

#[derive(Debug)]
struct Given {
    cancel: bool,
    sequence: u32,
    uid: String,
    starts_at: i64,
    minutes: i64,
    summary: Vec<Piece>,
    description: Vec<Piece>,
    location: Option<Vec<Piece>>,
    link: Option<(String, String)>,
    organizer_name: Vec<Piece>,
    attendee: (&'static str, &'static str),
    attendee_name: Vec<Piece>,
}

fn given() -> impl Strategy<Value = Given> {
    let method = (any::<bool>(), 0..5_u32, "[0-9a-hjkmnp-tv-z]{16}");
    // From 2026 to 2100, in seconds.
    let time = (1_798_000_000..4_102_000_000_i64, 1..1_440_i64);
    let texts = (
        pieces(),
        pieces(),
        prop::option::of(pieces()),
        prop::option::of(link()),
        pieces(),
        pieces(),
    );
    (method, time, texts, address()).prop_map(|(method, time, texts, attendee)| Given {
        cancel: method.0,
        sequence: method.1,
        uid: format!("{}@example.com", method.2),
        starts_at: time.0,
        minutes: time.1,
        summary: texts.0,
        description: texts.1,
        location: texts.2,
        link: texts.3,
        organizer_name: texts.4,
        attendee,
        attendee_name: texts.5,
    })
}

impl Given {
    fn render(&self) -> Result<String, Box<dyn Error>> {
        let starts_at = Timestamp::from_second(self.starts_at)?;
        let location = self
            .location
            .as_ref()
            .map(|location| join(location, |piece| piece.given));
        Ok(CalendarEvent {
            method: if self.cancel {
                CalendarMethod::Cancel
            } else {
                CalendarMethod::Request
            },
            uid: &self.uid,
            sequence: self.sequence,
            starts_at,
            ends_at: starts_at + SignedDuration::from_mins(self.minutes),
            stamped_at: starts_at - SignedDuration::from_hours(200),
            summary: &join(&self.summary, |piece| piece.given),
            description: &join(&self.description, |piece| piece.given),
            location: location.as_deref(),
            online_meeting_url: self.link.as_ref().map(|link| link.0.as_str()),
            organizer: &EmailAddress::parse("interviews@example.com")?,
            organizer_name: &join(&self.organizer_name, |piece| piece.given),
            attendee: &EmailAddress::parse(self.attendee.0)?,
            attendee_name: &join(&self.attendee_name, |piece| piece.given),
        }
        .render())
    }

    /// Each component, property and parameter by its path.
    fn expected(&self) -> Value {
        let time = |seconds: i64| Timestamp::from_second(seconds).map(|time| time.to_string()).ok();
        let mut description = join(&self.description, |piece| piece.text);
        let mut location = self
            .location
            .as_ref()
            .map(|location| join(location, |piece| piece.line));
        let mut values = Map::new();
        let mut add = |path: &str, value: Value| values.insert(path.to_owned(), value);
        if let Some((_, link)) = &self.link {
            description.push_str("\n\n");
            description.push_str(link);
            location.get_or_insert_with(|| link.clone());
            add("VCALENDAR/VEVENT/URL", json!(link));
        }
        if let Some(location) = location {
            add("VCALENDAR/VEVENT/LOCATION", json!(location));
        }
        let (method, status) = if self.cancel {
            ("CANCEL", "CANCELLED")
        } else {
            ("REQUEST", "CONFIRMED")
        };
        for (path, value) in [
            ("VCALENDAR", json!("component")),
            ("VCALENDAR/VERSION", json!("2.0")),
            ("VCALENDAR/PRODID", json!("-//Hiring Portal//Interviews//EN")),
            ("VCALENDAR/METHOD", json!(method)),
            ("VCALENDAR/VEVENT", json!("component")),
            ("VCALENDAR/VEVENT/UID", json!(self.uid)),
            ("VCALENDAR/VEVENT/SEQUENCE", json!(self.sequence.to_string())),
            ("VCALENDAR/VEVENT/DTSTAMP", json!(time(self.starts_at - 200 * 3_600))),
            ("VCALENDAR/VEVENT/DTSTART", json!(time(self.starts_at))),
            (
                "VCALENDAR/VEVENT/DTEND",
                json!(time(self.starts_at + self.minutes * 60)),
            ),
            (
                "VCALENDAR/VEVENT/SUMMARY",
                json!(join(&self.summary, |piece| piece.line)),
            ),
            ("VCALENDAR/VEVENT/DESCRIPTION", json!(description)),
            ("VCALENDAR/VEVENT/ORGANIZER", json!("mailto:interviews@example.com")),
            (
                "VCALENDAR/VEVENT/ORGANIZER;CN",
                json!(join(&self.organizer_name, |piece| piece.name)),
            ),
            ("VCALENDAR/VEVENT/ATTENDEE", json!(self.attendee.1)),
            ("VCALENDAR/VEVENT/ATTENDEE;CUTYPE", json!("INDIVIDUAL")),
            ("VCALENDAR/VEVENT/ATTENDEE;ROLE", json!("REQ-PARTICIPANT")),
            ("VCALENDAR/VEVENT/ATTENDEE;PARTSTAT", json!("NEEDS-ACTION")),
            ("VCALENDAR/VEVENT/ATTENDEE;RSVP", json!("TRUE")),
            (
                "VCALENDAR/VEVENT/ATTENDEE;CN",
                json!(join(&self.attendee_name, |piece| piece.name)),
            ),
            ("VCALENDAR/VEVENT/STATUS", json!(status)),
            ("VCALENDAR/VEVENT/TRANSP", json!("OPAQUE")),
            ("VCALENDAR/VEVENT/CLASS", json!("PRIVATE")),
        ] {
            add(path, value);
        }
        Value::Object(values)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, directory, count] = arguments.as_slice() else {
        return Err("usage: calendar_files DIRECTORY COUNT".into());
    };
    let directory = Path::new(directory);
    fs::create_dir_all(directory)?;
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &SEED));
    for number in 1..=count.parse::<u32>()? {
        let given = given()
            .new_tree(&mut runner)
            .map_err(|reason| reason.to_string())?
            .current();
        fs::write(directory.join(format!("{number:04}.ics")), given.render()?)?;
        let expected = serde_json::to_vec_pretty(&given.expected())?;
        fs::write(directory.join(format!("{number:04}.json")), expected)?;
    }
    writeln!(
        std::io::stdout(),
        "{count} calendar files from the seed \"{}\"",
        String::from_utf8_lossy(&SEED)
    )?;
    Ok(())
}
