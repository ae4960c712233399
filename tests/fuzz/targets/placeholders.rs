//! Mail templates: what is taken can be filled in every language, and what comes of it can be sent.
#![no_main]

use domain::{ComposedEmail, Example, Language, TemplateText, fill_html, fill_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(template) = TemplateText::parse(subject, body, true) else {
        return;
    };
    // What was taken is taken again, as it is.
    assert_eq!(
        TemplateText::parse(&template.subject, &template.body_html, true).as_ref(),
        Ok(&template)
    );
    for language in [Language::GermanAustria, Language::GermanGermany, Language::English] {
        let example = Example::new(language).unwrap();
        let subject = fill_text(&template.subject, &example.values()).unwrap();
        let body = fill_html(&template.body_html, &example.values()).unwrap();
        let errors = ComposedEmail::parse(&subject, &body).err().unwrap_or_default();
        let left: Vec<_> = errors
            .iter()
            .filter(|error| error.detail.contains("placeholder"))
            .collect();
        assert!(left.is_empty(), "{left:?} in {template:?}");
    }
});
