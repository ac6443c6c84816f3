//! Which site a request is for: by host name, by the prefix `/_site/<name>`, or on the gateway path.

use crate::{
    db::sites::SiteAddress,
    http::{call::Version, server::Server},
};
use axum::http::{HeaderMap, Uri, header};
use uuid::Uuid;

/// How the request addressed a site.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) site: SiteAddress,
    /// For links, without a slash at the end.
    pub(super) base: String,
    /// Path below the site, runs of slashes collapsed (H-32).
    pub(super) path: String,
    /// The whole path on the gateway, whose unknown sites have an answer of their own.
    pub(super) gateway: Option<String>,
}

impl Address {
    /// Reads host, prefix or gateway path.
    pub(super) fn read(server: &Server, uri: &Uri, headers: &HeaderMap) -> Self {
        let options = &server.options;
        let host =
            headers.get(header::HOST).and_then(|host| host.to_str().ok()).or(uri.authority().map(|a| a.as_str()));
        let host = host.unwrap_or("localhost");
        let scheme = if options.tls { "https" } else { "http" };
        let called = options
            .base_url
            .as_deref()
            .map_or_else(|| format!("{scheme}://{host}"), |url| url.trim_end_matches('/').to_owned());
        let path = collapse(uri.path());
        let name = host_site(host, options.base_url.as_deref()).unwrap_or_else(|| options.default_site.clone());
        let plain = |base, path, site| Self { site, base, path, gateway: None };
        if let Some((cloud, rest)) =
            path.strip_prefix("/ex/jira/").map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        {
            return Self {
                site: SiteAddress::CloudId(Uuid::try_parse(cloud).unwrap_or_default()),
                base: format!("{called}/ex/jira/{cloud}"),
                path: format!("/{rest}"),
                gateway: Some(path),
            };
        }
        if let Some((name, rest)) = path.strip_prefix("/_site/").map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        {
            return plain(format!("{called}/_site/{name}"), format!("/{rest}"), SiteAddress::Name(name.to_owned()));
        }
        // A host name of a site other than the advertised one keeps its own address in links.
        let base = match (&options.base_url, name == options.default_site) {
            (Some(_), false) => format!("{scheme}://{host}"),
            _ => called,
        };
        plain(base, path, SiteAddress::Name(name))
    }
}

/// The site that a host name stands for: the first label before `localhost`, the advertised host,
/// or Atlassian's own domain. Any other host is the plain address.
fn host_site(host: &str, base_url: Option<&str>) -> Option<String> {
    let host = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    let advertised = base_url.and_then(|url| url.parse::<Uri>().ok()).and_then(|uri| uri.host().map(str::to_owned));
    let parents = ["localhost", "atlassian.net"].into_iter().map(str::to_owned).chain(advertised);
    let host = host.to_ascii_lowercase();
    parents
        .filter_map(|parent| host.strip_suffix(&format!(".{parent}")).map(str::to_owned))
        .find(|name| !name.contains('.'))
}

fn collapse(path: &str) -> String {
    let mut collapsed = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !collapsed.ends_with('/') {
            collapsed.push(character);
        }
    }
    collapsed
}

/// The path with version 3 in it, and the version that was called (H-34).
pub(super) fn api_version(path: &str) -> (String, Version) {
    for (prefix, version) in [("/rest/api/2/", Version::V2), ("/rest/api/latest/", Version::V3)] {
        if let Some(rest) = path.strip_prefix(prefix) {
            return (format!("/rest/api/3/{rest}"), version);
        }
    }
    (path.to_owned(), Version::V3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sites_from_host_names() {
        let base = Some("https://jira.example.com");
        for (host, site) in [
            ("acme.localhost:8080", Some("acme")),
            ("ACME.localhost", Some("acme")),
            ("acme.atlassian.net", Some("acme")),
            ("acme.jira.example.com", Some("acme")),
            ("jira.example.com", None),
            ("localhost:8080", None),
            ("127.0.0.1:8080", None),
            ("[::1]:8080", None),
            ("mock-jira:8080", None),
            ("a.b.localhost", None),
        ] {
            assert_eq!(host_site(host, base).as_deref(), site, "{host}");
        }
    }

    #[test]
    fn collapses_slashes_and_reads_versions() {
        assert_eq!(collapse("//rest///api/3/field/"), "/rest/api/3/field/");
        assert_eq!(api_version("/rest/api/latest/field"), ("/rest/api/3/field".into(), Version::V3));
        assert_eq!(api_version("/rest/api/2/field"), ("/rest/api/3/field".into(), Version::V2));
    }
}
