//! What stands, or stood, in the way of those who wait.

use super::evidence::{Evidence, answer, asker, is_refusal};
use super::link::Obstacle;
use crate::event::{Event, Who};
use crate::report::chronicle::{At, Holding};

impl Evidence<'_> {
    /// What is to be said of something that is in the way.
    pub(super) fn obstacle(&self, holding: &Holding) -> Obstacle {
        let owner = holding.owner;
        let end = holding.end.map_or(self.events.len(), |it| it.at);
        let died = owner.and_then(|it| self.died_since(it.process, holding.placed));
        let died = died.filter(|at| *at < end);
        let stance = owner.and_then(|it| self.known.stance(it)).filter(|it| it.wants());
        Obstacle {
            holding: holding.clone(),
            died,
            waits: stance.and_then(|it| it.asked).filter(|_| died.is_none()),
            refused: owner.and_then(|owner| self.refused_release(owner, holding, end)),
        }
    }

    /// The last request of the owner after its section that the server refused.
    fn refused_release(&self, owner: Who, holding: &Holding, end: At) -> Option<At> {
        let mut left = false;
        let mut refused = None;
        for (at, record) in self.events[..end].iter().enumerate().skip(holding.placed) {
            match record.event {
                Event::Leaves(who) if who == owner => left = true,
                Event::Asks(who) | Event::Enters { who, .. } if who == owner => left = false,
                Event::Executed { server, .. }
                    if left
                        && asker(record) == Some(owner)
                        && (server == holding.server || self.is_ensemble(server)) =>
                {
                    refused = answer(record).is_some_and(is_refusal).then_some(at).or(refused);
                }
                _ => {}
            }
        }
        refused
    }
}
