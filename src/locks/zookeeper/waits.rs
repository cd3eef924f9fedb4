//! How long a client waits in line, and what wakes it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
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

/// The watch of an acquisition whose time was over before anything had happened.
///
/// Nobody takes it back, and it tells the lock object, not the acquisition: what happens there wakes the object's next
/// acquisition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Left(Option<WatchId>);

impl Left {
    /// It was this one.
    pub(super) fn of(watch: WatchId) -> Self {
        Self(Some(watch))
    }

    /// What it has told up to now wakes nobody any more.
    pub(super) async fn forget(&mut self, cx: &Cx) {
        if let Some(watch) = self.0
            && let Either::First(()) = cx.race(cx.zk().fired(watch), cx.sleep(Micros::ZERO)).await
        {
            self.0 = None;
        }
    }
}

/// `getData(path, watch)`, and waits for what happens there or to the session, of which the client was `told`; of what it
/// was told then. Busy if nothing happened for so long (µs).
pub(super) async fn look_and_wait(
    cx: &Cx,
    path: &str,
    told: Session,
    limit: Option<Micros>,
    left: &mut Left,
) -> Result<Session, LockError> {
    let watch = match cx.zk().data_watch(path).await {
        Ok((_, watch)) => watch,
        Err(NO_NODE) => return Ok(told),
        Err(error) => return Err(error.into()),
    };
    match woken_within(cx, watch, told, limit, left).await {
        Some(Either::First(())) => Ok(cx.zk().session()),
        Some(Either::Second(session)) => Ok(session),
        None => Err(LockError::Busy),
    }
}

/// Waits for the watch, for another state of the session than `told`, or for the watch that was left, at most for so long
/// (µs); none if nothing came.
pub(super) async fn woken_within(
    cx: &Cx,
    watch: WatchId,
    told: Session,
    limit: Option<Micros>,
    left: &mut Left,
) -> Option<Either<(), Session>> {
    let mut woken = pin!(cx.race(cx.zk().fired(watch), cx.zk().session_changed(told)));
    let mut before = left.0.map(|watch| cx.zk().fired(watch));
    let mut late = limit.map(|limit| cx.sleep(limit));
    let (woken, by_left) = poll_fn(|context| {
        if let Poll::Ready(woken) = woken.as_mut().poll(context) {
            return Poll::Ready((Some(woken), false));
        }
        if before.as_mut().is_some_and(|before| Pin::new(before).poll(context).is_ready()) {
            return Poll::Ready((Some(Either::First(())), true));
        }
        match &mut late {
            Some(late) => Pin::new(late).poll(context).map(|()| (None, false)),
            None => Poll::Pending,
        }
    })
    .await;
    if woken.is_none() {
        *left = Left::of(watch);
    } else if by_left {
        *left = Left::default();
    }
    woken
}
