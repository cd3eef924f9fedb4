//! Redis client libraries at work: timeouts, requests that are sent again, subscriptions.

use std::rc::Rc;

use super::agenda::{ConnId, Due, OpRef, ProcessId};
use super::conn::{Awaited, Hold};
use super::fault::Fault;
use super::process::Waiting;
use super::server::{AnyRequest, AnyServer};
use super::world::{Stage, World};
use crate::client::redis::{Attempt, Push, Settings};
use crate::cx::{
    CallError, Handling, Lane, OpResult, Reads, Request, Subscription, subscription_of,
};
use crate::event::Event;
use crate::store::Inbound;
use crate::store::redis::Reply;
use crate::time::Micros;

/// What a library puts into a call.
pub(super) struct Effort {
    /// How long it waits for the reply.
    pub(super) patience: Option<Micros>,
    /// What it does then, or when the connection is lost; none when the recipe sees to that itself.
    pub(super) attempt: Option<Rc<Attempt>>,
}

impl Effort {
    /// A call with a limit of its own (`within`) ends at the sooner of both, and the recipe sees to what comes then.
    pub(super) fn of(
        settings: &Settings,
        (to, request): (&Lane, &Request),
        within: Option<Micros>,
        handling: Handling,
    ) -> Self {
        let is_redis = matches!(request, Request::Redis(_));
        if let Some(within) = within {
            let sooner = settings.timeout.filter(|timeout| is_redis && *timeout < within);
            return Self { patience: sooner.or(Some(within)), attempt: None };
        }
        if !is_redis || (settings.timeout, settings.retries) == (None, 0) {
            return Self { patience: None, attempt: None };
        }
        let left = if handling == Handling::NoRetry { 0 } else { settings.retries };
        let attempt = Attempt { to: *to, request: request.clone(), left };
        let patience = settings.timeout.filter(|_| handling != Handling::Patient);
        Self { patience, attempt: Some(Rc::new(attempt)) }
    }
}

impl World {
    /// The connection is lost on which a reply was to come, or the library has dropped it: whether the library
    /// will send the request again.
    pub(super) fn tries_again(&mut self, stage: &Stage<'_>, process: ProcessId, op: OpRef) -> bool {
        let waiting = self.processes[usize::from(process)].waiting(op);
        let Some(Waiting::Reply { until, attempt: Some(attempt), .. }) = waiting else {
            return false;
        };
        let (patience, attempt) = (*until, attempt.clone());
        if attempt.left == 0 {
            return false;
        }
        if let Some(until) = patience {
            self.agenda.cancel(until, Due::Timer(process, op));
        }
        let settings = &stage.setup.processes[usize::from(process)].redis;
        let until = self.after(process, settings.retry_after);
        self.agenda.put(until, Due::Timer(process, op));
        if let Some(waiting) = self.process_mut(process).waiting_mut(op) {
            *waiting = Waiting::Again { until, attempt };
        }
        true
    }

    /// The library sends a request again.
    pub(super) fn send_again(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        op: OpRef,
        attempt: &Attempt,
    ) {
        let conn = self.send(stage, process, op, attempt.to, &attempt.request);
        let settings: Settings = stage.setup.processes[usize::from(process)].redis;
        let until = settings.timeout.map(|span| self.after(process, span));
        if let Some(until) = until {
            self.agenda.put(until, Due::Timer(process, op));
        }
        let attempt = Attempt { left: attempt.left - 1, ..attempt.clone() };
        if let Some(waiting) = self.process_mut(process).waiting_mut(op) {
            *waiting = Waiting::Reply { conn, until, attempt: Some(Rc::new(attempt)) };
        }
    }

    /// The library has waited for long enough: it drops the connection, on which the reply may yet come.
    pub(super) fn times_out(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        op: OpRef,
        conn: ConnId,
    ) {
        self.drop_connection(stage, conn);
        self.leave_behind(process, conn);
        self.ask_sentinels(process, self.conns[conn as usize].server());
        let awaited = std::mem::take(&mut self.conn_mut(conn).awaited);
        for other in awaited.into_iter().filter_map(|awaited| awaited.op) {
            // Others who waited for replies on it learn that it is gone.
            let error = if other == op { CallError::TimedOut } else { CallError::ConnectionLost };
            if !self.tries_again(stage, process, other) {
                self.ended(stage, process, other, OpResult::Failed(error));
            }
        }
    }

    /// A connection that the library has dropped while a request on it is held up: that may arrive after what is sent on
    /// the next one.
    fn leave_behind(&mut self, process: ProcessId, conn: ConnId) {
        if matches!(
            self.conns[conn as usize].up_hold,
            Some(Hold::Slow(_) | Hold::Reorder | Hold::Late(_))
        ) {
            self.process_mut(process).conns.retain(|(_, of)| *of != conn);
        }
    }

    /// What a subscription has for whoever waits: a message that came before, or that it is over.
    pub(super) fn known_of(&mut self, process: ProcessId, from: Subscription) -> Option<OpResult> {
        let redis = &mut self.process_mut(process).redis;
        if let Some(message) = redis.take(from.slot()) {
            return Some(OpResult::Message(message));
        }
        redis.is_lost(from.slot()).then_some(OpResult::Failed(CallError::ConnectionLost))
    }

    /// A server said something on a connection that is no answer.
    pub(super) fn pushed(&mut self, stage: &mut Stage<'_>, conn: ConnId, push: &Reply) {
        let process = self.conns[conn as usize].process;
        let Some(slot) = subscription_of(self.conns[conn as usize].to) else { return };
        match Push::of(push) {
            Push::Confirmed => {
                self.process_mut(process).redis.confirmed(slot);
                self.answer(stage, conn, |_| OpResult::Done);
            }
            Push::Message(message) => {
                self.process_mut(process).redis.hears(slot, message);
                self.wake_listeners(stage, process, slot);
            }
            Push::Other => {}
        }
    }

    /// Whoever waits for a message gets what there is.
    fn wake_listeners(&mut self, stage: &mut Stage<'_>, process: ProcessId, slot: u8) {
        let waits = |waiting: &Waiting| matches!(waiting, Waiting::Message { from, .. } if from.slot() == slot);
        for op in self.waiting_for(process, waits) {
            let Some(Waiting::Message { from, .. }) =
                self.processes[usize::from(process)].waiting(op)
            else {
                continue;
            };
            let from = *from;
            if let Some(known) = self.known_of(process, from) {
                self.ended(stage, process, op, known);
            }
        }
    }

    /// The connection is gone: if it was a subscription's, that is lost, or made again after a while.
    pub(super) fn loses_subscription(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let (process, to) = (self.conns[conn as usize].process, self.conns[conn as usize].to);
        let Some(slot) = subscription_of(to) else { return };
        if !matches!(self.servers[usize::from(to.server)].state, AnyServer::Redis(_)) {
            return;
        }
        let settings = stage.setup.processes[usize::from(process)].redis;
        if self.process_mut(process).redis.loses(slot, &settings) {
            let due = self.after(process, settings.reconnect_after);
            self.agenda.put(due, Due::Resubscribes(process, slot));
        } else {
            self.wake_listeners(stage, process, slot);
        }
    }

    /// The library connects again and subscribes again. What was published meanwhile is missed.
    pub(super) fn resubscribe(&mut self, stage: &mut Stage<'_>, process: ProcessId, slot: u8) {
        stage.observer.on_event(self.total(), &Event::Timer(process));
        let Some((to, command)) = self.processes[usize::from(process)].redis.again(slot) else {
            return;
        };
        let conn = self.conn_on(process, self.lane(process, to));
        if self.conns[conn as usize].open {
            return;
        }
        self.open(stage, conn);
        let what = stage.setup.faults.iter().any(Fault::names_requests);
        let request = AnyRequest::Redis(command.into());
        let what = what.then(|| request.name().into());
        let awaited = Awaited { op: None, what, reads: Reads::Nothing, watch: None };
        self.conn_mut(conn).awaited.push_back(awaited);
        self.send_up(stage, conn, Inbound::Request(request), None);
    }

    /// A subscription that nobody refers to any more is given up, with its connection.
    pub(super) fn forget_subscriptions(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        if self.processes[usize::from(process)].redis.is_idle() {
            return;
        }
        let state = self.process_mut(process);
        let gone = state.redis.forget(|slot| state.local.subscribes(slot));
        for (slot, to) in gone {
            self.agenda.cancel_all(|event| *event == Due::Resubscribes(process, slot));
            let conn = self.conn_on(process, self.lane(process, to));
            self.close_by_client(stage, conn);
        }
    }
}
