//! Calendar objects: an appointment as one `VEVENT` (RFC 5545) that asks for an answer or calls it off (RFC 5546).
//!
//! Written here and not by the `icalendar` crate, of which (0.17.17) only the escaping of texts could be kept:
//! it writes `CN` unquoted or with a bare `"` in it, lets line breaks in parameters, addresses and links start new
//! properties, lets other control characters pass, and folds the last part of a long line at 76 octets.

use std::fmt::Write;

use domain::EmailAddress;
use jiff::Timestamp;

/// What a calendar object wants of its reader (RFC 5546 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarMethod {
    /// An invitation, or with a higher sequence number its update.
    Request,
    /// The appointment is off.
    Cancel,
}

impl CalendarMethod {
    /// Its name, in the calendar object and in the MIME parameter `method`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }

    fn status(self) -> &'static str {
        match self {
            Self::Request => "CONFIRMED",
            Self::Cancel => "CANCELLED",
        }
    }
}

/// An appointment as one attendee is told of it; nothing in it names anybody else who takes part.
///
/// Texts may hold anything. Line breaks become spaces, except in the description; other control characters and
/// bidirectional overrides are left out.
#[derive(Debug, Clone, Copy)]
pub struct CalendarEvent<'a> {
    /// Invitation or cancellation.
    pub method: CalendarMethod,
    /// Globally unique and the same in every update and in the cancellation (RFC 7986 §5.3).
    pub uid: &'a str,
    /// Grows with each update; calendars ignore what is not newer.
    pub sequence: u32,
    /// Beginning; fractions of a second are cut off.
    pub starts_at: Timestamp,
    /// End.
    pub ends_at: Timestamp,
    /// When this object was made (`DTSTAMP`).
    pub stamped_at: Timestamp,
    /// The title.
    pub summary: &'a str,
    /// Plain text, may have several lines.
    pub description: &'a str,
    /// Where people meet; one line.
    pub location: Option<&'a str>,
    /// Where they meet online.
    pub online_meeting_url: Option<&'a str>,
    /// The portal's own interview address, which takes the replies.
    pub organizer: &'a EmailAddress,
    /// The name shown for it.
    pub organizer_name: &'a str,
    /// Whom the object is for.
    pub attendee: &'a EmailAddress,
    /// The name shown for them.
    pub attendee_name: &'a str,
}

impl CalendarEvent<'_> {
    /// The calendar object: lines of at most 75 octets, each ended by CR LF. A text that is empty is left out.
    pub fn render(&self) -> String {
        let method = self.method.name();
        let status = self.method.status();
        let url = self.online_meeting_url.map(uri);
        let description = self.full_description(url.as_deref());
        // Not every calendar shows `URL`; all of them show location and description.
        let location = self.location.map(one_line).filter(|location| !location.is_empty());
        let location = location.or_else(|| url.clone()).unwrap_or_default();

        let mut lines = ContentLines::default();
        lines.add("BEGIN:VCALENDAR");
        lines.add("VERSION:2.0");
        lines.add("PRODID:-//Hiring Portal//Interviews//EN");
        lines.add(&format!("METHOD:{method}"));
        lines.add("BEGIN:VEVENT");
        lines.add_text("UID", &one_line(self.uid));
        lines.add(&format!("SEQUENCE:{}", self.sequence));
        lines.add(&format!("DTSTAMP:{}", utc(self.stamped_at)));
        lines.add(&format!("DTSTART:{}", utc(self.starts_at)));
        lines.add(&format!("DTEND:{}", utc(self.ends_at)));
        lines.add_text("SUMMARY", &one_line(self.summary));
        lines.add_text("DESCRIPTION", &description);
        lines.add_text("LOCATION", &location);
        if let Some(url) = &url {
            lines.add(&format!("URL:{url}"));
        }
        lines.add(&format!(
            "ORGANIZER;CN={}:{}",
            quoted(self.organizer_name, self.organizer),
            mailto(self.organizer)
        ));
        lines.add(&format!(
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN={}:{}",
            quoted(self.attendee_name, self.attendee),
            mailto(self.attendee)
        ));
        lines.add(&format!("STATUS:{status}"));
        lines.add("TRANSP:OPAQUE");
        // Colleagues who see the reader's calendar shall not learn that somebody applied, nor where.
        lines.add("CLASS:PRIVATE");
        lines.add("END:VEVENT");
        lines.add("END:VCALENDAR");
        lines.0
    }

    /// The description, which ends with the link unless it mentions it anyway.
    fn full_description(&self, url: Option<&str>) -> String {
        let text = several_lines(self.description);
        match url {
            Some(url) if text.is_empty() => url.to_owned(),
            Some(url) if !text.contains(url) => format!("{text}\n\n{url}"),
            _ => text,
        }
    }
}

/// Octets of a line, its end not counted (RFC 5545 §3.1).
const LONGEST_LINE: usize = 75;

/// Content lines, folded.
#[derive(Default)]
struct ContentLines(String);

impl ContentLines {
    /// Adds a line that holds no control character, folded between characters.
    fn add(&mut self, line: &str) {
        let mut octets = 0;
        for character in line.chars() {
            if octets + character.len_utf8() > LONGEST_LINE {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(character);
            octets += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Adds a property of type TEXT (RFC 5545 §3.3.11), unless it is empty.
    fn add_text(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let escaped = text
            .replace('\\', "\\\\")
            .replace(';', "\\;")
            .replace(',', "\\,")
            .replace('\n', "\\n");
        self.add(&format!("{name}:{escaped}"));
    }
}

/// A UTC time (RFC 5545 §3.3.5, form 2), which needs no `VTIMEZONE`.
fn utc(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The text with `\n` between its lines and no other control character.
fn several_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|character| match character {
            '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' => Some(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
            character if character.is_control() => None,
            character => Some(character),
        })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn one_line(text: &str) -> String {
    several_lines(text).replace('\n', " ")
}

/// A name as quoted parameter value, or the address if there is no name.
///
/// A quoted value has no escapes of its own: `"` is written as RFC 6868 says. Readers disagree on what a backslash
/// means there (libical takes one before the closing `"` as an escape and loses the line), so a slash stands in.
fn quoted(name: &str, address: &EmailAddress) -> String {
    let name = one_line(name);
    let name = if name.is_empty() { address.as_str() } else { &name };
    let encoded = name.replace('^', "^^").replace('"', "^'").replace('\\', "/");
    format!("\"{encoded}\"")
}

/// The address as `mailto:` URI; what has a meaning of its own there is percent-encoded (RFC 6068 §2).
fn mailto(address: &EmailAddress) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!$'*+-._~@".contains(&byte);
    format!("mailto:{}", percent_encoded(address.as_str(), plain))
}

/// The link with nothing in it that a URI cannot have (RFC 3986 §2).
fn uri(link: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    percent_encoded(link.trim(), plain)
}

fn percent_encoded(text: &str, plain: impl Fn(u8) -> bool) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests;
