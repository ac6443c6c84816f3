//! The fields of a site: which there are, of what type, where they apply.
//!
//! System fields are the same in every site and stand in [`system`]; custom fields are data.
//! Reading and changing values is in [`super::edit`].

pub mod defaults;
pub mod kind;
pub mod system;
pub mod types;

use super::{
    config::{AppOption, CustomField, FieldContext, FieldOption},
    snapshot::Index,
};
pub use kind::Kind;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
pub use system::SystemField;

/// A site's custom fields with their contexts and options.
#[derive(Debug)]
pub struct Fields {
    /// By id, without those in the trash.
    pub custom: Index<CustomField>,
    /// Those in the trash: nothing but their own operations knows them.
    pub trashed: Index<CustomField>,
    /// Contexts of each field.
    pub contexts: HashMap<i64, Vec<FieldContext>>,
    /// Options of all fields, in their order, with those that are being removed.
    pub options: Index<FieldOption>,
    /// Options of apps' select lists by field.
    pub app_options: HashMap<i64, Vec<AppOption>>,
}

/// A field, system or custom.
#[derive(Debug, Clone, Copy)]
pub enum Field<'a> {
    /// One of Jira's own.
    System(&'static SystemField),
    /// One of the site's.
    Custom(&'a CustomField, Kind),
}

impl Fields {
    /// All fields: Jira's own, then the site's.
    pub fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        let custom = self.custom.iter().map(|field| Field::Custom(field, Kind::of(&field.type_key)));
        system::FIELDS.iter().map(Field::System).chain(custom)
    }

    /// A field by its id, such as `summary` or `customfield_10016`.
    pub fn get(&self, id: &str) -> Option<Field<'_>> {
        if let Some(number) = custom_number(id) {
            return self.custom.get(number).map(|field| Field::Custom(field, Kind::of(&field.type_key)));
        }
        system::find(id).map(Field::System)
    }

    /// The first custom field of a kind, such as the site's Rank or Sprint field.
    pub fn of_kind(&self, kind: Kind) -> Option<&CustomField> {
        self.custom.iter().find(|field| Kind::of(&field.type_key) == kind)
    }

    /// The context that covers issues of this project and type.
    pub fn context(&self, field_id: i64, project_id: i64, issue_type_id: i64) -> Option<&FieldContext> {
        let contexts = self.contexts.get(&field_id)?;
        // A context that names the project stands for the global one, even for types that it leaves out.
        let of_project = contexts.iter().find(|context| context.project_ids.contains(&project_id));
        of_project
            .or_else(|| contexts.iter().find(|context| context.project_ids.is_empty()))
            .filter(|context| context.covers_type(issue_type_id))
    }

    /// Options of a context below a parent option, or its top level.
    pub fn options_of(&self, context_id: i64, parent_id: Option<i64>) -> impl Iterator<Item = &FieldOption> {
        let offered = move |option: &&FieldOption| {
            option.context_id == context_id && option.parent_id == parent_id && !option.removed
        };
        self.options.iter().filter(offered)
    }

    /// The option of an app's select list.
    pub fn app_option(&self, field_id: i64, id: i64) -> Option<&AppOption> {
        self.app_options.get(&field_id)?.iter().find(|option| option.id == id)
    }

    /// A custom field by id, or by the key that an app gave it, in the trash or not.
    pub fn any_custom(&self, id_or_key: &str) -> Option<&CustomField> {
        match custom_number(id_or_key) {
            Some(id) => self.custom.get(id).or_else(|| self.trashed.get(id)),
            None => self.custom.iter().find(|field| field.app_key() == Some(id_or_key)),
        }
    }
}

/// The number of a custom field's id.
pub fn custom_number(id: &str) -> Option<i64> {
    id.strip_prefix("customfield_")?.parse().ok()
}

/// The id of a custom field's number.
pub fn custom_id(number: i64) -> String {
    format!("customfield_{number}")
}

/// `Name[Type]`, by which a query asks for all fields of a name and type.
pub fn collapsed_name(field: &CustomField) -> Option<String> {
    let word = if is_team(field) { "Team" } else { Kind::of(&field.type_key).collapsed()? };
    Some(format!("{}[{word}]", field.name))
}

/// Whether the field holds a team, by its id or as an object.
pub fn is_team(field: &CustomField) -> bool {
    field.type_key == "com.atlassian.teams:rm-teams-custom-field-team"
}

impl Field<'_> {
    /// Such as `summary` or `customfield_10016`.
    pub fn id(&self) -> String {
        match self {
            Self::System(field) => field.id.into(),
            Self::Custom(field, _) => custom_id(field.id),
        }
    }

    /// Shown name.
    pub fn name(&self) -> &str {
        match self {
            Self::System(field) => field.name,
            Self::Custom(field, _) => &field.name,
        }
    }

    /// The `schema` of answers (J-68); Parent has none (observed shapes, "issue_fields").
    pub fn schema(&self) -> Option<Value> {
        let mut schema = Map::new();
        let (kind, items) = match self {
            Self::System(field) if field.kind.is_empty() => return None,
            Self::System(field) => (field.kind, field.items),
            Self::Custom(_, kind) => kind.schema(),
        };
        schema.insert("type".into(), kind.into());
        if let Some(items) = items {
            schema.insert("items".into(), items.into());
        }
        match self {
            Self::System(field) => schema.insert("system".into(), field.id.into()),
            Self::Custom(field, _) => {
                schema.insert("custom".into(), field.type_key.as_str().into());
                schema.insert("customId".into(), field.id.into())
            }
        };
        Some(Value::Object(schema))
    }

    /// Verbs of `update` that the field takes (J-51).
    pub fn operations(&self) -> &'static [&'static str] {
        match self {
            Self::System(field) => field.operations,
            Self::Custom(_, kind) => kind.operations(),
        }
    }

    /// Names under which JQL knows the field.
    fn clause_names(&self) -> Vec<String> {
        match self {
            Self::System(field) => field.clauses.iter().map(|name| (*name).into()).collect(),
            Self::Custom(field, _) => {
                let mut names = vec![format!("cf[{}]", field.id), field.name.clone()];
                names.extend(collapsed_name(field));
                names
            }
        }
    }

    /// Whether it can be a column of issue tables.
    pub fn navigable(&self) -> bool {
        match self {
            Self::System(field) => field.navigable,
            Self::Custom(..) => true,
        }
    }

    /// Whether it can stand on screens.
    pub fn orderable(&self) -> bool {
        match self {
            Self::System(field) => field.orderable,
            Self::Custom(..) => true,
        }
    }

    /// An entry of `GET /field` (J-68).
    pub fn describe(&self) -> Value {
        let id = self.id();
        let (custom, searchable) = match self {
            Self::System(field) => (false, field.searchable),
            Self::Custom(field, _) => (true, field.searcher.is_some()),
        };
        let key = match self {
            Self::Custom(field, _) => field.app_key().unwrap_or(&id),
            Self::System(_) => &id,
        };
        let mut entry = json!({ "id": id, "key": key, "name": self.name() });
        if let (Some(entry), true) = (entry.as_object_mut(), custom) {
            entry.insert("untranslatedName".into(), self.name().into());
        }
        entry["custom"] = custom.into();
        entry["orderable"] = self.orderable().into();
        entry["navigable"] = self.navigable().into();
        entry["searchable"] = searchable.into();
        entry["clauseNames"] = self.clause_names().into();
        if let Self::Custom(CustomField { project_id: Some(project), .. }, _) = self {
            entry["scope"] = json!({ "type": "PROJECT", "project": { "id": project.to_string() } });
        }
        if let Some(schema) = self.schema() {
            entry["schema"] = schema;
        }
        entry
    }
}
