//! Holders as requests name them (U-26).

use super::Holder;
use crate::domain::{
    audit::Thing,
    fields::{Field, Kind, custom_id, custom_number},
    snapshot::Snapshot,
};

/// A holder to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHolder {
    /// A kind of U-26.
    pub kind: &'static str,
    /// The id of the group, role, account or field.
    pub parameter: Option<String>,
}

const KINDS: [&str; 11] = [
    "anyone",
    "applicationRole",
    "assignee",
    "group",
    "groupCustomField",
    "projectLead",
    "projectRole",
    "reporter",
    "sd.customer.portal.only",
    "user",
    "userCustomField",
];

/// The application whose users there are.
const APPLICATION: &str = "jira-software";

impl NewHolder {
    /// Reads a holder: `value` goes before `parameter`, which differs from it only for groups.
    pub fn read(
        site: &Snapshot,
        kind: Option<&str>,
        parameter: Option<&str>,
        value: Option<&str>,
    ) -> Result<Self, String> {
        let kind = kind.ok_or("The type of the permission holder must be provided.")?;
        let kind = KINDS.into_iter().find(|known| known.eq_ignore_ascii_case(kind));
        let kind = kind.ok_or("The type of the permission holder is not valid.")?;
        let named = [value, parameter].into_iter().flatten().find(|text| !text.is_empty());
        let required = || named.ok_or_else(|| format!("The permission holder type '{kind}' requires a parameter."));
        let parameter = match kind {
            "group" => Some(group(site, required()?)?),
            "user" => Some(account(site, required()?)?),
            "projectRole" => Some(role(site, required()?)?),
            "userCustomField" => Some(field(site, required()?, &[Kind::User, Kind::Users])?),
            "groupCustomField" => Some(field(site, required()?, &[Kind::Group, Kind::Groups])?),
            "applicationRole" => match named {
                Some(APPLICATION) => Some(APPLICATION.to_owned()),
                Some(other) => return Err(format!("The application '{other}' does not exist.")),
                None => None,
            },
            _ => None,
        };
        Ok(Self { kind, parameter })
    }

    /// The same, to compare with what is stored.
    pub fn as_ref(&self) -> Holder<'_> {
        Holder { kind: self.kind, parameter: self.parameter.as_deref() }
    }
}

impl Holder<'_> {
    /// How records name it.
    pub fn thing(&self, site: &Snapshot) -> Thing {
        let id = self.parameter.unwrap_or_default();
        let named = |kind, name: Option<&str>| Thing::new(kind, id, name.unwrap_or(id));
        match self.kind {
            "group" => named("GROUP", site.group(id).map(|group| group.name.as_str())),
            "user" => named("USER", site.accounts.get(id).map(|account| account.display_name.as_str())),
            "projectRole" => named("PROJECT_ROLE", site.roles.parse(id).map(|role| role.name.as_str())),
            "userCustomField" | "groupCustomField" => {
                named("CUSTOM_FIELD", site.fields.get(id).as_ref().map(|field| field.name()))
            }
            kind => Thing::new("PERMISSION_HOLDER", kind, kind),
        }
    }
}

fn group(site: &Snapshot, text: &str) -> Result<String, String> {
    let found = site.group(text).map(|group| group.group_id.to_string());
    found.ok_or_else(|| format!("Group '{text}' does not exist."))
}

fn account(site: &Snapshot, text: &str) -> Result<String, String> {
    let found = site.accounts.contains_key(text).then(|| text.to_owned());
    found.ok_or_else(|| format!("User '{text}' does not exist.")) // J-16
}

fn role(site: &Snapshot, text: &str) -> Result<String, String> {
    let found = site.roles.parse(text).map(|role| role.id.to_string());
    found.ok_or_else(|| format!("Project role '{text}' does not exist."))
}

/// Fields of other types name nobody.
fn field(site: &Snapshot, text: &str, kinds: &[Kind]) -> Result<String, String> {
    let number = custom_number(text).or_else(|| text.parse().ok());
    match number.and_then(|number| site.fields.get(&custom_id(number))) {
        Some(Field::Custom(custom, kind)) if kinds.contains(&kind) => Ok(custom_id(custom.id)),
        Some(_) => Err(format!("The custom field '{text}' can't hold permissions.")),
        None => Err(format!("The custom field '{text}' does not exist.")),
    }
}
