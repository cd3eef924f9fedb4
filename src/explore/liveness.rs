//! What happens when everything goes on nominally: judged after the last deviation.
//!
//! Every world has one nominal successor, so from each there is one chain. It ends when everybody has had enough, or
//! where nothing can happen any more, or in a cycle. A chain is followed once, whatever world it is entered from.

use crate::time::Micros;

/// The nominal step from a world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nominal {
    /// Not known yet: the world was not expanded.
    Unknown,
    /// To this world, after this time; whether somebody enters on the way.
    To { world: u32, after: Micros, enters: bool },
    /// Everybody alive has had enough.
    Done,
    /// Nothing can happen, and somebody still wants the lock.
    Stuck,
    /// A property is violated on the way: another verdict says so.
    Violated,
}

/// What the nominal continuation brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ahead {
    /// Not followed yet.
    Unknown,
    /// The next entry, after this time.
    Entry(Micros),
    /// No entry, and nobody wants one.
    Done,
    /// No entry: nothing can happen any more.
    Stuck,
    /// No entry: the same happens over and over.
    Cycle,
}

/// Follows the chains from all worlds.
pub(super) fn follow(nominal: &[Nominal], ahead: &mut Vec<Ahead>) {
    ahead.resize(nominal.len(), Ahead::Unknown);
    let mut on_way: Vec<bool> = vec![false; nominal.len()];
    let mut way: Vec<u32> = Vec::new();
    for start in 0..nominal.len() {
        let mut at = start as u32;
        let mut result = loop {
            let place = at as usize;
            if ahead[place] != Ahead::Unknown {
                break ahead[place];
            }
            if on_way[place] {
                break Ahead::Cycle;
            }
            match nominal[place] {
                // A chain that leaves what is known is judged later.
                Nominal::Unknown => break Ahead::Unknown,
                Nominal::Done | Nominal::Violated => {
                    ahead[place] = Ahead::Done;
                    break Ahead::Done;
                }
                Nominal::Stuck => {
                    ahead[place] = Ahead::Stuck;
                    break Ahead::Stuck;
                }
                Nominal::To { world, .. } => {
                    on_way[place] = true;
                    way.push(at);
                    at = world;
                }
            }
        };
        while let Some(at) = way.pop() {
            let place = at as usize;
            on_way[place] = false;
            if let Nominal::To { after, enters, .. } = nominal[place] {
                result = match (enters, result) {
                    (true, _) => Ahead::Entry(after),
                    (false, Ahead::Entry(rest)) => Ahead::Entry(after + rest),
                    (false, other) => other,
                };
            }
            ahead[place] = result;
        }
    }
}
