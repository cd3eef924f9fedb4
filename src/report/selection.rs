//! Which part of a run is shown: a span of time, some of those who take part, a key, the surroundings of what matters.

use super::cast::Cast;
use super::rows::{Row, Tone};
use crate::choice::{ProcessId, ServerId};
use crate::event::{Event, Record};
use crate::store::AnyRequest;
use crate::store::redis;
use crate::time::Micros;

/// A part of a run; the default is all of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selection {
    /// From then on (µs since the run began).
    pub from: Option<Micros>,
    /// Until then (µs since the run began), this instant included.
    pub to: Option<Micros>,
    /// What these processes do, and what befalls them; everybody's if there is none.
    pub processes: Vec<ProcessId>,
    /// What these servers do; with `processes` what either does.
    pub servers: Vec<ServerId>,
    /// What is about this key, or this node or one below it.
    pub key: Option<String>,
    /// What is near this.
    pub around: Option<Around>,
}

/// What a reader looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Around {
    /// What is wrong.
    Violation,
    /// Somebody enters or leaves.
    Handover,
}

/// So many rows before and after count as near.
const NEAR: usize = 8;

impl Selection {
    /// Whether it is all of a run.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Of `rows` those that are selected.
    pub(super) fn of(&self, rows: Vec<Row>, cast: &Cast, events: &[Record]) -> Vec<Row> {
        let near = self.around.map(|around| near(&rows, around));
        let about: Option<Vec<bool>> = self.key.as_ref().map(|key| {
            let ends = rows.iter().skip(1).map(|it| it.event).chain([events.len()]);
            let spans = rows.iter().zip(ends).map(|(row, end)| row.event..end.max(row.event + 1));
            let about = |mut span: std::ops::Range<usize>| {
                span.any(|at| events.get(at).is_some_and(|it| is_about(&it.event, key)))
            };
            spans.map(about).collect()
        });
        let keeps = |place: usize, row: &Row| {
            self.from.is_none_or(|from| row.at >= from)
                && self.to.is_none_or(|to| row.at <= to)
                && near.as_ref().is_none_or(|near| near[place])
                && about.as_ref().is_none_or(|about| about[place])
                && self.is_of(row, cast)
        };
        let rows = rows.into_iter().enumerate();
        rows.filter(|(place, row)| keeps(*place, row)).map(|(_, row)| row).collect()
    }

    fn is_of(&self, row: &Row, cast: &Cast) -> bool {
        if self.processes.is_empty() && self.servers.is_empty() {
            return true;
        }
        let process = row.process.as_ref().map(|(process, _)| *process);
        let process = process.or(row.by.map(|it| it.process));
        let server = row.server.as_ref().map(|(server, _)| *server);
        // What becomes of what stands on a server concerns whose it is: rows about that name no process.
        let everybody = row.whole.is_some() || process.is_none() && self.servers.is_empty();
        let known = |it: &ServerId| usize::from(*it) < cast.servers.len();
        everybody
            || process.is_some_and(|it| self.processes.contains(&it))
            || server
                .is_some_and(|it| self.servers.iter().filter(|it| known(it)).any(|own| *own == it))
    }
}

/// Whether each row is near that.
fn near(rows: &[Row], around: Around) -> Vec<bool> {
    let is_it = |place: usize| match around {
        Around::Violation => rows[place].tone == Tone::Bad,
        Around::Handover => {
            let before = place.checked_sub(1).map(|it| &rows[it].lives);
            let inside = |lives: &super::rows::Lives| {
                lives.iter().flatten().map(|it| it.inside).collect::<Vec<bool>>()
            };
            before.map(inside).is_some_and(|before| before != inside(&rows[place].lives))
        }
    };
    let mut near = vec![false; rows.len()];
    for place in (0..rows.len()).filter(|it| is_it(*it)) {
        let (from, to) = (place.saturating_sub(NEAR), (place + NEAR / 2).min(rows.len() - 1));
        near[from..=to].fill(true);
    }
    near
}

/// Whether an event is about a key, or about a node or one below it.
fn is_about(event: &Event<'_>, key: &str) -> bool {
    let below = |path: &str| {
        path == key
            || path.len() > key.len()
                && path.as_bytes().get(..key.len()) == Some(key.as_bytes())
                && path.as_bytes()[key.len()] == b'/'
    };
    match event {
        Event::Kept(kept) => below(&kept.item.place),
        Event::Executed { request, .. } => match &**request {
            AnyRequest::Redis(redis::Request::Command(words)) => {
                words.iter().skip(1).any(|word| **word == *key.as_bytes())
            }
            AnyRequest::ZooKeeper(request) => request.paths().into_iter().any(below),
            _ => false,
        },
        _ => false,
    }
}
