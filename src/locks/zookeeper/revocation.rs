//! Asking a holder for its lock: recipes page, "Revocable Shared Locks with Freaking Laser Beams"; Curator's `Revoker`.

use serde::Deserialize;

use super::super::lost;
use super::{Directory, NO_NODE};
use crate::cx::{CallError, Cx, Task, TaskId, WatchId};
use crate::store::zookeeper::Children;

/// What Curator's `Revoker` writes into the node of a holder.
pub(super) const REVOKE_MESSAGE: &str = "__REVOKE__";

/// The number of the first thread's listener; the next thread's is the next.
const LISTENER: TaskId = 48;

/// Whether holders can be asked for the lock, and who asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Revocation {
    /// Nobody asks.
    #[default]
    Off,
    /// The holder listens.
    Heeded,
    /// It listens, and whoever waits asks the holder.
    Asked,
    /// It listens, and whoever waits deletes the holder's node ("Freaking Laser Beams").
    Deleted,
}

impl Revocation {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "revocation",
        "\"off\", \"heeded\" by a holder whose work stops at-validity, and \"asked\" for by whoever waits, or the holder's \
         node is \"deleted\" by them: \"off\"",
    );

    /// Leaves a watch on the data of one's own node, if the holder listens.
    pub(super) async fn watch(self, cx: &Cx, node: &str) -> Result<Option<WatchId>, CallError> {
        match self {
            Self::Off => Ok(None),
            _ => Ok(Some(cx.zk().data_watch(node).await?.1)),
        }
    }

    /// Listens on that watch, or looks first, for the thread that has the lock now.
    pub(super) fn listen(
        self,
        cx: &Cx,
        watch: Option<WatchId>,
        (node, text): (String, &'static str),
    ) {
        let thread = cx.surroundings().thread;
        if self != Self::Off {
            lost(cx, thread).set(false);
            cx.spawn(LISTENER + thread, Listen { watch, node, text, thread });
        }
    }

    /// Listens no more.
    pub(super) fn stop(self, cx: &Cx) {
        if self != Self::Off {
            cx.interrupt(LISTENER + cx.surroundings().thread);
        }
    }

    /// Asks the holder, the first of `children`, for the lock, or takes it.
    pub(super) async fn ask(
        self,
        cx: &Cx,
        directory: &Directory,
        children: &Children,
        text: &str,
    ) -> Result<(), CallError> {
        let Some(holder) = children.first() else { return Ok(()) };
        let holder = directory.child(holder);
        let asked = match self {
            Self::Off | Self::Heeded => return Ok(()),
            Self::Asked => cx.zk().set_data(&holder, text.as_bytes()).await,
            Self::Deleted => cx.zk().delete(&holder).await,
        };
        if asked == Err(NO_NODE) { Ok(()) } else { asked }
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Listen {
    watch: Option<WatchId>,
    node: String,
    text: &'static str,
    thread: TaskId,
}

impl Task for Listen {
    async fn run(self, cx: &Cx) {
        let mut watch = cx.looping(self.watch);
        loop {
            cx.turn(&mut watch).await;
            if let Some(watch) = *watch {
                cx.zk().fired(watch).await;
            }
            // The watch is gone with its event: look again, and leave another one.
            match cx.zk().data_watch(&self.node).await {
                Ok((Some(data), _)) if &*data == self.text.as_bytes() => break,
                Ok((_, again)) => *watch = Some(again),
                Err(NO_NODE) => break,
                Err(_) => return,
            }
        }
        lost(cx, self.thread).set(true);
    }
}
