//! What the search makes of waiting, on a recipe written here: two keys that are taken in opposite orders.

use lockstep::cx::{Cx, Grant, Lock, LockBox, LockError, Next, Work, WorkBox};
use lockstep::explore::{Bounds, Outcome, Search, Verdict};
use lockstep::property::{BoundedWait, Deadlock, Livelock, OrphanedLock, PropertyBox};
use lockstep::sim::{AnyServer, ProcessSetup, ServerSetup, Setup, Timing};
use lockstep::store::redis::{Config, RedisServer};
use lockstep::time::Micros;

/// What one does who has one key and cannot have the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Then {
    /// Keeps it and asks again.
    Keep,
    /// Gives it back, waits, and begins anew.
    GiveBack { jitter_ms: i64 },
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct TwoKeys {
    keys: [&'static str; 2],
    then: Then,
    has: [bool; 2],
}

impl Lock for TwoKeys {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        for (place, key) in self.keys.iter().enumerate() {
            if !self.has[place] && !cx.redis(0).setnx(key, &1_i64).await? {
                if self.then != Then::Keep {
                    self.release(cx).await?;
                }
                return Err(LockError::Busy);
            }
            self.has[place] = true;
        }
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        for (place, key) in self.keys.iter().enumerate() {
            if std::mem::take(&mut self.has[place]) {
                cx.redis(0).del(key).await?;
            }
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        let jitter = match self.then {
            Then::Keep => 0,
            Then::GiveBack { jitter_ms } => jitter_ms,
        };
        (Micros::from_ms(100), Micros::from_ms(jitter))
    }

    fn place(&self) -> String {
        "a".to_owned()
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Short;

impl Work for Short {
    async fn section(&mut self, cx: &Cx, _: &Grant) -> Next {
        cx.sleep(Micros::from_ms(10)).await;
        Next::Enough
    }
}

fn search(then: Then, property: PropertyBox) -> Outcome {
    let process = |(name, keys): (&str, [&'static str; 2])| {
        let lock = LockBox::new(TwoKeys { keys, then, has: [false; 2] });
        ProcessSetup::new(name, vec![(lock, WorkBox::new(Short))])
    };
    let setup = Setup {
        servers: vec![ServerSetup {
            name: "redis".to_owned(),
            drift_ppm: 0,
            state: AnyServer::Redis(Box::new(RedisServer::new(Config::default()))),
        }],
        processes: [("c1", ["a", "b"]), ("c2", ["b", "a"])].map(process).into(),
        timing: Timing::Abstract,
        round_trip: Micros::from_ms(1),
        costs: lockstep::sim::Costs::default(),
        far: std::collections::BTreeMap::new(),
        faults: Vec::new(),
        properties: vec![property],
        horizon: Micros::from_ms(60_000),
        sentinel: lockstep::sim::SentinelSetup::default(),
        lateness: None,
        most_free: 0,
        watches_place: false,
    };
    Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end)
}

/// Why it is violated, without a fault.
fn why(outcome: &Outcome) -> &str {
    match &outcome.verdict {
        Verdict::Violated { violation, deviations: 0, .. } => &violation.why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn giving_back_and_asking_again_in_step_is_a_livelock() {
    let outcome = search(Then::GiveBack { jitter_ms: 0 }, PropertyBox::new(Livelock::new(false)));
    assert_eq!(
        why(&outcome),
        "c1 and c2 want the lock, and so it goes on for ever, though nobody is in a section"
    );
    let outcome = search(Then::GiveBack { jitter_ms: 0 }, PropertyBox::new(Deadlock::new(false)));
    let vacuous = Verdict::Vacuous(vec!["deadlock"]);
    assert_eq!(outcome.verdict, vacuous, "who goes on asking is not stuck, and nobody enters");
}

#[test]
fn jitter_is_fair_some_draw_lets_somebody_in() {
    let jitter = Then::GiveBack { jitter_ms: 3 };
    for property in [
        PropertyBox::new(Livelock::new(false)),
        PropertyBox::new(OrphanedLock::new(false)),
        PropertyBox::new(BoundedWait::new(Micros::from_ms(203))),
        PropertyBox::new(BoundedWait::of_each(Micros::from_ms(300))),
    ] {
        assert_eq!(search(jitter, property).verdict, Verdict::Holds);
    }
    // Who has drawn the same as the other fails once more, and can be luckier after that.
    let outcome = search(jitter, PropertyBox::new(BoundedWait::new(Micros::from_ms(199))));
    assert_eq!(
        why(&outcome),
        "c1 and c2 want the lock, and the next entry comes only after 200 ms: more than 199 ms"
    );
}

#[test]
fn keeping_what_one_has_leaves_both_waiting() {
    let outcome = search(Then::Keep, PropertyBox::new(OrphanedLock::new(false)));
    assert_eq!(
        why(&outcome),
        "c1 and c2 want the lock, nobody is in a section, and nobody will ever enter again"
    );
    let outcome = search(Then::Keep, PropertyBox::new(BoundedWait::of_each(Micros::from_ms(1))));
    assert_eq!(why(&outcome), "c1 wants the lock, and it will never enter");
}
