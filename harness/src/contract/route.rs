//! From the path of a request to the operations that could answer it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Operation;

/// A version of the platform API. Operations of other APIs have but one, counted as v3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiVersion {
    /// Rich text is wiki markup.
    V2,
    /// Rich text is an Atlassian document.
    V3,
}

/// What a path asks for, whatever version and host it was asked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// The path as v3 documents spell it, without query.
    pub path: Cow<'a, str>,
    /// The version asked for.
    pub version: ApiVersion,
}

impl<'a> Target<'a> {
    /// Reads a path, with or without query.
    pub fn of(path_and_query: &'a str) -> Self {
        let path = path_and_query.split('?').next().unwrap_or_default();
        let path = without_gateway(path);
        let as_v3 = |rest: &str| Cow::Owned(format!("/rest/api/3/{rest}"));
        let (path, version) = if let Some(rest) = path.strip_prefix("/rest/api/2/") {
            (as_v3(rest), ApiVersion::V2)
        } else if let Some(rest) = path.strip_prefix("/rest/api/latest/") {
            (as_v3(rest), ApiVersion::V3)
        } else {
            (Cow::Borrowed(path), ApiVersion::V3)
        };
        Self { path, version }
    }
}

/// `api.atlassian.com` serves every site under `/ex/jira/{cloudId}`.
fn without_gateway(path: &str) -> &str {
    let rest = path.strip_prefix("/ex/jira/").and_then(|rest| rest.find('/').map(|at| &rest[at..]));
    rest.unwrap_or(path)
}

/// Path templates, by number of segments.
#[derive(Debug)]
pub(super) struct Routes(HashMap<usize, Vec<Template>>);

#[derive(Debug)]
struct Template {
    /// `None` stands for a parameter.
    segments: Vec<Option<String>>,
    operation: usize,
}

impl Routes {
    pub fn new(operations: &[Operation]) -> Self {
        let mut templates: HashMap<usize, Vec<Template>> = HashMap::new();
        for (operation, Operation { path, .. }) in operations.iter().enumerate() {
            let segments: Vec<_> = segments(&Target::of(path).path)
                .map(|segment| (!segment.starts_with('{')).then(|| segment.to_owned()))
                .collect();
            templates.entry(segments.len()).or_default().push(Template { segments, operation });
        }
        for templates in templates.values_mut() {
            // Literal segments win over parameters, the leftmost first.
            templates.sort_by_key(|t| t.segments.iter().map(Option::is_none).collect::<Vec<_>>());
        }
        Self(templates)
    }

    /// The operations whose template fits, the best one first.
    ///
    /// The caller chooses by method: `/filter/search` is `GET` only, and a `PUT` there means
    /// `/filter/{id}`.
    pub fn candidates(&self, target: &Target<'_>) -> impl Iterator<Item = usize> {
        let wanted: Vec<_> = segments(&target.path).map(str::to_owned).collect();
        let templates = self.0.get(&wanted.len()).into_iter().flatten();
        templates.filter(move |template| template.fits(&wanted)).map(|t| t.operation)
    }
}

impl Template {
    fn fits(&self, path: &[String]) -> bool {
        let mut pairs = self.segments.iter().zip(path);
        pairs.all(|(segment, given)| segment.as_ref().is_none_or(|literal| literal == given))
    }
}

/// Repeated slashes are routed as one (H-32).
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}
