//! A follower: logs what is proposed, applies what is committed, hands writes on.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::store::{Env, Key, Link};
use crate::time::Micros;

use super::super::config::Config;
use super::super::effects;
use super::super::id::Zxid;
use super::super::server::{Draw, ZooKeeper};
use super::super::zxids::Zxids;
use super::{Proposal, Role, Submission, Word, tell};

/// What only a follower has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) struct Follower {
    pub(super) number: u8,
    pub(super) leader: Option<Link>,
    /// What is logged and not yet applied.
    pub(in super::super) log: VecDeque<Rc<Proposal>>,
    /// What may be applied.
    committed: Zxid,
}

impl ZooKeeper {
    /// A follower of a new ensemble: server `number` (1, 2, ...), with its link to the leader.
    pub fn follower(config: Config, number: u8, leader: Link) -> Self {
        let mut server = Self::member(config, number);
        let (log, committed) = (VecDeque::new(), server.replica.zxid);
        server.role = Role::Follower(Follower { number, leader: Some(leader), log, committed });
        server
    }

    /// The server follows the leader over that link from now on, or waits for a leader.
    ///
    /// It does not serve clients until it has heard from the leader.
    pub fn follow(&mut self, leader: Option<Link>) {
        let number = self.role.number();
        let log = self.unapplied();
        self.tracker.clear();
        let committed = self.replica.zxid;
        self.role = Role::Follower(Follower { number, leader, log, committed });
    }

    /// A follower that had given its leader up hears it again over `leader`: what it missed is on its way.
    pub fn hear_again(&mut self, leader: Link) {
        if let Role::Follower(follower) = &mut self.role {
            follower.leader = Some(leader);
        }
    }

    /// How far the log of the server goes: the one with the longest becomes the leader.
    pub fn logged(&self) -> Zxid {
        match &self.role {
            Role::Alone => self.replica.zxid,
            Role::Leader(leader) => leader.head.zxid,
            Role::Follower(follower) => {
                follower.log.back().map_or(self.replica.zxid, |last| last.txn.zxid)
            }
        }
    }

    /// What is logged and not applied.
    pub(in super::super) fn unapplied(&mut self) -> VecDeque<Rc<Proposal>> {
        match &mut self.role {
            Role::Alone => VecDeque::new(),
            Role::Leader(leader) => std::mem::take(&mut leader.pending),
            Role::Follower(follower) => std::mem::take(&mut follower.log),
        }
    }

    /// The link to the leader, if the server has one.
    pub(in super::super) fn leader_link(&self) -> Option<Link> {
        match &self.role {
            Role::Follower(follower) => follower.leader,
            Role::Alone | Role::Leader(_) => None,
        }
    }

    /// Whether the server follows over that link.
    pub fn follows(&self, leader: Link) -> bool {
        self.leader_link() == Some(leader)
    }

    pub(in super::super) const fn is_follower(&self) -> bool {
        matches!(self.role, Role::Follower(_))
    }

    /// Whether the server has a leader, is one, or is alone.
    pub(in super::super) const fn serves(&self) -> bool {
        !matches!(self.role, Role::Follower(Follower { leader: None, .. }))
    }

    /// Hands a request of a client on. Without a leader the client is left without an answer.
    pub(in super::super) fn hand_on(&self, submission: Submission, env: &mut dyn Env<Self>) {
        if let Some(leader) = self.leader_link() {
            tell(leader, Word::Submit(submission), env);
        }
    }

    /// The leader speaks.
    pub(in super::super) fn told(
        &mut self,
        now: Micros,
        link: Link,
        word: Word,
        env: &mut dyn Env<Self>,
    ) {
        let Role::Follower(follower) = &mut self.role else { return };
        if follower.leader != Some(link) {
            return;
        }
        match word {
            Word::Propose(proposal) => {
                let zxid = proposal.txn.zxid;
                follower.log.push_back(proposal);
                tell(link, Word::Ack(zxid), env);
            }
            Word::Commit(zxid) => {
                follower.committed = zxid;
                self.catch_up(now, env);
            }
            Word::Snapshot(replica) => {
                follower.log.clear();
                follower.committed = replica.zxid;
                effects::of_replacement(&self.replica, &replica, env);
                self.replica = replica;
            }
            Word::Renewed { client, session, timeout_ms, valid } => {
                self.introduce(client, valid.then_some(session), timeout_ms, env);
            }
            Word::Synced(waiting) => {
                self.apply_committed(now, 0, env);
                self.synced(waiting, env);
            }
            _ => {}
        }
    }

    /// Applies what is committed, as far as the server has got: nominally all of it.
    pub(in super::super) fn catch_up(&mut self, now: Micros, env: &mut dyn Env<Self>) {
        let Role::Follower(follower) = &self.role else { return };
        let committed = follower.committed;
        let ready =
            follower.log.iter().take_while(|proposal| proposal.txn.zxid <= committed).count()
                as u32;
        let left = if ready > 0 && self.config.lagging {
            env.draw(&Draw::Lag { server: self.role.number() }, ready + 1)
        } else {
            0
        };
        self.apply_committed(now, left, env);
    }

    fn apply_committed(&mut self, now: Micros, left: u32, env: &mut dyn Env<Self>) {
        loop {
            let Role::Follower(follower) = &mut self.role else { return };
            let committed = follower.committed;
            let ready =
                follower.log.iter().take_while(|proposal| proposal.txn.zxid <= committed).count();
            if ready <= left as usize {
                return;
            }
            let Some(proposal) = follower.log.pop_front() else { return };
            self.finish(now, &proposal, env);
        }
    }

    /// A leader that is cut off from the majority gives up: it stops serving, and waits for another leader.
    pub fn step_down(&mut self, env: &mut dyn Env<Self>) {
        self.follow(None);
        self.lose_leader(env);
    }

    /// The leader is gone: the server stops serving, and its clients have to look for another.
    pub(in super::super) fn lose_leader(&mut self, env: &mut dyn Env<Self>) {
        if let Role::Follower(follower) = &mut self.role {
            follower.leader = None;
        }
        let links: Vec<Link> = self.links.iter().map(|(link, _)| link).collect();
        for link in links {
            self.close(link, env);
        }
    }
}

impl Zxids for Follower {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        see(self.committed);
        self.log.iter().for_each(|proposal| see(proposal.txn.zxid));
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        self.committed = new(self.committed);
        for proposal in &mut self.log {
            let proposal = Rc::make_mut(proposal);
            proposal.txn.zxid = new(proposal.txn.zxid);
        }
    }
}

impl Follower {
    /// Everything up to there was applied before the ensemble began.
    pub(super) fn start_at(&mut self, zxid: Zxid) {
        self.committed = zxid;
    }

    /// See [`Server::key`](crate::store::Server::key); `rank` gives the place of a transaction.
    pub(in super::super) fn write_key(&self, key: &mut Key, rank: &dyn Fn(Zxid) -> i64) {
        let Self { number, leader, log, committed } = self;
        key.int((*number).into()).int(leader.map_or(-1, |link| link.0.into()));
        key.int(rank(*committed));
        super::write_log(log, key, rank);
    }
}
