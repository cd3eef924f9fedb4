//! What servers refuse in the run in which nothing goes wrong: often the reason why nobody ever gets a lock.

use std::ops::ControlFlow;

use super::limits::Limits;
use super::recorder::execute;
use crate::choice::Nominal;
use crate::event::{Event, Record, answer_in};
use crate::model::Model;
use crate::store::redis::{Message, Reply};
use crate::store::{AnyMessage, Outbound};

/// A request that a Redis server answered with an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The request's name.
    pub request: String,
    /// The error.
    pub said: String,
    /// How often the same came.
    pub times: u64,
}

/// After so many steps a run that has met no error is given up.
const STEPS: u64 = 1000;

/// The first error of a Redis server in the run of `model` without a fault; none where there is none, or it comes late.
pub fn refused(model: &Model) -> Option<Refused> {
    let mut first: Option<Refused> = None;
    let limits = Limits { steps: STEPS, time: Limits::TIME, stop_at_violation: true };
    let mut sink = |record: Record| {
        if let Some((request, said)) = error(&record.event) {
            let first = first.get_or_insert(Refused { request, said: said.clone(), times: 0 });
            first.times += u64::from(first.said == said);
        }
        ControlFlow::Continue(())
    };
    let setup = model.abstract_setup();
    execute(&setup, limits, None, &mut Nominal, Some(&mut sink));
    first
}

fn error(event: &Event<'_>) -> Option<(String, String)> {
    let Event::Executed { link, request, sent, .. } = event else { return None };
    match &sent.get(answer_in(sent, *link)?)?.1 {
        Outbound::Message(AnyMessage::Redis(Message::Reply(Reply::Error(said)))) => {
            Some((request.name(), said.to_text()))
        }
        _ => None,
    }
}
