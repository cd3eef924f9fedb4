//! What a Redis server tells of what it does to keys.

use std::collections::VecDeque;
use std::rc::Rc;

use lockstep::store::effect::{Cause, Effect};
use lockstep::store::redis::{
    Bytes, Config, Draw, Eviction, Message, Persistence, Preference, RedisServer,
};
use lockstep::store::{Env, Heed, Inbound, Link, Outbound, Server};
use lockstep::time::Micros;

use crate::effect_lines::assert_lines;
use crate::redis_replicas::Servers;

/// Who listens to what.
#[derive(Clone)]
pub(crate) enum Ear {
    Deaf,
    Names(Vec<Rc<str>>),
    All,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) ear: Ear,
    pub(crate) told: Vec<Effect>,
    pub(crate) said: Vec<String>,
    /// The answers to draws, in order; then 0.
    pub(crate) answers: VecDeque<u32>,
}

impl World {
    pub(crate) fn new(ear: Ear) -> Self {
        Self { ear, told: Vec::new(), said: Vec::new(), answers: VecDeque::new() }
    }
}

impl Env<RedisServer> for World {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        self.said.push(format!("{link:?} {message:?}"));
    }

    fn draw(&mut self, _: &Draw, n: u32) -> u32 {
        self.answers.pop_front().unwrap_or(0).min(n - 1)
    }

    fn heeds(&self) -> Heed<'_> {
        match &self.ear {
            Ear::Deaf => Heed::Nothing,
            Ear::Names(names) => Heed::Places(names),
            Ear::All => Heed::Everything,
        }
    }

    fn effect(&mut self, effect: Effect) {
        self.told.push(effect);
    }
}

/// A server, three clients, and what is told.
struct Run {
    server: RedisServer,
    world: World,
    now: Micros,
}

impl Run {
    fn new(ear: Ear, config: Config) -> Self {
        let (server, world) = (RedisServer::new(config), World::new(ear));
        let mut run = Self { server, world, now: Micros::ZERO };
        run.connect();
        run
    }

    fn connect(&mut self) {
        for link in 0..3 {
            self.server.deliver(self.now, Link(link), Inbound::Connect, &mut self.world);
        }
    }

    fn call(&mut self, link: u32, line: &str) {
        // In a word `~` is a space.
        let argv = line.split(' ').map(|word| Bytes::from(word.replace('~', " "))).collect();
        self.server.deliver(self.now, Link(link), Inbound::Request(argv), &mut self.world);
    }

    fn pass(&mut self, ms: i64) {
        let end = self.now + Micros::from_ms(ms);
        while let Some(due) = self.server.deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.server.wake(self.now, &mut self.world);
        }
        self.now = end;
    }

    /// Calls of client 0, and what they told.
    #[track_caller]
    fn tells(&mut self, line: &str, expected: &str) {
        self.world.told.clear();
        self.call(0, line);
        self.told(expected);
    }

    /// What was told since the last time.
    #[track_caller]
    fn told(&mut self, expected: &str) {
        assert_lines(&self.world.told, expected);
        self.world.told.clear();
    }
}

fn run() -> Run {
    Run::new(Ear::All, Config::default())
}

#[test]
fn a_lock_that_is_a_string() {
    let mut run = run();
    run.tells("SET l a NX PX 1000", "l placed until 1001: 0 set");
    run.tells("SET l b NX PX 1000", "");
    run.tells("GET l", "");
    run.tells("PEXPIRE l 2000", "l renewed until 2001, was 1001: 0 pexpire");
    run.tells("PEXPIRE l 2000", "");
    run.tells("PERSIST l", "l renewed, was 2001: 0 persist");
    run.tells("SET l a PX 500", "l renewed until 501: 0 set");
    let other = "
        l removed, was 501: 0 set
        l placed until 1001: 0 set";
    run.tells("SET l b PX 1000", other);
    let other = "
        l removed, was 1001: 0 getset
        l placed: 0 getset";
    run.tells("GETSET l c", other);
    run.call(1, "DEL l");
    run.told("l removed: 1 del");
    // A deadline in the past is a deletion.
    run.call(2, "SET l d");
    run.told("l placed: 2 set");
    run.tells("PEXPIRE l 0", "l removed: 0 pexpire");
    run.tells("UNLINK l", "");
}

#[test]
fn a_lock_that_expires() {
    let mut run = run();
    run.tells("SET l a PX 1000", "l placed until 1001: 0 set");
    run.pass(2000);
    run.told("l removed, was 1001: expired");
    // The background cycle is late, and an access comes first.
    let at = run.now + Micros::from_ms(101);
    run.tells("SET l b PX 100", "l placed until 2101: 0 set");
    run.server.expires_punctually(true);
    run.server.pass_over(at, Micros::from_ms(500));
    run.pass(300);
    run.told("");
    let taken = "
        l removed, was 2101: expired
        l placed until 2401: 0 set";
    run.tells("SET l c NX PX 100", taken);
}

const ENTER: &str = "if~redis.call('exists',KEYS[1])==0~or~redis.call('hexists',KEYS[1],ARGV[2])==1~then~\
    redis.call('hincrby',KEYS[1],ARGV[2],1)~redis.call('pexpire',KEYS[1],ARGV[1])~return~nil~end~\
    return~redis.call('pttl',KEYS[1])";
const LEAVE: &str = "local~n=redis.call('hincrby',KEYS[1],ARGV[1],-1)~if~n==0~then~\
    redis.call('del',KEYS[1])~end~return~n";

#[test]
fn a_lock_that_is_a_hash_with_a_count() {
    let mut run = run();
    let enter = format!("EVAL {ENTER} 1 h 1000 me");
    let first = "
        h placed: 0 hincrby
        h field me placed: 0 hincrby
        h renewed until 1001: 0 pexpire";
    run.tells(&enter, first);
    run.pass(10);
    let again = "
        h field me = 2: 0 hincrby
        h renewed until 1011, was 1001: 0 pexpire";
    run.tells(&enter, again);
    run.tells(&format!("EVAL {ENTER} 1 h 1000 you"), "");
    let leave = format!("EVAL {LEAVE} 1 h me");
    run.tells(&leave, "h field me = 1: 0 hincrby");
    let last = "
        h field me = 0: 0 hincrby
        h field me removed: 0 del
        h removed, was 1011: 0 del";
    run.tells(&leave, last);
    run.tells(
        "HSET h a 1 b 2",
        "h placed: 0 hset\nh field a placed: 0 hset\nh field b placed: 0 hset",
    );
    run.tells("HDEL h a", "h field a removed: 0 hdel");
    run.tells("HDEL h b", "h field b removed: 0 hdel\nh removed: 0 hdel");
}

#[test]
fn a_list_whose_elements_are_popped_by_who_waits() {
    let mut run = run();
    run.call(1, "BLPOP q 0");
    run.told("");
    let served = "
        q placed: 0 rpush
        q element a placed: 0 rpush
        q element b placed: 0 rpush
        q element a removed: 1 blpop";
    run.tells("RPUSH q a b", served);
    run.tells("LPUSH q b", "q element b placed: 0 lpush");
    run.tells(
        "LREM q 0 b",
        "q element b removed: 0 lrem\nq element b removed: 0 lrem\nq removed: 0 lrem",
    );
    run.call(1, "BLMOVE q r LEFT LEFT 0");
    let moved = "
        q placed: 0 rpush
        q element x placed: 0 rpush
        q element x removed: 1 blmove
        q removed: 1 blmove
        r placed: 1 blmove
        r element x placed: 1 blmove";
    run.tells("RPUSH q x", moved);
    run.tells("LSET r 0 y", "r element x removed: 0 lset\nr element y placed: 0 lset");
}

const ACQUIRE: &str = "redis.call('zremrangebyscore',KEYS[1],'-inf',ARGV[1])~\
    if~redis.call('zcard',KEYS[1])<2~then~redis.call('zadd',KEYS[1],ARGV[2],ARGV[3])~return~1~end~return~0";

#[test]
fn a_semaphore_whose_script_takes_expired_permits_away() {
    let mut run = run();
    run.tells(
        &format!("EVAL {ACQUIRE} 1 z 0 100 a"),
        "z placed: 0 zadd\nz member a placed: 0 zadd",
    );
    run.tells(&format!("EVAL {ACQUIRE} 1 z 50 150 b"), "z member b placed: 0 zadd");
    run.tells(&format!("EVAL {ACQUIRE} 1 z 60 160 c"), "");
    let taken = "
        z member a removed: 0 zremrangebyscore
        z member c placed: 0 zadd";
    run.tells(&format!("EVAL {ACQUIRE} 1 z 100 200 c"), taken);
    run.tells("ZADD z 300 c", "z member c = 300: 0 zadd");
    run.tells("ZADD z 300 c", "");
}

#[test]
fn a_transaction_names_the_commands_that_were_queued() {
    let mut run = run();
    run.call(0, "SADD s x");
    run.told("s placed: 0 sadd\ns member x placed: 0 sadd");
    for line in ["MULTI", "SADD s y", "SREM s x", "SET s text"] {
        run.tells(line, "");
    }
    let all = "
        s member y placed: 0 sadd
        s member x removed: 0 srem
        s member y removed: 0 set
        s removed: 0 set
        s placed: 0 set";
    run.tells("EXEC", all);
    run.tells("RENAME s t", "t placed: 0 rename\ns removed: 0 rename");
    run.tells("MOVE t 1", "t placed: 0 move\nt removed: 0 move");
    run.call(1, "SET s x PX 100");
    run.world.told.clear();
    run.tells("FLUSHALL", "s removed, was 101: 0 flushall\nt removed: 0 flushall");
}

#[test]
fn what_is_evicted_and_what_the_disk_had() {
    let lru = Eviction::AllKeys(Preference::Lru);
    let mut run = Run::new(Ear::All, Config { eviction: lru, ..Config::default() });
    run.call(0, "SET a 1 PX 1000");
    run.world.told.clear();
    run.server.evict(run.now, &mut run.world);
    run.told("a removed, was 1001: evicted");
    run.call(0, "SET a 1");
    run.world.told.clear();
    run.server.set_full(true);
    run.tells("SET b 1", "a removed: evicted\nb placed: 0 set");
    // Without persistence all is gone with a crash; nobody is told a second time.
    run.server.tell_crash(&mut run.world);
    run.server.crash();
    run.server.restart(run.now, &mut run.world);
    run.told("b removed: taken");

    let persistence = Persistence::EverySecond;
    let mut run = Run::new(Ear::All, Config { persistence, ..Config::default() });
    for (lost, expected) in [(0, ""), (1, "k removed: taken\nold placed: taken")] {
        run.call(0, "SET old 1");
        run.call(0, "DEL k");
        run.pass(3000);
        run.call(0, "SET k v");
        run.call(0, "DEL old");
        run.world.told.clear();
        run.server.tell_crash(&mut run.world);
        run.server.crash();
        run.world.answers = [lost].into();
        run.server.restart(run.now, &mut run.world);
        run.told(expected);
        run.connect();
    }
}

#[test]
fn a_replica_tells_what_it_takes_over() {
    let mut world = Servers::new(&Config::default(), 1);
    world.told.clear();
    world.call(0, "SET l a PX 1000");
    world.call(0, "SET l b PX 1000");
    let of = |world: &Servers, server: usize| -> Vec<Effect> {
        let told = world.told.iter().filter(|(from, _)| *from == server);
        told.map(|(_, effect)| effect.clone()).collect()
    };
    let replica = "
        l placed until 6001: taken
        l removed, was 6001: taken
        l placed until 6001: taken";
    assert_lines(&of(&world, 1), replica);
    world.hold(0, 1);
    world.call(0, "HSET h f 1");
    world.call(0, "DEL l");
    world.told.clear();
    world.promote(1);
    world.call(1, "SET mine 1");
    world.heal();
    world.told.clear();
    world.follow(1, 0);
    let differences = "
        h placed: taken
        h field f placed: taken
        l removed, was 6001: taken
        mine removed: taken";
    let mut told = of(&world, 1);
    assert!(told.iter().all(|effect| effect.cause == Cause::Taken));
    told.sort_by(|one, other| one.item.place.cmp(&other.item.place));
    assert_lines(&told, differences);
    world.told.clear();
    world.call(0, "FLUSHALL");
    assert_lines(&of(&world, 1), "h field f removed: taken\nh removed: taken");
}

#[test]
fn only_what_is_heeded_is_told() {
    let mut run = Run::new(Ear::Deaf, Config::default());
    for line in ["SET l a PX 10", "HSET h a 1", "FLUSHALL", "SET l b"] {
        run.tells(line, "");
    }
    let names = vec!["l".into(), "h".into()];
    let mut run = Run::new(Ear::Names(names), Config::default());
    run.tells("MSET k 1 l 2 m 3", "l placed: 0 mset");
    run.call(0, "SELECT 1");
    run.tells("SET l other", "");
    let swapped = "
        l removed: 0 swapdb
        l placed: 0 swapdb";
    run.tells("SWAPDB 0 1", swapped);
    run.tells("FLUSHDB", "");
    run.tells("FLUSHALL", "l removed: 0 flushall");
}
