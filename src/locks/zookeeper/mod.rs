//! Recipes for ZooKeeper.

pub mod kazoo;
pub mod sequential;
pub mod znode;

use std::rc::Rc;

use crate::cx::{CallError, Cx};
use crate::store::zookeeper::{CreateMode, ZkError};

const NODE_EXISTS: CallError = CallError::ZooKeeper(ZkError::NodeExists);
const NO_NODE: CallError = CallError::ZooKeeper(ZkError::NoNode);

/// Creates `directory/name`, and before it the directory if it is missing; the new node's path.
async fn create_in(
    cx: &Cx,
    directory: &str,
    name: &str,
    mode: CreateMode,
) -> Result<Rc<str>, CallError> {
    let path = format!("{directory}/{name}");
    match cx.zk().create(&path, mode).await {
        Err(NO_NODE) => {}
        result => return result,
    }
    match cx.zk().create(directory, CreateMode::Persistent).await {
        Ok(_) | Err(NODE_EXISTS) => cx.zk().create(&path, mode).await,
        Err(error) => Err(error),
    }
}

/// The last part of a path.
fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
