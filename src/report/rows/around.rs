//! Rows about what happens to locks and processes, and not by them.

use std::fmt::Write as _;

use super::{Builder, Life, Row, Tone};
use crate::report::cast::Kind;
use crate::report::words;
use crate::time::Micros;
use crate::trace::own::ProcessEvent;

impl Builder<'_> {
    pub(super) fn place(
        &mut self,
        at: Micros,
        lock: &str,
        placed: bool,
        (by, taken): (Option<&str>, bool),
    ) {
        if let (true, Some(by)) = (placed, by) {
            self.owners.insert(lock.to_owned(), by.to_owned());
            return;
        }
        let owner = self.owners.remove(lock);
        match (by, owner) {
            (None, owner) => {
                let Some(server) = self.woken.as_deref().and_then(|it| self.cast.server(it)) else {
                    return;
                };
                let name = &self.cast.servers[server].name;
                let lock = lock.strip_suffix(&format!(" on {name}")).unwrap_or(lock);
                let whose = owner.map(|owner| format!(" of {owner}")).unwrap_or_default();
                let text = match self.cast.servers[server].kind {
                    Kind::ZooKeeper => {
                        let node = words::node(lock);
                        let is = if taken { "has been ended" } else { "is over" };
                        format!("{node}{whose} is removed: its session {is}")
                    }
                    _ if taken => format!("key {lock}{whose} is gone"),
                    _ => format!("key {lock}{whose} expires"),
                };
                self.flush();
                let row = self.row(at, Tone::Plain);
                self.rows.push(Row { server: Some((server, text)), ..row });
            }
            (Some(by), Some(owner)) if by != owner => {
                if let Some(last) = self.rows.last_mut()
                    && let Some((_, text)) = &mut last.server
                {
                    let _ = write!(text, "; that was {owner}'s");
                    last.tone = Tone::Bad;
                }
            }
            _ => {}
        }
    }

    pub(super) fn process_event(&mut self, at: Micros, process: &str, event: ProcessEvent) {
        let Some(number) = self.cast.process(process) else { return };
        let threads = &self.cast.processes[number].threads;
        let told = |rows: &[Row]| {
            rows.last().is_some_and(|row| {
                row.tone == Tone::Fault
                    && row.at == at
                    && row.process.as_ref().is_some_and(|(it, _)| *it == number)
            })
        };
        let (text, change): (&str, fn(&mut Life)) = match event {
            ProcessEvent::Pauses => ("stands still", |life| life.paused = true),
            ProcessEvent::Resumes => ("goes on", |life| life.paused = false),
            ProcessEvent::Crashes => {
                ("dies", |life| *life = Life { gone: true, ..Life::default() })
            }
            ProcessEvent::Exits => ("ends", |life| *life = Life { gone: true, ..Life::default() }),
            ProcessEvent::Restarts => ("begins anew", |life| *life = Life::default()),
        };
        if event == ProcessEvent::Crashes {
            self.entered.retain(|inside| !threads.contains(inside));
        }
        self.renew(process);
        let begins = matches!(event, ProcessEvent::Pauses | ProcessEvent::Crashes);
        if !(begins && told(&self.rows)) {
            self.process(at, process, text.to_owned(), Tone::Fault);
        }
        self.lives[number].iter_mut().for_each(change);
        self.refresh();
    }
}
