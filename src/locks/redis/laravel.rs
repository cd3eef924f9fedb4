//! Laravel's `RedisLock`: <https://github.com/laravel/framework/blob/8.x/src/Illuminate/Cache/RedisLock.php>.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{COMPARE_AND_DELETE, Key, Seconds};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// A key with the owner's name, made once for each lock object, and a time to live in whole seconds.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Laravel {
    key: Key,
    seconds: Seconds<10_000>,
    release: Release,
    retry: Retry,
    #[serde(skip)]
    owner: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Release {
    #[default]
    Release,
    ForceRelease,
}

impl Laravel {
    /// What it is.
    pub const ABOUT: About = About {
        name: "laravel",
        title: "Laravel's RedisLock: SET EX NX with the owner, released by comparing it",
        source: "laravel/framework 8.x, Illuminate/Cache/RedisLock.php, LuaScripts.php",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("seconds", "the key's time to live, sent in whole seconds, 0 for none: \"10s\""),
            (
                "release",
                "`release` compares the owner, `forceRelease` (\"force-release\") deletes whosever it is: \"release\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for Laravel {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SET key owner EX seconds NX, or SETNX without a time to live; whoever blocks tries again with the same owner.
        let owner = *self.owner.get_or_insert_with(|| cx.unique_token());
        let asked_at = cx.now();
        if *self.seconds == Micros::ZERO {
            let held = cx.redis(0).setnx(&self.key, &owner).await?;
            return if held { Ok(Grant::default()) } else { Err(LockError::Busy) };
        }
        if !cx.redis(0).set(&self.key, &owner).ex(*self.seconds).nx().await? {
            return Err(LockError::Busy);
        }
        Ok(Grant { until: Some(asked_at + *self.seconds), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 2. DEL, if the owner is still there. The next lock is another object with another owner.
        let Some(owner) = self.owner.take() else { return Ok(()) };
        match self.release {
            Release::Release => {
                cx.redis(0).eval(COMPARE_AND_DELETE, &[&self.key], &[&owner]).await?;
            }
            Release::ForceRelease => {
                cx.redis(0).del(&self.key).await?;
            }
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
