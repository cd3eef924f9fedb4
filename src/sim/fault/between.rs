//! `partition` with `between`: sides hear nothing of each other for a time, and nobody is told.

use std::rc::Rc;

use super::entry::Entry;
use super::{Moment, Strike, Target};
use crate::json::{Problem, Section};
use crate::sim::agenda::ProcessId;
use crate::sim::sides::{Node, Sides, Stops};
use crate::sim::world::{Stage, World};

/// The sides of a partition.
#[derive(Debug)]
pub(super) struct Between {
    sides: Rc<Sides>,
}

impl Between {
    /// Reads `"between": [["redis", "c1"], ["redis-replica1", "c2"]]` with its `way`, if the partition is one between
    /// sides.
    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Option<Self>, Box<Problem>> {
        let Some(between) = entry.get("between") else { return Ok(None) };
        for name in ["process", "server"] {
            if let Some(field) = entry.get(name) {
                let message = format!("`between` says who is cut off: `{name}` means nothing here");
                return Err(field.error(message));
            }
        }
        let mut sides: Vec<Vec<Node>> = Vec::new();
        for side in between.elements()? {
            let mut nodes = Vec::new();
            for element in side.elements()? {
                for node in named(entry, &element)? {
                    if nodes.contains(&node) || sides.iter().flatten().any(|it| *it == node) {
                        return Err(element.error("it stands on a side already"));
                    }
                    nodes.push(node);
                }
            }
            if nodes.is_empty() {
                return Err(side.error("nobody stands on this side"));
            }
            sides.push(nodes);
        }
        if sides.len() < 2 {
            return Err(between.error("a partition is between two sides or more"));
        }
        let stops = entry.get("way").map(|field| stops(&field)).transpose()?;
        let sides = Rc::new(Sides { sides, stops: stops.unwrap_or_default() });
        Ok(Some(Self { sides }))
    }

    /// Whether it may begin at this moment; `admits` says whether a client is where it must be.
    pub(super) fn may_begin(
        &self,
        world: &World,
        moment: Moment,
        admits: impl Fn(ProcessId) -> bool,
    ) -> bool {
        (0..world.processes.len() as ProcessId).any(admits)
            && world.may_part(&self.sides, moment.event, moment.any_time)
    }

    pub(super) fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if strike.target == Target::Sides {
            world.part(stage, strike.fault, self.sides.clone(), strike.span);
        }
    }

    /// Whom it parts.
    pub(super) fn sides(&self) -> &Sides {
        &self.sides
    }
}

/// Whom a name stands for: a server, the resource, or one or several clients.
fn named(entry: &Entry<'_, '_>, section: &Section<'_>) -> Result<Vec<Node>, Box<Problem>> {
    let name: String = section.to()?;
    let scope = entry.scope;
    if let Some(number) = scope.servers.iter().position(|known| *known == name) {
        return Ok(vec![Node::Server(number as u16)]);
    }
    if let Some((_, number)) = scope.ledger.filter(|(known, _)| *known == name) {
        return Ok(vec![Node::Server(number)]);
    }
    let processes = (scope.processes)(section).map_err(|problem| {
        let servers = scope.servers.iter().map(String::as_str);
        let known: Vec<&str> = servers.chain(scope.ledger.map(|(name, _)| name)).collect();
        problem.with_help(format!("or a server: {}", known.join(", ")))
    })?;
    Ok(processes.into_iter().map(Node::Process).collect())
}

fn stops(section: &Section<'_>) -> Result<Stops, Box<Problem>> {
    let name: String = section.to()?;
    match Stops::ALL.iter().find(|(known, _)| *known == name) {
        Some((_, stops)) => Ok(*stops),
        None => {
            let known = Stops::ALL.map(|(name, _)| name);
            Err(section.unknown_name("way between sides", &name, known))
        }
    }
}
