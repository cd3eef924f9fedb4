//! SETNX for ever: the first pattern of <https://redis.io/docs/latest/commands/setnx/>.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::Key;
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// A key without a time to live.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetNx {
    key: Key,
    retry: Retry,
}

impl SetNx {
    /// What it is.
    pub const ABOUT: About = About {
        name: "setnx",
        title: "SETNX, no time to live: whoever crashes leaves the lock behind for ever",
        source: "https://redis.io/docs/latest/commands/setnx/ (first pattern)",
        store: Store::Redis,
        params: &[Key::ABOUT, Retry::ABOUT],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for SetNx {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SETNX: 1 is held, 0 is somebody else's.
        if !cx.redis(0).setnx(&self.key, &1_i64).await? {
            return Err(LockError::Busy);
        }
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 2. DEL, whosever it is.
        cx.redis(0).del(&self.key).await?;
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
