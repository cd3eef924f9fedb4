//! The leader: numbers, proposes and commits.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::store::{Env, Key, Link};
use crate::time::Micros;

use super::super::config::Config;
use super::super::id::{Path, Zxid};
use super::super::replica::Replica;
use super::super::server::ZooKeeper;
use super::super::txn::{Change, Txn};
use super::super::write::{self, Asker};
use super::super::zxids::Zxids;
use super::{Origin, Proposal, Role, Submission, Word, tell};

/// What only a leader has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) struct Leader {
    pub(super) number: u8,
    /// The followers, and how far the log of each goes.
    followers: Vec<(Link, Zxid)>,
    /// What the log leads to, with what is not committed yet: writes are checked against it.
    pub(in super::super) head: Replica,
    pub(in super::super) pending: VecDeque<Rc<Proposal>>,
    /// Who waits until everything before is committed: after which transaction, and over which link; none: a client
    /// of the leader.
    syncs: VecDeque<(Zxid, Option<Link>, Waiting)>,
}

/// A client that asked for a `sync`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in super::super) struct Waiting {
    pub(in super::super) client: Link,
    pub(in super::super) xid: i32,
    pub(in super::super) path: Path,
}

impl ZooKeeper {
    /// The leader of a new ensemble: server `number` (1, 2, ...), with a link to each follower.
    pub fn leader(config: Config, number: u8, followers: &[Link]) -> Self {
        let mut server = Self::member(config, number);
        server.role = Role::Leader(Leader {
            number,
            followers: followers.iter().map(|link| (*link, Zxid::ZERO)).collect(),
            head: server.replica.clone(),
            pending: VecDeque::new(),
            syncs: VecDeque::new(),
        });
        server
    }

    /// A server that was alone becomes member `number` of a new ensemble: the leader if it has followers to lead,
    /// else a follower with that link to the leader. All members must have the same nodes.
    #[must_use]
    pub fn enrolled(self, number: u8, leader: Option<Link>, followers: &[Link]) -> Self {
        let fresh = match leader {
            Some(leader) => Self::follower((*self.config).clone(), number, leader),
            None => Self::leader((*self.config).clone(), number, followers),
        };
        let mut role = fresh.role;
        let zxid = self.replica.zxid;
        match &mut role {
            Role::Leader(leader) => {
                leader.head = self.replica.clone();
                leader.followers.iter_mut().for_each(|(_, acked)| *acked = zxid);
            }
            Role::Follower(follower) => follower.start_at(zxid),
            Role::Alone => {}
        }
        Self { role, next_session: fresh.next_session, ..self }
    }

    /// The server becomes the leader at `now`, after an election that the one with the longest log won.
    ///
    /// What it has logged is committed. A new epoch of zxids begins, the clock of every session starts again
    /// (as after a restart, fact 15), and the followers get everything.
    pub fn lead(&mut self, now: Micros, followers: &[Link], env: &mut dyn Env<Self>) {
        let number = self.role.number();
        for proposal in self.unapplied() {
            self.finish(now, &proposal, env);
        }
        self.replica.zxid = self.replica.zxid.next_epoch();
        for link in followers {
            tell(*link, Word::Snapshot(self.replica.clone()), env);
        }
        self.role = Role::Leader(Leader {
            number,
            followers: followers.iter().map(|link| (*link, self.replica.zxid)).collect(),
            head: self.replica.clone(),
            pending: VecDeque::new(),
            syncs: VecDeque::new(),
        });
        self.tracker.clear();
        let sessions: Vec<_> = self.replica.sessions().collect();
        for (session, timeout_ms) in sessions {
            self.tracker.track(session, timeout_ms, 0, now);
        }
    }

    /// A server that was away follows over `link` from now on: it gets everything that is committed, and what is
    /// proposed.
    pub fn admit(&mut self, link: Link, env: &mut dyn Env<Self>) {
        let replica = self.replica.clone();
        let Role::Leader(leader) = &mut self.role else { return };
        leader.followers.retain(|(other, _)| *other != link);
        leader.followers.push((link, replica.zxid));
        leader.followers.sort_unstable_by_key(|(link, _)| *link);
        tell(link, Word::Snapshot(replica), env);
        for proposal in &leader.pending {
            tell(link, Word::Propose(proposal.clone()), env);
        }
    }

    /// Whether the server leads the one at the other end of that link.
    pub fn leads(&self, follower: Link) -> bool {
        let Role::Leader(leader) = &self.role else { return false };
        leader.followers.iter().any(|(link, _)| *link == follower)
    }

    /// A write, or a new session, that reached the leader or a stand-alone server.
    pub(in super::super) fn submit(
        &mut self,
        now: Micros,
        submission: &Submission,
        env: &mut dyn Env<Self>,
    ) {
        let Submission { origin, session, identities, op } = submission;
        let (zxid, time) = (self.next_zxid(), self.clock(now));
        let txn = match (op, origin.waits) {
            (None, super::Waits::Session { timeout_ms }) => {
                self.tracker.track(*session, timeout_ms, origin.server, now);
                Txn {
                    zxid,
                    time,
                    session: Some(*session),
                    change: Change::CreateSession { timeout_ms },
                }
            }
            (None, _) => return,
            (Some(op), _) => match self.tracker.check_owner(*session, origin.server) {
                Ok(()) => {
                    let asker = Asker { session: *session, identities };
                    write::transaction(self.head(), zxid, time, asker, op)
                }
                // It uses up a number all the same (fact 16).
                Err(error) => {
                    Txn { zxid, time, session: Some(*session), change: Change::Error(error) }
                }
            },
        };
        self.propose(now, txn, Some(*origin), env);
    }

    /// The next transaction: at once where the server is alone, else when a majority has it.
    pub(in super::super) fn propose(
        &mut self,
        now: Micros,
        txn: Txn,
        origin: Option<Origin>,
        env: &mut dyn Env<Self>,
    ) {
        if let (Change::CloseSession, Some(session)) = (&txn.change, txn.session) {
            self.tracker.remove(session);
        }
        let proposal = Rc::new(Proposal { txn, origin });
        let Role::Leader(leader) = &mut self.role else {
            self.finish(now, &proposal, env);
            return;
        };
        let mut triggers = Vec::new();
        let _ = leader.head.apply(&proposal.txn, &mut triggers);
        for trigger in &triggers {
            self.reaper.note(&leader.head.tree, trigger, now);
        }
        leader.pending.push_back(proposal.clone());
        let followers: Vec<Link> = leader.followers.iter().map(|(link, _)| *link).collect();
        for link in followers {
            tell(link, Word::Propose(proposal.clone()), env);
        }
        self.commit_pending(now, env);
    }

    pub(in super::super) fn acked(
        &mut self,
        now: Micros,
        link: Link,
        zxid: Zxid,
        env: &mut dyn Env<Self>,
    ) {
        let Role::Leader(leader) = &mut self.role else { return };
        for (follower, acked) in &mut leader.followers {
            if *follower == link {
                *acked = zxid.max(*acked);
            }
        }
        self.commit_pending(now, env);
    }

    /// Commits what a majority has, the leader included, in order.
    fn commit_pending(&mut self, now: Micros, env: &mut dyn Env<Self>) {
        while let Role::Leader(leader) = &mut self.role {
            let Some(next) = leader.pending.front() else { return };
            let zxid = next.txn.zxid;
            let have = 1 + leader.followers.iter().filter(|(_, acked)| *acked >= zxid).count();
            if have * 2 <= leader.followers.len() + 1 {
                return;
            }
            let Some(proposal) = leader.pending.pop_front() else { return };
            let followers: Vec<Link> = leader.followers.iter().map(|(link, _)| *link).collect();
            for link in followers {
                tell(link, Word::Commit(zxid), env);
            }
            self.finish(now, &proposal, env);
            self.answer_syncs(env);
        }
    }

    /// A `sync`: answered when everything that was proposed before it is committed.
    pub(in super::super) fn sync(
        &mut self,
        over: Option<Link>,
        waiting: Waiting,
        env: &mut dyn Env<Self>,
    ) {
        if let Role::Leader(leader) = &mut self.role {
            leader.syncs.push_back((leader.head.zxid, over, waiting));
            self.answer_syncs(env);
        } else {
            self.synced(waiting, env);
        }
    }

    fn answer_syncs(&mut self, env: &mut dyn Env<Self>) {
        let applied = self.replica.zxid;
        while let Role::Leader(leader) = &mut self.role
            && leader.syncs.front().is_some_and(|(zxid, ..)| *zxid <= applied)
            && let Some((_, over, waiting)) = leader.syncs.pop_front()
        {
            match over {
                Some(link) => tell(link, Word::Synced(waiting), env),
                None => self.synced(waiting, env),
            }
        }
    }

    /// What the log leads to.
    pub(in super::super) fn head(&self) -> &Replica {
        match &self.role {
            Role::Leader(leader) => &leader.head,
            Role::Alone | Role::Follower(_) => &self.replica,
        }
    }

    /// A follower speaks.
    pub(in super::super) fn heard(
        &mut self,
        now: Micros,
        link: Link,
        word: Word,
        env: &mut dyn Env<Self>,
    ) {
        match word {
            Word::Submit(submission) => self.submit(now, &submission, env),
            Word::Touch { session, timeout_ms } => {
                self.tracker.touch(session, timeout_ms, now);
            }
            Word::Renew { server, client, session, timeout_ms } => {
                let valid = self.tracker.touch(session, timeout_ms, now);
                if valid {
                    self.tracker.set_owner(session, server);
                }
                tell(link, Word::Renewed { client, session, timeout_ms, valid }, env);
            }
            Word::Sync(waiting) => self.sync(Some(link), waiting, env),
            Word::Ack(zxid) => self.acked(now, link, zxid, env),
            _ => {}
        }
    }
}

impl Zxids for Leader {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        self.head.each_zxid(see);
        self.followers.iter().for_each(|(_, acked)| see(*acked));
        self.pending.iter().for_each(|proposal| see(proposal.txn.zxid));
        self.syncs.iter().for_each(|(zxid, ..)| see(*zxid));
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        self.head.renumber(new);
        self.followers.iter_mut().for_each(|(_, acked)| *acked = new(*acked));
        for proposal in &mut self.pending {
            let proposal = Rc::make_mut(proposal);
            proposal.txn.zxid = new(proposal.txn.zxid);
        }
        self.syncs.iter_mut().for_each(|(zxid, ..)| *zxid = new(*zxid));
    }
}

impl Leader {
    /// See [`Server::key`](crate::store::Server::key); `rank` gives the place of a transaction.
    pub(in super::super) fn write_key(&self, key: &mut Key, rank: &dyn Fn(Zxid) -> i64) {
        // The head is what the transactions that are pending lead to: its number is enough.
        let Self {
            number,
            followers,
            head: Replica { zxid, tree: _, sessions: _ },
            pending,
            syncs,
        } = self;
        key.int((*number).into()).int(rank(*zxid));
        for (link, acked) in followers {
            key.int(link.0.into()).int(rank(*acked));
        }
        super::write_log(pending, key, rank);
        for (zxid, over, Waiting { client, xid, path }) in syncs {
            key.int(rank(*zxid)).int(over.map_or(-1, |link| link.0.into()));
            key.int(client.0.into()).int((*xid).into()).bytes(path.as_bytes());
        }
    }
}
