//! Who may see a comment (J-93).

use super::{config::Project, permission::Access, snapshot::Snapshot};
use serde_json::Value;

/// The kind (`role` or `group`) and the id of those who may see a comment.
pub type Visibility = (String, String);

/// Reads `{type, value | identifier}`. Only members may name a role or a group; else a sentence tells.
pub fn visibility(
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
