//! `partition`: a process and servers hear nothing of each other for a time, and nobody is told.

use super::between::Between;
use super::entry::{BUDGET, Entry, FOR, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::{Problem, Section};
use crate::sim::agenda::{Due, ProcessId};
use crate::sim::conn::Direction;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Partition {
    whom: Processes,
    cut: Cut,
    /// Whom it parts instead, if it is one between sides.
    between: Option<Between>,
    spans: Vec<Micros>,
}

/// What a partition cuts off.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cut {
    /// From which servers; from the whole store (all but the ledger) if empty.
    pub servers: Vec<u16>,
    /// Which way.
    pub way: Way,
}

/// Which way messages do not get through.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Way {
    /// Neither requests nor replies.
    #[default]
    Both,
    /// No requests: what servers send still arrives.
    Up,
    /// No replies: what clients send still arrives.
    Down,
}

impl Way {
    /// All ways, with the names they have in model files.
    pub const ALL: [(&'static str, Self); 3] =
        [("both", Self::Both), ("to-server", Self::Up), ("to-client", Self::Down)];

    /// Whether it stops messages in this direction.
    pub(crate) fn stops(self, direction: Direction) -> bool {
        match self {
            Self::Both => true,
            Self::Up => direction == Direction::Up,
            Self::Down => direction == Direction::Down,
        }
    }

    fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let name: String = section.to()?;
        match Self::ALL.iter().find(|(known, _)| *known == name) {
            Some((_, way)) => Ok(*way),
            None => Err(section.unknown_name("way", &name, Self::ALL.map(|(name, _)| name))),
        }
    }
}

impl Partition {
    pub(super) const ABOUT: About = About {
        name: "partition",
        title: "a process and the store, or named sides, hear nothing of each other for a time, and nobody is told",
        source: "Brewer 2000; ZooKeeper documentation, \"Sessions\"; redisson issue 3636",
        needs: "",
        params: &[
            BUDGET,
            FOR,
            PROCESS,
            PHASE,
            BEFORE,
            AFTER,
            ("server", "from which servers: the whole store"),
            (
                "between",
                "instead of `process` and `server`: the sides, each a list of clients and servers, which hear nothing \
                 of each other; who is on none hears everybody",
            ),
            (
                "way",
                "which messages it stops: \"both\", those \"to-server\", those \"to-client\"; between sides \"both\", \
                 those \"from-first\", those \"to-first\": \"both\"",
            ),
        ],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let between = Between::read(entry)?;
        let way = entry.get("way").filter(|_| between.is_none());
        let way = way.map(|field| Way::from_section(&field));
        Ok(Self {
            spans: entry.spans()?,
            whom: entry.processes()?,
            cut: Cut {
                servers: entry.server_numbers()?,
                way: way.transpose()?.unwrap_or_default(),
            },
            between,
        })
    }
}

impl Kind for Partition {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if let Some(between) = &self.between {
            if between.may_begin(world, moment, |process| self.whom.admit(world, process)) {
                self.spans.iter().for_each(|&span| out(Target::Sides, span));
            }
            return;
        }
        let mut hit = |process: ProcessId| {
            if world.can_be_cut(process, &self.cut) {
                self.spans.iter().for_each(|&span| out(Target::Process(process), span));
            }
        };
        if let Due::Up(conn) = moment.event
            && moment.near.is_none()
        {
            // What is under way to a server is part of what a partition stops.
            let process = world.conns[conn as usize].process;
            if self.whom.may_hit(world, process) {
                hit(process);
            }
        }
        self.whom.each(world, moment, hit);
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Some(between) = &self.between {
            between.strike(world, stage, strike);
        } else if let Target::Process(process) = strike.target {
            world.cut(stage, process, &self.cut, strike.span);
        }
    }

    fn needs(&self) -> &'static str {
        "an open connection between those whom it parts, or servers among them that talk"
    }

    fn extent(&self) -> Extent<'_> {
        if let Some(between) = &self.between {
            let (sides, phases) = (Some(between.sides()), &*self.whom.phases);
            return Extent { sides, phases, spans: &self.spans, ..Extent::default() };
        }
        Extent { spans: &self.spans, cut: Some(&self.cut), ..self.whom.extent() }
    }
}
