//! Random clients: nothing panics, the state fits itself, and clones go the same way.

use std::collections::BTreeMap;

use lockstep::store::zookeeper::{
    ALL, Acl, AddWatchMode, Config, Create, CreateForm, CreateMode, Moment, Op, Password, READ,
    SessionId, SetWatches, WatcherType, ZooKeeper, Zxid, Zxids,
};
use lockstep::store::{Key, Link, Server};
use lockstep::time::Micros;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::zookeeper_world::{Got, World, config};

const PATHS: [&str; 20] = [
    "/",
    "",
    "/a",
    "/a/b",
    "/a/b/c",
    "/b",
    "/b/x",
    "/e",
    "/e/",
    "/a//b",
    "a",
    "/a/.",
    "/zookeeper",
    "/zookeeper/quota",
    "/zookeeper/config",
    "/\u{1f512}",
    "/a/\0",
    "/s-",
    "/a/s-",
    "/b/s-",
];

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0.next_u32() as usize % n
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn path(&mut self) -> std::rc::Rc<str> {
        match self.below(4) {
            0 => format!("{}{:010}", self.one(&["/a/s-", "/b/s-", "/s-"]), self.below(12)).into(),
            _ => self.one(&PATHS).into(),
        }
    }

    fn version(&mut self) -> i32 {
        self.one(&[-1, -1, -1, 0, 1, 2, i32::MAX, i32::MIN])
    }

    fn acl(&mut self) -> lockstep::store::zookeeper::AclList {
        let list: &[Acl] = match self.below(8) {
            0 => &[],
            1 => &[Acl::new(READ, "world", "anyone")],
            2 => &[Acl::new(ALL, "auth", "")],
            3 => &[Acl::new(ALL, "ip", "127.0.0.1/8"), Acl::new(0, "digest", "a:b")],
            _ => &[Acl::new(ALL, "world", "anyone")],
        };
        list.into()
    }

    fn create(&mut self) -> Op {
        let form = match self.below(6) {
            0 => CreateForm::Container,
            1 => CreateForm::Ttl(self.one(&[1, 700, -1, i64::MAX])),
            2 => CreateForm::Create2,
            _ => CreateForm::Create,
        };
        let mode = self.one(&[
            CreateMode::Persistent,
            CreateMode::Persistent,
            CreateMode::Ephemeral,
            CreateMode::PersistentSequential,
            CreateMode::EphemeralSequential,
            CreateMode::Container,
            CreateMode::PersistentWithTtl,
            CreateMode::PersistentSequentialWithTtl,
            CreateMode::Unknown(99),
        ]);
        let length = if self.below(100) == 0 { 1 << 20 } else { self.below(3) };
        let data = (self.below(3) > 0).then(|| vec![b'x'; length].into());
        Op::Create(Create { form, mode, path: self.path(), data, acl: self.acl() })
    }

    fn write(&mut self) -> Op {
        match self.below(5) {
            0 => Op::Delete { path: self.path(), version: self.version() },
            1 => Op::SetData { path: self.path(), data: None, version: self.version() },
            2 => Op::Check { path: self.path(), version: self.version() },
            _ => self.create(),
        }
    }

    fn parts(&mut self) -> std::rc::Rc<[Op]> {
        (0..self.below(5))
            .map(|_| if self.below(20) == 0 { self.op() } else { self.write() })
            .collect()
    }

    fn paths(&mut self) -> std::rc::Rc<[std::rc::Rc<str>]> {
        (0..self.below(4)).map(|_| self.path()).collect()
    }

    fn op(&mut self) -> Op {
        let watch = self.below(2) == 0;
        let kinds =
            [WatcherType::Any, WatcherType::Data, WatcherType::Children, WatcherType::Unknown(0)];
        match self.below(30) {
            0 => Op::GetData { path: self.path(), watch },
            1 | 2 => Op::GetChildren { path: self.path(), watch },
            3 => Op::GetChildren2 { path: self.path(), watch },
            4 => Op::GetAllChildrenNumber { path: self.path() },
            5 => Op::GetEphemerals { prefix: self.path() },
            6 => Op::Sync { path: self.path() },
            7 | 8 => Op::Multi(self.parts()),
            9 => Op::MultiRead(self.parts()),
            10 => Op::AddWatch {
                path: self.path(),
                mode: self.one(&[
                    AddWatchMode::Persistent,
                    AddWatchMode::PersistentRecursive,
                    AddWatchMode::Unknown(5),
                ]),
            },
            11 => Op::RemoveWatches { path: self.path(), kind: self.one(&kinds) },
            12 => Op::CheckWatches { path: self.path(), kind: self.one(&kinds) },
            13 => Op::SetWatches2(SetWatches {
                relative_zxid: Zxid(self.one(&[0, i64::MAX])),
                data: self.paths(),
                exist: self.paths(),
                child: self.paths(),
                persistent: self.paths(),
                persistent_recursive: self.paths(),
            }),
            14 => Op::GetAcl { path: self.path() },
            15 => Op::SetAcl { path: self.path(), acl: self.acl(), version: self.version() },
            16 if self.below(4) == 0 => {
                let scheme = self.one(&["digest", "ip", "none"]);
                Op::Auth { scheme: scheme.into(), auth: b"u:p".as_slice().into() }
            }
            17 => Op::Ping,
            18 if self.below(3) == 0 => Op::CloseSession,
            19 | 20 => Op::Exists { path: self.path(), watch },
            _ => self.write(),
        }
    }
}

/// One thing that happens to the server.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Call(Link, Op),
    Connect(Option<(SessionId, Password)>, i32),
    Disconnect(Link),
    Pass(i64),
    Restart,
}

fn step(chance: &mut Chance, world: &World, links: u32) -> Step {
    // Mostly of those that are connected.
    let open: Vec<_> =
        (0..links).map(Link).filter(|link| world.server.session_of(*link).is_some()).collect();
    let link = match chance.below(20) {
        0 => Link(chance.below(links.max(1) as usize) as u32),
        _ if open.is_empty() => Link(0),
        _ => chance.one(&open),
    };
    match chance.below(40) {
        0 | 1 => Step::Connect(None, chance.one(&[-5, 1000, 3000, 20_000])),
        2 => {
            let sessions: Vec<_> = world.server.sessions().collect();
            let session = if sessions.is_empty() { SessionId(7) } else { chance.one(&sessions) };
            let password = if chance.below(4) == 0 { Password(0) } else { Password::of(session) };
            Step::Connect(Some((session, password)), 1500)
        }
        3 if chance.below(2) == 0 => Step::Disconnect(link),
        4..=6 => Step::Pass(chance.one(&[1, 100, 499, 500, 1001])),
        7 if chance.below(10) == 0 => Step::Restart,
        _ => Step::Call(link, chance.op()),
    }
}

pub(crate) fn take(world: &mut World, step: &Step) {
    match step {
        Step::Call(link, op) => world.ask(*link, op.clone()),
        Step::Connect(session, timeout_ms) => {
            world.connect(*timeout_ms, *session);
        }
        Step::Disconnect(link) => world.disconnect(*link),
        Step::Pass(ms) => world.pass(*ms),
        Step::Restart => {
            world.server.crash();
            let now = world.now;
            world.server.restart(now, &mut world.wires);
        }
    }
}

/// Runs a random world; after each step `each` may look.
pub(crate) fn run(
    seed: u64,
    config: Config,
    steps: usize,
    each: &mut dyn FnMut(&mut World, &Step),
) {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
    let mut world = World::with(config);
    let mut links = 0;
    for _ in 0..steps {
        let step = step(&mut chance, &world, links);
        links += u32::from(matches!(step, Step::Connect(..)));
        world.wires.answers = (0..4).map(|_| chance.below(3) as u32).collect();
        take(&mut world, &step);
        each(&mut world, &step);
        world.wires.asked.clear();
    }
}

pub(crate) fn configs() -> [Config; 3] {
    let drawn = Config { expiry: Moment::Drawn, reaping: Moment::Drawn, times: false, ..config() };
    [config(), drawn, Config { times: false, expiry: Moment::Phase(Micros(123_456)), ..config() }]
}

#[test]
fn whatever_clients_send_the_state_fits_itself() {
    let (mut answered, mut events) = (0, 0);
    for seed in 0..30 {
        let mut last = Zxid::ZERO;
        run(seed, configs()[seed as usize % 3].clone(), 600, &mut |world, step| {
            world
                .server
                .audit()
                .unwrap_or_else(|what| panic!("seed {seed}, after {step:?}: {what}"));
            assert!(world.server.zxid() >= last, "numbers only grow");
            last = world.server.zxid();
            for got in std::mem::take(&mut world.wires.got).into_values().flatten() {
                match got {
                    Got::Reply(zxid, result) => {
                        assert!(zxid <= last.0);
                        answered += u32::from(result.is_ok());
                    }
                    Got::Event(_) => events += 1,
                    Got::Connect(..) | Got::Close => {}
                }
            }
        });
    }
    // The clients do get somewhere: else this says nothing.
    assert!(answered > 3000 && events > 500, "{answered} answers, {events} events");
}

fn key(server: &ZooKeeper, now: Micros) -> Key {
    let mut server = server.clone();
    server.rebase(now);
    let mut key = Key::default();
    server.key(&mut key);
    key
}

/// The ranks of all numbers that the server holds.
fn ranks(server: &ZooKeeper) -> BTreeMap<Zxid, Zxid> {
    let mut known = BTreeMap::new();
    server.each_zxid(&mut |zxid| {
        known.insert(zxid, Zxid::ZERO);
    });
    for (rank, (old, new)) in known.iter_mut().enumerate() {
        // What was there before the first transaction stays there.
        *new = if *old == Zxid::ZERO { Zxid::ZERO } else { Zxid(rank as i64 + 1) };
    }
    known
}

#[test]
fn a_clone_goes_the_same_way_and_so_does_one_with_another_origin_of_time_or_other_numbers() {
    for seed in 100..112 {
        let config = configs()[1 + seed as usize % 2].clone();
        let mut others: Vec<World> = Vec::new();
        let mut count = 0;
        run(seed, config, 400, &mut |world, step| {
            count += 1;
            let got = std::mem::take(&mut world.wires.got);
            for other in &mut others {
                let answers = world.wires.asked.len();
                let first = world.wires.given.len() - answers;
                other.wires.answers = world.wires.given[first..].iter().copied().collect();
                take(other, step);
                let theirs = std::mem::take(&mut other.wires.got);
                assert_eq!(texts(&got), texts(&theirs), "seed {seed}, step {count}: {step:?}");
                assert_eq!(
                    key(&world.server, world.now),
                    key(&other.server, other.now),
                    "seed {seed}, {step:?}"
                );
                other.wires.asked.clear();
            }
            if count == 200 {
                let same = world.clone();
                assert!(same.server == world.server);
                let mut shifted = world.clone();
                let dt = Micros(1_234_567);
                shifted.server.rebase(dt);
                shifted.now -= dt;
                let mut numbered = world.clone();
                let ranks = ranks(&world.server);
                numbered.server.renumber(&|zxid| ranks[&zxid]);
                assert!(numbered.server.audit().is_ok());
                others = vec![same, shifted, numbered];
                for other in &mut others {
                    other.wires.asked.clear();
                    other.wires.got.clear();
                }
            }
        });
    }
}

/// What arrived, without the numbers of transactions.
fn texts(got: &BTreeMap<Link, std::collections::VecDeque<Got>>) -> Vec<String> {
    let text = |got: &Got| match got {
        Got::Reply(_, Ok(answer)) => {
            let mut answer = answer.clone();
            answer.renumber(&|_| Zxid::ZERO);
            format!("{answer:?}")
        }
        Got::Reply(_, Err(error)) => format!("{error:?}"),
        other => format!("{other:?}"),
    };
    got.iter()
        .filter(|(_, queue)| !queue.is_empty())
        .map(|(link, queue)| format!("{link:?} {:?}", queue.iter().map(text).collect::<Vec<_>>()))
        .collect()
}

#[test]
fn equal_situations_at_different_times_have_equal_keys() {
    let story = |wait: i64, extra: usize| {
        let mut world = World::with(Config { times: false, ..config() });
        let a = world.client();
        for _ in 0..extra {
            world.call(a, Op::Check { path: "/none".into(), version: 0 }).unwrap_err();
        }
        world.pass(wait);
        world.ask(a, Op::Create(Create::new("/a", b"", CreateMode::Ephemeral)));
        key(&world.server, world.now)
    };
    assert_eq!(story(0, 0), story(2000, 0), "whole ticks and checks later");
    assert_eq!(story(0, 0), story(0, 3), "other numbers, the same order");
    assert_ne!(story(0, 0), story(100, 0), "elsewhere in the tick");
}

#[test]
fn many_children_and_many_watchers_cost_no_more_than_they_are() {
    let mut world = World::new();
    let clients: Vec<_> = (0..10_000).map(|_| world.client()).collect();
    world.create(clients[0], "/l", CreateMode::Persistent).unwrap();
    for client in &clients {
        world.create(*client, "/l/n-", CreateMode::EphemeralSequential).unwrap();
    }
    for client in &clients {
        assert_eq!(world.children(*client, "/l").len(), 10_000);
        world.call(*client, Op::GetChildren { path: "/l".into(), watch: true }).unwrap();
    }
    for client in &clients[..20] {
        world.all(*client);
        let first = world.children(*client, "/l").first().unwrap().clone();
        world.ask(*client, Op::Delete { path: format!("/l/{first}").into(), version: -1 });
    }
    world.all(clients[9999]);
    assert_eq!(world.children(clients[9999], "/l").len(), 9_980);
    let is_event = |got: &&Got| matches!(got, Got::Event(_));
    let events = world.wires.got.values().flatten().filter(is_event).count();
    // The first deletion woke everyone, the others nobody; twenty clients have read theirs.
    assert_eq!(events, 10_000 - 19 - 1);
}
