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
    let (clock, place) = (clock(moment, zone), place(zone, language));
    let season = season(moment, zone, language);
    if language == Language::English {
        format!("{clock}{season} ({place} time)")
    } else {
        format!("{clock} Uhr{season} ({place})")
    }
}

/// "14:00 bis 15:00 Uhr (Wien)", "14:00 to 15:00 (Vienna time)".
pub fn span(from: Timestamp, to: Timestamp, zone: &TimeZoneName, language: Language) -> String {
    let (start, season) = (clock(from, zone), season(from, zone, language));
    let word = if language == Language::English { "to" } else { "bis" };
    let end = time(to, zone, language);
    if local(to, zone).date() == local(from, zone).date() {
        format!("{start}{season} {word} {end}")
    } else {
        format!("{start}{season} {word} {}, {end}", date(to, zone, language))
    }
}

/// The time, and what the reader's own clock shows then if that is something else: "14:00 Uhr (Wien), das ist 13:00 Uhr
/// (London)".
pub fn time_for(moment: Timestamp, zone: &TimeZoneName, reader: &TimeZoneName, language: Language) -> String {
    let said = time(moment, zone, language);
    also_there(said, moment, zone, reader, language, || time(moment, reader, language))
}

/// The span, and what the reader's own clock shows then if that is something else.
pub fn span_for(
    (from, to): (Timestamp, Timestamp),
    zone: &TimeZoneName,
    reader: &TimeZoneName,
    language: Language,
) -> String {
    let said = span(from, to, zone, language);
    also_there(said, from, zone, reader, language, || span(from, to, reader, language))
}

fn also_there(
    said: String,
    from: Timestamp,
    zone: &TimeZoneName,
    reader: &TimeZoneName,
    language: Language,
    there: impl FnOnce() -> String,
) -> String {
    let (here, own) = (local(from, zone), local(from, reader));
    if here == own {
        return said;
    }
    let word = if language == Language::English {
        "which is"
    } else {
        "das ist"
    };
    if here.date() == own.date() {
        format!("{said}, {word} {}", there())
    } else {
        format!("{said}, {word} {}, {}", date(from, reader, language), there())
    }
}

fn clock(moment: Timestamp, zone: &TimeZoneName) -> String {
    let local = local(moment, zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// Said only of a time that the clock shows twice, when it is set back.
fn season(moment: Timestamp, zone: &TimeZoneName, language: Language) -> &'static str {
    let zone = time_zone(zone);
    if !zone.to_ambiguous_timestamp(zone.to_datetime(moment)).is_ambiguous() {
        return "";
    }
    match (zone.to_offset_info(moment).dst().is_dst(), language) {
        (true, Language::English) => " summer time",
        (false, Language::English) => " standard time",
        (true, _) => " Sommerzeit",
        (false, _) => " Winterzeit",
    }
}

fn local(moment: Timestamp, zone: &TimeZoneName) -> DateTime {
    time_zone(zone).to_datetime(moment)
}

fn time_zone(zone: &TimeZoneName) -> TimeZone {
    TimeZone::get(zone.as_str()).unwrap_or(TimeZone::UTC)
}

/// The city a zone is named after; in German by its German name where that differs. "UTC+5" of `Etc/GMT-5`, whose sign
/// is that of POSIX: hours to the west.
fn place(zone: &TimeZoneName, language: Language) -> String {
    let hours_west = zone.as_str().strip_prefix("Etc/GMT");
    if let Some(hours_west) = hours_west.and_then(|hours| hours.parse::<i8>().ok()) {
        return format!("UTC{:+}", -hours_west);
    }
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
    fn a_reader_elsewhere_is_told_their_own_time_too() {
        let moment = "2027-01-14T13:00:00Z".parse().unwrap();
        let end = "2027-01-14T14:00:00Z".parse().unwrap();
        let [vienna, berlin, london, tokyo] = ["Europe/Vienna", "Europe/Berlin", "Europe/London", "Asia/Tokyo"]
            .map(|zone| TimeZoneName::parse(zone).unwrap());
        let german = Language::GermanAustria;
        assert_eq!(time_for(moment, &vienna, &berlin, german), "14:00 Uhr (Wien)");
        assert_eq!(
            time_for(moment, &vienna, &london, Language::English),
            "14:00 (Vienna time), which is 13:00 (London time)"
        );
        assert_eq!(
            span_for((moment, end), &vienna, &london, german),
            "14:00 bis 15:00 Uhr (Wien), das ist 13:00 bis 14:00 Uhr (London)"
        );
        let late = "2027-01-14T16:00:00Z".parse().unwrap();
        assert_eq!(
            time_for(late, &vienna, &tokyo, german),
            "17:00 Uhr (Wien), das ist Freitag, 15. Jänner 2027, 01:00 Uhr (Tokyo)"
        );
    }

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
    fn a_time_that_the_clock_shows_twice_says_which_one_it_is() {
        let (from, to) = (
            "2033-10-30T00:30:00Z".parse().unwrap(),
            "2033-10-30T01:30:00Z".parse().unwrap(),
        );
        let vienna = TimeZoneName::default();
        assert_eq!(
            span(from, to, &vienna, Language::GermanAustria),
            "02:30 Sommerzeit bis 02:30 Uhr Winterzeit (Wien)"
        );
        assert_eq!(
            span(from, to, &vienna, Language::English),
            "02:30 summer time to 02:30 standard time (Vienna time)"
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
        assert_eq!(
            time(moment, &zone("Etc/GMT-5"), Language::GermanAustria),
            "03:30 Uhr (UTC+5)"
        );
        assert_eq!(
            time(moment, &zone("Etc/GMT+3"), Language::English),
            "19:30 (UTC-3 time)"
        );
    }
}
