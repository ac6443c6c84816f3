//! Route tables: which handler serves which published operation.

use super::server::Server;
use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, on},
};
use std::{collections::HashSet, sync::Arc};

/// Collects handlers by method and path, as the official documents write them (version 3 for the platform).
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<Arc<Server>>,
    served: HashSet<(Method, String)>,
}

macro_rules! method {
    ($name:ident, $method:ident) => {
        /// Serves a path with this method.
        pub fn $name<T: 'static>(self, path: &str, handler: impl Handler<T, Arc<Server>>) -> Self {
            self.serve(Method::$method, MethodFilter::$method, path, handler)
        }
    };
}

impl Routes {
    method!(get, GET);
    method!(post, POST);
    method!(put, PUT);
    method!(delete, DELETE);

    fn serve<T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &str,
        handler: impl Handler<T, Arc<Server>>,
    ) -> Self {
        self.router = self.router.route(&unnamed(path), on(filter, handler));
        self.served.insert((method, path.to_owned()));
        self
    }

    /// All routes of another table as well.
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.served.extend(other.served);
        self
    }

    /// Whether an operation has a handler.
    pub fn serves(&self, method: &Method, path: &str) -> bool {
        self.served.contains(&(method.clone(), path.to_owned()))
    }

    /// Every (method, path) that has a handler.
    pub fn served(&self) -> impl Iterator<Item = &(Method, String)> {
        self.served.iter()
    }

    /// For dispatching requests.
    pub fn into_router(self) -> Router<Arc<Server>> {
        self.router
    }
}

/// The documents name some parameters differently at the same place (`/field/{id}`, `/field/{fieldId}/…`),
/// which a router can't tell apart: parameters go by their position.
pub fn unnamed(path: &str) -> String {
    let mut place = 0;
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            place += 1;
            format!("{{p{place}}}")
        } else {
            segment.to_owned()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}
