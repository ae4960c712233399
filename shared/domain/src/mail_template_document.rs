//! A mail template as a recruiter writes it, and everything that can be wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ActivityId, ActivityKind, FieldError, HtmlError, Language, MAX_BODY_BYTES, MailTemplate, MailTemplateId,
    Placeholder, SanitizedHtml, Version, Workflow, WorkflowId,
    field_error::FieldErrors,
    template_findings::{Kind, findings, is_in_tag, nearest, rejoin},
};

/// A mail template as a recruiter writes it.
#[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailTemplateDocument {
    name: String,
    language: String,
    #[serde(default)]
    activity_ids: Vec<String>,
    #[serde(default)]
    released_to_portal: bool,
    subject: String,
    body_html: String,
}

/// Subject and body of a template that can be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateText {
    /// The subject.
    pub subject: String,
    /// The body, sanitised.
    pub body_html: String,
}

impl MailTemplateDocument {
    /// The most activities, which bounds how many workflows a change of the template changes too.
    pub const MOST_ACTIVITIES: usize = 40;

    /// The workflows its activities belong to.
    pub fn workflow_ids(&self) -> BTreeSet<WorkflowId> {
        let activities = self.activity_ids.iter().take(Self::MOST_ACTIVITIES);
        let activities = activities.filter_map(|id| id.parse::<ActivityId>().ok());
        activities.map(|id| id.workflow_id()).collect()
    }

    /// The template of that id and version, or everything that is wrong.
    pub fn check(
        &self,
        id: MailTemplateId,
        version: Version,
        workflows: &BTreeMap<WorkflowId, Workflow>,
    ) -> Result<MailTemplate, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let name = errors.line("/name", &self.name);
        let language = errors.word::<Language>("/language", &self.language);
        if self.activity_ids.len() > Self::MOST_ACTIVITIES {
            errors.add("/activityIds", "must be at most 40");
        }
        let mut activity_ids = BTreeSet::new();
        let mut about_an_interview = true;
        for (index, text) in self.activity_ids.iter().enumerate().take(Self::MOST_ACTIVITIES) {
            let id = text.parse::<ActivityId>().ok();
            let workflow = id.as_ref().and_then(|id| workflows.get(&id.workflow_id()));
            match id.and_then(|id| Some((workflow?.activity(&id)?.kind, id))) {
                Some((kind, id)) => {
                    about_an_interview &= kind == ActivityKind::Interview;
                    activity_ids.insert(id);
                }
                None => errors.add(format!("/activityIds/{index}"), "is no activity of any workflow"),
            }
        }
        let text = TemplateText::parse(&self.subject, &self.body_html, about_an_interview);
        let text = text.map_err(|more| errors.extend(more)).ok();
        let errors: Vec<_> = errors.into();
        match (name, language, text) {
            (Some(name), Some(language), Some(TemplateText { subject, body_html })) if errors.is_empty() => {
                Ok(MailTemplate {
                    id,
                    name,
                    language,
                    activity_ids,
                    released_to_portal: self.released_to_portal,
                    subject,
                    body_html,
                    version,
                })
            }
            _ => Err(errors),
        }
    }
}

impl TemplateText {
    /// Sanitises the body and checks both: something to read, placeholders that can be filled, none that is lost.
    pub fn parse(subject: &str, body_html: &str, about_an_interview: bool) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let line = errors.line("/subject", subject);
        if let Some(line) = &line {
            check_placeholders("/subject", subject, line.as_str(), about_an_interview, &mut errors);
        }
        let body = within(body_html, MAX_BODY_BYTES)
            .and_then(|body_html| SanitizedHtml::sanitize_template_within(&rejoin(body_html), MAX_BODY_BYTES))
            // What was written as an entity is a letter only now.
            .and_then(|body| SanitizedHtml::sanitize_template_within(&rejoin(body.as_str()), MAX_BODY_BYTES))
            .map_err(|error| errors.add("/bodyHtml", error))
            .ok();
        if let Some(body) = &body {
            if body.is_blank() {
                errors.add("/bodyHtml", "must not be empty");
            }
            check_placeholders("/bodyHtml", body_html, body.as_str(), about_an_interview, &mut errors);
        }
        let errors: Vec<_> = errors.into();
        match (line, body) {
            (Some(line), Some(body)) if errors.is_empty() => Ok(Self {
                subject: line.to_string(),
                body_html: body.as_str().to_owned(),
            }),
            _ => Err(errors),
        }
    }
}

fn within(html: &str, bytes: usize) -> Result<&str, HtmlError> {
    if html.len() > bytes {
        return Err(HtmlError::TooLong(bytes));
    }
    Ok(html)
}

/// More than any letter has, and few enough to look at each.
const MOST_PLACEHOLDERS: usize = 500;

/// Names what in the saved text cannot be filled, by its place in the text as it was sent, and what was sent but is not
/// in the saved text any more.
fn check_placeholders(pointer: &str, sent: &str, saved: &str, about_an_interview: bool, errors: &mut FieldErrors) {
    let mut sent_places: Vec<(Kind, usize)> = Vec::new();
    for finding in findings(sent) {
        sent_places.push((finding.kind, finding.start));
    }
    if sent_places.len() > MOST_PLACEHOLDERS {
        errors.add(pointer, "must have at most 500 placeholders");
        return;
    }
    // What stands in an attribute is lost first.
    sent_places.sort_by_key(|(_, start)| (is_in_tag(sent, *start), *start));
    for finding in findings(saved) {
        let sent_at = sent_places.iter().position(|(kind, _)| *kind == finding.kind);
        let start = sent_at.map(|index| sent_places.remove(index).1);
        let place = start.map(|start| place(sent, start)).unwrap_or_default();
        match &shortened(&finding.kind) {
            Kind::Condition(text) => errors.add(
                pointer,
                format!(
                    "the condition ${text}${place} cannot be evaluated; $Applicant.LetterSalutation$ says Frau or Herr"
                ),
            ),
            Kind::Unfinished(text) => {
                errors.add(
                    pointer,
                    format!("the placeholder that begins with ${text}{place} does not end in $"),
                );
            }
            Kind::Placeholder(name) => match Placeholder::find(name) {
                None => {
                    let hint = nearest(name).map(|known| format!("; did you mean ${known}$?"));
                    let hint = hint.unwrap_or_default();
                    errors.add(pointer, format!("the placeholder ${name}${place} does not exist{hint}"));
                }
                Some(known) if known.is_about_an_interview() && !about_an_interview => errors.add(
                    pointer,
                    format!("the placeholder ${name}${place} has a value only in activities that arrange an interview"),
                ),
                Some(_) => {}
            },
        }
    }
    sent_places.sort_by_key(|(_, start)| *start);
    for (kind, start) in sent_places {
        if let Kind::Placeholder(name) = shortened(&kind) {
            let place = place(sent, start);
            let rule = "links must begin with https, http, mailto or tel, or be $Interview.OnlineMeetingUrl$";
            errors.add(
                pointer,
                format!("the placeholder ${name}${place} stands where mails have nothing: {rule}"),
            );
        }
    }
}

/// Enough of it to find it by.
fn shortened(kind: &Kind) -> Kind {
    let short = |text: &String| text.chars().take(100).collect();
    match kind {
        Kind::Placeholder(text) => Kind::Placeholder(short(text)),
        Kind::Condition(text) => Kind::Condition(short(text)),
        Kind::Unfinished(text) => Kind::Unfinished(short(text)),
    }
}

/// " (line 2, column 5)".
fn place(text: &str, start: usize) -> String {
    let before = &text[..start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!(" (line {line}, column {column})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(subject: &str, body: &str) -> Vec<String> {
        let errors = TemplateText::parse(subject, body, true).unwrap_err();
        errors
            .into_iter()
            .map(|error| format!("{} {}", error.pointer, error.detail))
            .collect()
    }

    fn saved(body: &str) -> String {
        TemplateText::parse("Betreff", body, true).unwrap().body_html
    }

    #[test]
    fn each_unknown_placeholder_is_named_with_its_place() {
        assert_eq!(
            refused(
                "Für $Applicant.Lastnam$",
                "<p>Grüße,\n<b>ä</b> $Job.Titel$ und $Applicant.<i>Shoe</i>$ &#36;No.One&#36;</p>"
            ),
            [
                "/subject the placeholder $Applicant.Lastnam$ (line 1, column 5) does not exist; did you mean $Applicant.LastName$?",
                "/bodyHtml the placeholder $Job.Titel$ (line 2, column 10) does not exist; did you mean $Job.Title$?",
                "/bodyHtml the placeholder $Applicant.Shoe$ (line 2, column 26) does not exist",
                "/bodyHtml the placeholder $No.One$ does not exist",
            ]
        );
    }

    #[test]
    fn what_is_cut_up_or_escaped_is_saved_whole_and_the_rest_sanitised() {
        assert_eq!(
            saved(
                "<p style=\"color:red\">$Applicant.<b>LastName</b>$ &#36;Job.Title&#36; &dollar;Job.<i>Number</i>&dollar;<script>x</script></p>"
            ),
            "<p>$Applicant.LastName$ $Job.Title$ $Job.Number$</p>"
        );
    }

    #[test]
    fn links_keep_their_placeholders_or_are_refused() {
        for kept in [
            r#"<a href="mailto:$Contact.Email$" rel="noopener noreferrer">x</a>"#,
            r#"<a href="https://example.com/?job=$Job.Number$" rel="noopener noreferrer">x</a>"#,
            r#"<a href="$Interview.OnlineMeetingUrl$" rel="noopener noreferrer">x</a>"#,
        ] {
            assert_eq!(saved(kept), kept);
        }
        for lost in [
            r#"<p>x <a href="$Contact.Email$">x</a></p>"#,
            r#"<p>x <a href="java$Job.Title$:x">x</a></p>"#,
            r#"<p>x <a title="$Job.Title$">x</a></p>"#,
            r#"<p>x <img src="https://example.com/$Job.Number$"></p>"#,
            "<p>x $Job.Title$ <!-- $Job.Title$ --></p>",
        ] {
            let errors = refused("x", lost);
            assert!(
                errors.len() == 1 && errors[0].contains("mails have nothing"),
                "{errors:?}"
            );
        }
    }

    #[test]
    fn a_condition_and_an_unfinished_placeholder_are_refused() {
        let errors = refused("$Applicant.LastName", "<p>$if(Applicant.Gender)$Lieber$endif$</p>");
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert!(errors[0].contains("does not end in $"));
        assert!(errors[1].contains("the condition $if(Applicant.Gender)$ (line 1, column 4)"));
    }

    #[test]
    fn what_only_an_interview_has_is_refused_elsewhere() {
        assert!(TemplateText::parse("$Interview.Date$", "<p>x</p>", true).is_ok());
        let errors = TemplateText::parse("$Appointment.Date$", "<p>$Interview.Time$</p>", false).unwrap_err();
        assert_eq!(errors.len(), 2);
    }

    #[test]
    fn empty_and_too_large_texts_are_refused() {
        assert_eq!(
            refused(" ", "<p>&nbsp;</p>"),
            ["/subject must not be empty", "/bodyHtml must not be empty"]
        );
        assert_eq!(
            refused("x", &"x".repeat(MAX_BODY_BYTES + 1)),
            ["/bodyHtml must have at most 100000 bytes"]
        );
        let many = "$Job.Title$ ".repeat(MOST_PLACEHOLDERS + 1);
        assert_eq!(refused("x", &many), ["/bodyHtml must have at most 500 placeholders"]);
        let long = refused("x", &format!("${}$", "a".repeat(50_000)));
        assert!(long.len() == 1 && long[0].len() < 200, "{long:?}");
    }
}
