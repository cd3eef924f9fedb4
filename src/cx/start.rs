//! What a call does once it has begun: one type a kind of call.

use super::Cx;
use super::call::{BoxFuture, Call, LockBox, Output, Start, WorkBox};
use super::grant::Grant;
use super::lock::{Lock, Task, Work};
use crate::time::Micros;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Acquire<L>(pub(super) L);

impl<L: Lock> Start for Acquire<L> {
    fn start(&self, cx: Cx) -> BoxFuture {
        let mut lock = self.0.clone();
        Box::pin(async move {
            let result = lock.acquire(&cx).await;
            Output::Acquired(LockBox::new(lock), result)
        })
    }
    fn kind(&self) -> &'static str {
        "acquire"
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Release<L>(pub(super) L);

impl<L: Lock> Start for Release<L> {
    fn start(&self, cx: Cx) -> BoxFuture {
        let mut lock = self.0.clone();
        Box::pin(async move {
            let result = lock.release(&cx).await;
            Output::Released(LockBox::new(lock), result)
        })
    }
    fn kind(&self) -> &'static str {
        "release"
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct CleanUp<L>(pub(super) L);

impl<L: Lock> Start for CleanUp<L> {
    fn start(&self, cx: Cx) -> BoxFuture {
        let mut lock = self.0.clone();
        Box::pin(async move {
            let result = lock.clean_up(&cx).await;
            Output::Released(LockBox::new(lock), result)
        })
    }
    fn kind(&self) -> &'static str {
        "clean-up"
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Section<W>(pub(super) W, pub(super) Grant);

impl<W: Work> Start for Section<W> {
    fn start(&self, cx: Cx) -> BoxFuture {
        let Self(mut work, grant) = self.clone();
        Box::pin(async move {
            let next = work.section(&cx, &grant).await;
            Output::Worked(WorkBox::new(work), next)
        })
    }
    fn kind(&self) -> &'static str {
        "section"
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Run<T>(pub(super) T);

impl<T: Task> Start for Run<T> {
    fn start(&self, cx: Cx) -> BoxFuture {
        let task = self.0.clone();
        Box::pin(async move {
            task.run(&cx).await;
            Output::Ended
        })
    }
    fn kind(&self) -> &'static str {
        "task"
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Later {
    pub(super) delay: Micros,
    pub(super) then: Call,
}

impl Start for Later {
    fn start(&self, cx: Cx) -> BoxFuture {
        let Self { delay, then } = self.clone();
        Box::pin(async move {
            cx.sleep(delay).await;
            then.start(cx).await;
            Output::Ended
        })
    }
    fn kind(&self) -> &'static str {
        "clean-up"
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Wait {
    pub(super) delay: Micros,
    pub(super) jitter: Micros,
}

impl Start for Wait {
    fn start(&self, cx: Cx) -> BoxFuture {
        let Self { delay, jitter } = *self;
        Box::pin(async move {
            cx.wait((delay, jitter)).await;
            Output::Ended
        })
    }
    fn kind(&self) -> &'static str {
        "wait"
    }
}
