//! What a handler knows of the request it answers.

use super::{
    error::Refusal,
    gate::caller::{Who, identify},
    params::Params,
    views::Links,
};
use crate::{
    app::Context,
    db::sites::SiteAddress,
    domain::{
        failure::{Failure, Result},
        issue::values::TextFormat,
        people::Caller,
    },
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, request::Parts},
};
use chrono::Utc;
use std::{ops::Deref, sync::Arc};

/// Which version of the platform API was called. The same code serves both (J-94).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Rich text is wiki markup.
    V2,
    /// Rich text is Atlassian Document Format; `latest` too.
    V3,
}

impl Version {
    /// How rich text stands in requests and answers.
    pub fn text(self) -> TextFormat {
        match self {
            Self::V2 => TextFormat::Wiki,
            Self::V3 => TextFormat::Document,
        }
    }
}

/// A request as the gate let it in. Handlers take it as an argument; it is also the use cases' [`Context`].
#[derive(Clone, Debug)]
pub struct Call {
    /// Site, caller, time.
    pub context: Context,
    /// 2 or 3.
    pub version: Version,
    /// The address that was called, for links (T-9).
    pub links: Links,
    /// The query string.
    pub params: Arc<Params>,
    /// The server, for what is beyond the site.
    pub server: Arc<super::server::Server>,
    /// Whether the snapshot was asked for anew while the request ran: see [`Call::fresher`].
    pub(super) fresh: bool,
    /// How the site was called, for [`Call::fresher`].
    pub(super) address: SiteAddress,
    /// The credentials, for the same.
    pub(super) authorization: Option<HeaderValue>,
}

impl Deref for Call {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.context
    }
}

impl Call {
    /// For operations that run against what the server remembers of the site, without asking first
    /// whether that is current: the call with a newer snapshot to run again with, or the failure
    /// itself if there is none newer. So the busiest reads need no round trip to be coherent.
    ///
    /// Once is enough: the newer snapshot has all that was answered before the request came, and who waited for a
    /// site to rest would wait for as long as others change it.
    pub async fn fresher(mut self, failure: Failure) -> Result<Self> {
        if self.fresh {
            return Err(failure);
        }
        // By the address again: another server may have deleted the site, and made one of that name anew.
        let fresh = self.server.sites.current(&self.address).await?.ok_or(Failure::Stale)?;
        if (fresh.site.id, fresh.site.version) == (self.site.site.id, self.site.site.version) {
            return Err(failure);
        }
        // Credentials too may be good or not only since then.
        self.context.caller = match identify(&self.server, &fresh, &self.address, self.authorization.as_ref()) {
            Who::Known(caller) => caller,
            Who::Nobody | Who::Refused => Caller::default(),
        };
        self.context.now = fresh.site.clock.at(Utc::now());
        self.context.site = fresh;
        self.fresh = true;
        Ok(self)
    }

    /// Refuses data of a version of the site that the call's snapshot does not belong with; none is that of a site
    /// that was deleted.
    pub fn accept(&self, version: Option<i64>) -> Result<()> {
        match version {
            Some(version) if self.fresh || version == self.site.site.version => Ok(()),
            _ => Err(Failure::Stale),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let call = parts.extensions.get::<Call>().cloned();
        call.ok_or_else(|| Failure::Internal(anyhow::anyhow!("a request came past the gate")).into())
    }
}

impl Call {
    /// Takes what a body asks to be expanded.
    pub fn expand(&mut self, names: &[String]) {
        if !names.is_empty() {
            self.params = Arc::new(self.params.with("expand", &names.join(",")));
        }
    }
}
