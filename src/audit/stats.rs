//! What a lock came to, in numbers.

use crate::time::Micros;

/// What a lock came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// Holds whose clients asked for their release.
    pub completed: u64,
    /// Holds that were never released.
    pub left_behind: u64,
    /// Holds that last at the end.
    pub open: u64,
    /// Pairs of holds that overlap.
    pub overlaps: u64,
    /// The longest hold (µs).
    pub longest_hold: Micros,
    /// The sum of all completed ones (µs).
    pub held: Micros,
    /// The longest wait until a lock was got (µs).
    pub longest_wait: Micros,
    /// The sum of all (µs).
    pub waited: Micros,
    /// How often somebody got the lock after it was refused.
    pub waits: u64,
    /// Attempts that were refused.
    pub refused: u64,
    /// How often somebody who was refused asked again.
    pub asked_again: u64,
    /// The time between those (µs), summed up.
    pub asked_for: Micros,
    /// Renewals by the holders.
    pub renewals: u64,
    /// Holds without a time to live.
    pub no_ttl: u64,
    /// Holds that got their time to live with a second command.
    pub late_ttl: u64,
    /// How long (µs) the longest of them was without.
    pub longest_without: Micros,
    /// Releases by somebody who never had the lock, of a key that was not there.
    pub idle_releases: u64,
    /// The shortest and the longest time to live (µs).
    pub ttl: Option<(Micros, Micros)>,
    /// Holds that must have begun before the log.
    pub held_before: u64,
    /// How many clients held it at a time at most.
    pub most_at_once: u64,
}

impl Stats {
    /// Adds those of another lock.
    pub fn add(&mut self, other: &Self) {
        self.completed += other.completed;
        self.left_behind += other.left_behind;
        self.open += other.open;
        self.overlaps += other.overlaps;
        self.longest_hold = self.longest_hold.max(other.longest_hold);
        self.held += other.held;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
        self.waited += other.waited;
        self.waits += other.waits;
        self.refused += other.refused;
        self.asked_again += other.asked_again;
        self.asked_for += other.asked_for;
        self.renewals += other.renewals;
        self.no_ttl += other.no_ttl;
        self.late_ttl += other.late_ttl;
        self.longest_without = self.longest_without.max(other.longest_without);
        self.idle_releases += other.idle_releases;
        self.held_before += other.held_before;
        self.most_at_once = self.most_at_once.max(other.most_at_once);
        self.ttl = match (self.ttl, other.ttl) {
            (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
            (one, two) => one.or(two),
        };
    }

    /// How many holds there were.
    pub fn holds(&self) -> u64 {
        self.completed + self.left_behind + self.open
    }
}
