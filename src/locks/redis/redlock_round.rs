//! One round of a Redlock library: the keys set on all servers, or removed from all.

use super::Key;
use super::quorum::{Answers, QuorumRenewal, ask, count, run_all, within};
use super::redlock_ways::Ways;
use crate::cx::{Cx, Instant, Token};
use crate::time::Micros;

/// Sets the keys on all servers; how many it set on each.
pub(super) async fn set_all(
    cx: &Cx,
    ways: &Ways,
    keys: &[Key],
    token: Token,
    ttl: Micros,
) -> Answers<usize> {
    if let Some(script) = ways.form.script {
        return run_all(cx, ways.order, script, keys, &[&token, &ttl], ways.patience).await;
    }
    let set =
        |node| within(cx.redis(node).set(&keys[0], &token).nx().px(ttl).send(), ways.patience);
    let answers = ask(cx, ways.order, (0..cx.redis_nodes()).map(set).collect()).await;
    answers.into_iter().map(|answer| answer.map(|answer| answer.map(usize::from))).collect()
}

/// Removes the keys from all servers on which they hold the token; how many they were on each.
pub(super) async fn remove_all(cx: &Cx, ways: &Ways, keys: &[Key], token: Token) -> Answers<usize> {
    run_all(cx, ways.order, ways.form.removes, keys, &[&token], ways.patience).await
}

/// Removes them, again and again if the library does so, until most servers had all.
pub(super) async fn release(cx: &Cx, ways: &Ways, keys: &[Key], token: Token) {
    let mut tries = cx.looping(if ways.form.removes_again { ways.tries } else { 1 });
    loop {
        cx.turn(&mut tries).await;
        let answers = remove_all(cx, ways, keys, token).await;
        *tries -= 1;
        if *tries == 0 || most(cx, &answers, keys) {
            return;
        }
        cx.wait(ways.delay).await;
    }
}

/// Whether most servers did it with all keys.
pub(super) fn most(cx: &Cx, answers: &Answers<usize>, keys: &[Key]) -> bool {
    count(answers, &keys.len()) > cx.redis_nodes() / 2
}

impl Ways {
    /// How the lock is extended, if it is.
    pub(super) fn renewal(
        &self,
        cx: &Cx,
        keys: Vec<Key>,
        token: Token,
        until: Instant,
        ttl: Micros,
    ) -> Option<QuorumRenewal> {
        let (script, most, every) = self.extends?;
        let (order, within, thread) = (self.order, self.patience, cx.surroundings().thread);
        Some(QuorumRenewal {
            script,
            order,
            keys,
            token,
            until,
            ttl: (ttl, self.counts),
            within,
            every,
            most,
            extends: self.form.extends,
            thread,
        })
    }
}
