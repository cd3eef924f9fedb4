//! What locks on most of N servers share: asking, removing, renewing.

use serde::Deserialize;

use super::super::{lease, lost};
use super::renewal::WATCHDOG;
use super::{COMPARE_AND_DELETE, Key};
use crate::cx::{CallError, Cx, Grant, Instant, Pending, Script, Task, TaskId, Token};
use crate::store::redis::Reply;
use crate::time::Micros;

/// In which order servers are asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    /// The next one when the last one has answered.
    InTurn,
    /// All, and all answers are waited for.
    #[default]
    AtOnce,
    /// All, until most have said yes.
    FirstMajority,
}

/// What each server answered; nothing from those that were not waited for.
pub(super) type Answers<T> = Vec<Option<Result<T, CallError>>>;

/// Asks each server its question.
pub(super) async fn ask<T: 'static>(
    cx: &Cx,
    order: Order,
    questions: Vec<Pending<Result<T, CallError>>>,
) -> Answers<T> {
    match order {
        Order::InTurn => {
            let mut answers = Vec::new();
            for question in questions {
                answers.push(Some(question.await));
            }
            answers
        }
        Order::AtOnce => cx.join(questions).await,
        Order::FirstMajority => {
            let most = questions.len() / 2 + 1;
            cx.quorum(questions, most).await
        }
    }
}

/// How many said this.
pub(super) fn count<T: PartialEq>(answers: &Answers<T>, what: &T) -> usize {
    answers.iter().filter(|answer| matches!(answer, Some(Ok(said)) if said == what)).count()
}

/// The patience with one server, if there is an end to it.
pub(super) fn within<T>(question: Pending<T>, span: Option<Micros>) -> Pending<T> {
    match span {
        Some(span) => question.within(span),
        None => question,
    }
}

/// Removes the key from all servers on which it holds the token; on how many it did.
pub(super) async fn unlock_all(cx: &Cx, key: &Key, token: Token, span: Option<Micros>) -> usize {
    let unlock = |node| {
        let unlock = cx.redis(node).eval(COMPARE_AND_DELETE, &[key], &[&token]);
        within(unlock, span)
    };
    let answers = cx.join((0..cx.redis_nodes()).map(unlock).collect()).await;
    count(&answers, &Reply::Int(1))
}

/// The grant of a lock that is valid until then, or for as long as `renewal` says.
pub(super) fn grant(cx: &Cx, until: Instant, renewal: Option<QuorumRenewal>) -> Grant {
    let Some(renewal) = renewal else { return Grant { until: Some(until), ..Grant::default() } };
    lost(cx, renewal.thread).set(false);
    lease(cx, renewal.thread).set(Some(until));
    cx.spawn(WATCHDOG + renewal.thread, renewal);
    Grant::default()
}

/// Waits (µs), and so much more at most, drawn in whole milliseconds.
pub(super) async fn wait(cx: &Cx, (after, jitter): (Micros, Micros)) {
    let extra = match jitter.as_ms() {
        0 => 0,
        ms => cx.draw(ms as u32 + 1).await,
    };
    cx.sleep(after + Micros::from_ms(i64::from(extra))).await;
}

/// Gives the keys a new time to live again and again, by the rule by which they were set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct QuorumRenewal {
    /// What is sent, with key, token and time to live: 1 if it was renewed.
    pub(super) script: Script,
    /// The lock's key.
    pub(super) key: Key,
    /// Whose it is.
    pub(super) token: Token,
    /// The time to live (µs), and how much of it counts.
    pub(super) ttl: (Micros, Micros),
    /// The patience (µs) with one server.
    pub(super) within: Option<Micros>,
    /// How often (µs).
    pub(super) every: Micros,
    /// How many times at most.
    pub(super) most: u32,
    /// Whose cells tell of it.
    pub(super) thread: TaskId,
}

impl Task for QuorumRenewal {
    async fn run(self, cx: &Cx) {
        let (lost, lease) = (lost(cx, self.thread), lease(cx, self.thread));
        let ((ttl, counts), nodes) = (self.ttl, cx.redis_nodes());
        let mut pass = cx.looping((cx.now() + counts, self.most));
        loop {
            cx.turn(&mut pass).await;
            let (until, left) = *pass;
            let rest = cx.until(until);
            if left == 0 {
                cx.sleep(rest).await;
                return lost.set(true);
            }
            cx.sleep(rest.min(self.every)).await;
            let asked_at = cx.now();
            let renew = |node| {
                let renew = cx.redis(node).eval(self.script, &[&self.key], &[&self.token, &ttl]);
                within(renew, self.within)
            };
            let answers = cx.join((0..nodes).map(renew).collect()).await;
            let renewed = count(&answers, &Reply::Int(1)) > nodes / 2;
            if renewed && !cx.is_past(asked_at + counts) {
                *pass = (asked_at + counts, left - 1);
                lease.set(Some(pass.0));
            } else if cx.is_past(until) || count(&answers, &Reply::Int(0)) > nodes / 2 {
                return lost.set(true);
            }
        }
    }
}
