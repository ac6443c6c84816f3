//! What queries can be made of, told for editors of queries (S-54, S-55).

use super::{
    AppFunction, Scope,
    fields::{self, Subject, Things},
    functions::{self, Taker},
    vacant::Vacant,
};
use crate::domain::{
    config::CustomField,
    fields::{Kind, collapsed_name},
    jql::{Field, FieldKind, Operator, Origin, reserved_words},
};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Operators in the order that Jira tells them.
const OPERATORS: [Operator; 17] = {
    use Operator::*;
    [Eq, NotEq, In, NotIn, Is, IsNot, Lt, LtEq, Gt, GtEq, Like, NotLike, Was, WasIn, WasNot, WasNotIn, Changed]
};

/// Fields, functions and reserved words. With projects, only custom fields that apply in one of them; `collapsed` adds
/// names that stand for all fields of a name and type.
pub fn reference(scope: &Scope, projects: Option<&[i64]>, collapsed: bool) -> Json {
    // Two of them are custom fields as well, and told as such.
    let system = fields::system_names().filter(|(_, subject)| !matches!(subject, Subject::EpicLink | Subject::Rank));
    let mut fields: Vec<Json> = system.map(|(name, subject)| field(name, name, None, subject)).collect();
    fields.extend(Vacant::names(scope).map(|(name, vacant)| field(name, name, None, Subject::Vacant(vacant))));
    let applies = |custom: &&CustomField| projects.is_none_or(|projects| applies(scope, custom, projects));
    let custom: Vec<(&CustomField, Subject)> = scope
        .site
        .fields
        .custom
        .iter()
        .filter(applies)
        .filter_map(|custom| Some((custom, fields::visible(scope, custom)?)))
        .collect();
    let mut names: HashMap<String, usize> = HashMap::new();
    for (custom, _) in &custom {
        *names.entry(custom.name.to_lowercase()).or_default() += 1;
    }
    let mut told = Vec::new();
    for (custom, subject) in &custom {
        let id = format!("cf[{}]", custom.id);
        let unique = names.get(&custom.name.to_lowercase()) == Some(&1);
        let value = if unique { quoted(&custom.name) } else { id.clone() };
        fields.push(field(&value, &format!("{} - {id}", custom.name), Some(&id), *subject));
        let several = collapsed_name(custom).filter(|name| collapsed && !unique && !told.contains(name));
        if let Some(name) = several {
            fields.push(field(&quoted(&name), &format!("{} - {name}", custom.name), None, *subject));
            told.push(name);
        }
    }
    fields.sort_by_cached_key(|field| field["displayName"].as_str().unwrap_or_default().to_lowercase());
    let mut functions: Vec<Json> = functions::signatures().map(function).collect();
    functions.extend(scope.referents.apps.functions.iter().map(app_function));
    functions.sort_by_cached_key(|function| function["displayName"].as_str().unwrap_or_default().to_lowercase());
    json!({
        "visibleFieldNames": fields,
        "visibleFunctionNames": functions,
        "jqlReservedWords": reserved_words().collect::<Vec<_>>(),
    })
}

fn applies(scope: &Scope, custom: &CustomField, projects: &[i64]) -> bool {
    let mut contexts = scope.site.fields.contexts.get(&custom.id).into_iter().flatten();
    custom.project_id.is_none_or(|id| projects.contains(&id))
        && contexts
            .any(|context| context.project_ids.is_empty() || context.project_ids.iter().any(|id| projects.contains(id)))
}

/// A name as queries write it.
fn quoted(name: &str) -> String {
    let field = Field { name: name.into(), kind: FieldKind::Name, properties: Vec::new(), origin: Origin::default() };
    field.to_string()
}

fn field(value: &str, display_name: &str, cfid: Option<&str>, subject: Subject) -> Json {
    let mut told = json!({ "value": value, "displayName": display_name });
    told["orderable"] = word(subject.is_orderable());
    told["searchable"] = word(subject.is_searchable());
    if subject.has_suggestions() {
        told["auto"] = word(true);
    }
    if let Some(cfid) = cfid {
        told["cfid"] = cfid.into();
    }
    let takes = |operator: &&Operator| {
        if operator.is_history() { subject.has_history() } else { subject.takes(**operator) }
    };
    told["operators"] = OPERATORS.iter().filter(takes).map(|operator| operator.as_str()).collect();
    told["types"] = json!([type_of(subject)]);
    told
}

fn function((name, arguments, list, taker): (&str, usize, bool, Taker)) -> Json {
    let call = format!("{name}({})", vec!["\"\""; arguments].join(", "));
    let mut told = json!({ "value": call, "displayName": call });
    if list {
        told["isList"] = word(true);
    }
    told["types"] = json!([match taker {
        Taker::System(subject) => type_of(subject),
        Taker::Custom(kind) => type_of_kind(kind),
    }]);
    told
}

/// What it stands for is known only once the app has answered, so that it has no type.
fn app_function(function: &AppFunction) -> Json {
    let required = function.arguments.iter().filter(|argument| argument.required).count();
    let call = format!("{}({})", function.name, vec!["\"\""; required].join(", "));
    let lists = |operator: &String| operator == "in" || operator == "not in";
    let mut told = json!({ "value": call, "displayName": call });
    if function.operators.iter().any(lists) {
        told["isList"] = word(true);
        told["supportsListAndSingleValueOperators"] = word(!function.operators.iter().all(lists));
    }
    told["types"] = json!([]);
    told
}

/// Truth values are words here.
fn word(flag: bool) -> Json {
    if flag { "true" } else { "false" }.into()
}

/// The Java type that a field holds.
fn type_of(subject: Subject) -> &'static str {
    match subject {
        Subject::Id(things, _) => match things {
            Things::Projects => "com.atlassian.jira.project.Project",
            Things::ProjectCategories => "com.atlassian.jira.project.ProjectCategory",
            Things::ProjectTypes => "com.atlassian.jira.project.type.ProjectType",
            Things::IssueTypes => "com.atlassian.jira.issue.issuetype.IssueType",
            Things::HierarchyLevels => "java.lang.Number",
            Things::Statuses => "com.atlassian.jira.issue.status.Status",
            Things::StatusCategories => "com.atlassian.jira.issue.status.category.StatusCategory",
            Things::Priorities => "com.atlassian.jira.issue.priority.Priority",
            Things::Resolutions => "com.atlassian.jira.issue.resolution.Resolution",
            Things::SecurityLevels => "com.atlassian.jira.issue.security.IssueSecurityLevel",
            Things::Components => "com.atlassian.jira.bc.project.component.ProjectComponent",
            Things::Versions => "com.atlassian.jira.project.version.Version",
        },
        Subject::Account(_) | Subject::WorklogAuthor => "com.atlassian.jira.user.ApplicationUser",
        Subject::Instant(_) | Subject::Due | Subject::WorklogDate | Subject::LastViewed => "java.util.Date",
        Subject::ParentProject => "com.atlassian.jira.project.Project",
        Subject::Vacant(vacant) => match vacant {
            Vacant::RequestType => "com.atlassian.servicedesk.internal.customfields.origin.VpOrigin",
            Vacant::Organizations => "com.atlassian.servicedesk.api.organization.CustomerOrganization",
            Vacant::Approvals => "com.atlassian.servicedesk.plugins.approvals.internal.customfield.ApprovalsCFValue",
            Vacant::Sla => "com.atlassian.servicedesk.internal.sla.searcher.SlaCustomFieldValue",
            Vacant::Activity => "java.util.Date",
            Vacant::Development => "java.lang.Number",
            Vacant::Channel | Vacant::Linked => "java.lang.String",
        },
        Subject::Number(_) => "java.lang.Number",
        Subject::Duration(_) => "com.atlassian.core.util.DateUtils.Duration",
        Subject::Labels => "com.atlassian.jira.issue.label.Label",
        Subject::Issue | Subject::Parent | Subject::EpicLink | Subject::ParentEpic | Subject::LinkedIssue => {
            "com.atlassian.jira.issue.Issue"
        }
        Subject::LinkType => "com.atlassian.jira.issue.link.IssueLinkType",
        Subject::Attachments => "com.atlassian.jira.issue.attachment.Attachment",
        Subject::SavedFilter => "com.atlassian.jira.issue.search.SearchRequest",
        Subject::Rank => "com.atlassian.jira.plugin.lexorank.LexoRank",
        Subject::Custom(_, kind) => type_of_kind(kind),
        _ => "java.lang.String",
    }
}

/// The same of a custom field.
fn type_of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "java.lang.Number",
        Kind::Date | Kind::DateTime => "java.util.Date",
        Kind::Option | Kind::Options => "com.atlassian.jira.issue.customfields.option.Option",
        Kind::Cascade => "com.atlassian.jira.issue.customfields.option.CascadeOption",
        Kind::User | Kind::Users => "com.atlassian.jira.user.ApplicationUser",
        Kind::Group | Kind::Groups => "com.atlassian.crowd.embedded.api.Group",
        Kind::Labels => "com.atlassian.jira.issue.label.Label",
        Kind::Project => "com.atlassian.jira.project.Project",
        Kind::Version | Kind::Versions => "com.atlassian.jira.project.version.Version",
        Kind::Sprint => "com.atlassian.greenhopper.service.sprint.Sprint",
        _ => "java.lang.String",
    }
}
