//! Fields of products whose data the site does not keep: known where the site has them, and empty on every issue.

use super::{
    Problem, Resolver, Scope,
    condition::Condition,
    dates, sentences,
    values::{Found, missing},
};
use crate::domain::{
    fields::Kind,
    jql::{Field, FieldKind, Origin, Value},
};

/// Such a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vacant {
    /// What customers ask for.
    RequestType,
    /// Whom customers belong to.
    Organizations,
    /// Approvals of requests.
    Approvals,
    /// A goal of service.
    Sla,
    /// How a request came in.
    Channel,
    /// When something last happened to a request.
    Activity,
    /// How many branches, builds and the like belong to an issue.
    Development,
    /// Things of other products that issues are linked with.
    Linked,
}

/// Where the keys of Jira Service Management's types begin.
const SERVICE: &str = "com.atlassian.servicedesk";

/// How requests come in.
const CHANNELS: [&str; 5] = ["anonymousportal", "api", "email", "jira", "portal"];

/// What other products link issues with, on plans that have them.
const LINKED: [&str; 2] = ["devices", "goals"];

/// What development tools tell of an issue, and the states each counts by.
const DEVELOPMENT: [(&str, &[&str]); 7] = [
    ("branches", &["all"]),
    ("builds", &["all", "passing", "failing"]),
    ("commits", &["all"]),
    ("deployments", &["all", "deployed", "notdeployed"]),
    ("featureflags", &["all", "on", "off"]),
    ("pullrequests", &["all", "open", "merged", "declined"]),
    ("reviews", &["all", "open"]),
];

impl Vacant {
    /// What a custom field of that type is, if it is one of these.
    pub fn of(type_key: &str) -> Option<Self> {
        let name = type_key.strip_prefix(SERVICE)?;
        Some(match name.rsplit(':').next()? {
            "vp-origin" => Self::RequestType,
            "sd-customer-organizations" => Self::Organizations,
            "sd-approvals" => Self::Approvals,
            "sd-sla-field" | "sd-servicelevelagreement" => Self::Sla,
            _ => return None,
        })
    }

    /// The names of those that are no custom fields, as far as the site has them; of development, parts are asked for.
    pub fn names(scope: &Scope) -> impl Iterator<Item = (&'static str, Self)> {
        let names = ["request-channel-type", "request-last-activity-time"].into_iter().chain(LINKED);
        let field = |name: &str| Field {
            name: name.to_owned(),
            kind: FieldKind::Name,
            properties: Vec::new(),
            origin: Origin::default(),
        };
        names.filter_map(move |name| Some((name, Self::find(scope, &field(name))?)))
    }

    /// A field that is no custom field of its own, where the site has the product.
    pub fn find(scope: &Scope, field: &Field) -> Option<Self> {
        let custom = &scope.site.fields.custom;
        let service = || custom.iter().any(|field| field.type_key.starts_with(SERVICE));
        let is = |name: &str| field.name.eq_ignore_ascii_case(name);
        match field.properties.as_slice() {
            [] if is("request-channel-type") => service().then_some(Self::Channel),
            [] if is("request-last-activity-time") => service().then_some(Self::Activity),
            // A custom field of the name is nearer.
            [] if LINKED.iter().any(|name| is(name)) => {
                let own = custom.iter().any(|custom| is(&custom.name));
                (!own).then_some(Self::Linked)
            }
            [property] if is("development") => {
                let has = custom.iter().any(|field| Kind::of(&field.type_key) == Kind::Development);
                let (what, state) = (property.key.as_str(), property.path.as_deref()?);
                let known = DEVELOPMENT.iter().find(|(known, _)| known.eq_ignore_ascii_case(what));
                let counts = known.is_some_and(|(_, states)| states.iter().any(|s| s.eq_ignore_ascii_case(state)));
                (has && counts).then_some(Self::Development)
            }
            _ => None,
        }
    }
}

impl Resolver<'_> {
    /// A value that makes sense matches nothing.
    pub(super) fn vacant(&self, vacant: Vacant, value: &Value, field: &str) -> Found<Condition> {
        let text = value.text.trim();
        match vacant {
            Vacant::Channel if CHANNELS.iter().any(|known| known.eq_ignore_ascii_case(text)) => {}
            Vacant::RequestType | Vacant::Organizations | Vacant::Channel | Vacant::Linked => {
                return Err(missing(value, field));
            }
            Vacant::Activity => {
                let at = if value.number { dates::epoch_millis(text) } else { dates::literal(&self.scope, text) };
                at.ok_or_else(|| sentences::invalid_date(text, field))?;
            }
            Vacant::Development if text.parse::<u32>().is_ok() => {}
            // Approvals and goals are asked for by functions.
            Vacant::Development | Vacant::Approvals | Vacant::Sla => {
                return Err(sentences::invalid_value(text, field));
            }
        }
        Ok(Condition::Nothing)
    }

    /// Functions about approvals by people: these must be known.
    pub(super) fn approvers(&self, function: &str, people: &[Value]) -> Result<(), Problem> {
        people.iter().try_for_each(|user| self.users(function, Some(user)).map(drop))
    }

    /// Functions about goals of service take a span of time.
    pub(super) fn span_of_time(&self, function: &str, span: &Value) -> Result<(), Problem> {
        let known = self.scope.site.settings.time_tracking.parse(&span.text);
        known.map(drop).ok_or_else(|| sentences::invalid_value(&span.text, function))
    }
}
