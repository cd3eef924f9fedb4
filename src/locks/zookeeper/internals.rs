//! What Curator's locks have in common: <https://github.com/apache/curator>, `LockInternals.java`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::protection::{Protection, create_protected};
use super::revocation::{REVOKE_MESSAGE, Revocation};
use super::waits::{Left, woken_within};
use super::{Directory, NO_NODE, delete_surely};
use crate::cx::{CallError, Cell, Cx, Instant, LockError, WatchId};
use crate::store::zookeeper::{Children, CreateMode};
use crate::time::Micros;

/// `createsTheLock`: a protected ephemeral node in a container, numbered unless its name is already; its name.
pub(super) async fn creates_the_lock(
    cx: &Cx,
    directory: &Directory,
    name: &str,
    protection: Protection,
) -> Result<Rc<str>, CallError> {
    // A name with a number already is that of a reader in its writer's place.
    let mode = if name.ends_with(|last: char| last.is_ascii_digit()) {
        CreateMode::Ephemeral
    } else {
        CreateMode::EphemeralSequential
    };
    let modes = (CreateMode::Container, mode);
    create_protected(cx, directory, modes, ("_c_", &format!("-{name}")), protection).await
}

/// The nodes of the threads of this process that wait in line.
fn waiting(cx: &Cx) -> Cell<BTreeMap<u8, String>> {
    cx.cell("internalLockLoop")
}

fn waits_with(cx: &Cx, node: Option<String>) {
    let (thread, mut all) = (cx.surroundings().thread, waiting(cx).get());
    match node {
        Some(node) => drop(all.insert(thread, node)),
        None => drop(all.remove(&thread)),
    }
    waiting(cx).set(all);
}

/// The `finally` of `internalLockLoop` in a thread that is interrupted: its node is deleted, surely.
///
/// A create that is under way leaves its node behind, as before CURATOR-79.
pub(super) async fn clean_up(cx: &Cx) {
    if let Some(node) = waiting(cx).get().remove(&cx.surroundings().thread) {
        // The thread goes on either way.
        let _ = delete_surely(cx, &node).await;
        waits_with(cx, None);
    }
}

/// `internalLockLoop`: returns when there is no `path_to_watch` among the children; the watch on one's own node, if it
/// can be revoked.
///
/// Every way out without the lock deletes the node, surely; at `until` there is one.
pub(super) async fn internal_lock_loop(
    cx: &Cx,
    directory: &Directory,
    me: &str,
    revocation: Revocation,
    (until, left): (Option<Instant>, &mut Left),
    path_to_watch: impl Fn(&Children) -> Option<Rc<str>>,
) -> Result<Option<WatchId>, LockError> {
    let own = directory.child(me);
    waits_with(cx, Some(own.clone()));
    let waited = match revocation.watch(cx, &own).await {
        Ok(asked) => {
            wait(cx, directory, me, revocation, (until, left), path_to_watch).await.map(|()| asked)
        }
        Err(error) => Err(error.into()),
    };
    if waited.is_err() {
        delete_surely(cx, &own).await?;
    }
    waits_with(cx, None);
    waited
}

async fn wait(
    cx: &Cx,
    directory: &Directory,
    me: &str,
    revocation: Revocation,
    (until, left): (Option<Instant>, &mut Left),
    path_to_watch: impl Fn(&Children) -> Option<Rc<str>>,
) -> Result<(), LockError> {
    let mut pass = cx.looping(*left);
    loop {
        cx.turn(&mut pass).await;
        // The sorted children. If mine is not among them: NoNode.
        let children = cx.zk().children(directory).await?;
        if !children.contains(me) {
            return Err(NO_NODE.into());
        }
        let Some(before) = path_to_watch(&children) else { return Ok(()) };
        revocation.ask(cx, directory, &children, REVOKE_MESSAGE).await?;
        // From here on the monitor is held: whoever tells it waits until it waits, what was told before is forgotten.
        pass.forget(cx).await;
        // getData(the one before, watch): exists would leave a watch on a node that is gone. Watchers are told of the
        // session, too.
        let session = cx.zk().session();
        match cx.zk().data_watch(&directory.child(&before)).await {
            Ok((_, gone)) => {
                let rest = until.map(|until| cx.until(until));
                if rest.is_some_and(|rest| rest <= Micros::ZERO) {
                    *left = Left::of(gone);
                    return Err(LockError::Busy);
                }
                woken_within(cx, gone, session, rest, &mut pass).await;
                *left = *pass;
            }
            Err(NO_NODE) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
