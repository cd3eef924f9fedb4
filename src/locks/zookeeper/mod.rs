//! Recipes for ZooKeeper.

/// What a recipe with a `directory` and a `retry` says of them; in most the directory holds a `queue`.
macro_rules! in_its_directory {
    (queue) => {
        stands_in_a_queue!();
        in_its_directory!();
    };
    (curator) => {
        cleans_up!();
        in_its_directory!(queue);
    };
    () => {
        fn retry(&self) -> (crate::time::Micros, crate::time::Micros) {
            self.retry.span()
        }

        fn place(&self) -> String {
            self.directory.to_string()
        }
    };
}

/// A recipe of Curator's whose waiter deletes its node when it is interrupted.
macro_rules! cleans_up {
    () => {
        fn cleans_up(&self) -> bool {
            true
        }

        async fn clean_up(&mut self, cx: &Cx) -> Result<(), LockError> {
            super::internals::clean_up(cx).await;
            Ok(())
        }
    };
}

/// A recipe whose grants name the node that is the lock.
macro_rules! names_its_node {
    () => {
        fn names_node(&self) -> bool {
            true
        }
    };
}

pub mod aiozk;
pub mod curator;
pub mod curator_multi_lock;
pub mod curator_read_write;
pub mod election;
pub mod guid;
pub mod kazoo;
pub mod kazoo_lease;
pub mod kazoo_semaphore;
pub mod leader_latch;
pub mod leader_selector;
pub mod read_write;
pub mod revocable;
pub mod semaphore;
pub mod sequential;
pub mod write_lock;
pub mod znode;

mod contenders;
mod fence;
mod internals;
mod kazoo_object;
mod listener;
mod mode;
mod number;
mod order;
mod protection;
mod reentrant;
mod revocation;
mod role;
mod waits;
mod watching;

use std::ops::Deref;
use std::rc::Rc;

use serde::Deserialize;

use crate::cx::{CallError, Cx, Grant};
use crate::store::zookeeper::{CreateMode, ZkError};
use crate::time::Micros;

const NODE_EXISTS: CallError = CallError::ZooKeeper(ZkError::NodeExists);
const NO_NODE: CallError = CallError::ZooKeeper(ZkError::NoNode);

/// The node under which the lock's nodes are.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(transparent)]
pub struct Directory(String);

impl Directory {
    const ABOUT: (&'static str, &'static str) = ("directory", "the lock's directory: \"/lock\"");

    /// The path of a child.
    fn child(&self, name: &str) -> String {
        format!("{}/{name}", self.0)
    }
}

impl Default for Directory {
    fn default() -> Self {
        Self("/lock".to_owned())
    }
}

impl Deref for Directory {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// Creates `directory/name`, and before it the directory if it is missing; the new node's path.
async fn create_in(
    cx: &Cx,
    directory: &str,
    name: &str,
    mode: CreateMode,
) -> Result<Rc<str>, CallError> {
    create_with_parent(cx, directory, CreateMode::Persistent, name, mode).await
}

/// The same, with a directory of another kind.
async fn create_with_parent(
    cx: &Cx,
    directory: &str,
    directory_mode: CreateMode,
    name: &str,
    mode: CreateMode,
) -> Result<Rc<str>, CallError> {
    let path = format!("{directory}/{name}");
    match cx.zk().create(&path, mode).await {
        Err(NO_NODE) => {}
        result => return result,
    }
    match cx.zk().create(directory, directory_mode).await {
        Ok(_) | Err(NODE_EXISTS) => cx.zk().create(&path, mode).await,
        Err(error) => Err(error),
    }
}

/// The name of the first child of `directory` that begins with `prefix`: a node whose creation was answered to nobody.
async fn find_in(cx: &Cx, directory: &str, prefix: &str) -> Result<Option<Rc<str>>, CallError> {
    match cx.zk().children(directory).await {
        Err(NO_NODE) => Ok(None),
        children => Ok(children?.in_sequence().find(|child| child.starts_with(prefix)).cloned()),
    }
}

/// The grant of whoever has this node.
fn held(node: Option<Rc<str>>) -> Grant {
    Grant { node, ..Grant::default() }
}

/// The last part of a path.
fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether the connection or the session was lost: what client libraries try again.
fn is_recoverable(error: &CallError) -> bool {
    error.outcome_unknown() || *error == CallError::ZooKeeper(ZkError::SessionExpired)
}

/// Deletes a node, again and again until a server has answered; whether it was still there.
async fn delete_surely(cx: &Cx, path: &str) -> Result<bool, CallError> {
    let mut pass = cx.looping(());
    loop {
        cx.turn(&mut pass).await;
        match cx.zk().delete(path).await {
            Err(NO_NODE) => return Ok(false),
            Err(error) if is_recoverable(&error) => {}
            result => return result.map(|()| true),
        }
    }
}

/// Deletes the node that is held, surely, if there is one.
async fn give_back(
    cx: &Cx,
    directory: &Directory,
    held: &mut Option<Rc<str>>,
) -> Result<(), CallError> {
    let Some(node) = held.take() else { return Ok(()) };
    delete_surely(cx, &directory.child(&node)).await.map(|_| ())
}

/// The same with pauses, as kazoo does it: `KazooRetry`.
async fn delete_and_retry(cx: &Cx, path: &str, pause: Micros) -> Result<(), CallError> {
    let mut pass = cx.looping(());
    loop {
        cx.turn(&mut pass).await;
        match cx.zk().delete(path).await {
            Ok(()) | Err(NO_NODE) => return Ok(()),
            Err(error) if is_recoverable(&error) => cx.sleep(pause).await,
            Err(error) => return Err(error),
        }
    }
}
