//! What locks on most of N servers share: asking, removing, renewing.

use serde::Deserialize;

use super::super::{lease, lost};
use super::renewal::WATCHDOG;
use super::{COMPARE_AND_DELETE, Key};
use crate::cx::{Arg, CallError, Cx, Grant, Instant, Pending, Script, Task, TaskId, Token};
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
    /// All, until most have said yes, or most no.
    FirstDecision,
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
        Order::FirstDecision => {
            let most = questions.len() / 2 + 1;
            cx.decision(questions, most).await
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

/// Runs a script with these keys on all servers; to how many keys it did something on each.
pub(super) async fn run_all(
    cx: &Cx,
    order: Order,
    script: Script,
    keys: &[Key],
    args: &[&dyn Arg],
    span: Option<Micros>,
) -> Answers<usize> {
    let keys: Vec<&dyn Arg> = keys.iter().map(|key| key as &dyn Arg).collect();
    let run = |node| within(cx.redis(node).eval(script, &keys, args), span);
    let answers = ask(cx, order, (0..cx.redis_nodes()).map(run).collect()).await;
    let number = |reply| if let Reply::Int(number) = reply { number as usize } else { 0 };
    answers.into_iter().map(|answer| answer.map(|answer| answer.map(number))).collect()
}

/// Removes the key from all servers on which it holds the token.
pub(super) async fn unlock_all(cx: &Cx, key: &Key, token: Token, span: Option<Micros>) {
    let keys = std::slice::from_ref(key);
    run_all(cx, Order::AtOnce, COMPARE_AND_DELETE, keys, &[&token], span).await;
}

/// The grant of a lock that is valid until then, or for as long as `renewal` says.
pub(super) fn grant(cx: &Cx, until: Instant, renewal: Option<QuorumRenewal>) -> Grant {
    let Some(renewal) = renewal else { return Grant { until: Some(until), ..Grant::default() } };
    lost(cx, renewal.thread).set(false);
    lease(cx, renewal.thread).set(Some(until));
    cx.spawn(WATCHDOG + renewal.thread, renewal);
    Grant::default()
}

/// Which lock is extended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Extended {
    /// One whose time is not over; any other is lost without a question.
    IfValid,
    /// Each, until it is known to be lost.
    UntilLost,
    /// Each, also one that was lost: it may be had again.
    EvenIfLost,
}

/// Gives the keys a new time to live again and again, by the rule by which they were set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct QuorumRenewal {
    /// What is sent, with keys, token and time to live: how many were renewed.
    pub(super) script: Script,
    /// In which order the servers are asked.
    pub(super) order: Order,
    /// The lock's keys.
    pub(super) keys: Vec<Key>,
    /// Whose they are.
    pub(super) token: Token,
    /// Until when the lock is valid as it was acquired.
    pub(super) until: Instant,
    /// The time to live (µs), and how much of it counts.
    pub(super) ttl: (Micros, Micros),
    /// The patience (µs) with one server.
    pub(super) within: Option<Micros>,
    /// How long (µs) after the last time.
    pub(super) every: Micros,
    /// How many times at most.
    pub(super) most: u32,
    /// Which lock is extended.
    pub(super) extends: Extended,
    /// Whose cells tell of it.
    pub(super) thread: TaskId,
}

impl Task for QuorumRenewal {
    async fn run(self, cx: &Cx) {
        let (lost, lease) = (lost(cx, self.thread), lease(cx, self.thread));
        let ((ttl, counts), most) = (self.ttl, cx.redis_nodes() / 2 + 1);
        let args: [&dyn Arg; 2] = [&self.token, &ttl];
        // Until when it is valid, when it is renewed next, and how often still.
        let mut pass = cx.looping((self.until, self.until + (self.every - counts), self.most));
        loop {
            cx.turn(&mut pass).await;
            let (until, next, left) = *pass;
            if left == 0 {
                cx.sleep(cx.until(until)).await;
                return lost.set(true);
            }
            let ever = self.extends == Extended::EvenIfLost;
            let last = if ever { next } else { until };
            cx.sleep(cx.until(next).min(cx.until(last))).await;
            if self.extends == Extended::IfValid && cx.is_past(until) {
                return lost.set(true);
            }
            let asked_at = cx.now();
            let answers = run_all(cx, self.order, self.script, &self.keys, &args, self.within);
            let answers = answers.await;
            if count(&answers, &self.keys.len()) >= most && !cx.is_past(asked_at + counts) {
                *pass = (asked_at + counts, asked_at + self.every, left - 1);
                lease.set(Some(pass.0));
                if ever && lost.get() {
                    lost.set(false);
                }
            } else if ever {
                pass.1 = asked_at + self.every;
                lost.set(true);
            } else if cx.is_past(until) || count(&answers, &0) >= most {
                return lost.set(true);
            } else {
                pass.1 = asked_at + self.every;
            }
        }
    }
}
