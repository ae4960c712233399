//! Looking for placeholders in a template as it was pasted: whole ones, ones that an editor has cut up, and what looks
//! like one but is none.

use crate::{Placeholder, filling::is_name, html::escape, visible::is_invisible};

/// Something between dollar signs, or meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding<'a> {
    pub kind: Kind,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where what follows begins.
    end: usize,
    /// The tags inside it.
    tags: Vec<&'a str>,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `$Applicant.LastName$`, known or not.
    Placeholder(String),
    /// `$if(…)$` and what belongs to it in other systems.
    Condition(String),
    /// `$Applicant.` without an end.
    Unfinished(String),
}

/// Elements that an editor puts around parts of a word.
const INLINE: [&str; 11] = ["a", "b", "code", "em", "font", "i", "s", "span", "strong", "sub", "u"];

/// Nobody means a longer name between two dollar signs, in bytes.
const LONGEST: usize = 100;

/// Everything of that kind in a text or in HTML, in its order.
pub(crate) fn findings(text: &str) -> Vec<Finding<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find('$').map(|place| from + place) {
        let finding = condition(text, start).or_else(|| placeholder(text, start));
        from = finding.as_ref().map_or(start + 1, |finding| finding.end);
        found.extend(finding);
    }
    found
}

/// The HTML with each placeholder in one piece: the tags inside it stand behind it, unless they are a pair.
pub(crate) fn rejoin(html: &str) -> String {
    let mut whole = String::with_capacity(html.len());
    let mut from = 0;
    for finding in findings(html) {
        let Kind::Placeholder(name) = &finding.kind else {
            continue;
        };
        whole.push_str(&html[from..finding.start]);
        whole.push('$');
        whole.push_str(&escape(name));
        whole.push('$');
        let mut left: Vec<&str> = Vec::new();
        for tag in finding.tags {
            if tag.starts_with("</") && left.last().is_some_and(|last| !last.starts_with("</")) {
                left.pop();
            } else {
                left.push(tag);
            }
        }
        whole.extend(left);
        from = finding.end;
    }
    whole.push_str(&html[from..]);
    whole
}

/// Whether the place is inside a tag, where an attribute's value is.
pub(crate) fn is_in_tag(html: &str, place: usize) -> bool {
    html[..place].rfind('<') > html[..place].rfind('>')
}

fn condition(text: &str, start: usize) -> Option<Finding<'_>> {
    let inner = &text[start + 1..];
    let begins = inner.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("if("));
    let length = inner.find('$').filter(|_| begins)?.checked_sub(1)?;
    (length < LONGEST && inner[length..].starts_with(")$")).then(|| Finding {
        kind: Kind::Condition(format!("{})", &inner[..length])),
        start,
        end: start + 1 + length + 2,
        tags: Vec::new(),
    })
}

fn placeholder(text: &str, start: usize) -> Option<Finding<'_>> {
    let (mut name, mut tags) = (String::new(), Vec::new());
    let mut end = start + 1;
    let ends = loop {
        let rest = &text[end..];
        match rest.chars().next() {
            Some('$') => break true,
            Some('<') => match inline_tag(rest) {
                Some(tag) => {
                    tags.push(tag);
                    end += tag.len();
                }
                None => break false,
            },
            Some(character) if character.is_alphanumeric() || "._-".contains(character) => {
                name.push(character);
                end += character.len_utf8();
            }
            Some(character) if is_invisible(character) => end += character.len_utf8(),
            _ => break false,
        }
    };
    let kind = match (ends, is_name(&name)) {
        (true, true) if ["else", "elseif", "endif"].contains(&name.to_ascii_lowercase().as_str()) => {
            Kind::Condition(name)
        }
        (true, true) => Kind::Placeholder(name),
        (false, true) if names_a_source(&name) => Kind::Unfinished(name),
        _ => return None,
    };
    let end = if ends { end + 1 } else { end };
    Some(Finding { kind, start, end, tags })
}

/// Whether it begins like a placeholder does: `Applicant.`
fn names_a_source(name: &str) -> bool {
    let Some((source, _)) = name.split_once('.') else {
        return false;
    };
    Placeholder::ALL
        .iter()
        .flat_map(Placeholder::names)
        .filter_map(|known| known.split_once('.'))
        .any(|(known, _)| known.eq_ignore_ascii_case(source))
}

/// The tag of an inline element at the beginning of the text.
fn inline_tag(text: &str) -> Option<&str> {
    let end = text.find('>')?;
    let inner = &text[1..end];
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let name = name
        .split(|character: char| character.is_whitespace() || character == '/')
        .next()?;
    let inline = INLINE.iter().any(|known| known.eq_ignore_ascii_case(name));
    (inline && !inner.contains(['$', '<'])).then(|| &text[..=end])
}

/// The known placeholder that somebody may have meant.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > LONGEST {
        return None;
    }
    let wanted = name.to_lowercase();
    let distance = |known: &str| {
        let known = known.to_lowercase();
        let action = known.split_once('.').map_or(known.as_str(), |(_, action)| action);
        // "$LastName$": the source is missing.
        let to_action = if wanted.contains('.') {
            usize::MAX
        } else {
            edit_distance(&wanted, action)
        };
        edit_distance(&wanted, &known).min(to_action)
    };
    let candidates = Placeholder::ALL.iter().map(|placeholder| {
        let nearest = placeholder.names().map(&distance).min().unwrap_or(usize::MAX);
        (nearest, placeholder.name)
    });
    let (nearest, known) = candidates.min_by_key(|(nearest, _)| *nearest)?;
    // Less than half of what follows the source may be wrong.
    let action = wanted.split_once('.').map_or(wanted.as_str(), |(_, action)| action);
    (nearest * 2 < action.chars().count()).then_some(known)
}

/// How many letters must be changed, left out or put in.
fn edit_distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (place, other_letter) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other_letter);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        findings(text).into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn what_an_editor_cut_up_is_one_again() {
        for (html, whole) in [
            ("<p>$Applicant.<b>LastName</b>$</p>", "<p>$Applicant.LastName$</p>"),
            ("<b>$Applicant.</b>LastName$ x", "<b>$Applicant.LastName$</b> x"),
            (
                "<b>$Applicant.</b><i>Last</i><span>Name</span>$",
                "<b>$Applicant.LastName$</b>",
            ),
            ("$Applicant.Last\u{ad}\u{200b}Name$", "$Applicant.LastName$"),
            (
                "$Applicant.<a href=\"x\">LastName$</a>",
                "$Applicant.LastName$<a href=\"x\"></a>",
            ),
            ("Gehalt $5.000$, US$ und $$", "Gehalt $5.000$, US$ und $$"),
        ] {
            assert_eq!(rejoin(html), whole);
        }
    }

    #[test]
    fn what_only_looks_like_one_is_told_apart() {
        assert_eq!(
            kinds("$if(Applicant.Gender)$Lieber$else$Liebe$endif$ $Applicant.Shoe$"),
            [
                Kind::Condition("if(Applicant.Gender)".into()),
                Kind::Condition("else".into()),
                Kind::Condition("endif".into()),
                Kind::Placeholder("Applicant.Shoe".into()),
            ]
        );
        for text in [
            "$Applicant.LastName ",
            "$applicant.<br>LastName$",
            "$Applicant.</p><p>LastName$",
        ] {
            assert!(
                matches!(kinds(text)[..], [Kind::Unfinished(_)]),
                "{text}: {:?}",
                kinds(text)
            );
        }
        assert_eq!(kinds("5 $ für alle, US$ 7, $a b$, $if(x"), []);
    }

    #[test]
    fn a_mistyped_name_has_a_near_one() {
        for (name, known) in [
            ("Applicant.Lastnam", Some("Applicant.LastName")),
            ("LastName", Some("Applicant.LastName")),
            ("Aplicant.FormatedName", Some("Applicant.FullName")),
            ("Job.Titel", Some("Job.Title")),
            ("Applicant.Shoe", None),
            ("CurrentDate", None),
        ] {
            assert_eq!(nearest(name), known, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn rejoining_twice_changes_nothing(html in "[$<>/bi.A-Za ]{0,60}|(\\$|Applicant|\\.|<b>|</b>|<i>|LastName| ){0,12}") {
            let once = rejoin(&html);
            proptest::prop_assert_eq!(rejoin(&once), once);
        }
    }
}
