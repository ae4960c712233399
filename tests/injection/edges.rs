//! The edges: where each text is taken or refused, by what the functions themselves use.

use std::collections::BTreeMap;

use domain::{ComposedEmail, EmailAddress, FileName, ImportRow, MAX_BODY_BYTES, MeetingUrl, SanitizedHtml, SingleLine};

/// What became of the texts at each edge: taken and refused.
#[derive(Debug, Default)]
pub struct Edges(pub BTreeMap<&'static str, (usize, usize)>);

/// A text as far as it was taken; none where it was refused.
pub struct Taken {
    pub text: String,
    /// In subjects, names, titles and places, all of which are single lines.
    pub line: Option<SingleLine>,
    /// As the four parts of an applicant's name.
    pub named: bool,
    pub address: Option<EmailAddress>,
    /// As body and as signature.
    pub html: Option<SanitizedHtml>,
    pub body: bool,
    pub url: Option<(String, MeetingUrl)>,
    pub file_name: Option<FileName>,
}

impl Edges {
    /// Gives the text to each edge.
    pub fn take(&mut self, text: &str, even: bool) -> Taken {
        let line = self.counted("line", SingleLine::parse(text));
        if let Some(line) = &line {
            assert_eq!(line.as_str(), text.trim(), "a line is kept as it was written");
        }
        let row = ImportRow {
            external_id: Some("A-1".to_owned()),
            job_external_id: Some("J-1".to_owned()),
            title: Some(text.to_owned()),
            first_name: Some(text.to_owned()),
            last_name: Some(text.to_owned()),
            title_after_name: Some(text.to_owned()),
            ..ImportRow::default()
        };
        let named = self.counted("imported name", row.parse());
        let trimmed = SingleLine::parse(text.trim());
        assert_eq!(named.is_some(), trimmed.is_ok(), "a name is a trimmed line: {text:?}");
        let address = if even {
            format!("x{text}@example.com")
        } else {
            text.to_owned()
        };
        let address = self.counted("address", EmailAddress::parse(&address));
        let markup = if even {
            text.to_owned()
        } else {
            format!("<p>{text}</p><p>x</p>")
        };
        let html = self.counted("signature", SanitizedHtml::sanitize_within(&markup, MAX_BODY_BYTES));
        let composed = self.counted("body", ComposedEmail::parse("Betreff", &markup));
        self.counted("subject", ComposedEmail::parse(text, "<p>x</p>"));
        let url = if even {
            format!("https://meet.example.com/{text}")
        } else {
            text.to_owned()
        };
        let parsed = self.counted("link", MeetingUrl::parse(&url));
        let name = if even { format!("{text}.pdf") } else { text.to_owned() };
        let file_name = self.counted("file name", FileName::parse(&name));
        if let Some(kept) = &file_name {
            assert_eq!(kept.as_str(), name.trim());
        }
        Taken {
            text: text.to_owned(),
            line,
            named: named.is_some(),
            address,
            body: composed.is_some(),
            html,
            url: parsed.map(|parsed| (url, parsed)),
            file_name,
        }
    }

    fn counted<T, E>(&mut self, edge: &'static str, result: Result<T, E>) -> Option<T> {
        let (taken, refused) = self.0.entry(edge).or_default();
        if let Ok(value) = result {
            *taken += 1;
            Some(value)
        } else {
            *refused += 1;
            None
        }
    }
}
