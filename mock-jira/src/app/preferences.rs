//! What the caller has chosen: preferences, and among them language and time zone.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
        people::{DEFAULT_LOCALE, LOCALES, locale},
    },
};
use chrono_tz::Tz;

/// Preferences that are the account's own language and time zone.
const LOCALE: &str = "jira.user.locale";
const TIME_ZONE: &str = "jira.user.timezone";

/// Longest key and longest value of a preference.
const PREFERENCE: usize = 255;

/// What Jira's own preferences are until they are set.
const DEFAULTS: [(&str, &str); 3] = [
    ("user.notifications.mimetype", "html"),
    ("user.default.share.private", "true"),
    ("user.keyboard.shortcuts.disabled", "false"),
];

/// The value of the caller's preference.
pub async fn get(context: &Context, key: Option<&str>) -> Result<String> {
    let account_id = context.account_id()?;
    let key = key.ok_or_else(|| missing(""))?;
    if let Some(value) = db::preferences::find(&mut context.read().await?, account_id, key).await? {
        return Ok(value);
    }
    let chosen = chosen(context, key);
    let default = || DEFAULTS.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
    chosen.or_else(default).ok_or_else(|| missing(key))
}

/// The caller's language, if it is a chosen one.
pub async fn chosen_locale(context: &Context) -> Result<Option<String>> {
    let Some(account_id) = context.caller.account_id() else { return Ok(None) };
    let stored = db::preferences::find(&mut context.read().await?, account_id, LOCALE).await?;
    Ok(stored.or_else(|| chosen(context, LOCALE)))
}

/// The language or time zone of a caller who never set it here, as far as it differs from the site's.
fn chosen(context: &Context, key: &str) -> Option<String> {
    let account = context.caller.account.as_deref()?;
    match key {
        LOCALE => Some(account.locale.clone()).filter(|locale| locale != DEFAULT_LOCALE),
        TIME_ZONE => Some(account.time_zone.name().to_owned()).filter(|_| account.time_zone != Tz::Etc__UTC),
        _ => None,
    }
}

/// Sets the caller's preference.
pub async fn set(context: &Context, key: Option<&str>, value: &str) -> Result<()> {
    let account_id = context.account_id()?;
    let fits = |text: &&str| (1..=PREFERENCE).contains(&text.chars().count());
    let key = key.filter(fits).ok_or_else(|| missing(key.unwrap_or_default()))?;
    let invalid = || Failure::not_found(format!("The value of the preference '{key}' is not valid."));
    let value = Some(value).filter(fits).ok_or_else(invalid)?;
    let mut work = context.begin().await?;
    let value = match key {
        LOCALE => {
            let locale = locale(value).ok_or_else(invalid)?;
            db::users::localize(&mut work, account_id, None, Some(locale)).await?;
            locale
        }
        TIME_ZONE => {
            let zone = value.parse::<Tz>().map_err(|_| invalid())?.name();
            db::users::localize(&mut work, account_id, Some(zone), None).await?;
            zone
        }
        _ => value,
    };
    let before = db::preferences::find(&mut work, account_id, key).await?;
    db::preferences::put(&mut work, account_id, key, value).await?;
    let record = Record::new("Preference set", Area::Everyday, context.user_thing(account_id));
    Ok(work.commit(record.change(key, before.as_deref(), Some(value))).await?)
}

/// Removes the caller's preference: the default holds again.
pub async fn remove(context: &Context, key: Option<&str>) -> Result<()> {
    let account_id = context.account_id()?;
    let key = key.ok_or_else(|| missing(""))?;
    let mut work = context.begin().await?;
    let stored = db::preferences::delete(&mut work, account_id, key).await?;
    if !stored && chosen(context, key).is_none() {
        return Err(missing(key));
    }
    match key {
        LOCALE => db::users::localize(&mut work, account_id, None, Some(DEFAULT_LOCALE)).await?,
        TIME_ZONE => db::users::localize(&mut work, account_id, Some(Tz::Etc__UTC.name()), None).await?,
        _ => {}
    }
    let record = Record::new("Preference deleted", Area::Everyday, context.user_thing(account_id));
    Ok(work.commit(record.with(Thing::new("PREFERENCE", key, key))).await?)
}

/// Sets the caller's language; without one, the site's holds again.
pub async fn set_locale(context: &Context, name: Option<&str>) -> Result<()> {
    let Some(name) = name else {
        return match remove(context, Some(LOCALE)).await {
            Err(Failure::NotFound(_)) => Ok(()),
            done => done,
        };
    };
    let locale = locale(name).ok_or_else(|| {
        Failure::invalid_field("locale", format!("The locale '{name}' is not one of {}.", LOCALES.join(", ")))
    })?;
    set(context, Some(LOCALE), locale).await
}

fn missing(key: &str) -> Failure {
    Failure::not_found(format!("The preference '{key}' does not exist."))
}
