//! Two readers of mails that are not the one that wrote them.

use mail_parser::MessageParser;
use mailparse::MailHeaderMap;
use serde_json::Value;

/// Headers, addresses and parts are exactly the expected ones.
pub fn check(mime: &[u8], expected: &Value) {
    let mut headers = vec![
        "Message-ID",
        "Date",
        "From",
        "Reply-To",
        "To",
        "Subject",
        "MIME-Version",
        "Content-Type",
    ];
    headers.retain(|name| *name != "Reply-To" || expected.get("replyTo").is_some());
    let parts = if expected["kind"] == "invitation" { 6 } else { 3 };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();

    let parsed = MessageParser::new().parse(mime).unwrap();
    let names: Vec<_> = parsed.headers().iter().map(|header| header.name().to_owned()).collect();
    assert_eq!(names, headers, "{expected}");
    // Both readers lose a space where a line is folded within several or within quotes; Python's reads them exactly.
    let spaceless = |text: &str| text.replace(' ', "");
    let subject = spaceless(&text(&expected["subject"]));
    assert_eq!(
        parsed.subject().map(spaceless).as_deref(),
        Some(&*subject),
        "{expected}"
    );
    assert_eq!(parsed.parts.len(), parts, "{expected}");
    for (field, address) in [
        ("from", parsed.from()),
        ("to", parsed.to()),
        ("replyTo", parsed.reply_to()),
    ] {
        let Some(wanted) = expected.get(field) else { continue };
        let list = address.and_then(|address| address.as_list()).unwrap();
        let [one] = list else {
            panic!("{} addresses: {expected}", list.len())
        };
        assert_eq!(one.address(), wanted[1].as_str(), "{expected}");
        assert_eq!(
            spaceless(one.name().unwrap_or_default()),
            spaceless(&text(&wanted[0])),
            "{expected}"
        );
    }

    let other = mailparse::parse_mail(mime).unwrap();
    let names: Vec<_> = other.headers.iter().map(mailparse::MailHeader::get_key).collect();
    assert_eq!(names, headers, "{expected}");
    let read = other.headers.get_first_value("Subject");
    assert_eq!(
        read.map(|read| spaceless(&read)).as_deref(),
        Some(&*subject),
        "{expected}"
    );
    assert_eq!(other.parts().count(), parts, "{expected}");
}
