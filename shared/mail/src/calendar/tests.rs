use domain::EmailAddress;
use proptest::prelude::*;

use super::*;

struct Given {
    organizer: EmailAddress,
    attendee: EmailAddress,
}

impl Given {
    fn new() -> Self {
        Self {
            organizer: EmailAddress::parse("interviews@example.com").unwrap(),
            attendee: EmailAddress::parse("anna@müller.at").unwrap(),
        }
    }

    fn event(&self) -> CalendarEvent<'_> {
        CalendarEvent {
            method: CalendarMethod::Request,
            uid: "k3m9x2p4@example.com",
            sequence: 0,
            starts_at: "2027-01-14T13:00:00Z".parse().unwrap(),
            ends_at: "2027-01-14T14:00:00.9Z".parse().unwrap(),
            stamped_at: "2026-11-24T08:00:00Z".parse().unwrap(),
            summary: "Gespräch: Köchin, Standort Wien; Runde 2",
            description: "Donnerstag, 14. Jänner 2027, 14:00 Uhr (Wien)\r\nBitte läuten Sie bei „Gruber“.",
            location: Some("Mariahilfer Straße 1\\2, 1060 Wien"),
            online_meeting_url: Some("https://meet.example.com/j/1?pwd=a,b;c"),
            organizer: &self.organizer,
            organizer_name: "Beispiel GmbH",
            attendee: &self.attendee,
            attendee_name: "Anna Müller, MSc",
        }
    }
}

fn unfolded(calendar: &str) -> Vec<String> {
    calendar
        .replace("\r\n ", "")
        .split_terminator("\r\n")
        .map(str::to_owned)
        .collect()
}

fn line(calendar: &str, name: &str) -> Option<String> {
    unfolded(calendar)
        .into_iter()
        .find(|line| line.split([':', ';']).next() == Some(name))
}

#[test]
fn an_invitation_as_it_leaves() {
    insta::assert_snapshot!(Given::new().event().render().replace("\r\n", "\n"));
}

#[test]
fn an_update_as_it_leaves() {
    let given = Given::new();
    let update = CalendarEvent {
        sequence: 1,
        starts_at: "2027-01-15T13:00:00Z".parse().unwrap(),
        ends_at: "2027-01-15T14:00:00Z".parse().unwrap(),
        ..given.event()
    };
    insta::assert_snapshot!(update.render().replace("\r\n", "\n"));
}

#[test]
fn a_cancellation_as_it_leaves() {
    let given = Given::new();
    let cancellation = CalendarEvent {
        method: CalendarMethod::Cancel,
        sequence: 2,
        ..given.event()
    };
    insta::assert_snapshot!(cancellation.render().replace("\r\n", "\n"));
}

#[test]
fn a_link_is_the_location_where_there_is_no_other() {
    let given = Given::new();
    for location in [None, Some(""), Some(" \r\n")] {
        let calendar = CalendarEvent {
            location,
            ..given.event()
        }
        .render();
        let expected = r"LOCATION:https://meet.example.com/j/1?pwd=a\,b\;c";
        assert_eq!(line(&calendar, "LOCATION").as_deref(), Some(expected));
    }
}

#[test]
fn a_link_that_the_description_mentions_is_not_added_to_it() {
    let given = Given::new();
    let event = CalendarEvent {
        description: "Hier: https://meet.example.com/j/1",
        online_meeting_url: Some("https://meet.example.com/j/1"),
        ..given.event()
    };
    assert_eq!(
        line(&event.render(), "DESCRIPTION").as_deref(),
        Some("DESCRIPTION:Hier: https://meet.example.com/j/1")
    );
}

#[test]
fn what_is_empty_is_left_out() {
    let given = Given::new();
    let calendar = CalendarEvent {
        summary: "\0",
        description: "",
        location: None,
        online_meeting_url: None,
        attendee_name: " ",
        ..given.event()
    }
    .render();
    for name in ["SUMMARY", "DESCRIPTION", "LOCATION", "URL"] {
        assert_eq!(line(&calendar, name), None);
    }
    let attendee = line(&calendar, "ATTENDEE").unwrap();
    assert!(attendee.ends_with(";CN=\"anna@xn--mller-kva.at\":mailto:anna@xn--mller-kva.at"));
}

#[test]
fn nothing_breaks_out_of_a_name_an_address_or_a_link() {
    let mut given = Given::new();
    given.attendee = EmailAddress::parse("a?cc=b&c/d%{e}@example.com").unwrap();
    let calendar = CalendarEvent {
        attendee_name: "Anna \"Änni\" ^n \\\r\nATTENDEE:mailto:evil@example.com\u{202e}",
        online_meeting_url: Some("https://example.com/\r\nATTENDEE:mailto:evil@example.com\"ä"),
        ..given.event()
    }
    .render();
    let attendee = line(&calendar, "ATTENDEE").unwrap();
    let (_, value) = attendee.split_once(";CN=").unwrap();
    assert_eq!(
        value,
        "\"Anna ^'Änni^' ^^n / ATTENDEE:mailto:evil@example.com\":mailto:a%3Fcc%3Db%26c%2Fd%25%7Be%7D@example.com"
    );
    assert_eq!(
        line(&calendar, "URL").as_deref(),
        Some("URL:https://example.com/%0D%0AATTENDEE:mailto:evil@example.com%22%C3%A4")
    );
}

/// Letters that mean something somewhere, and any others.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[A-Za-zÄÖÜäöüß ]{1,12}",
        proptest::sample::select(vec![
            ",",
            ";",
            ":",
            "\\",
            "\\n",
            "\"",
            "'",
            "^",
            "^n",
            "^'",
            "%",
            "=",
            "\r\n",
            "\r",
            "\n",
            "\n ",
            "\t",
            "\0",
            "\u{b}",
            "\u{1b}",
            "\u{7f}",
            "\u{85}",
            "\u{2028}",
            "\u{202e}",
            "😀",
            "👩\u{200d}👩\u{200d}👧",
            "e\u{301}",
            "\r\nATTENDEE:mailto:evil@example.com",
            "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n",
            "\":mailto:evil@example.com",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        "[äöü€😀]{300}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

const NAMES: [&str; 20] = [
    "BEGIN",
    "VERSION",
    "PRODID",
    "METHOD",
    "BEGIN",
    "UID",
    "SEQUENCE",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "URL",
    "ORGANIZER",
    "ATTENDEE",
    "STATUS",
    "TRANSP",
    "CLASS",
    "END",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn whatever_is_written_gives_the_same_lines(
        cancel: bool, sequence: u32, summary in text(), description in text(), location in text(),
        url in text(), organizer_name in text(), attendee_name in text(),
    ) {
        let given = Given::new();
        let calendar = CalendarEvent {
            method: if cancel { CalendarMethod::Cancel } else { CalendarMethod::Request },
            sequence,
            summary: &format!("x{summary}"),
            description: &description,
            location: Some(&format!("x{location}")),
            online_meeting_url: Some(&format!("https://{url}")),
            organizer_name: &organizer_name,
            attendee_name: &attendee_name,
            ..given.event()
        }
        .render();

        prop_assert!(calendar.ends_with("\r\n"));
        for line in calendar.split("\r\n") {
            // A folded part is a `str` of its own, so no character is split.
            prop_assert!(line.len() <= 75, "{}", line);
            prop_assert!(!line.contains(char::is_control), "{:?}", line);
        }
        let lines = unfolded(&calendar);
        let names: Vec<_> = lines.iter().map(|line| line.split([':', ';']).next().unwrap()).collect();
        prop_assert_eq!(&names[..20], &NAMES);
        prop_assert_eq!(&names[20..], &["END"]);
        for line in &lines {
            let quotes = line.matches('"').count();
            let people = line.starts_with("ORGANIZER;") || line.starts_with("ATTENDEE;");
            prop_assert!(!people || quotes == 2, "{}", line);
            // Parsers forgive what is not escaped, so they cannot test it.
            let (name, value) = line.split_once(':').unwrap();
            if ["UID", "SUMMARY", "DESCRIPTION", "LOCATION"].contains(&name) {
                let rest = [r"\\", r"\;", r"\,", r"\n"].iter().fold(value.to_owned(), |text, pair| text.replace(pair, ""));
                prop_assert!(!rest.contains(['\\', ';', ',']), "{}", line);
            }
        }
    }
}
