//! Who has been in a section when, and what each of them had where the lock lives.

use super::evidence::{Evidence, answer, asker, is_refusal};
use super::link::Gone;
use crate::choice::ServerId;
use crate::event::{By, Event, ServerTurn, Who};
use crate::report::cast::Kind;
use crate::report::chronicle::{At, Holding, HoldingEnd};
use crate::store::effect::{Change, Part};
use crate::time::Micros;

/// A stay in a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    pub(super) who: Who,
    /// The event with which it began to ask for the lock.
    pub(super) asked: At,
    /// The event with which it entered.
    pub(super) entered: At,
    /// When it ended (µs since the run began), in fact or in the belief of its thread.
    pub(super) left: Option<Micros>,
    /// Whether others that share may be inside too.
    pub(super) shared: bool,
}

/// All sections, in the order of entry.
pub(super) fn sections(evidence: &Evidence<'_>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut asked: Vec<(Who, At)> = Vec::new();
    for (at, record) in evidence.events.iter().enumerate() {
        let close = |section: &mut Section| {
            section.left = Some(section.left.map_or(record.at, |left| left.min(record.at)));
        };
        match record.event {
            Event::Asks(who) => {
                asked.retain(|it| it.0 != who);
                asked.push((who, at));
            }
            Event::Enters { who, until, shared, .. } => {
                let asked = asked.iter().find(|it| it.0 == who).map_or(at, |it| it.1);
                sections.push(Section { who, asked, entered: at, left: until, shared });
            }
            Event::Leaves(who) => {
                if let Some(section) = sections.iter_mut().rev().find(|it| it.who == who) {
                    close(section);
                }
            }
            Event::Crashes(process) | Event::Exits(process) => {
                sections.iter_mut().filter(|it| it.who.process == process).for_each(close);
            }
            _ => {}
        }
    }
    sections
}

impl Evidence<'_> {
    /// Whether somebody is in a section at a time.
    pub(super) fn is_inside(&self, section: &Section, at: Micros) -> bool {
        self.time(section.entered) <= at && section.left.is_none_or(|left| left > at)
    }

    /// What the thread of the section relied on when it entered: what it had placed since it asked, or had there still.
    pub(super) fn stays(&self, section: &Section) -> Vec<&Holding> {
        let Section { who, asked, entered, .. } = *section;
        let relied = |it: &&Holding| {
            let end = it.end.map_or(usize::MAX, |end| end.at);
            it.owner == Some(who)
                && it.placed < entered
                && (it.placed >= asked || end > entered)
                && !self.is_directory(it)
        };
        let mut all: Vec<&Holding> = Vec::new();
        for holding in self.known.holdings.iter().filter(relied) {
            all.retain(|it| !it.is(holding.server, &holding.item));
            all.push(holding);
        }
        // What it took away itself before it entered was not what let it in.
        let given_back =
            |it: &&Holding| it.end.is_some_and(|end| end.at < entered && end.by == By::Thread(who));
        if !all.iter().all(given_back) {
            all.retain(|it| !given_back(it));
        }
        self.telling(&all)
    }

    /// Of keys and their parts those that tell most: a key alone if it is whose its parts are and goes with its time,
    /// else the parts.
    pub(super) fn telling<'h>(&self, all: &[&'h Holding]) -> Vec<&'h Holding> {
        let is_part_of = |part: &Holding, key: &Holding| {
            part.item.part.is_some()
                && part.server == key.server
                && part.item.place == key.item.place
                && part.placed >= key.placed
                && key.end.is_none_or(|end| part.placed < end.at)
        };
        let is_mixed = |part: &Holding| {
            self.known.holdings.iter().any(|it| {
                let beside = it.item.part.is_some() && it.item.place == part.item.place;
                beside && it.server == part.server && it.owner != part.owner
            })
        };
        let speaks = |part: &Holding, key: &Holding| {
            let by_time = part.end.is_some_and(|end| end.by == By::Time);
            let by_request = part.end.is_some_and(|end| end.by.thread().is_some());
            match part.item.part {
                // A field is the hold of somebody on the lock that is the key.
                Some(Part::Field(_)) => {
                    let outlived = |end: HoldingEnd| {
                        key.end.is_none_or(|of_key| self.time(of_key.at) > self.time(end.at))
                    };
                    by_request && part.end.is_some_and(outlived)
                }
                _ => by_request || !by_time && is_mixed(part),
            }
        };
        let keeps = |it: &&&Holding| match it.item.part {
            Some(_) => {
                let key = all.iter().find(|key| key.item.part.is_none() && is_part_of(it, key));
                key.is_none_or(|key| speaks(it, key))
            }
            None => !all.iter().any(|part| is_part_of(part, it) && speaks(part, it)),
        };
        all.iter().filter(keeps).copied().collect()
    }

    /// The servers on which a section's thread placed what let it in.
    pub(super) fn voters(&self, section: &Section) -> Vec<(ServerId, At)> {
        let stays = self.stays(section).into_iter();
        stays.filter(|it| !self.is_copy(it)).map(|it| (it.server, it.placed)).collect()
    }

    /// How something that is gone went; none if it is still there.
    pub(super) fn gone(&self, holding: &Holding, newcomer: Option<Who>) -> Option<Gone> {
        let end = holding.end?;
        let key = self.key_of(holding).filter(|_| end.by == By::Time);
        let due = key.as_ref().unwrap_or(holding).until;
        let (placed, time) = (self.time(holding.placed), self.time(end.at));
        // A hundredth is what clocks may differ.
        let early = due.is_some_and(|due| time + Micros((due - placed).0 / 100) < due)
            && !matches!(end.by, By::Thread(_) | By::Copy);
        let request = end.by.thread().and_then(|by| self.last_request(by, end.at));
        let owner = holding.owner.map(|it| it.process);
        let heard = match end.by {
            By::Session => self.last_heard(owner?, end.at),
            _ => None,
        };
        let hit = |owner| self.known.last_fault_of(owner, end.at);
        let blow = match end.by {
            By::Thread(_) => None,
            By::Fault(fault) => {
                let faults = self.known.faults.iter().rev();
                faults.copied().find(|(at, it)| *at <= end.at && it.fault == fault).map(|it| it.0)
            }
            // Whoever was heard of after a fault had got over it.
            By::Session => owner
                .and_then(hit)
                .map(|it| it.0)
                .filter(|at| heard.is_none_or(|heard| self.time(*at) >= self.time(heard))),
            By::Copy => self.turn_of(holding.server, end.at),
            By::Time | By::Housekeeping => self
                .blow_to(holding.server, holding.placed, end.at)
                .map(|it| it.0)
                .filter(|_| early || end.by == By::Housekeeping),
        };
        Some(Gone {
            holding: holding.clone(),
            request,
            blow,
            refused: self.refused_before(key.as_ref().unwrap_or(holding), end),
            heard,
            early,
            key,
            by_newcomer: newcomer.is_some() && end.by.thread() == newcomer,
        })
    }

    /// The last request of its owner to the server of what ended by its time, if the server refused it.
    fn refused_before(&self, holding: &Holding, end: HoldingEnd) -> Option<At> {
        let owner = holding.owner.filter(|_| end.by == By::Time)?;
        let (at, record) = self.backwards(end.at).find(|(_, record)| {
            let here =
                matches!(record.event, Event::Executed { server, .. } if server == holding.server);
            here && asker(record) == Some(owner)
        })?;
        (at > holding.placed && answer(record).is_some_and(is_refusal)).then_some(at)
    }

    /// The key of a part, if it is another's or nobody's.
    fn key_of(&self, part: &Holding) -> Option<Holding> {
        part.item.part.as_ref()?;
        let end = part.end?.at;
        let keys = self.known.holdings.iter().rev().filter(|it| {
            it.item.part.is_none() && it.server == part.server && it.item.place == part.item.place
        });
        keys.into_iter()
            .find(|it| it.placed <= part.placed && it.end.is_some_and(|it| it.at >= end))
            .cloned()
    }

    /// The last request, of any kind, of a process that a server executed before.
    fn last_heard(&self, process: crate::choice::ProcessId, end: At) -> Option<At> {
        let of_store = |server| self.cast.kind(server) == Kind::ZooKeeper;
        self.backwards(end).find_map(|(at, record)| match record.event {
            Event::Executed { process: it, server, .. } if it == process && of_store(server) => {
                Some(at)
            }
            _ => None,
        })
    }

    /// What made a server take over other data: a fault if it struck at the same moment, or its own turn.
    fn turn_of(&self, server: ServerId, end: At) -> Option<At> {
        let turn = self.backwards(end + 1).find_map(|(at, record)| match record.event {
            Event::Server { server: it, turn } if it == server => {
                (turn != ServerTurn::Promoted).then_some(at)
            }
            _ => None,
        });
        let Some(turn) = turn else {
            return self.blow_to(server, 0, end).map(|it| it.0);
        };
        let fault = self.blow_to(server, 0, turn).map(|it| it.0);
        let at_once = |fault: &At| self.time(*fault) == self.time(turn);
        Some(fault.filter(at_once).unwrap_or(turn))
    }

    /// Since when and for how long a time to live was set last, and how often anew before that.
    pub(super) fn life(&self, holding: &Holding) -> Life {
        life(holding, |at| self.kept(at).map(|it| &it.change), |at| self.time(at))
    }
}

/// How long something was to live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Life {
    /// For how long (µs) at first, if that was said.
    pub(super) span: Option<Micros>,
    /// The events with which that was set anew.
    pub(super) renewed: Vec<At>,
    /// When it is over (µs since the run began), by the clock of whoever had set it last.
    pub(super) due: Option<Micros>,
}

/// How long something was to live, by the events of its stay.
pub(super) fn life<'k>(
    holding: &Holding,
    change: impl Fn(At) -> Option<&'k Change>,
    time: impl Fn(At) -> Micros,
) -> Life {
    let mut life = Life { span: None, renewed: Vec::new(), due: None };
    let set = |life: &mut Life, at: At, until: Option<Micros>, anew: bool| {
        let span = until.map(|until| whole(until - time(at)));
        if anew {
            life.renewed.push(at);
        } else {
            life.span = span;
        }
        life.due = span.map(|span| time(at) + span);
    };
    if let Some(Change::Placed { until, .. }) = change(holding.placed) {
        set(&mut life, holding.placed, *until, false);
    }
    for (at, _) in &holding.renewed {
        match change(*at) {
            // A lock that is taken in two requests has no time to live before the second.
            Some(Change::Renewed { until, before }) => {
                let anew = before.is_some() || life.span.is_some();
                set(&mut life, *at, *until, anew);
            }
            Some(Change::Rewritten { .. }) if holding.item.part.is_some() => life.renewed.push(*at),
            _ => {}
        }
    }
    life
}

/// A time to live that was said in milliseconds: what is over after 10 s is gone in the millisecond after that.
fn whole(span: Micros) -> Micros {
    let ms = (span.0 + 999).div_euclid(1000) - 1;
    Micros::from_ms(ms.max(0))
}
