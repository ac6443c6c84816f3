//! Who may see a comment or a worklog (J-93).

use super::{config::Project, permission::Access, snapshot::Snapshot};
use serde_json::Value;

/// The kind (`role` or `group`) and the id of those who may see something.
pub type Visibility = (String, String);

/// Reads `{type, value | identifier}`. Only members may name a role or a group; else a sentence tells.
pub fn read(
    site: &Snapshot,
    access: Access,
    project: &Project,
    value: Option<&Value>,
) -> Result<Option<Visibility>, String> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = if text("identifier").is_empty() { text("value") } else { text("identifier") };
    let (kind, id) = match text("type") {
        "role" => {
            let role = site.roles.iter().find(|role| role.name == name || role.id.to_string() == name);
            let own = role.filter(|role| access.roles(project).any(|id| id == role.id));
            (
                "role",
                own.ok_or_else(|| format!("You are currently not a member of the project role: {name}."))?
                    .id
                    .to_string(),
            )
        }
        "group" => {
            let own = site.group(name).filter(|group| access.is_in(group.group_id));
            let own = own.ok_or_else(|| format!("You are currently not a member of the group: {name}."))?;
            ("group", own.group_id.to_string())
        }
        _ => return Err("Specify a valid visibility type: 'role' or 'group'.".into()),
    };
    Ok(Some((kind.into(), id)))
}

/// Whether a caller may see what is restricted to this role or group of a project that they see.
/// The database has the same rule as `admits`.
pub fn admits(site: &Snapshot, access: Access, project: &Project, kind: Option<&str>, id: Option<&str>) -> bool {
    let id = id.unwrap_or_default();
    match kind {
        Some("role") => access.roles(project).any(|role| role.to_string() == id),
        Some("group") => site.group(id).is_some_and(|group| access.is_in(group.group_id)),
        _ => true,
    }
}
