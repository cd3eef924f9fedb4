//! What lasts: sections, leases, pauses, sessions, and what stands where the lock lives.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Drawing, Spot};
use crate::choice::ServerId;
use crate::event::{Event, ServerTurn, Who};
use crate::report::chronicle::Chronicle;
use crate::report::words;
use crate::run::States;
use crate::store::content::EntryKind;
use crate::time::Micros;
use crate::visible;

/// A bar on a lane.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Bar {
    /// Its lane.
    pub lane: usize,
    /// What lasts.
    pub kind: BarKind,
    /// From where.
    pub from: Spot,
    /// To where; the end of the run if it goes on.
    pub to: Spot,
    /// Whether it goes on at the end of the run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// What is written on it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The process whose colour it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<u16>,
    /// Which of several that stand on a lane at once, from 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub row: usize,
    /// When (µs since the run began) it is over by itself, as far as was known last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Micros>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields by reference")]
fn is_zero(row: &usize) -> bool {
    *row == 0
}

/// What a bar stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BarKind {
    /// A thread wants the lock.
    Wants,
    /// A thread is in its critical section.
    Inside,
    /// The lease of a thread, as it knows it.
    Lease,
    /// A process is paused.
    Paused,
    /// A process has crashed or ended.
    Gone,
    /// A session of ZooKeeper.
    Session,
    /// A key, or a node, that stands where the lock lives.
    Held,
    /// A server is down.
    Down,
}

pub(super) fn bars(drawing: &Drawing<'_>, states: &States) -> Vec<Bar> {
    let mut building =
        Building { drawing, open: BTreeMap::new(), bars: Vec::new(), leases: Vec::new() };
    for (at, record) in drawing.events.iter().enumerate() {
        building.hear(at, &record.event);
    }
    building.finish();
    let mut bars = building.bars;
    bars.extend(sessions(drawing, states));
    bars.extend(holdings(drawing));
    bars
}

/// What a bar is of that is not over.
type Of = (BarKind, Option<Who>, u16);

struct Building<'a> {
    drawing: &'a Drawing<'a>,
    open: BTreeMap<(u8, Option<Who>, u16), (Of, usize)>,
    bars: Vec<Bar>,
    leases: Vec<(Who, usize, Micros)>,
}

impl Building<'_> {
    fn hear(&mut self, at: usize, event: &Event<'_>) {
        let thread = |kind, who: Who| (kind, Some(who), who.process);
        match *event {
            Event::Asks(who) => self.begin(thread(BarKind::Wants, who), at),
            Event::Enters { who, until, lease, .. } => {
                self.end(thread(BarKind::Wants, who), at);
                self.begin(thread(BarKind::Inside, who), at);
                self.leases.extend(until.or(lease).map(|until| (who, at, until)));
            }
            Event::Refused(who) | Event::GivesUp(who) | Event::Done(who) => {
                self.end(thread(BarKind::Wants, who), at);
            }
            Event::Leaves(who) => self.end(thread(BarKind::Inside, who), at),
            Event::Pauses(process) => self.begin((BarKind::Paused, None, process), at),
            Event::Resumes(process) => self.end((BarKind::Paused, None, process), at),
            Event::Crashes(process) | Event::Exits(process) => {
                for (kind, who, _) in self.of_process(process) {
                    self.end((kind, who, process), at);
                }
                self.begin((BarKind::Gone, None, process), at);
            }
            Event::Restarts(process) => self.end((BarKind::Gone, None, process), at),
            Event::Server { server, turn: ServerTurn::Crashes } => {
                self.begin((BarKind::Down, None, server), at);
            }
            Event::Server { server, turn: ServerTurn::Restarts } => {
                self.end((BarKind::Down, None, server), at);
            }
            _ => {}
        }
    }

    fn of_process(&self, process: u16) -> Vec<Of> {
        let kinds = [BarKind::Wants, BarKind::Inside, BarKind::Paused];
        let own = |(of, _): &&(Of, usize)| kinds.contains(&of.0) && of.2 == process;
        self.open.values().filter(own).map(|(of, _)| *of).collect()
    }

    fn begin(&mut self, of: Of, at: usize) {
        self.open.entry((of.0 as u8, of.1, of.2)).or_insert((of, at));
    }

    fn end(&mut self, of: Of, at: usize) {
        if let Some((of, from)) = self.open.remove(&(of.0 as u8, of.1, of.2)) {
            let to = self.drawing.spot(at);
            self.push(of, from, to, false);
        }
    }

    fn finish(&mut self) {
        for (of, from) in std::mem::take(&mut self.open).into_values() {
            self.push(of, from, self.drawing.end(), true);
        }
        for (who, from, until) in std::mem::take(&mut self.leases) {
            let lane = self.drawing.lanes.thread(who);
            let inside = self.bars.iter().find(|it| {
                it.kind == BarKind::Inside
                    && it.lane == lane
                    && it.from == self.drawing.spot(from)
                    && it.process == Some(who.process)
            });
            // A lease that was given back ends then; one that is run over ends by itself.
            let end = self.drawing.end();
            let (to, open) = inside.map_or((end, true), |it| (it.to, it.open));
            let over = until <= to.1;
            let to = if over { self.drawing.instant(until) } else { to };
            self.bars.push(Bar {
                open: open && !over,
                until: Some(until),
                ..bar(lane, BarKind::Lease, (self.drawing.spot(from), to), Some(who.process))
            });
        }
    }

    fn push(&mut self, (kind, who, number): Of, from: usize, to: Spot, open: bool) {
        let span = (self.drawing.spot(from), to);
        let lanes = match (kind, who) {
            (BarKind::Down, _) => vec![self.drawing.lanes.server(number)],
            (_, Some(who)) => vec![self.drawing.lanes.thread(who)],
            (_, None) => self.drawing.lanes.process(number),
        };
        let process = (kind != BarKind::Down).then_some(number);
        for lane in lanes {
            self.bars.push(Bar { open, ..bar(lane, kind, span, process) });
        }
    }
}

fn bar(lane: usize, kind: BarKind, (from, to): (Spot, Spot), process: Option<u16>) -> Bar {
    let label = String::new();
    Bar { lane, kind, from, to, open: false, label, process, row: 0, until: None }
}

/// The sessions of ZooKeeper, each on the lane of its client: as the first server that knew it has them.
fn sessions(drawing: &Drawing<'_>, states: &States) -> Vec<Bar> {
    let mut open: BTreeMap<String, (ServerId, u16, Spot)> = BTreeMap::new();
    let mut bars = Vec::new();
    let changes = states.changes.iter().filter(|it| it.kind == EntryKind::Session);
    for change in changes {
        let spot = drawing.after_step(change.step, change.at);
        match (&change.now, open.get(&change.name)) {
            (Some(_), None) => {
                let Some(owner) = change.owner else { continue };
                open.insert(change.name.clone(), (change.server, owner, spot));
            }
            (None, Some(&(server, owner, from))) if server == change.server => {
                open.remove(&change.name);
                let lane = drawing.lanes.first(owner);
                bars.push(bar(lane, BarKind::Session, (from, spot), Some(owner)));
            }
            _ => {}
        }
    }
    for (_, owner, from) in open.into_values() {
        let span = (from, drawing.end());
        let lane = drawing.lanes.first(owner);
        bars.push(Bar { open: true, ..bar(lane, BarKind::Session, span, Some(owner)) });
    }
    bars.retain(|it| !drawing.lanes.is_crowd(it.lane));
    bars
}

/// The most that stand on a lane at once and are drawn beside each other.
const MOST_ROWS: usize = 4;

/// What stood where the lock lives, on the lanes of the servers.
fn holdings(drawing: &Drawing<'_>) -> Vec<Bar> {
    let chronicle = Chronicle::of(drawing.cast, drawing.events);
    let mut rows: BTreeMap<usize, Vec<Option<Spot>>> = BTreeMap::new();
    let mut bars = Vec::new();
    for holding in &chronicle.holdings {
        let Some(label) = words::item(&holding.item) else { continue };
        let lane = drawing.lanes.server(holding.server);
        let from = drawing.spot(holding.placed);
        let (to, open) = match holding.end {
            Some(end) => (drawing.spot(end.at), false),
            None => (drawing.end(), true),
        };
        let rows = rows.entry(lane).or_default();
        let free = rows.iter().position(|busy| busy.is_none_or(|until| until <= from));
        let row = free.unwrap_or(rows.len());
        if row >= MOST_ROWS {
            continue;
        }
        if row == rows.len() {
            rows.push(None);
        }
        rows[row] = Some(if open { Spot(usize::MAX, Micros::MAX) } else { to });
        let owner = holding.owner.map(|it| format!(" · {}", drawing.cast.who(it)));
        let label = format!("{}{}", visible::line(&label), owner.unwrap_or_default());
        let process = holding.owner.map(|it| it.process);
        let bar = bar(lane, BarKind::Held, (from, to), process);
        bars.push(Bar { open, label, row, until: holding.until, ..bar });
    }
    bars
}
