//! Logins that fail again and again: after some the account has to log in by a browser, where a person is told from a
//! program.

use crate::{
    db::{By, Db, logins},
    domain::{failure::Result, site::Site},
};
use chrono::Utc;

/// Takes note of a login, if the site makes something of failed ones. Whether it is refused, even if it is a good one.
pub async fn is_challenged(db: &Db, site: &Site, account_id: &str, good: bool) -> Result<bool> {
    let Some(most) = site.settings.captcha_after else { return Ok(false) };
    let failed = logins::failed(&mut db.read(site.id).await?, account_id).await?;
    if i64::from(failed) >= i64::from(most) {
        return Ok(true);
    }
    match (good, failed) {
        (true, 0) => {}
        (true, _) => forget(db, site, account_id).await?,
        (false, _) => {
            let mut work = db.begin(site.id, by(site)).await?;
            logins::fail(&mut work, account_id).await?;
            work.commit_unrecorded().await?;
        }
    }
    Ok(false)
}

/// A login that ends a row of failed ones.
pub async fn forget(db: &Db, site: &Site, account_id: &str) -> Result<()> {
    let mut work = db.begin(site.id, by(site)).await?;
    logins::forget(&mut work, account_id).await?;
    Ok(work.commit_unrecorded().await?)
}

fn by(site: &Site) -> By {
    By { at: site.clock.at(Utc::now()), ..By::default() }
}
