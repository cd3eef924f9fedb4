//! Random command lines: whatever arrives, the server answers and stays what it is: a function of its state.

use lockstep::store::redis::{Bytes, Config, Draw, Message, NotifyFlags, RedisServer, Reply};
use lockstep::store::{Env, Inbound, Key, Link, Outbound, Server};
use lockstep::time::Micros;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Arguments of all kinds: keys of each type, options, numbers at the edges.
const WORDS: &str = "s l h t z n s l h t z n a b c none 0 1 2 -1 3 10 100 1.5 -0 inf nan (1 [a + - * s* # \
    536870911 536870912 4294967296 9223372036854775807 -9223372036854775808 1e400 0x10 99999999999999999999 \
    nx xx gt lt ch incr get ex px exat pxat keepttl persist left right before after limit count match type \
    withscores weights aggregate sum min max byscore bylex rev store alpha desc asc by replace db maxlen rank \
    len idx minmatchlen withmatchlen bit byte u8 i64 overflow sat set sync async id list kill setname getname \
    info load exists flush channels numsub numpat yes no on off skip notify-keyspace-events KEA maxmemory 300 \
    __key* return redis.call('get',KEYS[1]) return{1,redis.pcall('incr',KEYS[1])} e0e1f9fabfc9d4800c877a70";

/// Commands whose replies are about absolute time, or whose effects are.
const ABSOLUTE: [&str; 11] = [
    "replicaof",
    "slaveof",
    "monitor",
    "time",
    "expiretime",
    "pexpiretime",
    "expireat",
    "pexpireat",
    "lastsave",
    "hello",
    "client",
];

/// A world that writes everything down and answers questions in a fixed way.
#[derive(Clone, Default)]
struct World {
    said: Vec<String>,
    asked: u32,
}

impl Env<RedisServer> for World {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        self.said.push(format!("{link:?} {message:?}"));
    }

    fn draw(&mut self, _: &Draw, n: u32) -> u32 {
        assert!(n > 1, "a question has alternatives");
        self.asked += 1;
        self.asked % n
    }
}

/// Something that happens to a server.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Request(Link, Vec<Bytes>),
    Reconnect(Link),
    Pass(Micros),
}

/// A server, its world and its time.
#[derive(Clone)]
struct Run {
    server: RedisServer,
    world: World,
    now: Micros,
}

impl Run {
    fn new() -> Self {
        let notify = NotifyFlags::parse(b"Ex").unwrap();
        let server = RedisServer::new(Config { notify, ..Config::default() });
        let mut run = Self { server, world: World::default(), now: Micros::ZERO };
        for link in LINKS {
            run.server.deliver(run.now, link, Inbound::Connect, &mut run.world);
        }
        run
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Request(link, argv) => {
                let message = Inbound::Request(argv.as_slice().into());
                self.server.deliver(self.now, *link, message, &mut self.world);
            }
            Step::Reconnect(link) => {
                self.server.deliver(self.now, *link, Inbound::Disconnect, &mut self.world);
                self.server.deliver(self.now, *link, Inbound::Connect, &mut self.world);
            }
            Step::Pass(span) => {
                let end = self.now + *span;
                let mut turns = 0;
                while let Some(due) = self.server.deadline().filter(|due| *due <= end) {
                    assert!(due > self.now || turns == 0, "time stands still at {due}");
                    self.now = self.now.max(due);
                    self.server.wake(self.now, &mut self.world);
                    turns += 1;
                    assert!(turns < 10_000, "no end of deadlines");
                }
                self.now = end;
            }
        }
    }

    fn run(&mut self, text: &str) {
        let argv = text.split(' ').map(Bytes::from).collect();
        self.step(&Step::Request(LINKS[0], argv));
    }

    fn key(&self) -> Key {
        let mut server = self.server.clone();
        server.rebase(self.now);
        let mut key = Key::default();
        server.key(&mut key);
        key
    }
}

const LINKS: [Link; 4] = [Link(0), Link(1), Link(2), Link(3)];

/// All commands, as the server lists them.
fn commands() -> Vec<String> {
    struct One(Vec<String>);
    impl Env<RedisServer> for One {
        fn send(&mut self, _: Link, message: Outbound<Message>) {
            let Outbound::Message(Message::Reply(Reply::Array(names))) = message else { return };
            self.0.extend(names.iter().map(|name| match name {
                Reply::Bulk(name) => name.to_text(),
                other => panic!("{other:?}"),
            }));
        }
        fn draw(&mut self, _: &Draw, _: u32) -> u32 {
            0
        }
    }
    let mut world = One(Vec::new());
    let mut server = RedisServer::new(Config::default());
    server.deliver(Micros::ZERO, LINKS[0], Inbound::Connect, &mut world);
    let argv = ["command", "list"].map(Bytes::from);
    server.deliver(Micros::ZERO, LINKS[0], Inbound::Request(argv.to_vec().into()), &mut world);
    world.0
}

pub(crate) struct Chance {
    random: ChaCha8Rng,
    commands: Vec<String>,
    words: Vec<&'static str>,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let random = ChaCha8Rng::seed_from_u64(seed);
        Self { random, commands: commands(), words: WORDS.split_whitespace().collect() }
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.random.next_u64() as usize % n
    }

    pub(crate) fn step(&mut self) -> Step {
        let link = LINKS[self.below(LINKS.len())];
        match self.below(40) {
            0 => Step::Reconnect(link),
            1..4 => Step::Pass(Micros(self.below(30_000) as i64)),
            _ => {
                let at = self.below(self.commands.len());
                let mut argv = vec![Bytes::from(self.commands[at].as_str())];
                for _ in 0..self.below(7) {
                    let at = self.below(self.words.len());
                    argv.push(match self.below(60) {
                        0 => Bytes::from(vec![0, 255, 13, 10]),
                        1 => Bytes::default(),
                        _ => Bytes::from(self.words[at]),
                    });
                }
                Step::Request(link, argv)
            }
        }
    }

    /// A session with keys of all types, and so many steps after that.
    fn session(&mut self, steps: usize) -> Run {
        let mut run = Run::new();
        for line in GIVEN {
            run.run(line);
        }
        for _ in 0..steps {
            let step = self.step();
            run.step(&step);
        }
        run
    }
}

pub(crate) const GIVEN: [&str; 6] = [
    "SET s v PX 90",
    "RPUSH l a b c",
    "HSET h a 1 b 2",
    "SADD t a b c",
    "ZADD z 1 a 2 b",
    "SET n 5",
];

#[test]
fn any_command_line_is_answered_within_bounds() {
    let mut chance = Chance::new(1);
    let (mut said, mut errors) = (0, 0);
    for _ in 0..200 {
        let run = chance.session(150);
        let text: usize = run.world.said.iter().map(String::len).sum();
        assert!(text < 20 << 20, "{text} bytes of replies");
        said += run.world.said.len();
        errors += run.world.said.iter().filter(|line| line.contains("Error(")).count();
        assert!(run.key().as_bytes().len() < 20 << 20, "the state grew");
    }
    assert!(said > 15_000 && errors < said * 95 / 100, "{errors} of {said} are errors");
}

#[test]
fn a_clone_and_a_rebased_one_go_on_alike() {
    let mut chance = Chance::new(2);
    for _ in 0..60 {
        let mut original = chance.session(40);
        let mut clone = original.clone();
        let mut rebased = original.clone();
        let dt = rebased.now;
        rebased.server.rebase(dt);
        rebased.now -= dt;
        assert!(original.key() == rebased.key());
        for _ in 0..60 {
            let step = chance.step();
            for run in [&mut original, &mut clone, &mut rebased] {
                run.step(&step);
            }
            assert_eq!(original.world.said.last(), clone.world.said.last(), "{step:?}");
            assert_eq!(original.world.said.last(), rebased.world.said.last(), "{step:?}");
        }
        assert_eq!(original.world.said, clone.world.said);
        assert_eq!(original.world.said, rebased.world.said);
        assert!(original.key() == clone.key());
        assert!(original.key() == rebased.key());
    }
}

/// Whether a step reads or sets absolute time.
fn is_absolute(step: &Step) -> bool {
    let Step::Request(_, argv) = step else { return false };
    let is = |word: &Bytes, names: &[&str]| {
        names.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
    };
    is(&argv[0], &ABSOLUTE) || argv.iter().any(|word| is(word, &["exat", "pxat"]))
}

#[test]
fn equal_keys_mean_equal_futures() {
    let mut chance = Chance::new(3);
    for round in 0..60 {
        let mut one = Run::new();
        let mut other = Run::new();
        for line in GIVEN {
            one.run(line);
        }
        // Later, in another order, and with something in between that nobody can see any more.
        other.step(&Step::Pass(Micros::from_ms(1000 + round)));
        for line in GIVEN.iter().rev() {
            other.run("SET gone v");
            other.run(line);
            other.run("DEL gone");
        }
        assert!(one.key() == other.key());
        one.world = World::default();
        other.world = World::default();
        for _ in 0..60 {
            let step = chance.step();
            if is_absolute(&step) {
                continue;
            }
            one.step(&step);
            other.step(&step);
            assert_eq!(one.world.said.last(), other.world.said.last(), "{step:?}");
        }
        assert!(one.key() == other.key());
    }
}

#[test]
fn long_strings_are_refused_before_they_are_made() {
    let mut run = Run::new();
    for line in ["SETRANGE x 536870911 ab", "SETBIT x 4294967296 1", "SETRANGE x 500000000 a"] {
        run.run(line);
    }
    let errors = [
        "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
        "ERR bit offset is not an integer or out of range",
        "ERR lockstep does not model strings of more than 1 MiB that grew in place",
    ];
    for (said, error) in run.world.said.iter().zip(errors) {
        assert!(said.contains(error), "{said}");
    }
}
