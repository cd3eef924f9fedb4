//! Logs of `redis-cli MONITOR`, spoilt.

use std::fs;
use std::path::Path;

use lockstep::trace::recorded::monitor;

use super::source::{Chance, spoil};
use super::{LONG, SHORT, try_all};

/// Commands as MONITOR shows them, of which a log is put together.
const COMMANDS: &[&str] = &[
    r#""SET" "lock" "a" "NX" "PX" "10000""#,
    r#""GET" "lock""#,
    r#""EVAL" "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end" "1" "lock" "a""#,
    r#""EVALSHA" "ffffffffffffffffffffffffffffffffffffffff" "0""#,
    r#""EVAL" "return string.match(string.rep('a',1e5), string.rep('a',1e5))" "0""#,
    r#""EVAL" "return string.find(string.rep('(',1e6),'%b()')" "0""#,
    r#""EVAL" "while true do end" "0""#,
    r#""MULTI""#,
    r#""EXEC""#,
    r#""SUBSCRIBE" "ch""#,
    r#""BLPOP" "list" "0""#,
    r#""SETRANGE" "k" "536870911" "x""#,
    r#""\x1b[31m" "\r\n\"\\""#,
    r#""SCRIPT" "FLUSH""#,
    r#""HELLO" "3""#,
    r#""SELECT" "9""#,
    r#""CLIENT" "KILL" "ID" "3""#,
];

fn recorded() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/recorded/redis");
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn input(number: u64, recorded: &[String]) -> String {
    let mut chance = Chance::of(number);
    if !recorded.is_empty() && chance.once_in(3) {
        let text = chance.one(recorded).clone();
        return spoil(&text, &mut chance);
    }
    let mut log = String::from("OK\n");
    let mut at = 1_700_000_000_000_000_u64;
    for _ in 0..=chance.below(12) {
        at += chance.below(3_000_000) as u64;
        let from =
            *chance.one(&["127.0.0.1:5000", "127.0.0.1:5001", "lua", "[::1]:6000", "unix:/run/r"]);
        let command = *chance.one(COMMANDS);
        log.push_str(&format!("{}.{:06} [0 {from}] {command}\n", at / 1_000_000, at % 1_000_000));
    }
    if chance.once_in(2) { spoil(&log, &mut chance) } else { log }
}

fn understand(text: &str) {
    match monitor::drive(text.as_bytes()) {
        Ok(_) => {}
        Err(bad) => {
            let told = bad.to_string();
            assert!(!told.chars().any(lockstep::visible::is_hidden), "{told:?}");
        }
    }
}

#[test]
fn logs() {
    let recorded = recorded();
    try_all(0, SHORT, |number| input(number, &recorded), understand);
}

#[test]
#[ignore = "a hundred thousand logs take an hour"]
fn many_logs() {
    let recorded = recorded();
    try_all(SHORT, LONG, |number| input(number, &recorded), understand);
}
