//! What a waiter in line watches.

use serde::Deserialize;

use super::{Directory, NO_NODE};
use crate::cx::{CallError, Cx, Session, WatchId};
use crate::store::zookeeper::Children;

/// What a waiter in line watches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Watching {
    /// The node before its own, with `exists`, which leaves a watch on a node that is gone as well (fact 5).
    #[default]
    Predecessor,
    /// The node before its own, with `getData`.
    PredecessorData,
    /// All children of the directory.
    All,
    /// All children, listed again with a watch by who is not the first of those that it has listed.
    AllListedAgain,
    /// Its own node.
    Own,
}

impl Watching {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "watch",
        "the \"predecessor\" with `exists`, \"predecessor-data\" with `getData`, its \"own\" node, or \"all\" children, \
         which wakes a herd, if need be \"all-listed-again\": \"predecessor\"",
    );

    /// The children, and the watch on all of them if that is what is watched.
    pub(super) async fn list(
        self,
        cx: &Cx,
        directory: &Directory,
    ) -> Result<(Children, Option<WatchId>), CallError> {
        if self == Self::All {
            let (children, watch) = cx.zk().children_watch(directory).await?;
            return Ok((children, Some(watch)));
        }
        Ok((cx.zk().children(directory).await?, None))
    }

    /// The watch to wait for, if there is something to wait for; `all` is that of [`list`](Self::list). Whoever waits for
    /// `missing` nodes waits for a predecessor that is gone.
    pub(super) async fn look(
        self,
        cx: &Cx,
        directory: &Directory,
        (before, me): (&str, &str),
        all: Option<WatchId>,
        missing: bool,
    ) -> Result<Option<WatchId>, CallError> {
        let node = directory.child(if self == Self::Own { me } else { before });
        match self {
            Self::All => Ok(all),
            Self::AllListedAgain => {
                let (children, watch) = cx.zk().children_watch(directory).await?;
                Ok(Some(watch).filter(|_| missing || children.contains(before)))
            }
            Self::Predecessor | Self::Own => {
                let (exists, watch) = cx.zk().exists_watch(&node).await?;
                Ok(Some(watch).filter(|_| exists || missing))
            }
            Self::PredecessorData => match cx.zk().data_watch(&node).await {
                Ok((_, watch)) => Ok(Some(watch)),
                // It leaves no watch on a node that is gone.
                Err(NO_NODE) if missing => std::future::pending().await,
                Err(NO_NODE) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}

/// Waits until the watch fires. Whoever `ignores_session` takes the end of its session for no event, and sleeps on.
pub(super) async fn woken(cx: &Cx, watch: WatchId, ignores_session: bool) {
    cx.zk().fired(watch).await;
    if ignores_session && cx.zk().session() == Session::Expired {
        // The watch was of that session.
        std::future::pending::<()>().await;
    }
}
