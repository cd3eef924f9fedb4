//! Any bytes at all: an audit never panics, and counts what it cannot read.

use lockstep::audit::{Audit, Options};
use lockstep::trace::recorded::monitor;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn audit(text: &[u8]) -> Audit {
    Audit::of_monitor(text, &Options::default(), &mut |_| {}).unwrap()
}

#[test]
fn random_bytes_never_panic() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let recorded = std::fs::read("traces/recorded/redis/monitor-lua.log").unwrap();
    let mut read = 0;
    for round in 0..300 {
        let mut text: Vec<u8> = if round % 3 == 0 {
            let mut bytes = vec![0; 2000];
            random.fill_bytes(&mut bytes);
            bytes
        } else {
            // A part of a real log, with some of its bytes turned.
            let from = random.next_u32() as usize % (recorded.len() - 6000);
            recorded[from..from + 6000].to_vec()
        };
        for _ in 0..round / 3 {
            let at = random.next_u32() as usize % text.len();
            text[at] = random.next_u32() as u8;
        }
        let audit = audit(&text);
        read += audit.commands;
        let _ = monitor::drive(&*text);
    }
    assert!(read > 3000, "{read}");
}

/// Words of locks in any order, by any client, at any time.
#[test]
fn random_commands_never_panic() {
    let words = [
        "SET",
        "SETNX",
        "DEL",
        "GET",
        "GETSET",
        "PEXPIRE",
        "PERSIST",
        "NX",
        "PX",
        "XX",
        "1000",
        "0",
        "k",
        "l",
        "token-a",
        "token-b",
        "MULTI",
        "EXEC",
        "WATCH",
        "BLPOP",
        "LPUSH",
        "HSET",
        "HINCRBY",
        "HDEL",
        "ZADD",
        "ZREM",
        "EVAL",
        "return redis.call('del', KEYS[1])",
        "return redis.call('set', KEYS[1], ARGV[1], 'NX')",
        "FLUSHALL",
        "SELECT",
        "SUBSCRIBE",
        "QUIT",
        "RENAME",
        "1700000000500",
        "XADD",
        "*",
    ];
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut any = |below: usize| random.next_u32() as usize % below;
    for _ in 0..60 {
        let mut text = String::new();
        let mut ms = 0;
        for _ in 0..150 {
            ms += any(400) as i64 - 20;
            let from = ["10.0.0.1:1", "10.0.0.2:2", "10.0.0.2:3", "lua"][any(4)];
            text += &format!(
                "{}.{:06} [{} {from}]",
                1_700_000_000 + ms.div_euclid(1000),
                ms.rem_euclid(1000) * 1000,
                any(2)
            );
            for _ in 0..=any(6) {
                text += &format!(" \"{}\"", words[any(words.len())]);
            }
            text.push('\n');
        }
        let audit = audit(text.as_bytes());
        assert_eq!(audit.commands, 150);
        // Every hold that is told has a beginning and an end.
        assert!(
            audit
                .holds
                .iter()
                .all(|(_, hold)| hold.end.is_some_and(|(end, _)| end.at >= hold.begin.at))
        );
    }
}
