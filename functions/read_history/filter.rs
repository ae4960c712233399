//! What of the feed was asked for.

use domain::{FieldError, HistoryChannel, TimeZoneName};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use lambda::{PortalRequest, Problem};
use store::FeedFilter;

/// Reads `customer`, `job`, `contact`, `channel`, `from` and `to`, and names everything that is wrong.
pub fn parse(request: &PortalRequest) -> Result<FeedFilter, Problem> {
    let mut errors = Vec::new();
    for (name, _) in request.queries() {
        let known = ["customer", "job", "contact", "channel", "from", "to", "cursor", "limit"];
        if !known.contains(&name) {
            errors.push(FieldError::new(format!("/{name}"), "is no filter"));
        }
    }
    let mut wrong = |name: &str, detail: &str| errors.push(FieldError::new(format!("/{name}"), detail));
    macro_rules! id {
        ($name:literal) => {
            request.query($name).and_then(|text| {
                let id = text.parse().ok();
                if id.is_none() {
                    wrong($name, "is no id");
                }
                id
            })
        };
    }
    let (customer, job, contact) = (id!("customer"), id!("job"), id!("contact"));
    let channel = request.query("channel").and_then(|text| {
        let channel = HistoryChannel::parse(text);
        if channel.is_none() {
            wrong("channel", "is no channel");
        }
        channel
    });
    let mut time = |name: &str, days: i64| {
        let text = request.query(name)?;
        let time = moment(text, days);
        if time.is_none() {
            wrong(name, "must be a date such as 2027-01-31, or a time with offset");
        }
        time
    };
    // A date counts as a whole day, also at the end.
    let (from, to) = (time("from", 0), time("to", 1));
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        errors.push(FieldError::new("/to", "must be after from"));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    Ok(FeedFilter {
        customer,
        job,
        contact,
        channel,
        from,
        to,
    })
}

/// A time, or the beginning of a day in Vienna, so many days later.
fn moment(text: &str, days: i64) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let date = text.parse::<Date>().ok()?.checked_add(days.days()).ok()?;
    let zone = TimeZone::get(TimeZoneName::default().as_str()).ok()?;
    zone.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()
}
