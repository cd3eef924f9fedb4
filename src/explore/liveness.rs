//! What happens when everything goes on nominally: judged after the last deviation.
//!
//! From there on nothing goes wrong any more, but what recipes and servers draw stays open: every world has one nominal
//! step, with an outcome for each list of draws. Draws are fair. Who draws again and again draws well at some time, so a
//! world is one from which nobody ever enters only if *no* outcome leads to an entry. A retry with jitter is no livelock.
//!
//! The time until the next entry is the longest over all outcomes. Where the same worlds can come back, which is a
//! series of unlucky draws without a bound, the shortest way out counts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::BuildHasherDefault;

use indexmap::IndexSet;
use rustc_hash::FxHasher;

use crate::sim::Found;
use crate::time::Micros;

/// One outcome of the nominal step from a world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Way {
    /// The world it leads to; [`NOWHERE`] if a property is violated on the way: another verdict says so.
    pub(super) to: u32,
    /// Who enters on the way, one bit each, and in [`ASKS`] whether somebody who waits asked.
    pub(super) acts: u32,
    /// How long it takes.
    pub(super) after: Micros,
}

/// Where a way leads that ends with a violation.
pub(super) const NOWHERE: u32 = u32::MAX;
/// The bit of [`Way::acts`] that says that somebody who waits sent a request that was executed.
pub(super) const ASKS: u32 = !ANYBODY;
/// The bits of [`Way::acts`] that say who entered.
pub(super) const ANYBODY: u32 = Found::ENTERED;

/// The nominal step from a world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nominal {
    /// Not known yet: the world was not expanded.
    Unknown,
    /// Its outcomes are the ways from the first number to the second.
    Ways(u32, u32),
    /// Everybody alive has had enough.
    Done,
    /// Nothing can happen, and somebody still wants the lock.
    Stuck,
}

/// What the nominal continuation brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ahead {
    /// It leads out of what is known: it is judged later.
    Unknown,
    /// The next entry, after this time.
    Entry(Micros),
    /// No entry, and nobody wants one.
    Done,
    /// No entry, whatever is drawn: it ends in this world, where nothing can happen any more.
    Stuck(u32),
    /// No entry, whatever is drawn: the same happens over and over, and this world comes back; whether somebody who
    /// waits goes on asking.
    Cycle { world: u32, asks: bool },
}

impl Ahead {
    /// Whether it says that there will be no entry although somebody wants one.
    fn is_never(self) -> bool {
        matches!(self, Self::Stuck(_) | Self::Cycle { .. })
    }
}

/// The nominal steps from all worlds.
#[derive(Debug, Default)]
pub(super) struct Steps {
    nominal: Vec<Nominal>,
    ways: Vec<Way>,
}

impl Steps {
    /// A new world, whose steps are not known yet.
    pub(super) fn add_world(&mut self) {
        self.nominal.push(Nominal::Unknown);
    }

    /// The step from a world.
    pub(super) fn set(&mut self, world: u32, nominal: Nominal) {
        self.nominal[world as usize] = nominal;
    }

    /// One more outcome of the step from a world; those of one world come one after the other.
    pub(super) fn add_way(&mut self, world: u32, way: Way) {
        let next = self.ways.len() as u32;
        self.ways.push(way);
        let nominal = &mut self.nominal[world as usize];
        *nominal = match *nominal {
            Nominal::Ways(first, _) => Nominal::Ways(first, next + 1),
            _ => Nominal::Ways(next, next + 1),
        };
    }

    /// Roughly how many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        self.nominal.len() * size_of::<Nominal>() + self.ways.len() * size_of::<Way>()
    }

    fn ways(&self, world: u32) -> &[Way] {
        match self.nominal[world as usize] {
            Nominal::Ways(first, end) => &self.ways[first as usize..end as usize],
            _ => &[],
        }
    }

    /// After how many nominal steps from `start`, with the first outcome of each, the world first is one that comes back,
    /// and after how many it has come back; none if `start` does not lead into a cycle.
    pub(super) fn round(&self, start: u32) -> Option<(u64, u64)> {
        let mut seen: IndexSet<u32, BuildHasherDefault<FxHasher>> = IndexSet::default();
        let mut world = start;
        loop {
            if let (before, false) = seen.insert_full(world) {
                return Some((before as u64, seen.len() as u64));
            }
            world = self.ways(world).first()?.to;
        }
    }

    /// What is ahead of every world, where an entry is one of those whom `wanted` has a bit of.
    pub(super) fn ahead(&self, wanted: u32) -> Vec<Ahead> {
        let mut follow = Follow {
            steps: self,
            wanted,
            ahead: vec![Ahead::Unknown; self.nominal.len()],
            order: vec![0; self.nominal.len()],
            low: vec![0; self.nominal.len()],
            open: Vec::new(),
            next: 1,
        };
        for world in 0..self.nominal.len() as u32 {
            if follow.order[world as usize] == 0 {
                follow.visit(world);
            }
        }
        follow.ahead
    }
}

/// Finds the groups of worlds that lead to each other (Tarjan 1972), those that lead nowhere else first.
struct Follow<'s> {
    steps: &'s Steps,
    wanted: u32,
    ahead: Vec<Ahead>,
    /// When each world was first come to; 0 before, and the last number once its group is judged.
    order: Vec<u32>,
    /// The earliest world that it leads back to.
    low: Vec<u32>,
    /// Worlds whose group is not complete.
    open: Vec<u32>,
    next: u32,
}

const JUDGED: u32 = u32::MAX;

impl Follow<'_> {
    /// Where a way goes on, unless an entry ends it.
    fn goes_to(&self, way: Way) -> Option<u32> {
        (way.acts & self.wanted == 0 && way.to != NOWHERE).then_some(way.to)
    }

    fn begin(&mut self, world: u32) {
        self.order[world as usize] = self.next;
        self.low[world as usize] = self.next;
        self.next += 1;
        self.open.push(world);
    }

    fn visit(&mut self, start: u32) {
        let mut path: Vec<(u32, usize)> = vec![(start, 0)];
        self.begin(start);
        while let Some((world, place)) = path.last_mut() {
            let world = *world;
            if let Some(&way) = self.steps.ways(world).get(*place) {
                *place += 1;
                let Some(to) = self.goes_to(way) else { continue };
                match self.order[to as usize] {
                    0 => {
                        self.begin(to);
                        path.push((to, 0));
                    }
                    JUDGED => {}
                    order => self.low[world as usize] = self.low[world as usize].min(order),
                }
                continue;
            }
            path.pop();
            let low = self.low[world as usize];
            if let Some((parent, _)) = path.last() {
                let parent = &mut self.low[*parent as usize];
                *parent = low.min(*parent);
            }
            if low == self.order[world as usize] {
                let first = self.open.iter().rposition(|open| *open == world).unwrap_or(0);
                let group = self.open.split_off(first);
                self.judge(&group);
                for world in group {
                    self.order[world as usize] = JUDGED;
                }
            }
        }
    }

    /// Judges a group of worlds that lead to each other; what they lead to besides is judged.
    fn judge(&mut self, group: &[u32]) {
        let &[world] = group else { return self.judge_cycle(group) };
        let itself = self.steps.ways(world).iter().any(|way| self.goes_to(*way) == Some(world));
        if itself {
            return self.judge_cycle(group);
        }
        self.ahead[world as usize] = match self.steps.nominal[world as usize] {
            Nominal::Unknown => Ahead::Unknown,
            Nominal::Done => Ahead::Done,
            Nominal::Stuck => Ahead::Stuck(world),
            Nominal::Ways(..) => {
                let ways = self.steps.ways(world).iter();
                ways.map(|way| self.by(*way)).reduce(worse).unwrap_or(Ahead::Unknown)
            }
        };
    }

    /// What is ahead on a way that leads out of the group.
    fn by(&self, way: Way) -> Ahead {
        if way.acts & self.wanted != 0 {
            return Ahead::Entry(way.after);
        }
        match self.goes_to(way).map(|to| self.ahead[to as usize]) {
            None => Ahead::Done,
            Some(Ahead::Entry(rest)) => Ahead::Entry(way.after + rest),
            Some(other) => other,
        }
    }

    /// Worlds that come back: the shortest way out counts, as draws are fair.
    fn judge_cycle(&mut self, group: &[u32]) {
        let mut members = group.to_vec();
        members.sort_unstable();
        let inside = |to: Option<u32>| to.is_some_and(|to| members.binary_search(&to).is_ok());
        let mut outside: Option<Ahead> = None;
        let mut nearest: BinaryHeap<Reverse<(Micros, u32)>> = BinaryHeap::new();
        let mut back: Vec<(u32, u32, Micros)> = Vec::new();
        let mut asks = false;
        for &world in &members {
            for &way in self.steps.ways(world) {
                let to = self.goes_to(way);
                if let Some(to) = to.filter(|to| inside(Some(*to))) {
                    back.push((to, world, way.after));
                    asks |= way.acts & ASKS != 0;
                    continue;
                }
                let by = self.by(way);
                if let Ahead::Entry(after) = by {
                    nearest.push(Reverse((after, world)));
                }
                outside = Some(outside.map_or(by, |known| worse(known, by)));
            }
        }
        let whole = match outside {
            None => Ahead::Cycle { world: members[0], asks },
            Some(outside) => outside,
        };
        for &world in &members {
            self.ahead[world as usize] = whole;
        }
        back.sort_unstable();
        let mut settled: Vec<bool> = vec![false; members.len()];
        while let Some(Reverse((after, world))) = nearest.pop() {
            let Ok(place) = members.binary_search(&world) else { continue };
            if std::mem::replace(&mut settled[place], true) {
                continue;
            }
            self.ahead[world as usize] = Ahead::Entry(after);
            let first = back.partition_point(|(to, _, _)| *to < world);
            for &(_, from, more) in back[first..].iter().take_while(|(to, _, _)| *to == world) {
                nearest.push(Reverse((after + more, from)));
            }
        }
    }
}

/// The worse of two outcomes of one step, of which draws decide: with fair draws one that leads to an entry counts, and
/// of two that do the later.
fn worse(one: Ahead, other: Ahead) -> Ahead {
    match (one, other) {
        (Ahead::Entry(one), Ahead::Entry(other)) => Ahead::Entry(one.max(other)),
        (Ahead::Entry(_), _) => one,
        (_, Ahead::Entry(_)) => other,
        _ if one.is_never() => other,
        _ if other.is_never() => one,
        (Ahead::Unknown, _) => one,
        _ => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type World = (Nominal, &'static [(u32, i64, bool)]);

    /// The steps of worlds, each with its ways: where to, after how many ms, and whether somebody enters.
    fn steps(worlds: &[World]) -> Steps {
        let mut steps = Steps::default();
        for (number, (nominal, ways)) in worlds.iter().enumerate() {
            steps.add_world();
            steps.set(number as u32, *nominal);
            for &(to, ms, enters) in *ways {
                let acts = if enters { 1 } else { ASKS };
                steps.add_way(number as u32, Way { to, acts, after: Micros::from_ms(ms) });
            }
        }
        steps
    }

    const OPEN: Nominal = Nominal::Unknown;

    fn entry(ms: i64) -> Ahead {
        Ahead::Entry(Micros::from_ms(ms))
    }

    #[test]
    fn a_chain_ends_in_an_entry_or_in_a_world_where_nothing_can_happen() {
        let chain: &[World] = &[
            (OPEN, &[(1, 2, false)]),
            (OPEN, &[(2, 3, true)]),
            (OPEN, &[(3, 5, false)]),
            (Nominal::Stuck, &[]),
        ];
        assert_eq!(
            steps(chain).ahead(ANYBODY),
            [entry(5), entry(3), Ahead::Stuck(3), Ahead::Stuck(3)]
        );
    }

    #[test]
    fn the_longest_of_several_draws_counts() {
        let draws: &[World] = &[
            (OPEN, &[(1, 1, false), (2, 1, false), (1, 9, true)]),
            (OPEN, &[(2, 10, true)]),
            (Nominal::Stuck, &[]),
        ];
        assert_eq!(steps(draws).ahead(ANYBODY), [entry(11), entry(10), Ahead::Stuck(2)]);
    }

    #[test]
    fn a_cycle_that_a_draw_can_leave_is_none() {
        let jitter: &[World] = &[
            (OPEN, &[(1, 4, false)]),
            (OPEN, &[(0, 1, false), (2, 2, false)]),
            (OPEN, &[(2, 7, true)]),
        ];
        assert_eq!(steps(jitter).ahead(ANYBODY), [entry(13), entry(9), entry(7)]);
        let fixed: &[World] = &[(OPEN, &[(1, 4, false)]), (OPEN, &[(0, 1, false)])];
        assert_eq!(
            steps(fixed).ahead(ANYBODY),
            [Ahead::Cycle { world: 0, asks: true }; 2],
            "without the draw it is one"
        );
    }

    #[test]
    fn a_cycle_that_leads_only_to_standstill_is_no_way_out() {
        let lost: &[World] = &[
            (OPEN, &[(1, 4, false)]),
            (OPEN, &[(0, 1, false), (2, 2, false)]),
            (Nominal::Stuck, &[]),
        ];
        assert_eq!(steps(lost).ahead(ANYBODY), [Ahead::Stuck(2); 3]);
    }

    #[test]
    fn the_entry_of_one_is_not_that_of_another() {
        let mut steps = steps(&[(OPEN, &[(1, 1, true)]), (Nominal::Done, &[])]);
        steps.add_world();
        steps.add_way(2, Way { to: 0, acts: 2, after: Micros::from_ms(3) });
        assert_eq!(steps.ahead(1)[2], entry(4));
        assert_eq!(steps.ahead(2), [Ahead::Done, Ahead::Done, entry(3)]);
    }
}
