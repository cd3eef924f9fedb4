//! The shells: lines made of the words of their languages, whole and spoilt.

use lockstep::shell::{RedisShell, Shell, ZooKeeperShell};

use super::source::{Chance, spoil};
use super::{LONG, SHORT, try_all};

const REDIS: &[&str] = &[
    "SET",
    "GET",
    "DEL",
    "EVAL",
    "EVALSHA",
    "SCRIPT",
    "LOAD",
    "EXPIRE",
    "PEXPIRE",
    "PERSIST",
    "TTL",
    "HSET",
    "HINCRBY",
    "LPUSH",
    "BLPOP",
    "BRPOPLPUSH",
    "SADD",
    "ZADD",
    "ZRANGE",
    "ZRANGEBYSCORE",
    "SORT",
    "SCAN",
    "MULTI",
    "EXEC",
    "WATCH",
    "SUBSCRIBE",
    "PSUBSCRIBE",
    "PUBLISH",
    "CONFIG",
    "CLIENT",
    "OBJECT",
    "DEBUG",
    "INFO",
    "SETRANGE",
    "GETRANGE",
    "SETBIT",
    "BITFIELD",
    "BITCOUNT",
    "COPY",
    "RENAME",
    "WAIT",
    "FLUSHALL",
    "NX",
    "XX",
    "PX",
    "EX",
    "KEEPTTL",
    "GET",
    "COUNT",
    "MATCH",
    "LIMIT",
    "BY",
    "STORE",
    "DESC",
    "ALPHA",
    "k",
    "lock",
    "list",
    "{a}b",
    "*",
    "?[",
    "0",
    "1",
    "-1",
    "10000",
    "9223372036854775807",
    "-9223372036854775808",
    "1e400",
    "nan",
    "inf",
    "\"\"",
    "\"a b\"",
    "\"\\x1b[31m\"",
    "'",
    "\"return redis.call('get',KEYS[1])\"",
    "\"return string.rep('a', 1e9)\"",
    "\"return {1,{2,{3}}}\"",
    "\"return string.gsub(string.rep('a',1e4), string.rep('a?',1e3), '')\"",
    ".advance",
    "10s",
    ".client",
    "b",
    ".help",
    "3",
    "100000",
];

const ZOOKEEPER: &[&str] = &[
    "create",
    "delete",
    "deleteall",
    "get",
    "set",
    "ls",
    "ls2",
    "stat",
    "sync",
    "getAcl",
    "setAcl",
    "addauth",
    "addWatch",
    "removewatches",
    "printwatches",
    "history",
    "redo",
    "close",
    "connect",
    "quit",
    "version",
    "config",
    "reconfig",
    "listquota",
    "setquota",
    "getEphemerals",
    "getAllChildrenNumber",
    "whoami",
    "-e",
    "-s",
    "-c",
    "-t",
    "-R",
    "-w",
    "-v",
    "-b",
    "/",
    "/a",
    "/a/b",
    "/lock",
    "/lock/n-",
    "//",
    "/a/../b",
    "/zookeeper",
    "a",
    "data",
    "\"a b\"",
    "''",
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "world:anyone:cdrwa",
    "ip:127.0.0.1:r",
    "digest",
    "u:p",
    ".advance",
    "40s",
    ".session",
    "b",
    ".pause",
    ".help",
    "\u{1b}[31m",
    "'",
    "\"",
];

fn input(number: u64, words: &[&str]) -> String {
    let mut chance = Chance::of(number);
    let mut text = String::new();
    for _ in 0..=chance.below(8) {
        let words: Vec<&str> = (0..=chance.below(6)).map(|_| *chance.one(words)).collect();
        text.push_str(&words.join(" "));
        text.push('\n');
    }
    if chance.once_in(3) { spoil(&text, &mut chance) } else { text }
}

fn understand(shell: &mut dyn Shell, text: &str) {
    for line in text.lines() {
        let said = shell.enter(line);
        assert!(said.text.is_empty() || said.text.ends_with('\n'), "{line:?}: {:?}", said.text);
        if said.ends {
            break;
        }
    }
}

#[test]
fn redis() {
    try_all(
        0,
        SHORT,
        |number| input(number, REDIS),
        |text| {
            understand(&mut RedisShell::new(), text);
        },
    );
}

#[test]
fn zookeeper() {
    try_all(
        0,
        SHORT,
        |number| input(number, ZOOKEEPER),
        |text| {
            understand(&mut ZooKeeperShell::new(), text);
        },
    );
}

#[test]
#[ignore = "a hundred thousand conversations take half an hour"]
fn many_redis() {
    try_all(
        SHORT,
        LONG,
        |number| input(number, REDIS),
        |text| {
            understand(&mut RedisShell::new(), text);
        },
    );
}

#[test]
#[ignore = "a hundred thousand conversations take half an hour"]
fn many_zookeeper() {
    try_all(
        SHORT,
        LONG,
        |number| input(number, ZOOKEEPER),
        |text| {
            understand(&mut ZooKeeperShell::new(), text);
        },
    );
}
