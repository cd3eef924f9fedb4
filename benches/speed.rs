//! How fast it is, side by side with what bounds it: `cargo bench`.
//!
//! Rates are per second of wall clock on an idle core; compare the rows of one run with each other, not with those of
//! another machine. A real Redis server needs 0.1 to 3 µs to execute a simple command and 1.5 to 5.5 µs for a
//! compare-and-delete script (calibration of redis-server 7.0.15, execution time alone).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_types, reason = "a benchmark reads the machine's clock")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use lockstep::choice::{Alternative, Choices, Nominal, Seeded, Site};
use lockstep::event::{Event, Observer};
use lockstep::explore::{Bounds, Search};
use lockstep::model::Model;
use lockstep::run::{Limits, Run, execute};
use lockstep::sim::Live;
use lockstep::store::redis::{Bytes, Config, RedisServer};
use lockstep::store::zookeeper::{self, Connect, Create, CreateMode, Op, Request, ZooKeeper, Zxid};
use lockstep::store::{Env, Inbound, Link, Outbound, Server};
use lockstep::time::Micros;

/// Counts what is sent.
struct Count(u64);

impl<S: Server> Env<S> for Count {
    fn send(&mut self, _: Link, _: Outbound<S::Message>) {
        self.0 += 1;
    }
    fn draw(&mut self, _: &S::Draw, _: u32) -> u32 {
        0
    }
}

fn rate(what: &str, n: u64, mut f: impl FnMut()) {
    let start = Instant::now();
    f();
    let passed = start.elapsed().as_secs_f64();
    println!("{what:<58} {:>9.3} M/s {:>9.0} ns", n as f64 / passed / 1e6, passed / n as f64 * 1e9);
}

fn redis() {
    const N: u64 = 200_000;
    let script = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";
    let commands: [(&str, &[&str]); 7] = [
        ("redis: PING", &["PING"]),
        ("redis: SET NX PX, present", &["SET", "lock", "token", "NX", "PX", "10000"]),
        ("redis: GET", &["GET", "lock"]),
        ("redis: PEXPIRE", &["PEXPIRE", "lock", "10000"]),
        ("redis: INCR", &["INCR", "n"]),
        ("redis: EVAL compare-and-delete, no match", &["EVAL", script, "1", "lock", "other"]),
        ("redis: HINCRBY", &["HINCRBY", "h", "f", "1"]),
    ];
    let mut server = RedisServer::new(Config::default());
    let mut env = Count(0);
    server.deliver(Micros::ZERO, Link(1), Inbound::Connect, &mut env);
    for (what, argv) in commands {
        let argv: std::rc::Rc<[Bytes]> = argv.iter().map(|arg| Bytes::from(*arg)).collect();
        rate(what, N, || {
            for n in 0..N {
                let now = Micros(n as i64 / 100);
                server.deliver(now, Link(1), Inbound::Request(argv.clone().into()), &mut env);
            }
        });
    }
}

fn zookeeper() {
    const N: u64 = 100_000;
    let mut server = ZooKeeper::new(zookeeper::Config::default());
    let mut env = Count(0);
    let mut call = |server: &mut ZooKeeper, link: u32, op: Op| {
        let request = Inbound::Request(Request::Call { xid: 1, op });
        server.deliver(Micros::ZERO, Link(link), request, &mut env);
    };
    let mut sink = Count(0);
    let connect = |server: &mut ZooKeeper, link: u32, sink: &mut Count| {
        let connect = Connect { timeout_ms: 10_000, session: None, last_zxid_seen: Zxid::ZERO };
        server.deliver(Micros::ZERO, Link(link), Inbound::Connect, sink);
        server.deliver(Micros::ZERO, Link(link), Inbound::Request(Request::Connect(connect)), sink);
    };
    connect(&mut server, 1, &mut sink);
    let create = |path: &str, mode| Op::Create(Create::new(path, b"", mode));
    call(&mut server, 1, create("/lock", CreateMode::Persistent));
    rate("zookeeper: create ephemeral and delete", 2 * N, || {
        for _ in 0..N {
            call(&mut server, 1, create("/lock/n", CreateMode::Ephemeral));
            call(&mut server, 1, Op::Delete { path: "/lock/n".into(), version: -1 });
        }
    });
    rate("zookeeper: exists", N, || {
        for _ in 0..N {
            call(&mut server, 1, Op::Exists { path: "/lock".into(), watch: false });
        }
    });
    rate("zookeeper: create sequential, up to 10,000 children", 10_000, || {
        for _ in 0..10_000 {
            call(&mut server, 1, create("/lock/n-", CreateMode::PersistentSequential));
        }
    });
    rate("zookeeper: getChildren of 10,000", N, || {
        for _ in 0..N {
            call(&mut server, 1, Op::GetChildren { path: "/lock".into(), watch: false });
        }
    });
    call(&mut server, 1, create("/watched", CreateMode::Persistent));
    for link in 2..10_002 {
        connect(&mut server, link, &mut sink);
        call(&mut server, link, Op::Exists { path: "/watched".into(), watch: true });
    }
    rate("zookeeper: notifications of 10,000 watchers of one node", 10_000, || {
        call(&mut server, 1, Op::Delete { path: "/watched".into(), version: -1 });
    });
}

/// Counts messages: each request is one, and each that reaches a client.
struct Messages(u64);

impl Observer for Messages {
    fn on_event(&mut self, _: Micros, told: &Event<'_>) {
        self.0 += u64::from(matches!(told, Event::Executed { .. } | Event::Received { .. }));
    }
}

fn contention(clients: u32) -> String {
    format!(
        r#"{{"title": "contention", "why": "speed", "store": {{"redis": {{}}}},
        "lock": {{"set-nx-px": {{"ttl": "10s", "release": "compare-and-delete", "retry": {{"after": "10ms"}}}}}},
        "clients": {{"processes": {clients}}}, "work": {{"section": {{"work": "1ms", "rounds": 1}}}},
        "network": {{"latency": ["1ms", "5ms"]}},
        "properties": ["mutual-exclusion"], "expect": {{"verdict": "holds"}}}}"#
    )
}

/// What bounds it: the same contention with nothing but a heap and numbers.
fn bare_loop(clients: u32, choices: &mut dyn Choices) -> u64 {
    let mut latency = || {
        let question = lockstep::choice::Question {
            about: lockstep::choice::About::Latency,
            n: 4001,
            site: &|| Site::End,
            alternative: &Alternative::Value,
        };
        1000 + i64::from(choices.pick(&question))
    };
    // 0: a request arrives, 1: a refusal, 2: the lock, 3: the retry is due, 4: the work is done, 5: a release arrives.
    let mut heap = BinaryHeap::new();
    let mut order = 0_u64;
    let mut push = |heap: &mut BinaryHeap<_>, due: i64, what: u8, client: u32| {
        order += 1;
        heap.push(Reverse((due, order, what, client)));
    };
    for client in 0..clients {
        push(&mut heap, latency(), 0, client);
    }
    let (mut held, mut messages, mut left) = (false, 0, clients);
    while let Some(Reverse((now, _, what, client))) = heap.pop() {
        match what {
            0 => {
                messages += 1;
                let reply = 1 + u8::from(!held);
                held = true;
                push(&mut heap, now + latency(), reply, client);
            }
            1 => {
                messages += 1;
                push(&mut heap, now + 10_000, 3, client);
            }
            2 => {
                messages += 1;
                push(&mut heap, now + 1000, 4, client);
            }
            3 => push(&mut heap, now + latency(), 0, client),
            4 => push(&mut heap, now + latency(), 5, client),
            _ => {
                messages += 2;
                held = false;
                left -= 1;
                if left == 0 {
                    return messages;
                }
            }
        }
    }
    messages
}

fn runs() {
    for clients in [10, 100, 1000] {
        let model =
            Model::parse("contention.json", contention(clients)).expect("the model is right");
        let setup = model.sampled_setup();
        let start = Instant::now();
        let bare = bare_loop(clients, &mut Seeded::new(1));
        let bare_rate = bare as f64 / start.elapsed().as_secs_f64();
        let (mut live, mut choices, mut messages) = (Live::default(), Seeded::new(1), Messages(0));
        let start = Instant::now();
        let mut run = Run::new(&setup, &mut live, &mut choices, &mut messages);
        let limits = Limits { steps: u64::MAX, time: Micros::MAX, stop_at_violation: false };
        run.to_end(limits, &mut choices, &mut messages);
        let ours = messages.0 as f64 / start.elapsed().as_secs_f64();
        println!(
            "run: {clients:>5} clients, messages {:>32.3} M/s, bare loop {:>7.3} M/s, {:>5.1} times slower",
            ours / 1e6,
            bare_rate / 1e6,
            bare_rate / ours
        );
    }
}

/// Everybody in line at once, each for one section: what one change in the store wakes.
fn herds() {
    for (watch, clients) in [("predecessor", 1_000), ("predecessor", 10_000), ("all", 1_000)] {
        let text = format!(
            r#"{{"title": "herd", "why": "speed", "store": {{"zookeeper": {{"session": "30s"}}}},
            "lock": {{"sequential": {{"watch": "{watch}"}}}}, "clients": {{"processes": {clients}}},
            "work": {{"section": {{"work": "10ms", "rounds": 1}}}}, "given": {{"nodes": {{"/lock": ""}}}},
            "properties": ["mutual-exclusion"]}}"#
        );
        let model = Model::parse("herd.json", text).expect("the model is right");
        let setup = model.sampled_setup();
        let limits = Limits { steps: u64::MAX, time: Micros::MAX, stop_at_violation: false };
        let start = Instant::now();
        let ended = execute(&setup, limits, None, &mut Seeded::new(1), None);
        let passed = start.elapsed().as_secs_f64();
        println!(
            "herd: {clients:>6} clients watch {watch}: {} steps, {} notifications, {passed:.3} s, {:.3} M steps/s",
            ended.steps,
            ended.tally.notifications,
            ended.steps as f64 / passed / 1e6
        );
    }
}

fn searches() {
    for (what, faults) in [
        ("one crash", r#"{"crash": {"budget": 1}}"#),
        (
            "one crash, any order",
            r#"{"crash": {"budget": 1}}, {"reorder": {"budget": "unlimited"}}"#,
        ),
        (
            "two crashes, a pause, any order",
            r#"{"crash": {"budget": 2}}, {"pause": {"for": ["5s"]}}, {"reorder": {"budget": "unlimited"}}"#,
        ),
    ] {
        let text = format!(
            r#"{{"title": "search", "why": "speed", "store": {{"redis": {{}}}},
            "lock": {{"set-nx-px": {{"ttl": "10s", "release": "compare-and-delete", "retry": {{"after": "3s"}}}}}},
            "clients": {{"processes": 3}}, "work": {{"section": {{"work": "4s", "rounds": 2}}}},
            "faults": [{faults}],
            "properties": ["mutual-exclusion"], "expect": {{"verdict": "holds"}}}}"#
        );
        let model = Model::parse("search.json", text).expect("the model is right");
        let setup = model.abstract_setup();
        let start = Instant::now();
        let outcome =
            Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end);
        let passed = start.elapsed().as_secs_f64();
        println!(
            "check: 3 clients, twice each, {what}: {} states, {:.3} M states/s, {:.3} M transitions/s, {} bytes a state",
            outcome.states,
            outcome.states as f64 / passed / 1e6,
            outcome.transitions as f64 / passed / 1e6,
            outcome.bytes / outcome.states
        );
    }
}

/// Runs of many seeds by the program, on one core and on two.
fn sweeps() {
    const SEEDS: u32 = 20_000;
    for threads in ["1", "2"] {
        let start = Instant::now();
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .args(["sweep", "set-nx-px-pause", "--seeds", &SEEDS.to_string(), "--threads", threads])
            .output()
            .expect("the program starts");
        let passed = start.elapsed().as_secs_f64();
        assert!(ran.status.code().is_some_and(|code| code < 2), "the sweep is made");
        println!(
            "sweep: {SEEDS} runs with {threads} threads: {passed:.3} s, {:.0} runs/s",
            f64::from(SEEDS) / passed
        );
    }
}

fn main() {
    // `cargo test` runs benches for a moment to see that they work: nothing to measure then.
    if std::env::args().any(|argument| argument == "--test") {
        assert!(bare_loop(2, &mut Nominal) > 0);
        return;
    }
    let parts: [(&str, fn()); 6] = [
        ("redis", redis),
        ("zookeeper", zookeeper),
        ("runs", runs),
        ("herds", herds),
        ("searches", searches),
        ("sweeps", sweeps),
    ];
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for (name, part) in parts {
        // `cargo bench -- runs` measures that part alone.
        if !parts.iter().any(|(name, _)| wanted.contains(&(*name).to_owned()))
            || wanted.contains(&name.to_owned())
        {
            part();
        }
    }
}
