//! From official documents to one contract.

use anyhow::ensure;
use serde_json::{Value, json};

use super::{ONLY_VERSION, merge, references, strip};

/// What a contract is made of.
pub struct Import<'a> {
    /// The title of the contract.
    pub title: &'a str,
    /// Official documents, the leading one first. Of the others only operations that the leading
    /// one lacks are taken; a v2 operation whose v3 twin exists is not lacking.
    pub documents: &'a [Value],
    /// Operations newer than the documents.
    pub additions: Option<Additions<'a>>,
    /// Starts of paths that exist in v3 only.
    pub v3_only: &'a [String],
}

/// A document of operations to add, and which of them.
pub struct Additions<'a> {
    /// The document.
    pub document: &'a Value,
    /// Starts of the paths to add; all paths when empty.
    pub prefixes: &'a [String],
}

impl Import<'_> {
    /// Makes the contract.
    pub fn run(&self) -> anyhow::Result<Value> {
        let mut documents = self.documents.iter();
        let leading = documents.next().unwrap_or(&Value::Null);
        for document in self.documents {
            let version = document["openapi"].as_str().unwrap_or("none");
            ensure!(version.starts_with("3.0"), "OpenAPI 3.0 is needed, not {version}");
        }
        let mut contract = strip::document(leading, self.title);
        for other in documents {
            let facts = strip::document(other, self.title);
            merge::add_operations(&mut contract, &facts, "V2", |base, path, method| {
                let twin = path.replacen("/rest/api/2/", "/rest/api/3/", 1);
                base["paths"].get(twin).and_then(|item| item.get(method)).is_none()
            });
        }
        if let Some(Additions { document, prefixes }) = self.additions {
            let facts = strip::document(document, self.title);
            merge::add_operations(&mut contract, &facts, "Added", |_, path, _| {
                prefixes.is_empty() || starts_with_any(path, prefixes)
            });
        }
        self.mark_versions(&mut contract);
        drop_unused_schemas(&mut contract);
        contract.sort_all_objects();
        Ok(contract)
    }

    fn mark_versions(&self, contract: &mut Value) {
        for (path, item) in contract["paths"].as_object_mut().into_iter().flatten() {
            let version = match path {
                _ if path.starts_with("/rest/api/2/") => 2,
                _ if starts_with_any(path, self.v3_only) => 3,
                _ => continue,
            };
            for (_, operation) in item.as_object_mut().into_iter().flatten() {
                operation[ONLY_VERSION] = json!(version);
            }
        }
    }
}

fn starts_with_any(path: &str, prefixes: &[String]) -> bool {
    prefixes.iter().any(|prefix| path.starts_with(prefix.as_str()))
}

fn drop_unused_schemas(contract: &mut Value) {
    let used = references::closure(&contract["paths"], &contract["components"]["schemas"]);
    let used: Vec<_> = used.into_iter().map(str::to_owned).collect();
    if let Some(schemas) = contract["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.binary_search(name).is_ok());
    }
}
