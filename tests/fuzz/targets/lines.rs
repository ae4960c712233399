//! What goes into headers and calendars: whatever is taken has no control character and is taken again as it is.
#![no_main]

use std::fmt::Debug;

use domain::{EmailAddress, MailId, MeetingUrl, PhoneNumber, SingleLine, TimeZoneName};
use libfuzzer_sys::fuzz_target;

fn holds<T: PartialEq + Debug, E: Debug>(text: &str, parse: fn(&str) -> Result<T, E>, written: fn(&T) -> String) {
    if let Ok(parsed) = parse(text) {
        let text = written(&parsed);
        assert!(!text.contains(char::is_control), "{text:?}");
        assert_eq!(parse(&text).unwrap(), parsed);
    }
}

fuzz_target!(|text: &str| {
    holds(text, SingleLine::parse, |line| line.as_str().to_owned());
    holds(text, EmailAddress::parse, |address| address.as_str().to_owned());
    holds(text, PhoneNumber::parse, |number| number.as_str().to_owned());
    holds(text, TimeZoneName::parse, |zone| zone.as_str().to_owned());
    holds(text, MeetingUrl::parse, |url| url.as_str().to_owned());
    holds(text, |text| MailId::try_from(text.to_owned()), ToString::to_string);
    if let Ok(address) = EmailAddress::parse(text) {
        // One mailbox, in one header, and the same person whoever writes it in capitals.
        assert!(!address.as_str().contains([' ', ',', ';', '<', '>']), "{address}");
        let lookup = address.lookup_form();
        assert_eq!(EmailAddress::parse(&lookup).map(|same| same.lookup_form()), Ok(lookup));
    }
});
