//! Live futures, one for each task.

use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{Engine, Handle, Ran};
use crate::cx::{
    Act, BoxFuture, Call, Cx, Did, Local, OpId, OpResult, Output, Surroundings, TaskId,
};

struct Running {
    cx: Cx,
    future: BoxFuture,
}

/// The engine of `run`.
#[derive(Default)]
pub struct Live {
    tasks: Vec<Option<Running>>,
    free: Vec<Handle>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("tasks", &(self.tasks.len() - self.free.len())).finish()
    }
}

impl Live {
    fn poll(&mut self, handle: Handle, local: &mut Local) -> Ran {
        let mut acts = Vec::new();
        let running =
            self.tasks[handle as usize].as_mut().expect("a task is polled while it lives");
        let finished = poll(&running.cx, &mut running.future, local);
        running.cx.with_run(|run| {
            run.answered.clear();
            acts.extend(run.did.drain(..).filter_map(|did| match did {
                Did::Act(act) => Some(act),
                Did::Ask(_) => None,
            }));
        });
        if let Some(output) = finished {
            acts.push(Act::Finish(output));
            self.end(handle);
        }
        Ran { handle, acts }
    }
}

/// Polls once, with `local` to answer.
pub(super) fn poll(cx: &Cx, future: &mut BoxFuture, local: &mut Local) -> Option<Output> {
    let lent = std::mem::replace(local, Local::empty());
    cx.with_run(|run| run.local = Some(lent));
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    if let Some(returned) = cx.with_run(|run| run.local.take()) {
        *local = returned;
    }
    match polled {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

impl Engine for Live {
    fn begin(
        &mut self,
        around: &Rc<Surroundings>,
        task: TaskId,
        call: &Call,
        local: &mut Local,
    ) -> Ran {
        let cx = Cx::new(around.clone(), task, call.handles());
        let future = call.start(cx.clone());
        let running = Some(Running { cx, future });
        let handle = if let Some(handle) = self.free.pop() {
            self.tasks[handle as usize] = running;
            handle
        } else {
            self.tasks.push(running);
            self.tasks.len() as Handle - 1
        };
        self.poll(handle, local)
    }

    fn resume(&mut self, handle: Handle, op: OpId, result: OpResult, local: &mut Local) -> Ran {
        if let Some(running) = &self.tasks[handle as usize] {
            running.cx.with_run(|run| run.deliver(op, result));
        }
        self.poll(handle, local)
    }

    fn end(&mut self, handle: Handle) {
        if let Some(running) = self.tasks[handle as usize].take() {
            running.cx.with_run(crate::cx::Run::die);
            self.free.push(handle);
        }
    }
}
