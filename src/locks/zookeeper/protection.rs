//! Nodes that their creator finds again: recipes page, "Recoverable Errors and the GUID"; Curator's `ProtectedMode`.

use std::rc::Rc;

use serde::Deserialize;

use super::{Directory, NO_NODE, NODE_EXISTS, delete_surely, find_in, is_recoverable, name_of};
use crate::cx::{CallError, Cx};
use crate::store::zookeeper::CreateMode;

/// How a node that is found again is taken for one's own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Protection {
    /// By the name alone, also if it belongs to a session that is over or will be soon.
    ByName,
    /// If it belongs to the present session; else it is deleted (`ProtectedMode.validateFoundNode`).
    #[default]
    BySession,
}

impl Protection {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "protection",
        "a node found again after a lost reply is one's own \"by-name\", or only \"by-session\" too: \"by-session\"",
    );
}

/// Whether the lowest node counts as the lock only if it belongs to the present session.
///
/// That of an earlier session goes when that session ends, and nobody tells this one (CURATOR-696).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Owner {
    /// It counts in any case.
    Unchecked,
    /// It counts if it does.
    #[default]
    Checked,
}

impl Owner {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "owner",
        "the lowest node is the lock: \"checked\" to belong to the present session, or \"unchecked\": \"checked\"",
    );

    /// Whether one's own node at `path` counts.
    pub(super) async fn counts(self, cx: &Cx, path: &str) -> Result<bool, CallError> {
        match self {
            Self::Unchecked => Ok(true),
            Self::Checked => {
                let owner = cx.zk().owner(path).await;
                Ok(owner? == cx.zk().session_id())
            }
        }
    }
}

/// Creates a node with an id between `before` and `after`; its name.
///
/// After a recoverable error it first looks for a node with the id, until a server has answered.
pub(super) async fn create_protected(
    cx: &Cx,
    directory: &Directory,
    modes: (CreateMode, CreateMode),
    name: (&str, &str),
    protection: Protection,
) -> Result<Rc<str>, CallError> {
    create(cx, directory, modes, name, protection, false).await
}

/// The same `inBackground`, where the operation is queued anew when the directory is there: it looks then, too.
pub(super) async fn create_protected_in_background(
    cx: &Cx,
    directory: &Directory,
    modes: (CreateMode, CreateMode),
    name: (&str, &str),
    protection: Protection,
) -> Result<Rc<str>, CallError> {
    create(cx, directory, modes, name, protection, true).await
}

async fn create(
    cx: &Cx,
    directory: &Directory,
    (parent, mode): (CreateMode, CreateMode),
    (before, after): (&str, &str),
    protection: Protection,
    in_background: bool,
) -> Result<Rc<str>, CallError> {
    let mut at = cx.looping((cx.unique_token(), false));
    loop {
        cx.turn(&mut at).await;
        let prefix = format!("{before}{}{after}", at.0);
        if at.1 {
            let found = match find_in(cx, directory, &prefix).await {
                Err(error) if is_recoverable(&error) => continue,
                found => found?,
            };
            let owned = match &found {
                Some(node) if protection == Protection::BySession => {
                    let owner = cx.zk().owner(&directory.child(node)).await;
                    owner.map(|owner| owner == cx.zk().session_id())
                }
                _ => Ok(true),
            };
            match (found, owned) {
                (Some(node), Ok(true)) => return Ok(node),
                (Some(node), Ok(false)) => {
                    delete_surely(cx, &directory.child(&node)).await?;
                    *at = (cx.unique_token(), false);
                    continue;
                }
                (None, _) | (_, Err(NO_NODE)) => {}
                (_, Err(error)) if is_recoverable(&error) => continue,
                (_, Err(error)) => return Err(error),
            }
        }
        at.1 = true;
        let path = directory.child(&prefix);
        let mut created = cx.zk().create(&path, mode).await;
        // `creatingParentsIfNeeded`
        if created == Err(NO_NODE) {
            created = match mkdirs(cx, directory, parent).await {
                Ok(()) if in_background => continue,
                Ok(()) => cx.zk().create(&path, mode).await,
                Err(error) => Err(error),
            };
        }
        match created {
            Err(error) if is_recoverable(&error) => {}
            created => return Ok(name_of(&created?).into()),
        }
    }
}

/// `ZKPaths.mkdirs`: creates what is missing of the path.
async fn mkdirs(cx: &Cx, directory: &Directory, parent: CreateMode) -> Result<(), CallError> {
    let ends = directory.match_indices('/').map(|(at, _)| at).skip(1).chain([directory.len()]);
    for end in ends {
        let level = &directory[..end];
        if cx.zk().exists(level).await? {
            continue;
        }
        match cx.zk().create(level, parent).await {
            Ok(_) | Err(NODE_EXISTS) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
