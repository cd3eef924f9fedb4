//! Curator's `LeaderSelector`: <https://github.com/apache/curator>, `LeaderSelector.java`.

use serde::Deserialize;

use super::super::{About, Retry, Store, lost};
use super::Directory;
use super::curator::Curator;
use super::listener::{Heeds, Policy};
use super::reentrant::Reentrant;
use crate::cx::{Cx, Grant, Lock, LockError};

/// A mutex that is held while `takeLeadership` runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeaderSelector {
    directory: Directory,
    listener: Listener,
    policy: Policy,
    requeue: Requeue,
    retry: Retry,
    #[serde(skip)]
    mutex: Option<Curator>,
    /// Its leadership was cancelled, and nothing puts it in line again.
    #[serde(skip)]
    is_out: bool,
}

/// What the application does with changes of the connection's state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Listener {
    /// `LeaderSelectorListenerAdapter`: it throws `CancelLeadershipException`, which interrupts `takeLeadership`.
    #[default]
    Adapter,
    /// A listener of its own, whose `stateChanged` does nothing.
    DoesNothing,
}

/// Whether a leader whose leadership has ended is in line again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Requeue {
    /// `autoRequeue()`: always.
    #[default]
    Auto,
    /// Only if the application calls `requeue()`, which it does not after a leadership that was cancelled.
    ByHand,
}

impl LeaderSelector {
    /// What it is.
    pub const ABOUT: About = About {
        name: "leader-selector",
        title: "Curator's LeaderSelector: a mutex that is held while takeLeadership runs",
        source: "apache/curator LeaderSelector.java, LeaderSelectorListenerAdapter.java",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            (
                "listener",
                "work that stops at-validity is interrupted by the \"adapter\", or the application's \"does-nothing\": \
                 \"adapter\"",
            ),
            Policy::ABOUT,
            (
                "requeue",
                "\"auto\", or \"by-hand\", which nobody does after a leadership that was cancelled: \"auto\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    fn heeds(&self) -> Heeds {
        match self.listener {
            Listener::Adapter => self.policy.heeds(),
            Listener::DoesNothing => Heeds::Nothing,
        }
    }
}

impl Lock for LeaderSelector {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        if self.is_out {
            return Err(LockError::Lost);
        }
        // 1. doWork(): mutex.acquire().
        let mut mutex = Curator::inside(self.directory.clone(), Reentrant::default());
        mutex.acquire(cx).await?;
        self.mutex = Some(mutex);
        // 2. takeLeadership(), in a task that the listener interrupts.
        self.heeds().start(cx);
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        self.heeds().stop(cx);
        let cancelled = lost(cx, cx.surroundings().thread).get();
        self.is_out = cancelled && self.requeue == Requeue::ByHand;
        // 3. However that ended: mutex.release(). 4. autoRequeue: in line again.
        match self.mutex.take() {
            Some(mut mutex) => mutex.release(cx).await,
            None => Ok(()),
        }
    }

    in_its_directory!(curator);
}
