//! What is wrong with the key, the name and the references of a project (U-43, U-44).

use super::{
    ProjectInput,
    templates::{self, Template},
};
use crate::{
    app::Context,
    domain::{
        config::Project,
        failure::{Complaints, Failure, Result},
    },
};

/// The types that projects can be made of.
const PROJECT_TYPES: [&str; 3] = ["software", "business", "service_desk"];
/// Most characters of a key (U-43).
const KEY_LENGTH: usize = 10;

/// A new project's template and lead, if nothing is wrong with the request.
pub fn check_new(context: &Context, input: &ProjectInput) -> Result<(&'static Template, String)> {
    let (template_key, type_key) = (input.template_key.as_deref(), input.type_key.as_deref());
    let template = match template_key {
        Some(key) => templates::find(key),
        None => templates::default_for(type_key.unwrap_or_default()),
    };
    let team_managed = template.is_some_and(|template| template.team_managed);
    if !context.access().global(if team_managed { "CREATE_PROJECT" } else { "ADMINISTER" }) {
        return Err(Failure::forbidden("You do not have permission to create projects."));
    }
    let mut complaints = Complaints::default();
    check_name(context, input.name.as_deref().unwrap_or_default(), None, &mut complaints);
    check_key(context, input.key.as_deref().unwrap_or_default(), None, &mut complaints);
    check_references(context, input, &mut complaints);
    match type_key {
        Some(key) if !PROJECT_TYPES.contains(&key) => {
            complaints.field("projectTypeKey", "The project type specified does not exist.");
        }
        None if template_key.is_none() => {
            complaints.field("projectType", "A project type or a project template must be provided.");
        }
        _ => {}
    }
    let Some(template) = template else {
        complaints.field("projectTemplateKey", "The project template specified does not exist.");
        return Err(Failure::Invalid(complaints));
    };
    complaints.into_result()?;
    let lead = input.lead.as_deref().or(context.caller.account_id()).unwrap_or_default();
    Ok((template, lead.to_owned()))
}

/// What is wrong with a key for a new project or for this one (U-43).
pub fn key_complaint(context: &Context, key: &str, of: Option<i64>) -> Option<String> {
    let well_formed = key.starts_with(|c: char| c.is_ascii_uppercase())
        && key.len() >= 2
        && key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if key.is_empty() {
        return Some("You must specify a valid project key.".into());
    }
    if !well_formed {
        return Some("Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters.".into());
    }
    if key.len() > KEY_LENGTH {
        return Some(format!("The project key must not exceed {KEY_LENGTH} characters in length."));
    }
    let owner = context.site.project_keys.get(key).filter(|id| Some(**id) != of)?;
    let name = context.site.projects.get(*owner).map_or("", |project| project.name.as_str());
    Some(format!("Project '{name}' uses this project key."))
}

/// This key, or a free one that resembles it (U-44).
pub fn suggest_key(context: &Context, key: &str) -> String {
    if key_complaint(context, key, None).is_none() {
        return key.to_owned();
    }
    let letters = key.chars().filter(char::is_ascii_alphanumeric).skip_while(char::is_ascii_digit);
    // Room for a number behind it.
    let mut stem: String = letters.map(|letter| letter.to_ascii_uppercase()).take(KEY_LENGTH - 4).collect();
    if stem.is_empty() {
        stem.push('P');
    }
    let free = |candidate: &String| key_complaint(context, candidate, None).is_none();
    let numbered = (2..).map(|number| format!("{stem}{number}"));
    std::iter::once(stem.clone()).chain(numbered).find(free).unwrap_or(stem)
}

/// This name, or a free one with a number behind it (U-44); `None` if there is none of an allowed length.
pub fn suggest_name(context: &Context, name: &str) -> Option<String> {
    let numbered = (2..1000).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|candidate| name_complaint(context, candidate, None).is_none())
}

pub(super) fn check_key(context: &Context, key: &str, of: Option<i64>, complaints: &mut Complaints) {
    if let Some(sentence) = key_complaint(context, key, of) {
        complaints.field("projectKey", sentence);
    }
}

pub(super) fn check_name(context: &Context, name: &str, of: Option<i64>, complaints: &mut Complaints) {
    if let Some(sentence) = name_complaint(context, name, of) {
        complaints.field("projectName", sentence);
    }
}

fn name_complaint(context: &Context, name: &str, of: Option<i64>) -> Option<&'static str> {
    let taken = |project: &Project| Some(project.id) != of && project.name.to_lowercase() == name.to_lowercase();
    if name.trim().is_empty() {
        return Some("You must specify a valid project name.");
    }
    if name.chars().count() > 80 {
        return Some("The project name must not exceed 80 characters in length.");
    }
    context.site.projects.iter().any(taken).then_some("A project with that name already exists.")
}

pub(super) fn check_references(context: &Context, input: &ProjectInput, complaints: &mut Complaints) {
    let site = &context.site;
    if input.lead.as_ref().is_some_and(|id| !site.accounts.get(id).is_some_and(|account| account.active)) {
        complaints.field("projectLead", "You must specify a valid project lead.");
    }
    if input.assignee_type.as_ref().is_some_and(|kind| kind != "PROJECT_LEAD" && kind != "UNASSIGNED") {
        complaints.field("assigneeType", "Invalid default assignee.");
    }
    let mut unknown = |field: &str, id: Option<i64>, known: bool| {
        if let (Some(id), false) = (id, known) {
            complaints.field(field, format!("No object with id '{id}' was found."));
        }
    };
    let category = input.category_id.filter(|id| *id != -1);
    unknown("categoryId", category, category.is_some_and(|id| site.categories.get(id).is_some()));
    let scheme = input.permission_scheme_id;
    unknown("permissionScheme", scheme, scheme.is_some_and(|id| site.permission_schemes.get(id).is_some()));
    let scheme = input.security_scheme_id;
    unknown("issueSecurityScheme", scheme, scheme.is_some_and(|id| site.security_schemes.get(id).is_some()));
    let scheme = input.issue_type_scheme_id;
    unknown("issueTypeScheme", scheme, scheme.is_some_and(|id| site.issue_type_schemes.get(id).is_some()));
    let scheme = input.workflow_scheme_id;
    unknown("workflowScheme", scheme, scheme.is_some_and(|id| site.workflow_schemes.get(id).is_some()));
    let scheme = input.issue_type_screen_scheme_id;
    unknown("issueTypeScreenScheme", scheme, scheme.is_some_and(|id| site.issue_type_screen_schemes.get(id).is_some()));
    for (member, id) in &input.unknown_schemes {
        unknown(member, Some(*id), false);
    }
}

/// Keys that are released must be former ones of the project.
pub(super) fn check_released(context: &Context, project: &Project, input: &ProjectInput, complaints: &mut Complaints) {
    let current = input.key.as_ref().unwrap_or(&project.key);
    let own = |key: &String| context.site.project_keys.get(key) == Some(&project.id) && key != current;
    if let Some(key) = input.released_keys.iter().find(|key| !own(key)) {
        complaints.field("releasedProjectKeys", format!("'{key}' is not a previous key of this project."));
    }
}
