//! HTML of a mail: what passes has only what is allowed in it, also when it is read and passes again, and fits.
#![no_main]

use domain::{ComposedEmail, MAX_BODY_BYTES, SanitizedHtml};
use libfuzzer_sys::fuzz_target;

/// Said here once more, so that what slips into the list of `shared/domain` is noticed.
const TAGS: [&str; 21] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "u",
    "ul",
];

/// The tag is allowed, and has no attribute but a link's.
fn is_allowed(tag: &str) -> bool {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    match tag.split_once(' ') {
        None => TAGS.contains(&tag),
        Some(("a", attributes)) => {
            let rest = attributes.strip_prefix("href=\"").and_then(|rest| rest.split_once('"'));
            let (url, rest) = rest.unwrap_or(("https:", attributes));
            ["https:", "http:", "mailto:", "tel:"]
                .iter()
                .any(|scheme| url.to_ascii_lowercase().starts_with(scheme))
                && rest.trim_start() == "rel=\"noopener noreferrer\""
        }
        Some(_) => false,
    }
}

fn letters(html: &SanitizedHtml) -> String {
    html.text().chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fuzz_target!(|html: &str| {
    let Ok(body) = SanitizedHtml::sanitize_within(html, MAX_BODY_BYTES) else {
        return;
    };
    let again = SanitizedHtml::sanitize(body.as_str());
    for clean in [body.as_str(), again.as_str()] {
        for tag in clean.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            assert!(is_allowed(tag), "{tag:?} in {clean:?}");
        }
        let turns_the_text = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!clean.contains(turns_the_text), "{clean:?}");
    }
    // A heading in a heading is read as one after the other, but nothing of it is lost.
    assert_eq!(letters(&again), letters(&body));
    let text = body.text();
    assert!(body.as_str().len() <= MAX_BODY_BYTES && text.len() <= MAX_BODY_BYTES);
    if let Ok(mail) = ComposedEmail::parse("Ihre Bewerbung", html) {
        assert_eq!(mail.body(), &body);
        assert!(!body.is_blank() && !text.trim().is_empty());
    }
});
