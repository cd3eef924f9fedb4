//! portalocker's `RedisLock`: <https://github.com/wolph/portalocker>, redis.py: who is alone on a channel has the lock.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use crate::cx::{Cx, Grant, Lock, LockError, Subscription};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A subscription that others can count; it ends with its connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Presence {
    channel: Key,
    check_interval: Span<250>,
    jitter: Span<250>,
    retry: Retry,
    #[serde(skip)]
    here: Option<Subscription>,
}

impl Presence {
    /// What it is.
    pub const ABOUT: About = About {
        name: "presence",
        title: "a subscription to a channel: look who is there, come, and look again",
        source: "https://github.com/wolph/portalocker (redis.py); issue 101",
        store: Store::Redis,
        params: &[
            ("channel", "the channel: \"lock\""),
            ("check_interval", "how long a client waits that was not alone: \"250ms\""),
            ("jitter", "how much longer at most, drawn: \"250ms\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// `PUBSUB NUMSUB channel`: how many are there.
    async fn count(&self, cx: &Cx) -> Result<i64, LockError> {
        match cx.redis(0).raw(&[&"PUBSUB", &"NUMSUB", &self.channel]).await? {
            Reply::Array(pair) => match pair.get(1) {
                Some(Reply::Int(count)) => Ok(*count),
                _ => Err(LockError::Lost),
            },
            _ => Err(LockError::Lost),
        }
    }
}

impl Lock for Presence {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let mut again = cx.looping(false);
        loop {
            // A subscription of the last pass ends here, with its connection.
            cx.turn(&mut again).await;
            if *again {
                cx.wait((*self.check_interval, *self.jitter)).await;
            }
            *again = true;
            // 1. Is nobody there?
            if self.count(cx).await? > 0 {
                continue;
            }
            // 2. Come. 3. Is nobody else there? Otherwise go.
            let here = cx.redis(0).subscribe(&self.channel).await?;
            if self.count(cx).await? == 1 {
                self.here = Some(here);
                return Ok(Grant::default());
            }
        }
    }

    async fn release(&mut self, _: &Cx) -> Result<(), LockError> {
        // 4. Go.
        self.here = None;
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.channel.to_string()
    }
}
