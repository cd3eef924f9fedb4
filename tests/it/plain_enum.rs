//! SET NX PX with compare-and-delete, written by hand as plain enums: the search over `async` recipes must have as
//! many worlds, and the same shortest stories.
//!
//! What a world is: for every client where it is and what is on its way, the key and what is left of its lease, what
//! is due when (at one instant in the order in which it was put there), and who is inside.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use lockstep::client::zookeeper::Library;
use lockstep::cx::{Cx, Grant, Lock, LockBox, LockError, Next, Script, Token, Work, WorkBox};
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::property::PropertyBox;
use lockstep::sim::{
    AnyServer, Clock, Cut, Fault, FaultKind, ProcessSetup, ServerSetup, Setup, Timing,
};
use lockstep::store::redis::{Config, RedisServer};
use lockstep::time::Micros;

use super::search::OneAtATime;

const TTL: i64 = 10_000;
const WORK: i64 = 4000;
const RETRY: i64 = 3000;

// ---- the recipe ----

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

// ---- the same by hand ----

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Phase {
    Acquiring,
    Waiting,
    Working,
    Releasing,
    Done,
    Dead,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Up {
    Set,
    CompareAndDelete,
    Disconnect,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Event {
    Up(usize),
    Down(usize),
    Timer(usize),
    Wake,
    Resume(usize),
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Client {
    phase: Phase,
    rounds: u32,
    up: VecDeque<Up>,
    /// The reply on its way: whether it says yes.
    down: VecDeque<bool>,
    /// The server knows the connection.
    connected: bool,
    /// Standing still; what was due for it meanwhile.
    paused: Option<VecDeque<Event>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct World {
    clients: Vec<Client>,
    /// The owner and what is left of the lease (ms).
    key: Option<(usize, i64)>,
    /// The script was seen before.
    cached: bool,
    agenda: Vec<(i64, Event)>,
    faults: u32,
    inside: Vec<usize>,
}

impl World {
    fn new(clients: usize, rounds: u32, faults: u32) -> Self {
        let client = Client {
            phase: Phase::Acquiring,
            rounds,
            up: VecDeque::from([Up::Set]),
            down: VecDeque::new(),
            connected: false,
            paused: None,
        };
        Self {
            clients: vec![client; clients],
            key: None,
            cached: false,
            agenda: (0..clients).map(|c| (0, Event::Up(c))).collect(),
            faults,
            inside: Vec::new(),
        }
    }

    fn done(&self) -> bool {
        self.clients.iter().all(|c| matches!(c.phase, Phase::Done | Phase::Dead))
    }

    fn put(&mut self, due: i64, event: Event) {
        let place = self.agenda.partition_point(|(other, _)| *other <= due);
        self.agenda.insert(place, (due, event));
    }

    fn cancel(&mut self, gone: impl Fn(&Event) -> bool) {
        self.agenda.retain(|(_, event)| !gone(event));
    }

    fn arm(&mut self) {
        // An arming that changes nothing leaves the entry where it is.
        let due = self.key.map(|(_, left)| left + 1);
        let armed =
            self.agenda.iter().find(|(_, event)| *event == Event::Wake).map(|(due, _)| *due);
        if due != armed {
            self.cancel(|event| *event == Event::Wake);
            if let Some(due) = due {
                self.put(due, Event::Wake);
            }
        }
    }

    fn send(&mut self, c: usize, up: Up) {
        self.clients[c].up.push_back(up);
        self.put(0, Event::Up(c));
    }

    /// The nominal step; whether two are inside then.
    fn next(&mut self) -> bool {
        let (due, event) = self.agenda.remove(0);
        for (at, _) in &mut self.agenda {
            *at -= due;
        }
        if let Some((_, left)) = &mut self.key {
            *left -= due;
        }
        if let Event::Down(c) | Event::Timer(c) = event
            && let Some(backlog) = &mut self.clients[c].paused
        {
            backlog.push_back(event);
            return false;
        }
        match event {
            Event::Up(c) => self.serve(c),
            Event::Wake => {
                self.key = None;
                self.arm();
            }
            Event::Resume(c) => {
                for event in self.clients[c].paused.take().unwrap() {
                    self.put(0, event);
                }
            }
            Event::Timer(c) if self.clients[c].phase == Phase::Waiting => {
                self.clients[c].phase = Phase::Acquiring;
                self.send(c, Up::Set);
            }
            Event::Timer(c) => {
                self.inside.retain(|other| *other != c);
                self.clients[c].phase = Phase::Releasing;
                self.clients[c].rounds -= 1;
                self.send(c, Up::CompareAndDelete);
            }
            Event::Down(c) => {
                let yes = self.clients[c].down.pop_front().unwrap();
                match (self.clients[c].phase, yes) {
                    (Phase::Acquiring, true) => {
                        self.clients[c].phase = Phase::Working;
                        self.inside.push(c);
                        self.put(WORK, Event::Timer(c));
                        return self.inside.len() > 1;
                    }
                    (Phase::Acquiring, false) => {
                        self.clients[c].phase = Phase::Waiting;
                        self.put(RETRY, Event::Timer(c));
                    }
                    _ if self.clients[c].rounds == 0 => self.clients[c].phase = Phase::Done,
                    _ => {
                        self.clients[c].phase = Phase::Acquiring;
                        self.send(c, Up::Set);
                    }
                }
            }
        }
        false
    }

    fn serve(&mut self, c: usize) {
        // The key is alive at equality.
        if self.key.is_some_and(|(_, left)| left < 0) {
            self.key = None;
        }
        let reply = match self.clients[c].up.pop_front().unwrap() {
            Up::Disconnect => {
                self.clients[c].connected = false;
                return;
            }
            Up::Set if self.key.is_none() => {
                self.key = Some((c, TTL));
                true
            }
            Up::Set => false,
            Up::CompareAndDelete => {
                self.cached = true;
                let mine = self.key.is_some_and(|(owner, _)| owner == c);
                if mine {
                    self.key = None;
                }
                mine
            }
        };
        self.clients[c].connected = true;
        // Nobody listens at a dead client's end.
        if self.clients[c].phase != Phase::Dead {
            self.clients[c].down.push_back(reply);
            self.put(0, Event::Down(c));
        }
        self.arm();
    }

    /// Which clients a fault may hit now.
    fn victims(&self) -> Vec<usize> {
        if self.faults == 0 {
            return Vec::new();
        }
        let (due, event) = self.agenda[0];
        let alive = |c: usize| {
            !matches!(self.clients[c].phase, Phase::Done | Phase::Dead)
                && self.clients[c].paused.is_none()
        };
        let head = match event {
            Event::Down(c) | Event::Timer(c) => Some(c),
            _ => None,
        };
        let others = (0..self.clients.len()).filter(|c| due > 0 && Some(*c) != head);
        head.into_iter().chain(others).filter(|c| alive(*c)).collect()
    }

    fn crash(&mut self, c: usize) {
        self.faults -= 1;
        let client = &mut self.clients[c];
        client.phase = Phase::Dead;
        client.rounds = 0;
        client.down.clear();
        self.inside.retain(|other| *other != c);
        self.cancel(|event| matches!(event, Event::Down(of) | Event::Timer(of) if *of == c));
        self.send(c, Up::Disconnect);
    }

    fn pause(&mut self, c: usize, span: i64) {
        self.faults -= 1;
        self.clients[c].paused = Some(VecDeque::new());
        self.put(span, Event::Resume(c));
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Crash,
    Pause(i64),
}

/// The number of worlds, or the deviations and steps of the shortest story with two inside.
fn by_hand(clients: usize, rounds: u32, kind: Kind) -> Result<usize, (u32, u32)> {
    let mut known: BTreeSet<World> = BTreeSet::new();
    let mut closed: BTreeSet<World> = BTreeSet::new();
    let mut waiting: BTreeMap<(u32, u32), VecDeque<Option<World>>> = BTreeMap::new();
    let first = World::new(clients, rounds, 1);
    known.insert(first.clone());
    waiting.entry((0, 0)).or_default().push_back(Some(first));
    while let Some(mut bucket) = waiting.first_entry() {
        let (deviations, steps) = *bucket.key();
        let Some(next) = bucket.get_mut().pop_front() else {
            bucket.remove();
            continue;
        };
        let Some(world) = next else { return Err((deviations, steps)) };
        if !closed.insert(world.clone()) || world.done() || world.agenda.is_empty() {
            continue;
        }
        let mut reach = |at: (u32, u32), world: World, two: bool| {
            if two {
                waiting.entry(at).or_default().push_back(None);
            } else {
                known.insert(world.clone());
                waiting.entry(at).or_default().push_back(Some(world));
            }
        };
        let mut nominal = world.clone();
        let two = nominal.next();
        reach((deviations, steps + 1), nominal, two);
        for c in world.victims() {
            let mut hit = world.clone();
            match kind {
                Kind::Crash => hit.crash(c),
                Kind::Pause(span) => hit.pause(c, span),
            }
            reach((deviations + 1, steps + 1), hit, false);
        }
    }
    Ok(known.len())
}

fn by_search(clients: usize, rounds: u32, kind: Kind) -> Result<usize, (u32, u32)> {
    let process = |n: usize| ProcessSetup {
        name: format!("c{}", n + 1),
        threads: vec![(LockBox::new(SetNxPx { token: None }), WorkBox::new(Section { rounds }))],
        clock: Clock::default(),
        session_timeout_ms: 6000,
        library: Library::default(),
    };
    let (kind, durations) = match kind {
        Kind::Crash => (FaultKind::Crash, vec![]),
        Kind::Pause(span) => (FaultKind::Pause, vec![Micros::from_ms(span)]),
    };
    let fault = Fault {
        kind,
        budget: Some(1),
        durations,
        processes: vec![],
        phases: vec![],
        requests: vec![],
        cut: Cut::default(),
    };
    let setup = Setup {
        servers: vec![ServerSetup {
            name: "redis".to_owned(),
            state: AnyServer::Redis(Box::new(RedisServer::new(Config::default()))),
        }],
        processes: (0..clients).map(process).collect(),
        timing: Timing::Abstract,
        round_trip: Micros::from_ms(1),
        faults: vec![fault],
        properties: vec![PropertyBox::new(OneAtATime::default())],
        horizon: Micros::from_ms(60_000),
        watches_place: false,
    };
    let outcome = Search::new(&setup, Bounds::default()).run(&mut |_| {});
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
