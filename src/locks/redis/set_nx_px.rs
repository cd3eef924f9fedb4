//! SET NX PX: <https://redis.io/docs/latest/develop/use/patterns/distributed-locks/>, "Correct Implementation with a Single Instance".

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{COMPARE_AND_DELETE, Key, Millis};
use crate::cx::{CallError, Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A key with a time to live, set in one command.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetNxPx {
    key: Key,
    ttl: Millis<30_000>,
    release: Release,
    on_unknown: OnUnknown,
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
}

/// What a client does that does not know whether its `SET` was executed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OnUnknown {
    #[default]
    GivesUp,
    CompareAndDelete,
    Get,
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
            ("ttl", "the key's time to live: \"30s\""),
            (
                "release",
                "\"del\" whosever it is, or \"compare-and-delete\" in one script: \"compare-and-delete\"",
            ),
            (
                "on_unknown",
                "if it is not known whether SET was executed: \"gives-up\", \"compare-and-delete\" with the same \
                 token, or \"get\" the key, which is mine if it holds my token: \"gives-up\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// 2. Was it executed? If so the key is mine, or stands in everybody's way.
    async fn find_out(&self, cx: &Cx, token: Token, error: CallError) -> Result<bool, LockError> {
        match self.on_unknown {
            OnUnknown::GivesUp => Err(error.into()),
            OnUnknown::CompareAndDelete => {
                cx.redis(0).eval(COMPARE_AND_DELETE, &[&self.key], &[&token]).await?;
                Ok(false)
            }
            OnUnknown::Get => Ok(cx.redis(0).get(&self.key).await? == Some(token.text())),
        }
    }
}

impl Lock for SetNxPx {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SET key token NX PX ttl. The lease counts from before the request.
        let token = cx.unique_token();
        let asked_at = cx.now();
        let held = match cx.redis(0).set(&self.key, &token).nx().px(*self.ttl).await {
            Err(error) if error.outcome_unknown() => self.find_out(cx, token, error).await?,
            reply => reply?,
        };
        if !held {
            return Err(LockError::Busy);
        }
        self.token = Some(token);
        Ok(Grant { until: Some(asked_at + *self.ttl), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        let (redis, key) = (cx.redis(0), &self.key);
        let removed = match (self.release, self.token.take()) {
            // 3. Remove the key only if it still holds the token; or, wrongly, whosever it is.
            (Release::Del, _) => redis.del(key).await? == 1,
            (_, None) => return Ok(()),
            (Release::CompareAndDelete, Some(token)) => {
                redis.eval(COMPARE_AND_DELETE, &[key], &[&token]).await? == Reply::Int(1)
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
