//! Operations as futures: one, the first of two, several at once.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{Act, Cx, Did, Handling, Op, OpId, OpResult, Votes};
use crate::time::Micros;

/// The first or the second of two results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Either<A, B> {
    /// The first ended first.
    First(A),
    /// The second ended first.
    Second(B),
}

/// An operation: it starts when it is first waited for, and is given up when it is dropped.
#[must_use = "an operation does nothing until it is waited for"]
pub struct Pending<T> {
    cx: Cx,
    op: Option<Op>,
    decode: fn(OpResult) -> T,
    id: Option<OpId>,
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("op", &self.op)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<T> Pending<T> {
    /// The client gives up after `span` (µs, by its own clock): [`CallError::TimedOut`](super::CallError::TimedOut).
    pub fn within(mut self, span: Micros) -> Self {
        if let Some(Op::Call { within, .. } | Op::Message { within, .. }) = &mut self.op {
            *within = Some(span);
        }
        self
    }

    /// The client library does not send it again, whatever it is set up to do (Redisson's `NoRetry`).
    pub fn no_retry(self) -> Self {
        self.handled(Handling::NoRetry)
    }

    /// The client library waits as long as it takes, whatever its timeout: commands that block.
    pub fn patient(self) -> Self {
        self.handled(Handling::Patient)
    }

    fn handled(mut self, by: Handling) -> Self {
        if let Some(Op::Call { handling, .. }) = &mut self.op {
            *handling = by;
        }
        self
    }

    fn into_op(mut self) -> Op {
        // Only an operation that has not started can become part of another one.
        self.op.take().expect("an operation joins others before it is waited for")
    }
}

impl<T> Future for Pending<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        let mut run = this.cx.0.run.borrow_mut();
        match this.id {
            None => {
                let id = run.next_op;
                run.next_op += 1;
                this.id = Some(id);
                if let Some(op) = this.op.take()
                    && run.alive
                {
                    run.did.push(Did::Act(Act::Start(id, op)));
                }
                Poll::Pending
            }
            Some(id) => match run.results.iter().position(|(of, _)| *of == id) {
                Some(place) => {
                    let (_, result) = run.results.remove(place);
                    this.id = None;
                    drop(run);
                    Poll::Ready((this.decode)(result))
                }
                None => Poll::Pending,
            },
        }
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            let mut run = self.cx.0.run.borrow_mut();
            run.results.retain(|(of, _)| *of != id);
            if run.alive {
                run.did.push(Did::Act(Act::Cancel(id)));
            }
        }
    }
}

/// Several operations at once.
#[must_use = "operations do nothing until they are waited for"]
pub struct Gathering<T> {
    inner: Pending<Vec<Option<OpResult>>>,
    decode: Vec<fn(OpResult) -> T>,
}

impl<T> fmt::Debug for Gathering<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T> Future for Gathering<T> {
    type Output = Vec<Option<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        Pin::new(&mut this.inner).poll(context).map(|results| {
            let decoded = results.into_iter().zip(&this.decode);
            decoded.map(|(result, decode)| result.map(decode)).collect()
        })
    }
}

impl Cx {
    /// Waits for all of `pending`; the results are in their order, however they arrived.
    pub fn join<T: 'static>(&self, pending: Vec<Pending<T>>) -> Gathering<T> {
        self.gather(pending, Votes::ALL)
    }

    /// Waits until `need` of `pending` have said yes, or all have ended. The rest is given up (`None`).
    pub fn quorum<T: 'static>(&self, pending: Vec<Pending<T>>, need: usize) -> Gathering<T> {
        self.gather(pending, Votes { yes: need as u32, ..Votes::ALL })
    }

    /// Waits until `need` of `pending` have said yes, or as many have said no, or all have ended.
    pub fn decision<T: 'static>(&self, pending: Vec<Pending<T>>, need: usize) -> Gathering<T> {
        self.gather(pending, Votes { yes: need as u32, no: need as u32 })
    }

    fn gather<T: 'static>(&self, pending: Vec<Pending<T>>, votes: Votes) -> Gathering<T> {
        let decode = pending.iter().map(|pending| pending.decode).collect();
        let ops: Rc<[Op]> = pending.into_iter().map(Pending::into_op).collect();
        let inner = self.op(Op::Gather { ops, votes }, |result| match result {
            OpResult::Gathered(results) => results.to_vec(),
            other => unreachable!("several operations together gave {other:?}"),
        });
        Gathering { inner, decode }
    }

    /// Waits for the first of the two; the other is given up.
    pub async fn race<A, B>(&self, mut a: Pending<A>, mut b: Pending<B>) -> Either<A, B> {
        std::future::poll_fn(|context| {
            if let Poll::Ready(a) = Pin::new(&mut a).poll(context) {
                return Poll::Ready(Either::First(a));
            }
            Pin::new(&mut b).poll(context).map(Either::Second)
        })
        .await
    }

    pub(super) fn op<T>(&self, op: Op, decode: fn(OpResult) -> T) -> Pending<T> {
        Pending { cx: self.clone(), op: Some(op), decode, id: None }
    }
}
