//! Requests that a process has made up its mind to send, and has not sent.
//!
//! In this world a task acts in no time: what it sends is on its way at once. Whoever is stopped *before* a request is
//! stopped before all that is on its way from it now.

use super::agenda::{Due, ProcessId};
use super::conn::{Direction, Hold};
use super::world::World;
use crate::cx::TaskId;
use crate::store::Inbound;

impl World {
    /// A process stands still before it sends what is on its way from it: that leaves when it goes on.
    pub(super) fn keep_back(&mut self, process: ProcessId) {
        for conn in self.conns_of(process) {
            let state = &self.conns[conn as usize];
            let is_here = state.up_hold.is_none() && state.is_fresh(self.now);
            if is_here && is_any_request(state.up.iter().map(|(it, _)| it)) {
                self.set_hold(conn, Direction::Up, Some(Hold::Unsent));
                self.agenda.cancel_all(|event| *event == Due::Up(conn));
                self.contact(conn);
            }
        }
    }

    /// A process goes on: it sends what it was about to send.
    pub(super) fn send_kept(&mut self, process: ProcessId) {
        for conn in self.conns_of(process) {
            if self.conns[conn as usize].up_hold == Some(Hold::Unsent) {
                self.release(conn, Direction::Up);
            }
        }
    }

    /// A process that dies where it stands never sends what it was about to send.
    pub(super) fn forget_kept(&mut self, process: ProcessId) {
        for conn in self.conns_of(process) {
            if self.conns[conn as usize].up_hold == Some(Hold::Unsent) {
                self.conn_mut(conn).up.retain(|(message, _)| !is_request(message));
                self.release(conn, Direction::Up);
            }
        }
    }

    /// A process, or one of its tasks, is stopped for good before it sends what is on its way from it.
    pub(super) fn unsend(&mut self, process: ProcessId, task: Option<TaskId>) {
        for conn in self.conns_of(process) {
            let state = &self.conns[conn as usize];
            if state.up_hold.is_some() || !state.is_fresh(self.now) {
                continue;
            }
            let is_gone = |message: &Inbound<_>, by: &Option<TaskId>| {
                is_request(message) && (task.is_none() || *by == task)
            };
            let dues = self.agenda.iter().filter(|(_, event)| *event == Due::Up(conn));
            let dues: Vec<_> = dues.map(|(due, _)| due).collect();
            // Establishing a connection is no message of its own.
            let messages = state.up.iter().filter(|(message, _)| *message != Inbound::Connect);
            let stays: Vec<bool> = messages.map(|(message, by)| !is_gone(message, by)).collect();
            let gone = stays.iter().filter(|stays| !**stays).count();
            if gone == 0 {
                continue;
            }
            let state = self.conn_mut(conn);
            state.up.retain(|(message, by)| !is_gone(message, by));
            // Replies come in order: the last ones are those to what was not sent.
            for _ in 0..gone {
                let of_task = |op: Option<TaskId>| task.is_none() || op == task;
                let last = state.awaited.iter().rposition(|it| of_task(it.op.map(|op| op.task)));
                last.map(|place| state.awaited.remove(place));
            }
            self.agenda.cancel_all(|event| *event == Due::Up(conn));
            for (due, _) in dues.into_iter().zip(stays).filter(|(_, stays)| *stays) {
                self.agenda.put(due, Due::Up(conn));
            }
            self.contact(conn);
        }
    }
}

fn is_request<R>(message: &Inbound<R>) -> bool {
    matches!(message, Inbound::Request(_))
}

fn is_any_request<'a, R: 'a>(mut messages: impl Iterator<Item = &'a Inbound<R>>) -> bool {
    messages.any(is_request)
}
