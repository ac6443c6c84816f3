//! Types of custom field that can be created, and the searchers each works with.

/// Where the keys of Jira's own types and searchers begin.
pub const JIRA: &str = "com.atlassian.jira.plugin.system.customfieldtypes:";
/// Where the keys of Jira Software's types begin.
pub const SOFTWARE: &str = "com.pyxis.greenhopper.jira:";
/// Where the keys of select lists of Connect apps begin.
pub const CONNECT: &str = "com.atlassian.plugins.atlassian-connect-plugin:";
/// Where the ids of Forge apps' types begin.
pub const FORGE: &str = "ari:cloud:ecosystem::extension/";

/// One of Jira's own types.
#[derive(Debug, Clone, Copy)]
pub struct FieldType {
    /// Its key after [`JIRA`].
    pub key: &'static str,
    /// Keys after [`JIRA`] of the searchers that work with it.
    pub searchers: &'static [&'static str],
    /// As an administrator reads it.
    pub name: &'static str,
}

macro_rules! types {
    ($($key:literal $name:literal [$($searcher:literal)*];)*) => {
        &[$(FieldType { key: $key, name: $name, searchers: &[$($searcher),*] }),*]
    };
}

/// All of Jira's own types.
pub const TYPES: &[FieldType] = types! {
    "cascadingselect" "Select List (cascading)" ["cascadingselectsearcher"];
    "datepicker" "Date Picker" ["daterange"];
    "datetime" "Date Time Picker" ["datetimerange"];
    "float" "Number Field" ["exactnumber" "numberrange"];
    "grouppicker" "Group Picker (single group)" ["grouppickersearcher"];
    "importid" "Import Id" ["exactnumber" "numberrange"];
    "labels" "Labels" ["labelsearcher"];
    "multicheckboxes" "Checkboxes" ["multiselectsearcher"];
    "multigrouppicker" "Group Picker (multiple groups)" ["multiselectsearcher" "grouppickersearcher"];
    "multiselect" "Select List (multiple choices)" ["multiselectsearcher"];
    "multiuserpicker" "User Picker (multiple users)" ["userpickergroupsearcher"];
    "multiversion" "Version Picker (multiple versions)" ["versionsearcher"];
    "people" "People" ["userpickergroupsearcher"];
    "project" "Project Picker (single project)" ["projectsearcher"];
    "radiobuttons" "Radio Buttons" ["multiselectsearcher"];
    "readonlyfield" "Text Field (read only)" ["textsearcher"];
    "select" "Select List (single choice)" ["multiselectsearcher"];
    "textarea" "Paragraph (supports rich text)" ["textsearcher"];
    "textfield" "Short text (plain text only)" ["textsearcher"];
    "url" "URL Field" ["exacttextsearcher"];
    "userpicker" "User Picker (single user)" ["userpickergroupsearcher"];
    "version" "Version Picker (single version)" ["versionsearcher"];
};

/// Jira's own type of that key.
pub fn find(type_key: &str) -> Option<&'static FieldType> {
    let name = type_key.strip_prefix(JIRA)?;
    TYPES.iter().find(|kind| kind.key == name)
}

/// Whether fields of the type belong to an app.
pub fn is_of_app(type_key: &str) -> bool {
    type_key.starts_with(CONNECT) || type_key.starts_with(FORGE)
}

/// Whether fields of a type can be made.
pub fn can_be_created(type_key: &str) -> bool {
    let rest = type_key.strip_prefix(CONNECT).or_else(|| type_key.strip_prefix(FORGE));
    find(type_key).is_some() || rest.is_some_and(|name| !name.is_empty())
}

/// Whether a searcher works with a type. Apps bring their own.
pub fn takes_searcher(type_key: &str, searcher: &str) -> bool {
    match find(type_key) {
        Some(kind) => searcher.strip_prefix(JIRA).is_some_and(|name| kind.searchers.contains(&name)),
        None => true,
    }
}

/// The searcher of fields that name none: apps' fields can always be searched.
pub fn own_searcher(type_key: &str) -> Option<String> {
    is_of_app(type_key).then(|| format!("{JIRA}exacttextsearcher"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fields::Kind;

    #[test]
    fn every_type_has_a_kind_and_a_searcher() {
        for kind in TYPES {
            let key = format!("{JIRA}{}", kind.key);
            assert_ne!(Kind::of(&key), Kind::Opaque, "{key}");
            assert!(takes_searcher(&key, &format!("{JIRA}{}", kind.searchers[0])), "{key}");
        }
        assert!(can_be_created("ari:cloud:ecosystem::extension/a/b/static/c") && !can_be_created(FORGE));
        assert!(!takes_searcher("com.atlassian.jira.plugin.system.customfieldtypes:float", "textsearcher"));
    }
}
