//! Replicas: what a lock loses with them, and what they answer.

use lockstep::store::redis::{Config, NotifyFlags};

use crate::redis_any_input::{Chance, GIVEN, Step};
use crate::redis_replicas::Servers;

const LOCK_A: &str = "SET l a NX PX 30000";
const FEW: &str = "-NOREPLICAS Not enough good replicas to write.";
const LOCK_B: &str = "SET l b NX PX 30000";

#[test]
fn f30_a_failover_forgets_what_the_replica_had_not_seen() {
    let mut world = Servers::new(&Config::default(), 1);
    world.hold(0, 1);
    assert_eq!(world.call(0, LOCK_A), "OK");
    world.crash(0);
    world.promote(1);
    assert_eq!(world.call(1, LOCK_B), "OK", "both hold the lock");
    // The old master comes back empty and takes over the data of the new one.
    world.heal();
    world.restart(0);
    world.follow(0, 1);
    assert_eq!(world.call(0, "GET l"), "b");

    let mut world = Servers::new(&Config::default(), 1);
    assert_eq!(world.call(0, LOCK_A), "OK");
    world.crash(0);
    world.promote(1);
    assert_eq!(world.call(1, LOCK_B), "nil", "the replica had seen it");
}

#[test]
fn f31_a_parted_master_goes_on_granting() {
    let mut world = Servers::new(&Config::default(), 2);
    world.part(0, 1);
    world.part(0, 2);
    world.promote(1);
    world.follow(2, 1);
    world.pass(60_000);
    assert_eq!(world.call(0, LOCK_A), "OK");
    assert_eq!(world.call(1, LOCK_B), "OK", "both hold the lock");
    assert_eq!(world.call(2, "GET l"), "b");
    // When it hears of the failover it throws its own data away.
    world.heal();
    assert_eq!(world.call(0, "GET l"), "a");
    world.follow(0, 1);
    assert_eq!(world.call(0, "GET l"), "b");
    assert_eq!(world.call(0, "ROLE"), "[slave 127.0.0.1 1 connected 1]");
}

#[test]
fn f31_min_replicas_bound_how_long_a_parted_master_grants() {
    let config = Config { min_replicas_to_write: 1, min_replicas_max_lag: 10, ..Config::default() };
    let mut world = Servers::new(&config, 2);
    // Idle replicas are heard of every second.
    world.pass(60_000);
    assert_eq!(world.call(0, LOCK_A), "OK");
    world.part(0, 1);
    world.part(0, 2);
    world.pass(9_000);
    assert_eq!(world.call(0, "SET l2 a NX PX 30000"), "OK", "not yet");
    world.pass(3_000);
    assert_eq!(world.call(0, "SET l3 a NX PX 30000"), FEW);
    assert_eq!(world.call(0, "GET l"), "a", "reads go on");
    assert_eq!(world.call(0, "MULTI"), "OK");
    assert_eq!(world.call(0, "DEL l"), FEW);
    assert!(world.call(0, "EXEC").starts_with("-EXECABORT"));
    let script = "EVAL return~redis.call('del',KEYS[1]) 1 l";
    assert!(
        world.call(0, script).starts_with("-NOREPLICAS Not enough good replicas to write. script:")
    );
    world.heal();
    assert_eq!(world.call(0, "SET l3 a NX PX 30000"), "OK");
    assert_eq!(world.call(2, "GET l3"), "a");

    let mut alone = Servers::new(&config, 0);
    assert_eq!(alone.call(0, LOCK_A), FEW);
    assert_eq!(alone.call(0, "CONFIG SET min-replicas-to-write 0"), "OK");
    assert_eq!(alone.call(0, LOCK_A), "OK");
}

#[test]
fn f32_the_replica_that_acknowledged_is_not_the_one_that_is_promoted() {
    let mut world = Servers::new(&Config::default(), 2);
    world.hold(0, 2);
    assert_eq!(world.call(0, LOCK_A), "OK");
    assert_eq!(world.call(0, "WAIT 1 1000"), "1");
    assert!(world.nodes[1].offset() > world.nodes[2].offset());
    world.crash(0);
    world.promote(2);
    world.heal();
    assert_eq!(world.call(2, LOCK_B), "OK", "both hold the lock");
    world.follow(1, 2);
    assert_eq!(world.call(1, "GET l"), "b", "what was acknowledged is gone");
}

#[test]
fn f34_a_lagging_replica_confirms_a_lock_that_is_lost() {
    let mut world = Servers::new(&Config::default(), 1);
    assert_eq!(world.call(0, "SET l a NX PX 1000"), "OK");
    world.hold(0, 1);
    // A renewal that the replica knows and a release that it does not.
    assert_eq!(world.call(0, "DEL l"), "1");
    assert_eq!(world.call(0, LOCK_B), "OK");
    assert_eq!(world.call(1, "GET l"), "a");
    world.pass(1_001);
    assert_eq!(world.call(1, "GET l"), "nil", "but it knows the deadline");
    world.heal();
    assert_eq!(world.call(1, "GET l"), "b");
}

#[test]
fn s6_a_replica_hides_what_expired_and_keeps_it_until_told() {
    let mut world = Servers::new(&Config::default(), 1);
    world.call(0, "SET l a PX 1000");
    world.hold(0, 1);
    world.pass(1_001);
    assert_eq!(world.call(0, "DBSIZE"), "0");
    for (line, answer) in [
        ("GET l", "nil"),
        ("EXISTS l", "0"),
        ("PTTL l", "-2"),
        ("TYPE l", "none"),
        ("KEYS *", "[]"),
        ("SCAN 0", "[0 []]"),
        ("DBSIZE", "1"),
        ("RANDOMKEY", "l"),
    ] {
        assert_eq!(world.call(1, line), answer, "{line}");
    }
    world.heal();
    assert_eq!(world.call(1, "DBSIZE"), "0", "the master's DEL");
}

#[test]
fn s6_a_promoted_replica_expires_by_its_own_clock() {
    use lockstep::time::Micros;
    let mut world = Servers::new(&Config::default(), 1);
    // Its clock is half a second behind.
    world.nodes[1].jump_clock(Micros::from_ms(-500));
    world.call(0, "SET l a PX 1000");
    world.pass(1_100);
    assert_eq!(world.call(0, "GET l"), "nil");
    assert_eq!(world.call(1, "DBSIZE"), "0", "deleted by the master, whatever its own clock says");
    world.call(0, "SET l a PX 1000");
    world.hold(0, 1);
    world.pass(1_100);
    world.promote(1);
    assert_eq!(world.call(1, LOCK_B), "nil", "it still lives here");
    world.pass(401);
    assert_eq!(world.call(1, "DBSIZE"), "0");
    assert_eq!(world.call(1, LOCK_B), "OK");
}

#[test]
fn wait_says_how_many_replicas_have_what_this_client_wrote() {
    let mut world = Servers::new(&Config::default(), 2);
    assert_eq!(world.call(0, "WAIT 0 0"), "2", "nothing written is everywhere");
    world.call(0, "SET k v");
    assert_eq!(world.call(0, "WAIT 2 0"), "2");
    world.hold(0, 2);
    world.call(0, "SET k w");
    assert_eq!(world.call(0, "WAIT 1 0"), "1");
    assert_eq!(world.call(0, "WAIT 2 100"), "...");
    world.pass(99);
    assert_eq!(world.late(0), "");
    world.pass(2);
    assert_eq!(world.late(0), "1", "how many had it when the time was over");
    assert_eq!(world.call(0, "WAIT 2 0"), "...");
    world.heal();
    assert_eq!(world.late(0), "2");
    assert_eq!(world.call(0, "MULTI"), "OK");
    world.hold(0, 1);
    assert_eq!(world.call(0, "SET k x"), "QUEUED");
    assert_eq!(world.call(0, "WAIT 2 0"), "QUEUED");
    assert_eq!(
        world.call(0, "EXEC"),
        "[OK 2]",
        "in a transaction it never waits, and counts from before"
    );
    assert_eq!(world.call(0, "WAIT 1 -1"), "-ERR timeout is negative");
    assert!(
        world.call(1, "WAIT 1 0").starts_with("-ERR WAIT cannot be used with replica instances.")
    );
    // A replica that comes back counts as soon as it has the data.
    world.crash(2);
    assert_eq!(world.call(0, "WAIT 2 0"), "...");
    world.restart(2);
    world.sync(2, 0);
    world.heal();
    assert_eq!(world.late(0), "2");
}

#[test]
fn a_replica_refuses_writes() {
    const NO: &str = "READONLY You can't write against a read only replica.";
    let mut world = Servers::new(&Config::default(), 1);
    assert_eq!(world.call(1, "SET k v"), format!("-{NO}"));
    assert_eq!(world.call(1, "BLPOP k 1"), format!("-{NO}"));
    assert_eq!(world.call(1, "MULTI"), "OK");
    assert_eq!(world.call(1, "GET k"), "QUEUED");
    assert_eq!(world.call(1, "DEL k"), format!("-{NO}"));
    assert!(world.call(1, "EXEC").starts_with("-EXECABORT"));
    let set = world.call(1, "EVAL return~redis.call('set','k','v') 0");
    assert!(set.starts_with(&format!("-{NO} script: ")), "{set}");
    assert_eq!(world.call(1, "EVAL return~redis.call('exists','k') 0"), "0");
    let whole = world.call(1, "EVAL #!lua\nreturn~1 0");
    assert_eq!(whole, "-READONLY Can not run script with write flag on readonly replica");
    assert_eq!(world.call(1, "EVAL #!lua~flags=no-writes\nreturn~1 0"), "1");
    assert_eq!(world.call(1, "REPLICAOF no one"), "OK");
    assert_eq!(world.call(1, "SET k v"), "OK");
    assert_eq!(world.call(0, "GET k"), "nil");
}

#[test]
fn a_master_that_becomes_a_replica_sends_away_who_waits() {
    let mut world = Servers::new(&Config::default(), 1);
    assert_eq!(world.call(0, "BLPOP q 0"), "...");
    let other = world.connect(0);
    world.send(0, other, "REPLICAOF 127.0.0.1 x");
    world.send(0, other, "REPLICAOF 127.0.0.1 1");
    world.send(0, other, "REPLICAOF 127.0.0.1 1");
    let said = ["-ERR Invalid master port", "OK", "OK Already connected to specified master"];
    assert_eq!(world.heard(other), said);
    let gone = "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";
    assert_eq!(world.late(0), format!("{gone} close"));
    world.send(0, other, "ROLE");
    assert_eq!(world.heard(other), ["[slave 127.0.0.1 1 connect -1]"]);
}

#[test]
fn role_and_info_tell_the_roles() {
    let config = Config { min_replicas_to_write: 1, ..Config::default() };
    let mut world = Servers::new(&config, 2);
    world.call(0, "SET k v");
    world.pass(3_000);
    assert_eq!(world.call(0, "ROLE"), "[master 1 [[127.0.0.1 1 1] [127.0.0.1 2 1]]]");
    assert_eq!(world.call(1, "ROLE"), "[slave 127.0.0.1 0 connected 1]");
    let info = world.call(0, "INFO");
    for line in [
        "role:master",
        "connected_slaves:2",
        "min_slaves_good_slaves:2",
        "slave1:ip=127.0.0.1,port=2,state=online,offset=1,lag=0",
        "master_repl_offset:1",
    ] {
        assert!(info.contains(&format!("\r\n{line}\r\n")), "{line} in {info}");
    }
    world.crash(0);
    let info = world.call(1, "INFO");
    for line in ["role:slave", "master_port:0", "master_link_status:down", "slave_repl_offset:1"] {
        assert!(info.contains(&format!("\r\n{line}\r\n")), "{line} in {info}");
    }
}

#[test]
fn a_replica_takes_over_the_data_of_a_master_that_restarted_empty() {
    let mut world = Servers::new(&Config::default(), 1);
    world.call(0, LOCK_A);
    world.crash(0);
    assert_eq!(world.call(1, "GET l"), "a", "it goes on answering");
    world.restart(0);
    world.sync(1, 0);
    assert_eq!(world.call(1, "GET l"), "nil", "S11");
}

#[test]
fn subscribers_of_a_replica_hear_what_the_master_did() {
    let notify = NotifyFlags::parse(b"KEA").unwrap();
    let mut world = Servers::new(&Config { notify, ..Config::default() }, 1);
    let listener = world.connect(1);
    world.send(
        1,
        listener,
        "SUBSCRIBE c __keyevent@0__:set __keyevent@0__:del __keyevent@0__:expired",
    );
    world.heard(listener);
    world.call(0, "SET l a PX 100");
    assert_eq!(world.call(0, "PUBLISH c hello"), "0", "receivers elsewhere are not counted");
    world.pass(200);
    assert_eq!(
        world.heard(listener),
        [
            "push [message __keyevent@0__:set l]",
            "push [message c hello]",
            "push [message __keyevent@0__:del l]"
        ],
        "an expired key reaches the replica as DEL"
    );
}

#[test]
fn a_transaction_or_a_script_reaches_a_replica_whole() {
    let mut world = Servers::new(&Config::default(), 1);
    world.call(0, "SET k 0");
    let watcher = world.connect(1);
    for line in ["WATCH k", "MULTI", "GET k"] {
        world.send(1, watcher, line);
    }
    let before = world.nodes[1].offset();
    world.call(
        0,
        "EVAL redis.call('incr','k')redis.call('set','t',redis.call('time')[1])~return~1 0",
    );
    assert_eq!(world.nodes[1].offset(), before + 1, "one piece of the stream");
    assert_eq!(world.call(0, "GET t"), world.call(1, "GET t"), "by its effects");
    world.send(1, watcher, "EXEC");
    assert_eq!(world.heard(watcher).last().unwrap(), "nil", "a watched key changed");
    // The script itself is not known there (S2).
    let sha = world.call(0, "SCRIPT LOAD return~1");
    assert!(world.call(1, &format!("EVALSHA {sha} 0")).starts_with("-NOSCRIPT"));
}

#[test]
fn whatever_a_master_executes_its_replica_is_equal() {
    let mut chance = Chance::new(7);
    let mut written = 0;
    for round in 0..40 {
        let maxmemory = if round % 4 == 3 { 600 } else { 0 };
        let config = Config {
            maxmemory,
            eviction: lockstep::store::redis::Eviction::VolatileTtl,
            ..Config::default()
        };
        let mut world = Servers::new(&config, 1);
        for line in GIVEN {
            world.call(0, line);
        }
        for _ in 0..60 {
            match chance.step() {
                Step::Request(link, argv)
                    if !argv[0].eq_ignore_ascii_case(b"REPLICAOF")
                        && !argv[0].eq_ignore_ascii_case(b"SLAVEOF") =>
                {
                    world.run(0, link, argv.as_slice().into());
                    assert!(world.data(0) == world.data(1), "after {argv:?}");
                }
                Step::Pass(span) => {
                    world.pass(span.as_ms());
                    assert!(world.data(0) == world.data(1), "after {span}");
                }
                _ => {}
            }
        }
        written += world.nodes[1].offset();
    }
    assert!(written > 300, "{written} writes");
}
