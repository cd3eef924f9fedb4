//! Redlock as libraries have it, whose differences stand in a table: `redlock_ways.rs`.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::quorum::{QuorumRenewal, ask, count, grant, unlock_all, wait, within};
use super::redlock_ways::{But, Library, OnError, Undo};
use super::renewal::stop;
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The same key on most of N servers, the way of one library.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedlockLibrary {
    library: Library,
    key: Key,
    ttl: Span<100>,
    but: But,
    extends: bool,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

impl RedlockLibrary {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redlock-library",
        title: "Redlock as a library has it: its order, clock, tries, and what it leaves out",
        source: "PyPI redlock-py, redlock, pottery, aioredlock; redsync, node-redlock, redlock-rb, RedLock.net",
        store: Store::Redis,
        params: &[
            (
                "library",
                "as its package is called; of redlock-rb and RedLock.net too: \"redlock-py\"",
            ),
            Key::ABOUT,
            ("ttl", "the keys' time to live: \"100ms\""),
            (
                "but",
                "what is otherwise: `drift`, `node_timeout`, `tries`, the `delay` between them (as `retry`), `validity` \
                 (whether a late majority is none), `clock` (\"wall\", \"monotonic\"), `on_error` (\"counts\", \"raises\"): {}",
            ),
            ("extends", "whether the lock is extended for as long as the holder works: false"),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for RedlockLibrary {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let ways = self.but.ways(self.library, *self.ttl, self.extends);
        let (token, nodes) = (cx.unique_token(), cx.redis_nodes());
        let mut tries = cx.looping(ways.tries);
        loop {
            cx.turn(&mut tries).await;
            // 1. Set the key on all servers.
            let (started_at, read) = (cx.now(), ways.clock.read(cx));
            let set = |node| cx.redis(node).set(&self.key, &token).nx().px(*self.ttl).send();
            let sets = (0..nodes).map(|node| within(set(node), ways.patience)).collect();
            let answers = ask(cx, ways.order, sets).await;
            // 2. Is there a majority, and in time? Not everybody asks the second question.
            let until = ways.clock.end(cx, started_at, read, ways.counts);
            if count(&answers, &true) > nodes / 2 && !(ways.validity && cx.is_past(until)) {
                let error = answers.into_iter().flatten().find_map(Result::err);
                if let Some(error) = error.filter(|_| ways.on_error == OnError::Raises) {
                    return Err(LockError::Call(error));
                }
                self.token = Some(token);
                let (ttl, within) = ((*self.ttl, ways.counts), ways.patience);
                let (key, thread) = (self.key.clone(), cx.surroundings().thread);
                let renewal = |(script, most, every)| QuorumRenewal {
                    script,
                    key,
                    token,
                    ttl,
                    within,
                    every,
                    most,
                    thread,
                };
                return Ok(grant(cx, until, ways.extends.map(renewal)));
            }
            // 3. Unlock all, wait, and try again.
            *tries -= 1;
            if *tries == 0 || ways.undo == Undo::EachTry {
                unlock_all(cx, &self.key, token, ways.patience).await;
            }
            if *tries == 0 {
                return Err(LockError::Busy);
            }
            wait(cx, ways.delay).await;
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        stop(cx);
        if let Some(token) = self.token.take() {
            let ways = self.but.ways(self.library, *self.ttl, self.extends);
            unlock_all(cx, &self.key, token, ways.patience).await;
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
