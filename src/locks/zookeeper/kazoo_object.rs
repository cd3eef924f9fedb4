//! What an object of kazoo's `Lock` remembers: `prefix`, `create_tried` and `node` of `recipe/lock.py`.

use std::rc::Rc;

use super::role::Role;
use super::{Directory, create_in, delete_and_retry, find_in, name_of};
use crate::cx::{CallError, Cx, Token};
use crate::store::zookeeper::CreateMode;
use crate::time::Micros;

/// One for each lock object.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Object {
    prefix: Option<Token>,
    create_tried: bool,
    node: Option<Rc<str>>,
}

impl Object {
    /// How the names of its nodes begin.
    pub(super) fn prefix(&mut self, cx: &Cx, role: Role) -> String {
        let prefix = *self.prefix.get_or_insert_with(|| cx.unique_token());
        format!("{prefix}__{}__", if role == Role::Read { "rlock" } else { "lock" })
    }

    /// Looks for the node of an earlier attempt, else creates one.
    pub(super) async fn find_or_create(
        &mut self,
        cx: &Cx,
        directory: &Directory,
        prefix: &str,
    ) -> Result<Rc<str>, CallError> {
        let tried = std::mem::replace(&mut self.create_tried, true);
        let found = if tried { find_in(cx, directory, prefix).await? } else { None };
        let mode = CreateMode::EphemeralSequential;
        let node: Rc<str> = match found {
            Some(node) => node,
            None => name_of(&create_in(cx, directory, prefix, mode).await?).into(),
        };
        self.node = Some(node.clone());
        Ok(node)
    }

    /// `_best_effort_cleanup`: deletes the node, if that is possible.
    pub(super) async fn clean_up(&mut self, cx: &Cx, directory: &Directory) {
        if let Some(node) = self.node.take() {
            let _ = cx.zk().delete(&directory.child(&node)).await;
        }
    }

    /// Deletes the node, again and again until a server has answered. It may be gone already.
    pub(super) async fn delete(
        &mut self,
        cx: &Cx,
        directory: &Directory,
        pause: Micros,
    ) -> Result<(), CallError> {
        let Some(node) = self.node.take() else { return Ok(()) };
        delete_and_retry(cx, &directory.child(&node), pause).await
    }
}
