//! When and where people meet.

use jiff::{SignedDuration, Timestamp, fmt::temporal::Pieces, tz::TimeZone};

use crate::{FieldError, SingleLine, TimeZoneName};

/// A time and a place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// Whose clock the people go by.
    pub time_zone: TimeZoneName,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<SingleLine>,
    /// Where online.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_meeting_url: Option<MeetingUrl>,
}

/// An appointment as it was asked for.
#[derive(Debug, Clone, Default)]
pub struct AppointmentFields<'a> {
    /// RFC 3339, or without offset for the zone's own time.
    pub starts_at: &'a str,
    /// The same.
    pub ends_at: &'a str,
    /// IANA name.
    pub time_zone: &'a str,
    /// Free text.
    pub location: Option<&'a str>,
    /// An `https:` link.
    pub online_meeting_url: Option<&'a str>,
}

/// A link that opens in a browser without surprises: `https:`, ASCII, at most 500 characters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MeetingUrl(String);

/// The text is no such link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a link that begins with https://")]
pub struct MeetingUrlError;

impl MeetingUrl {
    /// Checks the link.
    pub fn parse(text: &str) -> Result<Self, MeetingUrlError> {
        let text = text.trim();
        let url = url::Url::parse(text).map_err(|_| MeetingUrlError)?;
        let valid = url.scheme() == "https"
            && url.host_str().is_some_and(|host| host.contains('.'))
            && url.username().is_empty()
            && url.password().is_none()
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        let url = String::from(url);
        if valid && url.len() <= 500 {
            Ok(Self(url))
        } else {
            Err(MeetingUrlError)
        }
    }

    /// The link.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MeetingUrl {
    type Error = MeetingUrlError;
    fn try_from(text: String) -> Result<Self, MeetingUrlError> {
        Self::parse(&text)
    }
}

impl From<MeetingUrl> for String {
    fn from(url: MeetingUrl) -> String {
        url.0
    }
}

/// Longer meetings are several.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

impl Appointment {
    /// Checks every field and names everything that is wrong, below `pointer`.
    pub fn parse(fields: &AppointmentFields<'_>, pointer: &str, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut check = |field: &str, error: &dyn std::fmt::Display| {
            errors.push(FieldError::new(format!("{pointer}/{field}"), error));
        };
        let time_zone = TimeZoneName::parse(fields.time_zone)
            .map_err(|error| check("timeZone", &error))
            .ok();
        let mut time = |field: &str, text: &str| {
            let zone = TimeZone::get(time_zone.as_ref()?.as_str()).ok()?;
            time_in(text, &zone).map_err(|error| check(field, &error)).ok()
        };
        let starts_at = time("startsAt", fields.starts_at);
        let ends_at = time("endsAt", fields.ends_at);
        if let Some(starts_at) = starts_at
            && starts_at <= now
        {
            check("startsAt", &"must lie in the future");
        }
        if let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at) {
            if ends_at <= starts_at {
                check("endsAt", &"must be after the start");
            } else if ends_at.duration_since(starts_at) > LONGEST {
                check("endsAt", &"must be within a day of the start");
            }
        }
        let location = fields.location.filter(|text| !text.trim().is_empty());
        let location =
            location.and_then(|text| SingleLine::parse(text).map_err(|error| check("location", &error)).ok());
        let url = fields.online_meeting_url.filter(|text| !text.trim().is_empty());
        let url = url.and_then(|text| {
            MeetingUrl::parse(text)
                .map_err(|error| check("onlineMeetingUrl", &error))
                .ok()
        });
        match (starts_at, ends_at, time_zone, errors.is_empty()) {
            (Some(starts_at), Some(ends_at), Some(time_zone), true) => Ok(Self {
                starts_at,
                ends_at,
                time_zone,
                location,
                online_meeting_url: url,
            }),
            _ => Err(errors),
        }
    }

    /// Whether the two share any time.
    pub fn overlaps(&self, starts_at: Timestamp, ends_at: Timestamp) -> bool {
        self.starts_at < ends_at && starts_at < self.ends_at
    }
}

/// Why a text is no time in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum TimeError {
    #[error("must be a date and time such as 2027-01-14T14:00")]
    Malformed,
    #[error("does not exist in this time zone: the clocks are put forward")]
    Skipped,
    #[error("exists twice in this time zone: the clocks are put back; give the offset")]
    Ambiguous,
    #[error("has an offset that the time zone does not have then")]
    OtherOffset,
}

/// The moment of a time in a zone, to the second. With an offset it must be the zone's own then; `Z` names the moment
/// alone.
fn time_in(text: &str, zone: &TimeZone) -> Result<Timestamp, TimeError> {
    let pieces = Pieces::parse(text.trim()).map_err(|_| TimeError::Malformed)?;
    if pieces.time_zone_annotation().is_some() {
        return Err(TimeError::Malformed);
    }
    let time = pieces.time().ok_or(TimeError::Malformed)?;
    // Calendars know no fractions: what ends within the second it starts in would end as it starts.
    let time = pieces.date().at(time.hour(), time.minute(), time.second(), 0);
    let local = zone.to_ambiguous_timestamp(time);
    let Some(offset) = pieces.to_numeric_offset() else {
        return match local.offset() {
            jiff::tz::AmbiguousOffset::Unambiguous { .. } => local.unambiguous().map_err(|_| TimeError::Malformed),
            jiff::tz::AmbiguousOffset::Gap { .. } => Err(TimeError::Skipped),
            jiff::tz::AmbiguousOffset::Fold { .. } => Err(TimeError::Ambiguous),
        };
    };
    let moment = offset.to_timestamp(time).map_err(|_| TimeError::Malformed)?;
    let is_utc = text.trim().ends_with(['Z', 'z']);
    if is_utc || zone.to_offset(moment) == offset {
        return Ok(moment);
    }
    Err(if matches!(local.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        TimeError::Skipped
    } else {
        TimeError::OtherOffset
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    fn parse(starts_at: &str, ends_at: &str) -> Result<Appointment, Vec<String>> {
        let fields = AppointmentFields {
            starts_at,
            ends_at,
            time_zone: "Europe/Vienna",
            ..AppointmentFields::default()
        };
        Appointment::parse(&fields, "/interview", now()).map_err(|errors| {
            errors
                .into_iter()
                .map(|error| format!("{} {}", error.pointer, error.detail))
                .collect()
        })
    }

    #[test]
    fn a_local_time_is_the_zone_s_and_an_offset_must_be_too() {
        let winter = parse("2027-01-14T14:00", "2027-01-14T15:00:00+01:00").unwrap();
        assert_eq!(winter.starts_at.to_string(), "2027-01-14T13:00:00Z");
        assert_eq!(winter.ends_at.to_string(), "2027-01-14T14:00:00Z");
        let summer = parse("2027-07-14T12:00:00Z", "2027-07-14T15:00").unwrap();
        assert_eq!(summer.ends_at.to_string(), "2027-07-14T13:00:00Z");
        assert_eq!(
            parse("2027-01-14T14:00+02:00", "2027-01-14T15:00").unwrap_err(),
            ["/interview/startsAt has an offset that the time zone does not have then"]
        );
    }

    #[test]
    fn the_night_of_the_clock_change_is_not_guessed() {
        for skipped in [
            "2033-03-27T02:30",
            "2033-03-27T02:30:00+01:00",
            "2033-03-27T02:30:00+02:00",
        ] {
            assert_eq!(
                parse(skipped, "2033-03-27T04:00").unwrap_err(),
                ["/interview/startsAt does not exist in this time zone: the clocks are put forward"],
                "{skipped}"
            );
        }
        assert_eq!(
            parse("2033-10-30T02:30", "2033-10-30T04:00").unwrap_err(),
            ["/interview/startsAt exists twice in this time zone: the clocks are put back; give the offset"]
        );
        let first = parse("2033-10-30T02:30+02:00", "2033-10-30T02:30+01:00").unwrap();
        assert_eq!(
            first.ends_at.duration_since(first.starts_at),
            SignedDuration::from_hours(1)
        );
    }

    #[test]
    fn past_backward_and_endless_appointments_are_refused() {
        assert_eq!(
            parse("2026-11-24T08:59", "2026-11-24T10:00").unwrap_err(),
            ["/interview/startsAt must lie in the future"]
        );
        assert_eq!(
            parse("2027-01-14T14:00", "2027-01-14T14:00").unwrap_err(),
            ["/interview/endsAt must be after the start"]
        );
        assert_eq!(
            parse("2027-01-14T14:00:00.1", "2027-01-14T14:00:00.9").unwrap_err(),
            ["/interview/endsAt must be after the start"]
        );
        assert_eq!(
            parse("2027-01-14T14:00", "2027-01-15T14:01").unwrap_err(),
            ["/interview/endsAt must be within a day of the start"]
        );
        for text in ["", "morgen", "2027-02-30T10:00", "2027-01-14", "2027-01-14T25:00"] {
            assert_eq!(parse(text, "2027-01-14T15:00").unwrap_err().len(), 1, "{text}");
        }
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let fields = AppointmentFields {
            starts_at: "2027-01-14T14:00",
            ends_at: "2027-01-14T15:00",
            time_zone: "Mitteleuropa",
            location: Some("a\r\nb"),
            online_meeting_url: Some("http://example.com"),
        };
        let pointers: Vec<_> = Appointment::parse(&fields, "", now())
            .unwrap_err()
            .into_iter()
            .map(|error| error.pointer)
            .collect();
        assert_eq!(pointers, ["/timeZone", "/location", "/onlineMeetingUrl"]);
    }

    #[test]
    fn only_plain_https_links_are_taken() {
        assert!(MeetingUrl::parse("https://meet.example.com/abc?x=1#y").is_ok());
        for text in [
            "http://example.com",
            "javascript:alert(1)",
            "https://",
            "https://localhost/x",
            "https://a@example.com",
            "https://exa\r\nmple.com",
            "//example.com",
        ] {
            assert_eq!(MeetingUrl::parse(text), Err(MeetingUrlError), "{text}");
        }
    }
}
