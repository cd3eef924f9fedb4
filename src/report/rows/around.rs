//! Rows about what happens to locks, processes and servers, and not by threads.

use std::fmt::Write as _;
use std::rc::Rc;

use super::{Builder, Life, Row, Tone};
use crate::choice::{ProcessId, ServerId};
use crate::event::{By, Event, Kept, ServerTurn};
use crate::report::cast::Kind;
use crate::report::words;
use crate::store::effect::Change;
use crate::time::Micros;

impl Builder<'_> {
    pub(super) fn kept(&mut self, at: Micros, kept: &Kept) {
        let Change::Removed { .. } = kept.change else { return };
        let stood = self.known.standing().find(|it| it.is(kept.server, &kept.item));
        let owner = stood.and_then(|it| it.owner);
        // What goes with its key is told with the key.
        let Some(what) = words::item(&kept.item).filter(|_| kept.by != By::Copy) else { return };
        match (kept.by, owner) {
            (By::Thread(by), Some(owner)) => {
                if by == owner {
                    return;
                }
                let owner = self.cast.who(owner);
                if let Some(last) = self.rows.last_mut()
                    && let Some((_, text)) = &mut last.server
                {
                    let _ = write!(text, "; that was {owner}'s");
                    last.tone = Tone::Bad;
                }
            }
            (By::Thread(_), None) => {}
            (by, owner) => {
                let owner = owner.map(|owner| format!(" of {}", self.cast.who(owner)));
                let owner = owner.unwrap_or_default();
                let text = match (self.cast.kind(kept.server), by) {
                    (Kind::ZooKeeper, By::Session) => {
                        format!("{what}{owner} is removed: its session is over")
                    }
                    (Kind::ZooKeeper, By::Fault(_)) if kept.command.is_some() => {
                        format!("{what}{owner} is removed")
                    }
                    (Kind::ZooKeeper, By::Fault(_)) => {
                        format!("{what}{owner} is removed: its session has been ended")
                    }
                    (Kind::ZooKeeper, _) => format!("{what}{owner} is removed: nobody uses it"),
                    (_, By::Fault(_)) => format!("key {what}{owner} is gone"),
                    (_, By::Time) => format!("key {what}{owner} expires"),
                    _ => format!("key {what}{owner} is evicted"),
                };
                self.flush();
                let row = self.row(at, Tone::Plain);
                self.rows.push(Row { server: Some((kept.server, text)), ..row });
            }
        }
    }

    pub(super) fn turns(&mut self, at: Micros, server: ServerId, turn: ServerTurn) {
        let tone = match turn {
            // The fault that made it die is told already.
            ServerTurn::Crashes => return,
            ServerTurn::Restarts => Tone::Fault,
            ServerTurn::Promoted | ServerTurn::Follows(_) => Tone::Plain,
        };
        self.whole(at, words::turn(server, turn, self.cast), tone);
    }

    pub(super) fn process_event(&mut self, at: Micros, process: ProcessId, event: &Event<'_>) {
        let told = |rows: &[Row]| {
            rows.last().is_some_and(|row| {
                row.tone == Tone::Fault
                    && row.at == at
                    && row.process.as_ref().is_some_and(|(it, _)| *it == process)
            })
        };
        let (text, begins) = match event {
            Event::Pauses(_) => ("stands still", true),
            Event::Resumes(_) => ("goes on", false),
            Event::Crashes(_) => ("dies", true),
            Event::Exits(_) => ("ends", false),
            _ => ("begins anew", false),
        };
        self.renew(process);
        if !(begins && told(&self.rows)) {
            self.process(at, process, text.to_owned(), Tone::Fault);
        }
        if let Some(lives) = Rc::make_mut(&mut self.lives).get_mut(usize::from(process)) {
            for life in lives {
                match event {
                    Event::Pauses(_) => life.paused = true,
                    Event::Resumes(_) => life.paused = false,
                    Event::Crashes(_) | Event::Exits(_) => {
                        *life = Life { gone: true, ..Life::default() };
                    }
                    _ => *life = Life::default(),
                }
            }
        }
        self.refresh();
    }
}
