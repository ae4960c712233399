//! The templates a workflow knows, and those it lacks.

use std::collections::BTreeSet;

use crate::{Activity, ActivityId, Channel, Language, MailTemplate, MailTemplateId, TemplateReference, Workflow};

/// An activity is released by e-mail without a template that contacts may use, in a language the applicants read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{activity} is released for e-mail and needs a mail template in {language} that is tied to it and released to the portal", language = .language.tag())]
pub struct MissingTemplate {
    activity: ActivityId,
    language: Language,
}

impl MissingTemplate {
    /// What an activity lacks, given the templates of its workflow and the languages applicants are written to in.
    /// Where nobody is written to yet, it lacks none: whoever makes the first job is told.
    pub(crate) fn of(
        activity: &ActivityId,
        templates: &[TemplateReference],
        languages: &BTreeSet<Language>,
    ) -> Vec<Self> {
        let usable: Vec<_> = templates
            .iter()
            .filter(|template| template.released_to_portal && template.activity_ids.contains(activity))
            .collect();
        let mut missing: Vec<Language> = Vec::new();
        for language in languages {
            let served = usable.iter().any(|template| template.language.same_language(*language));
            let named = missing.iter().any(|other| other.same_language(*language));
            if !served && !named {
                missing.push(*language);
            }
        }
        missing
            .into_iter()
            .map(|language| Self {
                activity: activity.clone(),
                language,
            })
            .collect()
    }
}

impl Activity {
    /// Whether contacts of any role may carry it out by e-mail.
    pub fn is_released_by_email(&self) -> bool {
        self.release
            .keys()
            .any(|role| self.channels_for(*role).contains(&Channel::Email))
    }
}

impl Workflow {
    /// Every template that a release by e-mail lacks, where applicants are written to in these languages.
    pub fn missing_templates(&self, languages: &BTreeSet<Language>) -> BTreeSet<MissingTemplate> {
        self.activities
            .iter()
            .filter(|activity| activity.is_released_by_email())
            .flat_map(|activity| MissingTemplate::of(&activity.id, &self.templates, languages))
            .collect()
    }

    /// The workflow that knows the template as it is now, or no longer knows it; none if it knows that already.
    #[must_use]
    pub fn with_template(&self, id: &MailTemplateId, template: Option<&MailTemplate>) -> Option<Self> {
        let reference = template.and_then(|template| self.reference(template));
        let place = self.templates.iter().position(|known| known.id == *id);
        let mut templates = self.templates.clone();
        match (place, reference) {
            (Some(place), Some(reference)) => templates[place] = reference,
            (Some(place), None) => {
                templates.remove(place);
            }
            (None, Some(reference)) => templates.push(reference),
            (None, None) => {}
        }
        (templates != self.templates).then(|| Self {
            templates,
            version: self.version.next(),
            ..self.clone()
        })
    }

    fn reference(&self, template: &MailTemplate) -> Option<TemplateReference> {
        let activity_ids: BTreeSet<_> = template
            .activity_ids
            .iter()
            .filter(|id| self.activity(id).is_some())
            .cloned()
            .collect();
        (!activity_ids.is_empty()).then(|| TemplateReference {
            id: template.id.clone(),
            name: template.name.clone(),
            language: template.language,
            activity_ids,
            released_to_portal: template.released_to_portal,
        })
    }
}

/// The templates without what they say of activities that are gone.
pub(crate) fn kept(templates: &[TemplateReference], activities: &[Activity]) -> Vec<TemplateReference> {
    let mut templates = templates.to_vec();
    for template in &mut templates {
        template
            .activity_ids
            .retain(|id| activities.iter().any(|activity| activity.id == *id));
    }
    templates.retain(|template| !template.activity_ids.is_empty());
    templates
}
