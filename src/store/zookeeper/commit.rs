//! What a transaction does when it is applied: to the tree, to watchers, and to whoever waits for it.

use crate::store::{Env, Link, Outbound};
use crate::time::Micros;

use super::acl;
use super::effects;
use super::ensemble::{Origin, Proposal, Role, Waits};
use super::error::ZkError;
use super::id::{Path, SessionId};
use super::response::{Answer, KeeperState, Message, WatchEvent};
use super::server::{Draw, ZooKeeper};
use super::tree::Trigger;
use super::txn::{Change, Txn};

impl ZooKeeper {
    /// Applies the next transaction, tells the watchers, then answers (fact 7).
    pub(super) fn finish(&mut self, now: Micros, proposal: &Proposal, env: &mut dyn Env<Self>) {
        let txn = &proposal.txn;
        let mut triggers = Vec::new();
        let result = self.replica.apply(txn, &mut triggers);
        effects::of_transaction(proposal, &triggers, env);
        if !matches!(self.role, Role::Leader(_)) {
            for trigger in &triggers {
                self.reaper.note(&self.replica.tree, trigger, now);
            }
        }
        let origin = proposal.origin.filter(|origin| origin.server == self.role.number());
        let closes = matches!(txn.change, Change::CloseSession);
        let ended = txn
            .session
            .filter(|_| closes)
            .and_then(|session| Some((session, self.links.of_session(session)?)));
        // The connection that asked hears of everything; any other connection of an ended session perhaps not.
        let dying = ended.filter(|(_, link)| origin.is_none_or(|origin| origin.client != *link));
        let kept = self.tell_watchers(&triggers, dying.map(|(_, link)| link), env);
        if let Some((session, link)) = dying {
            self.last_words(session, link, kept, env);
        }
        if let Some(origin) = origin {
            self.answer(origin, txn, result, env);
        }
    }

    /// Tells the watchers. What one connection would be told is kept back and handed out.
    fn tell_watchers(
        &mut self,
        triggers: &[Trigger],
        keep: Option<Link>,
        env: &mut dyn Env<Self>,
    ) -> Vec<Message> {
        let mut kept = Vec::new();
        let links = &self.links;
        for trigger in triggers {
            self.watches.fire(trigger, &mut |link, kind, path, acl| {
                let Some(connection) = links.get(link) else { return };
                // Who may not read the node does not hear of it (fact 1).
                if acl::check(acl, acl::READ, &connection.identities).is_err() {
                    return;
                }
                let state = KeeperState::SyncConnected;
                let event = Message::Watch(WatchEvent { kind, path: path.clone(), state });
                if keep == Some(link) {
                    kept.push(event);
                } else {
                    env.send(link, Outbound::Message(event));
                }
            });
        }
        kept
    }

    /// Closes the connection of a session that was ended by others (fact 12).
    fn last_words(
        &mut self,
        session: SessionId,
        link: Link,
        kept: Vec<Message>,
        env: &mut dyn Env<Self>,
    ) {
        let alternatives = kept.len() as u32 + 1;
        let heard =
            if kept.is_empty() { 0 } else { env.draw(&Draw::LastWords { session }, alternatives) };
        for event in kept.into_iter().take(heard as usize) {
            env.send(link, Outbound::Message(event));
        }
        self.close(link, env);
    }

    fn answer(
        &mut self,
        origin: Origin,
        txn: &Txn,
        result: Result<Answer, ZkError>,
        env: &mut dyn Env<Self>,
    ) {
        let client = origin.client;
        // The client went away meanwhile.
        if self.links.get(client).is_none() {
            return;
        }
        if result == Err(ZkError::SessionMoved) {
            self.close(client, env);
            return;
        }
        match origin.waits {
            Waits::Session { timeout_ms } => self.introduce(client, txn.session, timeout_ms, env),
            Waits::Reply { xid } => self.reply(client, xid, result, env),
            Waits::Check { xid } => {
                if result.is_err() {
                    self.reply(client, xid, result, env);
                }
            }
            Waits::Close { xid } => {
                self.reply(client, xid, result, env);
                self.close(client, env);
            }
        }
        if !matches!(origin.waits, Waits::Session { .. }) {
            self.next_in_line(client, env);
        }
    }

    /// Ends a session that was not heard of for too long.
    pub(super) fn expire(&mut self, now: Micros, session: SessionId, env: &mut dyn Env<Self>) {
        self.propose_own(now, Some(session), Change::CloseSession, env);
    }

    /// Deletes an empty container or an outlived node.
    pub(super) fn reap(&mut self, now: Micros, path: Path, env: &mut dyn Env<Self>) {
        self.propose_own(now, None, Change::Delete { path }, env);
    }

    fn propose_own(
        &mut self,
        now: Micros,
        session: Option<SessionId>,
        change: Change,
        env: &mut dyn Env<Self>,
    ) {
        let txn = Txn { zxid: self.next_zxid(), time: self.clock(now), session, change };
        self.propose(now, txn, None, env);
    }
}
