//! The search, on a recipe written here, so that what it finds does not depend on the catalogue.

use lockstep::cx::{Cx, Grant, Lock, LockBox, LockError, Next, Script, Token, Work, WorkBox};
use lockstep::explore::{Bounds, Outcome, Search, Verdict};
use lockstep::property::{Event, Judgement, Names, Property, PropertyBox, Who};
use lockstep::sim::{AnyServer, Fault, ProcessSetup, ServerSetup, Setup, Timing};
use lockstep::store::redis::{Config, RedisServer};
use lockstep::time::Micros;

use super::recipe_world::{fault, fault_with};

const COMPARE_AND_DELETE: Script = Script(
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct SetNxPx {
    ttl: Micros,
    token: Option<Token>,
}

impl Lock for SetNxPx {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let token = cx.unique_token();
        self.token = Some(token);
        let asked_at = cx.now();
        if !cx.redis(0).set(&"lock", &token).nx().px(self.ttl).await? {
            return Err(LockError::Busy);
        }
        Ok(Grant { until: Some(asked_at + self.ttl), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        if let Some(token) = self.token.take() {
            cx.redis(0).eval(COMPARE_AND_DELETE, &[&"lock"], &[&token]).await?;
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        (Micros::from_ms(1000), Micros::ZERO)
    }

    fn place(&self) -> String {
        "lock".to_owned()
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Section {
    work: Micros,
    rounds: u32,
    heed: bool,
}

impl Work for Section {
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next {
        let work = match grant.until {
            Some(until) if self.heed => self.work.min(cx.until(until)),
            _ => self.work,
        };
        cx.sleep(work).await;
        self.rounds -= 1;
        if self.rounds == 0 { Next::Enough } else { Next::Again }
    }

    fn heeds_validity(&self) -> bool {
        self.heed
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct OneAtATime {
    inside: Vec<Who>,
}

impl Property for OneAtATime {
    fn name(&self) -> &'static str {
        "one-at-a-time"
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match event {
            Event::Enters { who, .. } => {
                let other = self.inside.first().copied();
                self.inside.push(*who);
                match other {
                    Some(other) => Judgement::violated(format!(
                        "{} entered while {} was inside",
                        names.who(*who),
                        names.who(other)
                    )),
                    None => Judgement::happened(),
                }
            }
            Event::Leaves(who) => {
                self.inside.retain(|other| other != who);
                Judgement::nothing()
            }
            Event::Crashes(process) => {
                self.inside.retain(|other| other.process != *process);
                Judgement::nothing()
            }
            _ => Judgement::nothing(),
        }
    }
}

fn setup(clients: u16, rounds: u32, work_ms: i64, faults: Vec<Fault>) -> Setup {
    let process = |n: u16| {
        let lock = LockBox::new(SetNxPx { ttl: Micros::from_ms(10_000), token: None });
        let work = Section { work: Micros::from_ms(work_ms), rounds, heed: false };
        ProcessSetup::new(format!("c{}", n + 1), vec![(lock, WorkBox::new(work))])
    };
    Setup {
        servers: vec![ServerSetup {
            name: "redis".to_owned(),
            state: AnyServer::Redis(Box::new(RedisServer::new(Config::default()))),
            drift_ppm: 0,
        }],
        processes: (0..clients).map(process).collect(),
        timing: Timing::Abstract,
        round_trip: Micros::from_ms(1),
        costs: lockstep::sim::Costs::default(),
        far: std::collections::BTreeMap::new(),
        faults,
        properties: vec![PropertyBox::new(OneAtATime::default())],
        horizon: Micros::from_ms(60_000),
        sentinel: lockstep::sim::SentinelSetup::default(),
        lateness: None,
        most_free: 0,
        watches_place: false,
    }
}

fn search(setup: &Setup) -> Outcome {
    Search::new(setup, Bounds::default()).run(&mut lockstep::explore::to_the_end)
}

#[test]
fn without_faults_there_is_one_run_and_it_holds() {
    let outcome = search(&setup(3, 2, 4000, vec![]));
    assert_eq!(outcome.verdict, Verdict::Holds);
}

#[test]
fn a_pause_longer_than_the_lease_lets_two_in() {
    let outcome = search(&setup(2, 1, 4000, vec![fault("pause", 1, &[9000, 11_000])]));
    assert!(matches!(outcome.verdict, Verdict::Violated { deviations: 1, .. }), "{outcome:?}");
}

#[test]
fn a_crash_alone_lets_nobody_in_too_early() {
    let setup = setup(3, 2, 4000, vec![fault("crash", 1, &[])]);
    let outcome = search(&setup);
    assert_eq!(outcome.verdict, Verdict::Holds);
}

#[test]
fn any_order_of_messages_holds() {
    let outcome =
        search(&setup(3, 1, 4000, vec![fault_with("reorder", r#""budget": "unlimited""#)]));
    assert_eq!(outcome.verdict, Verdict::Holds);
}

#[test]
fn merging_hides_no_violation() {
    for (clients, faults) in [
        (2, vec![fault("pause", 1, &[9000, 11_000])]),
        (2, vec![fault("slow", 1, &[11_000])]),
        (3, vec![fault("lose-reply", 1, &[])]),
        (2, vec![fault("partition", 1, &[800, 2000])]),
    ] {
        // Short enough that the unmerged search ends: the lease is over after two polls.
        let mut setup = setup(clients, 1, 1200, faults);
        for process in &mut setup.processes {
            let lock = SetNxPx { ttl: Micros::from_ms(1500), token: None };
            let work = Section { work: Micros::from_ms(1200), rounds: 1, heed: false };
            process.threads = vec![(LockBox::new(lock), WorkBox::new(work))];
        }
        let bounds = Bounds { steps: 16, ..Bounds::default() };
        let merged = Search::new(&setup, bounds).run(&mut lockstep::explore::to_the_end);
        let unmerged =
            Search::new(&setup, bounds).without_merging().run(&mut lockstep::explore::to_the_end);
        // The numbers of worlds differ; what is found must not.
        assert_eq!(merged.verdict, unmerged.verdict);
    }
}
