//! How long a client waits in line, and what wakes it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use serde::Deserialize;

use super::super::Span;
use super::NO_NODE;
use crate::cx::{Cx, Either, Instant, LockError, Session, WatchId};
use crate::time::Micros;

/// How long a client waits in line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Waits {
    /// Until it has the lock.
    #[default]
    ForEver,
    /// Not at all: kazoo's `blocking=False`.
    Not,
    /// So long.
    AtMost(Span<100>),
}

impl Waits {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "waits",
        "how long it waits in line: \"for-ever\", \"not\", or {\"at-most\": \"100ms\"}: \"for-ever\"",
    );

    /// How long (µs), if there is an end to it.
    pub(super) fn limit(self) -> Option<Micros> {
        match self {
            Self::ForEver => None,
            Self::Not => Some(Micros::ZERO),
            Self::AtMost(span) => Some(*span),
        }
    }

    /// Until when, if it begins now.
    pub(super) fn until(self, cx: &Cx) -> Option<Instant> {
        self.limit().map(|limit| cx.now() + limit)
    }
}

/// `getData(path, watch)`, and waits for what happens there or to the session, of which the client was `told`; of what it
/// was told then. Busy if nothing happened for so long (µs).
pub(super) async fn look_and_wait(
    cx: &Cx,
    path: &str,
    told: Session,
    limit: Option<Micros>,
) -> Result<Session, LockError> {
    let watch = match cx.zk().data_watch(path).await {
        Ok((_, watch)) => watch,
        Err(NO_NODE) => return Ok(told),
        Err(error) => return Err(error.into()),
    };
    match woken_within(cx, watch, told, limit).await {
        Some(Either::First(())) => Ok(cx.zk().session()),
        Some(Either::Second(session)) => Ok(session),
        None => Err(LockError::Busy),
    }
}

/// Waits for the watch, or for another state of the session than `told`, at most for so long (µs); none if nothing came.
pub(super) async fn woken_within(
    cx: &Cx,
    watch: WatchId,
    told: Session,
    limit: Option<Micros>,
) -> Option<Either<(), Session>> {
    let woken = cx.race(cx.zk().fired(watch), cx.zk().session_changed(told));
    let Some(limit) = limit else { return Some(woken.await) };
    let (mut woken, mut late) = (pin!(woken), pin!(cx.sleep(limit)));
    poll_fn(|context| match woken.as_mut().poll(context) {
        Poll::Ready(woken) => Poll::Ready(Some(woken)),
        Poll::Pending => late.as_mut().poll(context).map(|()| None),
    })
    .await
}
