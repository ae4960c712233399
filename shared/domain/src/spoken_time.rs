//! Dates and times as people write them in a letter.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::{Language, TimeZoneName};

const WEEKDAYS_GERMAN: [&str; 7] = [
    "Montag",
    "Dienstag",
    "Mittwoch",
    "Donnerstag",
    "Freitag",
    "Samstag",
    "Sonntag",
];
const WEEKDAYS_ENGLISH: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS_GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MONTHS_ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "Donnerstag, 14. Jänner 2027" (Austria), "Thursday, 14 January 2027".
pub fn date(moment: Timestamp, zone: &TimeZoneName, language: Language) -> String {
    let local = local(moment, zone);
    let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or_default();
    let month = usize::try_from(local.month() - 1).unwrap_or_default();
    let (day, year) = (local.day(), local.year());
    match language {
        Language::English => format!("{}, {day} {} {year}", WEEKDAYS_ENGLISH[weekday], MONTHS_ENGLISH[month]),
        Language::GermanAustria if month == 0 => format!("{}, {day}. Jänner {year}", WEEKDAYS_GERMAN[weekday]),
        _ => format!("{}, {day}. {} {year}", WEEKDAYS_GERMAN[weekday], MONTHS_GERMAN[month]),
    }
}

/// "14:00 Uhr (Wien)", "14:00 (Vienna time)".
pub fn time(moment: Timestamp, zone: &TimeZoneName, language: Language) -> String {
    let local = local(moment, zone);
    let (hour, minute) = (local.hour(), local.minute());
    let place = place(zone, language);
    if language == Language::English {
        format!("{hour:02}:{minute:02} ({place} time)")
    } else {
        format!("{hour:02}:{minute:02} Uhr ({place})")
    }
}

/// "14:00 bis 15:00 Uhr (Wien)", "14:00 to 15:00 (Vienna time)".
pub fn span(from: Timestamp, to: Timestamp, zone: &TimeZoneName, language: Language) -> String {
    let start = local(from, zone);
    let (hour, minute) = (start.hour(), start.minute());
    let word = if language == Language::English { "to" } else { "bis" };
    let end = time(to, zone, language);
    if local(to, zone).date() == start.date() {
        format!("{hour:02}:{minute:02} {word} {end}")
    } else {
        format!("{hour:02}:{minute:02} {word} {}, {end}", date(to, zone, language))
    }
}

fn local(moment: Timestamp, zone: &TimeZoneName) -> DateTime {
    TimeZone::get(zone.as_str())
        .unwrap_or(TimeZone::UTC)
        .to_datetime(moment)
}

/// The city a zone is named after; in German by its German name where that differs.
fn place(zone: &TimeZoneName, language: Language) -> String {
    let city = zone.as_str().rsplit('/').next().unwrap_or_default().replace('_', " ");
    if language == Language::English {
        return city;
    }
    let german = match zone.as_str() {
        "Europe/Vienna" => "Wien",
        "Europe/Zurich" => "Zürich",
        "Europe/Prague" => "Prag",
        "Europe/Warsaw" => "Warschau",
        "Europe/Rome" => "Rom",
        "Europe/Brussels" => "Brüssel",
        "Europe/Luxembourg" => "Luxemburg",
        "Europe/Copenhagen" => "Kopenhagen",
        "Europe/Belgrade" => "Belgrad",
        "Europe/Bucharest" => "Bukarest",
        "Europe/Athens" => "Athen",
        "Europe/Lisbon" => "Lissabon",
        "Europe/Moscow" => "Moskau",
        "Europe/Kyiv" => "Kiew",
        _ => return city,
    };
    german.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_its_reader_writes_it() {
        let moment = "2027-01-14T13:00:00Z".parse().unwrap();
        let vienna = TimeZoneName::default();
        let write = |language| {
            format!(
                "{}, {}",
                date(moment, &vienna, language),
                time(moment, &vienna, language)
            )
        };
        assert_eq!(
            write(Language::GermanAustria),
            "Donnerstag, 14. Jänner 2027, 14:00 Uhr (Wien)"
        );
        assert_eq!(
            write(Language::GermanGermany),
            "Donnerstag, 14. Januar 2027, 14:00 Uhr (Wien)"
        );
        assert_eq!(
            write(Language::English),
            "Thursday, 14 January 2027, 14:00 (Vienna time)"
        );
    }

    #[test]
    fn a_span_names_the_place_once() {
        let (from, to) = (
            "2027-01-14T13:00:00Z".parse().unwrap(),
            "2027-01-14T14:30:00Z".parse().unwrap(),
        );
        let vienna = TimeZoneName::default();
        assert_eq!(
            span(from, to, &vienna, Language::GermanAustria),
            "14:00 bis 15:30 Uhr (Wien)"
        );
        assert_eq!(
            span(from, to, &vienna, Language::English),
            "14:00 to 15:30 (Vienna time)"
        );
        let next_day = "2027-01-15T13:00:00Z".parse().unwrap();
        assert_eq!(
            span(from, next_day, &vienna, Language::GermanAustria),
            "14:00 bis Freitag, 15. Jänner 2027, 14:00 Uhr (Wien)"
        );
    }

    #[test]
    fn summer_and_other_cities_are_told_apart() {
        let moment = "2027-07-31T22:30:00Z".parse().unwrap();
        let zone = |name| TimeZoneName::parse(name).unwrap();
        assert_eq!(
            date(moment, &zone("Europe/Vienna"), Language::GermanAustria),
            "Sonntag, 1. August 2027"
        );
        assert_eq!(
            time(moment, &zone("America/New_York"), Language::GermanAustria),
            "18:30 Uhr (New York)"
        );
    }
}
