//! Which sites there are, and what the server keeps in memory about them.

use crate::{
    db::{Db, metadata, sites::SiteAddress},
    domain::{failure::Result, snapshot::Snapshot},
};
use std::{
    collections::HashMap,
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The server's memory of sites. Snapshots are immutable; one is replaced when the version of its
/// site in the database has moved on, so that two servers on one database never disagree.
#[derive(Debug)]
pub struct Sites {
    db: Db,
    addresses: RwLock<HashMap<SiteAddress, i32>>,
    snapshots: RwLock<HashMap<i32, Arc<Snapshot>>>,
}

impl Sites {
    /// Remembers nothing yet.
    pub fn new(db: Db) -> Self {
        Self { db, addresses: RwLock::default(), snapshots: RwLock::default() }
    }

    /// The site's snapshot as of now: one round trip if it has not changed.
    pub async fn current(&self, address: &SiteAddress) -> Result<Option<Arc<Snapshot>>> {
        // A second look only if the site was deleted, and perhaps made again, by another server.
        for _ in 0..2 {
            let Some(site_id) = self.find(address).await? else { return Ok(None) };
            if let Some(snapshot) = self.refresh(site_id).await? {
                return Ok(Some(snapshot));
            }
            self.forget(site_id);
        }
        Ok(None)
    }

    /// The site's snapshot as remembered, without asking the database if there is one.
    /// Who uses it compares the version with what its own statement returns.
    pub async fn remembered(&self, address: &SiteAddress) -> Result<Option<Arc<Snapshot>>> {
        let known = read(&self.addresses).get(address).copied();
        match known.and_then(|site_id| read(&self.snapshots).get(&site_id).cloned()) {
            Some(snapshot) => Ok(Some(snapshot)),
            None => self.current(address).await,
        }
    }

    /// The snapshot of a site, brought up to date; `None` if the site is gone.
    pub async fn refresh(&self, site_id: i32) -> Result<Option<Arc<Snapshot>>> {
        let mut db = self.db.read(site_id).await?;
        let version = db.version().await?;
        let remembered = read(&self.snapshots).get(&site_id).cloned();
        match (remembered, version) {
            (Some(snapshot), Some(version)) if snapshot.site.version == version => Ok(Some(snapshot)),
            (_, None) => Ok(None),
            _ => {
                drop(db);
                let mut work = self.db.begin_snapshot(site_id).await?;
                let loaded = metadata::load(&mut work).await?.map(Arc::new);
                work.commit_unrecorded().await?;
                if let Some(snapshot) = &loaded {
                    write(&self.snapshots).insert(site_id, snapshot.clone());
                }
                Ok(loaded)
            }
        }
    }

    /// Forgets a site that was deleted.
    pub fn forget(&self, site_id: i32) {
        write(&self.snapshots).remove(&site_id);
        write(&self.addresses).retain(|_, id| *id != site_id);
    }

    async fn find(&self, address: &SiteAddress) -> Result<Option<i32>> {
        if let Some(site_id) = read(&self.addresses).get(address) {
            return Ok(Some(*site_id));
        }
        let found = self.db.find_site(address).await?;
        if let Some(site_id) = found {
            write(&self.addresses).insert(address.clone(), site_id);
        }
        Ok(found)
    }
}

// A panic while one of these was held leaves nothing half-done: each holds a map for one operation.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}
