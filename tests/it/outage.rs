//! Outages of a Redis server: what clients learn, and what is left.

use lockstep::choice::{About, Alternative, Choices, Question, Strike, Target};
use lockstep::event::Observer;
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::Model;
use lockstep::property::{Event, MutualExclusion, PropertyBox};
use lockstep::sim::{AnyServer, Live, Setup};
use lockstep::store::redis::{Config, Persistence, RedisServer};
use lockstep::time::Micros;

use super::recipe_world::{LIMITS, SAMPLED, fault, run_on, world_of};

/// The server dies as soon as it can; everything else is nominal.
struct DiesFirst(bool);

impl Choices for DiesFirst {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        if question.about != About::Step || self.0 {
            return 0;
        }
        let is_it = |it: Alternative| {
            matches!(it, Alternative::Strike(Strike { target: Target::Server(0), .. }))
        };
        let dies = (0..question.n).find(|n| is_it((question.alternative)(*n)));
        self.0 = dies.is_some();
        dies.unwrap_or(0)
    }
}

/// How often a client learnt that a connection was gone, and when (µs) each client entered.
#[derive(Default)]
struct Log {
    lost: u32,
    entered: Vec<Micros>,
}

impl Observer for Log {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        match told {
            Event::Lost { server: 0, .. } => self.lost += 1,
            Event::Enters { .. } => self.entered.push(now),
            _ => {}
        }
    }
}

fn setup(persistence: Persistence, down_ms: i64) -> Setup {
    let lock = r#"{"set-nx-px": {"ttl": "200ms", "retry": {"after": "10ms"}}}"#;
    let mut setup = world_of(lock, r#"{"section": {"work": "30ms", "rounds": 1}}"#, &[1, 1]);
    let server = RedisServer::new(Config { persistence, ..Config::default() });
    setup.servers[0].state = AnyServer::Redis(Box::new(server));
    setup.faults = vec![fault("restart-server", 1, &[down_ms])];
    setup
}

#[test]
fn while_a_server_is_down_every_call_fails_at_once() {
    let setup = setup(Persistence::None, 105);
    for timing in [setup.timing, SAMPLED] {
        let setup = setup.with_timing(timing);
        let mut log = Log::default();
        let mut choices = DiesFirst(false);
        run_on(&setup, &mut Live::default(), LIMITS, &mut choices, &mut log);
        assert!(choices.0, "the server died");
        // Two clients try every 10 ms or so, for 105 ms.
        assert!((12..=24).contains(&log.lost), "{} connections lost", log.lost);
        assert_eq!(log.entered.len(), 2);
        assert!(log.entered[0] >= Micros::from_ms(105), "nobody enters meanwhile");
        assert!(log.entered[0] < Micros::from_ms(130), "but soon after");
    }
}

#[test]
fn what_a_restart_forgets_is_what_was_not_on_disk() {
    let verdict = |persistence| {
        let mut setup = setup(persistence, 5);
        setup.properties = vec![PropertyBox::new(MutualExclusion::new(1))];
        Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end).verdict
    };
    for persistence in [Persistence::None, Persistence::EverySecond] {
        let verdict = verdict(persistence);
        assert!(matches!(verdict, Verdict::Violated { deviations: 1, .. }), "{verdict:?}");
    }
    assert_eq!(verdict(Persistence::Always), Verdict::Holds);
}

#[test]
fn only_servers_of_a_store_are_restarted() {
    let text = r#"{"title": "one client", "why": "a test", "store": {"none": {}}, "lock": {"none": {}},
"clients": {"processes": 1}, "work": {"section": {}}, "faults": [{"restart-server": {"for": "1s"}}],
"properties": ["mutual-exclusion"]}"#;
    let problem = Model::parse("m.json", text).expect_err("an error").to_string();
    assert!(problem.contains("`restart-server` restarts Redis and ZooKeeper servers"), "{problem}");
}
