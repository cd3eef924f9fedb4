//! SET NX PX: <https://redis.io/docs/latest/develop/use/patterns/distributed-locks/>, "Correct Implementation with a Single Instance".

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{COMPARE_AND_DELETE, Key};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A key with a time to live, set in one command.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetNxPx {
    key: Key,
    ttl: Span<100>,
    release: Release,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Release {
    Del,
    #[default]
    CompareAndDelete,
    Watch,
    GetDel,
}

impl SetNxPx {
    /// What it is.
    pub const ABOUT: About = About {
        name: "set-nx-px",
        title: "SET NX PX with a unique token, released by comparing it",
        source: "https://redis.io/docs/latest/develop/use/patterns/distributed-locks/",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "the key's time to live: \"100ms\""),
            (
                "release",
                "\"del\" whosever it is, \"compare-and-delete\" in one script, \"watch\" with MULTI and EXEC, \
                 \"get-del\" in two commands: \"compare-and-delete\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for SetNxPx {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SET key token NX PX ttl. The lease counts from before the request.
        let token = cx.unique_token();
        let asked_at = cx.now();
        if !cx.redis(0).set(&self.key, &token).nx().px(*self.ttl).await? {
            return Err(LockError::Busy);
        }
        self.token = Some(token);
        Ok(Grant { until: Some(asked_at + *self.ttl), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        let (redis, key) = (cx.redis(0), &self.key);
        // 2. Remove the key only if it still holds the token...
        let removed = match (self.release, self.token.take()) {
            // ... or, wrongly, whosever it is and whether it ever was mine.
            (Release::Del, _) => redis.del(key).await? == 1,
            (_, None) => return Ok(()),
            (Release::CompareAndDelete, Some(token)) => {
                redis.eval(COMPARE_AND_DELETE, &[key], &[&token]).await? == Reply::Int(1)
            }
            (Release::Watch, Some(token)) => {
                redis.watch(key).await?;
                if redis.get(key).await? != Some(token.text()) {
                    redis.unwatch().await?;
                    return Err(LockError::Lost);
                }
                redis.multi().await?;
                redis.del(key).await?;
                redis.exec().await?.is_some()
            }
            // ... or, wrongly, with a gap between the look and the deed.
            (Release::GetDel, Some(token)) => {
                redis.get(key).await? == Some(token.text()) && redis.del(key).await? == 1
            }
        };
        if removed { Ok(()) } else { Err(LockError::Lost) }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
