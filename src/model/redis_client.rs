//! `client` of a Redis store: how its client library is set up.

use super::fields;
use crate::client::redis::Settings;
use crate::json::{Problem, Section, some_time};

/// The most retries: more than any library has by default.
const MOST_RETRIES: u8 = 10;

/// Reads `{"timeout": "3s", "retries": 1, "retry_after": "1500ms", "resubscribes": true, "reconnect_after": "100ms", "scripts": "as-written"}`.
pub(super) fn settings(section: Option<Section<'_>>) -> Result<Settings, Box<Problem>> {
    let Some(section) = section else { return Ok(Settings::default()) };
    let fields = section.fields(&fields::names("store.redis.client"))?;
    let span = |name| fields.get(name).map(|field| some_time(&field)).transpose();
    let otherwise = Settings::default();
    let retries: Option<u8> = fields.optional("retries")?;
    if let Some(field) = fields.get("retries")
        && retries > Some(MOST_RETRIES)
    {
        return Err(field.error(format!("too many retries: the most is {MOST_RETRIES}")));
    }
    Ok(Settings {
        timeout: span("timeout")?,
        retries: retries.unwrap_or(otherwise.retries),
        retry_after: span("retry_after")?.unwrap_or(otherwise.retry_after),
        scripts: fields.optional("scripts")?.unwrap_or(otherwise.scripts),
        resubscribes: fields.optional("resubscribes")?.unwrap_or(otherwise.resubscribes),
        reconnect_after: span("reconnect_after")?.unwrap_or(otherwise.reconnect_after),
    })
}
