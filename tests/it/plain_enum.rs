//! SET NX PX with compare-and-delete, written by hand as plain enums: the search over `async` recipes must have as
//! many worlds, and the same shortest stories.
//!
//! What a world is: for every client where it is and what is on its way, the key and what is left of its lease, what
//! is due when (at one instant in the order in which it was put there), and who is inside.

use lockstep::cx::{Cx, Grant, Lock, LockBox, LockError, Next, Script, Token, Work, WorkBox};
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::property::PropertyBox;
use lockstep::sim::{AnyServer, ProcessSetup, ServerSetup, Setup, Timing};
use lockstep::store::redis::{Config, RedisServer};
use lockstep::time::Micros;

use super::plain_enum_world::{Kind, by_hand};
use super::recipe_world::fault;
use super::search::OneAtATime;

pub(crate) const TTL: i64 = 10_000;
pub(crate) const WORK: i64 = 4000;
pub(crate) const RETRY: i64 = 3000;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct SetNxPx {
    token: Option<Token>,
}

impl Lock for SetNxPx {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let token = cx.unique_token();
        if !cx.redis(0).set(&"lock", &token).nx().px(Micros::from_ms(TTL)).await? {
            return Err(LockError::Busy);
        }
        self.token = Some(token);
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        if let Some(token) = self.token.take() {
            let script = Script(
                "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0",
            );
            cx.redis(0).eval(script, &[&"lock"], &[&token]).await?;
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        (Micros::from_ms(RETRY), Micros::ZERO)
    }

    fn place(&self) -> String {
        "lock".to_owned()
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Section {
    rounds: u32,
}

impl Work for Section {
    async fn section(&mut self, cx: &Cx, _: &Grant) -> Next {
        cx.sleep(Micros::from_ms(WORK)).await;
        self.rounds -= 1;
        if self.rounds == 0 { Next::Enough } else { Next::Again }
    }
}

fn by_search(clients: usize, rounds: u32, kind: Kind) -> Result<usize, (u32, u32)> {
    let process = |n: usize| {
        let thread = (LockBox::new(SetNxPx { token: None }), WorkBox::new(Section { rounds }));
        ProcessSetup::new(format!("c{}", n + 1), vec![thread])
    };
    let fault = match kind {
        Kind::Crash => fault("crash", 1, &[]),
        Kind::Pause(span) => fault("pause", 1, &[span]),
    };
    let setup = Setup {
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
        faults: vec![fault],
        properties: vec![PropertyBox::new(OneAtATime::default())],
        horizon: Micros::from_ms(60_000),
        sentinel: lockstep::sim::SentinelSetup::default(),
        lateness: None,
        most_free: 0,
        watches_place: false,
    };
    let outcome = Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end);
    match outcome.verdict {
        Verdict::Holds => Ok(outcome.states),
        Verdict::Violated { deviations, steps, .. } => Err((deviations, steps)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_search_has_as_many_worlds_as_a_model_written_by_hand() {
    for (clients, rounds) in [(2, 1), (2, 2), (3, 1), (3, 2)] {
        let hand = by_hand(clients, rounds, Kind::Crash);
        let search = by_search(clients, rounds, Kind::Crash);
        assert_eq!(hand, search, "{clients} clients, {rounds} rounds");
        assert!(hand.is_ok());
    }
}

#[test]
fn the_search_finds_the_same_shortest_story_as_a_model_written_by_hand() {
    for (clients, span) in [(2, 12_000), (3, 12_000), (2, 5000), (3, 9000)] {
        let hand = by_hand(clients, 1, Kind::Pause(span));
        let search = by_search(clients, 1, Kind::Pause(span));
        assert_eq!(hand, search, "{clients} clients, a pause of {span} ms");
        assert_eq!(hand.is_err(), span > TTL - WORK);
    }
}
