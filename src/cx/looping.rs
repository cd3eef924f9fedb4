//! Loops: what happened in earlier passes is forgotten, but for what the loop says survives.

use std::fmt;
use std::hash::Hash;

use super::state::{State, Value, handles_in};
use super::{Ask, Cx, Handle, Op, OpId, OpResult};

/// What survives a pass of a loop: see [`Cx::looping`].
#[derive(Debug)]
pub struct Looping<S> {
    state: S,
    head: u32,
    keep: Vec<Handle>,
    ops: OpId,
    loops: u32,
}

impl<S> std::ops::Deref for Looping<S> {
    type Target = S;
    fn deref(&self) -> &S {
        &self.state
    }
}

impl<S> std::ops::DerefMut for Looping<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.state
    }
}

impl<S> Looping<S> {
    /// What the call had when the loop was begun, and what is in `state`.
    fn and(&self, state: &dyn State) -> Vec<Handle> {
        let mut handles = self.keep.clone();
        for handle in handles_in(|hasher| state.feed(hasher)) {
            if !handles.contains(&handle) {
                handles.push(handle);
            }
        }
        handles
    }
}

impl Cx {
    /// Begins a loop: `state` is all that survives a pass of it.
    ///
    /// [`turn`](Self::turn) must stand at the loop's head.
    pub fn looping<S: Clone + Eq + Hash + fmt::Debug + 'static>(&self, state: S) -> Looping<S> {
        let mut run = self.0.run.borrow_mut();
        run.next_loop += 1;
        let head = run.next_loop;
        Looping { state, head, keep: run.owned.clone(), ops: run.next_op, loops: run.next_loop }
    }

    /// From here on the call refers to what it had when `since` began and to what is in `state`, and to nothing else.
    pub fn keep<S>(&self, since: &Looping<S>, state: &dyn State) {
        let keep = since.and(state);
        self.0.run.borrow_mut().owned.clone_from(&keep);
        self.ask(Ask::Keep(keep.into()));
    }

    /// The head of a loop: what happened in earlier passes is forgotten, but for `state`.
    ///
    /// A pass in which no time passed first waits one round trip of the model, so that every cycle moves time.
    pub async fn turn<S: Clone + Eq + Hash + fmt::Debug + 'static>(&self, state: &mut Looping<S>) {
        {
            let mut run = self.0.run.borrow_mut();
            run.next_op = state.ops;
            run.next_loop = state.loops;
        }
        self.keep(state, &state.state);
        let turn = Op::Turn { head: state.head, state: Value::new(state.state.clone()) };
        let resumed = self.op(turn, |result| match result {
            OpResult::Resumed(value) => Some(value),
            _ => None,
        });
        if let Some(value) = resumed.await
            && let Some(survived) = value.get::<S>()
        {
            state.state = survived.clone();
            // Run again, the pass begins with another state than the one that was kept before it.
            self.0.run.borrow_mut().owned = state.and(&state.state);
        }
    }
}
