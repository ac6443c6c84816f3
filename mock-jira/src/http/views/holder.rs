//! Who holds a permission or belongs to a security level (U-26; observed shapes, "permission_schemes").

use super::{parts, user};
use crate::{domain::permission::Holder, http::call::Call};
use serde_json::{Value, json};

/// A holder; who it is comes with it when expanded.
pub fn holder(call: &Call, holder: Holder) -> Value {
    let mut view = json!({ "type": holder.kind });
    let Some(parameter) = holder.parameter else { return view };
    // A group is named in the parameter and identified in the value.
    let group = (holder.kind == "group").then(|| call.site.group(parameter)).flatten();
    view["parameter"] = group.map_or(parameter, |group| group.name.as_str()).into();
    view["value"] = parameter.into();
    let (expand, whole): (_, &dyn Fn() -> Option<Value>) = match holder.kind {
        "user" => ("user", &|| Some(user::person(call, Some(parameter)))),
        "group" => ("group", &|| group.map(|group| user::group(call, group))),
        "projectRole" => ("projectRole", &|| call.site.roles.parse(parameter).map(|role| parts::role(call, role))),
        "userCustomField" | "groupCustomField" => {
            ("field", &|| call.site.fields.get(parameter).map(|field| field.describe()))
        }
        _ => return view,
    };
    view["expand"] = expand.into();
    if call.params.expands(expand) || call.params.expands("all") {
        match whole() {
            Some(whole) if !whole.is_null() => view[expand] = whole,
            _ => {}
        }
    }
    view
}
