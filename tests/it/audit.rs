//! `lockstep audit`: who held which lock when, from what a log shows.

use lockstep::audit::{Audit, Confidence, End, Finding, Kind, Options, Window};

/// A log of MONITOR, line by line: the time in ms, who, and the words.
pub(crate) fn log(lines: &[(i64, &str, &[&str])]) -> String {
    let mut text = "OK\n".to_owned();
    for (ms, from, words) in lines {
        let (db, from) = from.split_once('|').unwrap_or(("0", from));
        text += &format!("{}.{:06} [{db} {from}]", 1_700_000_000 + ms / 1000, ms % 1000 * 1000);
        for word in *words {
            text += &format!(" \"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""));
        }
        text.push('\n');
    }
    text
}

pub(crate) fn audit(text: impl AsRef<[u8]>) -> Audit {
    within(text, Window::default())
}

fn within(text: impl AsRef<[u8]>, window: Window) -> Audit {
    Audit::of_monitor(text.as_ref(), &Options { window }, &mut |_| {}).unwrap()
}

/// How often each kind was found.
fn counts(audit: &Audit) -> Vec<(Kind, u64)> {
    let all = Kind::ALL.iter().map(|kind| (*kind, audit.findings.count(*kind)));
    all.filter(|(_, count)| *count > 0).collect()
}

fn lines(audit: &Audit, kind: Kind) -> Vec<usize> {
    audit.findings.of(kind).iter().map(|finding| finding.moment.line).collect()
}

/// A hold: its client, the line at which it begins, and how it ended, at which line.
pub(crate) type Told<'a> = (&'a str, usize, Option<(usize, End)>);

/// The holds in their order.
pub(crate) fn holds(audit: &Audit) -> Vec<Told<'_>> {
    let holds = audit.holds.iter().map(|(_, hold)| hold);
    holds
        .map(|hold| {
            let end = hold.end.map(|(moment, how)| (moment.line, how));
            (&*hold.client, hold.begin.line, end)
        })
        .collect()
}

const A: &str = "10.0.0.1:1001";
const B: &str = "10.0.0.2:1002";
const C: &str = "10.0.0.3:1003";
const CHECKED_DELETE: &str =
    "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) end return 0";
const RENEW: &str = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('pexpire',KEYS[1],ARGV[2]) end return 0";

/// The numbers of the issue: the log was made by clients that delete without a look.
#[test]
fn the_recorded_log_has_what_was_counted_by_hand() {
    let text = std::fs::read("traces/recorded/redis/monitor-overlap.log").unwrap();
    let audit = audit(text);
    let sum = audit.sum();
    // The holder that was killed never released its lock.
    assert_eq!((sum.completed, sum.left_behind, sum.open), (37, 1, 0));
    assert_eq!(sum.overlaps, 27);
    assert_eq!(lines(&audit, Kind::Overlap).len(), 27);
    let anothers = lines(&audit, Kind::ReleasedAnothers);
    assert_eq!(anothers, [97, 171, 176, 182, 194, 201, 204, 211, 223, 255, 277, 282]);
    assert_eq!(audit.findings.count(Kind::LongerThanTtl), 7);
    assert!(audit.findings.of(Kind::LongerThanTtl).iter().all(|it| it.ttl.unwrap().0 == 40_000));
    assert_eq!(lines(&audit, Kind::ReleasedNothing), [66, 139, 224, 256, 294]);
    let left: Vec<_> = audit.findings.of(Kind::LeftBehind);
    assert_eq!(
        (left.len(), &*left[0].client, left[0].since.unwrap().line),
        (1, "127.0.0.1:36518", 17)
    );
    let of = |kind| audit.findings.of(kind);
    let certain = |it: &&Finding| it.confidence == Confidence::Certain;
    assert!(of(Kind::ReleasedAnothers).iter().all(certain));
    assert_eq!((audit.counts.executed, audit.skipped.count), (291, 0));
}

#[test]
fn a_lock_without_contention_is_found_and_nothing_is_wrong() {
    let audit = audit(log(&[
        (0, A, &["SET", "l", "token-a-1", "NX", "PX", "1000"]),
        (500, A, &["EVAL", RENEW, "1", "l", "token-a-1", "1000"]),
        (500, "lua", &["get", "l"]),
        (500, "lua", &["pexpire", "l", "1000"]),
        (1200, A, &["EVAL", CHECKED_DELETE, "1", "l", "token-a-1"]),
        (1200, "lua", &["get", "l"]),
        (1200, "lua", &["del", "l"]),
    ]));
    assert_eq!(counts(&audit), []);
    assert_eq!(holds(&audit), [(A, 2, Some((6, End::Released)))]);
    assert_eq!((audit.counts.lua_equal, audit.counts.different), (4, 0));
}

#[test]
fn a_script_that_looks_leaves_anothers_lock_alone() {
    let audit = audit(log(&[
        (0, A, &["SET", "l", "token-a-1", "NX", "PX", "1000"]),
        (600, B, &["SET", "l", "token-b-1", "PX", "1000", "NX"]),
        (1600, B, &["SET", "l", "token-b-1", "PX", "1000", "NX"]),
        (1700, A, &["EVAL", CHECKED_DELETE, "1", "l", "token-a-1"]),
        (1700, "lua", &["get", "l"]),
        // The same token on another connection is the same client.
        (2000, "10.0.0.2:7777", &["EVAL", CHECKED_DELETE, "1", "l", "token-b-1"]),
        (2000, "lua", &["get", "l"]),
        (2000, "lua", &["del", "l"]),
    ]));
    let found = counts(&audit);
    assert_eq!(found, [(Kind::Overlap, 1), (Kind::LongerThanTtl, 1), (Kind::ReleasedNothing, 1)]);
    let longer = audit.findings.of(Kind::LongerThanTtl)[0];
    assert_eq!((longer.moment.line, longer.amount.unwrap().0), (5, 699_000));
    let nothing = audit.findings.of(Kind::ReleasedNothing)[0];
    assert_eq!(&*nothing.other.as_ref().unwrap().0, B);
    assert_eq!(holds(&audit), [(A, 2, Some((5, End::TooLate))), (B, 4, Some((7, End::Released)))]);
    assert_eq!(audit.holds[1].1.waited.unwrap().0, 1_000_000);
}

#[test]
fn setnx_with_expire_gets_its_ttl_late() {
    let audit = audit(log(&[
        (0, A, &["SETNX", "l", "1"]),
        (5, A, &["EXPIRE", "l", "2"]),
        (1000, A, &["DEL", "l"]),
        (1500, B, &["SETNX", "l", "1"]),
        (9000, B, &["DEL", "l"]),
    ]));
    assert_eq!(counts(&audit), [(Kind::NoTtl, 1)]);
    assert_eq!(lines(&audit, Kind::NoTtl), [5]);
    let sum = audit.sum();
    assert_eq!((sum.late_ttl, sum.longest_without.0, sum.no_ttl), (1, 5000, 1));
}

#[test]
fn a_deadline_in_the_value_is_a_time_to_live() {
    let ms = |ms: i64| (1_700_000_000_000 + ms).to_string();
    let (one, two, three) = (ms(1000), ms(3000), ms(3100));
    let audit = audit(log(&[
        (0, A, &["SETNX", "g", &one]),
        (500, B, &["SETNX", "g", &two]),
        (2000, B, &["GET", "g"]),
        (2001, B, &["GETSET", "g", &two]),
        // Too late: it only makes the deadline of the other one later.
        (2002, C, &["GETSET", "g", &three]),
        (2500, B, &["DEL", "g"]),
        (2600, A, &["DEL", "g"]),
    ]));
    assert_eq!(
        counts(&audit),
        [
            (Kind::Overlap, 1),
            (Kind::RenewedAnothers, 1),
            (Kind::LongerThanTtl, 1),
            (Kind::ReleasedNothing, 1)
        ]
    );
    assert_eq!(lines(&audit, Kind::RenewedAnothers), [6]);
    assert_eq!(holds(&audit), [(A, 2, Some((8, End::TooLate))), (B, 5, Some((7, End::Released)))]);
}

#[test]
fn whoever_deletes_what_it_never_had_is_found() {
    // A waiter that deletes in any case, and an operator.
    for (other, attempt) in [(B, true), ("10.9.9.9:22", false)] {
        let mut lines: Vec<(i64, &str, &[&str])> =
            vec![(0, A, &["SET", "p", "x", "NX", "EX", "9"])];
        if attempt {
            lines.push((900, other, &["SET", "p", "y", "NX", "EX", "9"]));
        }
        let deleted = lines.len() + 2;
        lines.push((1000, other, &["DEL", "p"]));
        lines.push((1100, C, &["SET", "p", "z", "NX", "EX", "9"]));
        lines.push((2000, C, &["DEL", "p"]));
        lines.push((3000, A, &["DEL", "p"]));
        let audit = audit(log(&lines));
        let anothers = audit.findings.of(Kind::ReleasedAnothers);
        assert_eq!(anothers.len(), 1, "{other}");
        assert_eq!((anothers[0].moment.line, &*anothers[0].client), (deleted, other));
        assert_eq!(audit.findings.count(Kind::Overlap), 1, "{other}");
    }
}

#[test]
fn a_pool_of_connections_is_one_client() {
    let audit = audit(log(&[
        (0, A, &["SET", "p", "x", "NX", "EX", "10"]),
        (1000, "10.0.0.1:2002", &["DEL", "p"]),
        (2000, "10.0.0.1:2003", &["SET", "p", "y", "NX", "EX", "10"]),
        (3000, A, &["DEL", "p"]),
        (4000, A, &["SET", "p", "z", "NX", "EX", "10"]),
        (5000, "10.0.0.1:2003", &["DEL", "p"]),
    ]));
    assert_eq!(counts(&audit), []);
    assert!(holds(&audit).iter().all(|(.., end)| end.unwrap().1 == End::Pooled), "{audit:?}");
}

const REENTRANT: &str = "if (redis.call('exists', KEYS[1]) == 0) then redis.call('hincrby', KEYS[1], ARGV[2], 1); \
    redis.call('pexpire', KEYS[1], ARGV[1]); return nil; end; if (redis.call('hexists', KEYS[1], ARGV[2]) == 1) then \
    redis.call('hincrby', KEYS[1], ARGV[2], 1); redis.call('pexpire', KEYS[1], ARGV[1]); return nil; end; \
    return redis.call('pttl', KEYS[1]);";

#[test]
fn what_must_have_been_held_before_the_log_is_inferred() {
    let audit = audit(log(&[
        (0, A, &["EVAL", REENTRANT, "1", "h", "30000", "uuid-aaaa:1"]),
        (0, "lua", &["exists", "h"]),
        (0, "lua", &["hexists", "h", "uuid-aaaa:1"]),
        (0, "lua", &["pttl", "h"]),
        (5000, A, &["EVAL", REENTRANT, "1", "h", "30000", "uuid-aaaa:1"]),
        (5000, "lua", &["exists", "h"]),
        (5000, "lua", &["hincrby", "h", "uuid-aaaa:1", "1"]),
        (5000, "lua", &["pexpire", "h", "30000"]),
    ]));
    assert_eq!(counts(&audit), [(Kind::HeldBefore, 1)]);
    assert_eq!(audit.counts.different, 0);
    let holds = holds(&audit);
    assert_eq!(holds[0], ("(not in the log)", 0, Some((6, End::Unseen))));
    assert_eq!((holds[1].0, holds[1].1), (A, 6));
    // Without a script: who asks again did not get it.
    let set: &[&str] = &["SET", "m", "token-m-1", "NX", "PX", "3000"];
    let repeated = super::audit::audit(log(&[
        (0, A, set),
        (100, A, set),
        (200, A, set),
        (2000, A, &["DEL", "m"]),
    ]));
    assert_eq!(counts(&repeated), [(Kind::HeldBefore, 1)]);
    assert_eq!(self::holds(&repeated), [(A, 4, Some((5, End::Released)))]);
}

#[test]
fn lines_of_scripts_that_are_not_in_the_log_are_done() {
    let (acquire, release) = ("a".repeat(40), "b".repeat(40));
    let audit = audit(log(&[
        (0, A, &["EVALSHA", &acquire, "1", "h", "30000", "uuid-aaaa:1"]),
        (0, "lua", &["exists", "h"]),
        (0, "lua", &["hincrby", "h", "uuid-aaaa:1", "1"]),
        (0, "lua", &["pexpire", "h", "30000"]),
        (2000, A, &["EVALSHA", &release, "2", "h", "ch", "0", "30000", "uuid-aaaa:1"]),
        (2000, "lua", &["hexists", "h", "uuid-aaaa:1"]),
        (2000, "lua", &["hincrby", "h", "uuid-aaaa:1", "-1"]),
        (2000, "lua", &["del", "h"]),
        (3000, B, &["EVALSHA", &acquire, "1", "h", "30000", "uuid-bbbb:1"]),
        (3000, "lua", &["exists", "h"]),
        (3000, "lua", &["hincrby", "h", "uuid-bbbb:1", "1"]),
        (3000, "lua", &["pexpire", "h", "30000"]),
    ]));
    assert_eq!(audit.counts.lua_applied, 9);
    assert_eq!(counts(&audit), []);
    let holds = holds(&audit);
    assert_eq!(holds[0], (A, 2, Some((6, End::Released))));
    assert_eq!((holds[1].0, holds[1].1, holds[1].2.unwrap().1), (B, 10, End::Open));
    assert!(audit.holds.iter().all(|(_, hold)| hold.confidence == Confidence::Likely));
}

const PERMITS: &str = "redis.call('zremrangebyscore',KEYS[1],'-inf',ARGV[1]) if redis.call('zcard',KEYS[1]) < 2 then \
    redis.call('zadd',KEYS[1],ARGV[2],ARGV[3]) return 1 end return 0";

#[test]
fn permits_of_a_sorted_set_and_of_a_list_are_locks() {
    let zset = audit(log(&[
        (0, A, &["EVAL", PERMITS, "1", "z", "0", "9000", "permit-a"]),
        (100, B, &["EVAL", PERMITS, "1", "z", "0", "9000", "permit-b"]),
        (200, C, &["EVAL", PERMITS, "1", "z", "0", "9000", "permit-c"]),
        (1000, A, &["ZREM", "z", "permit-a"]),
        (1100, C, &["EVAL", PERMITS, "1", "z", "0", "9000", "permit-c"]),
        (2000, B, &["ZREM", "z", "permit-b"]),
        (3000, C, &["ZREM", "z", "permit-c"]),
    ]));
    assert_eq!(counts(&zset), []);
    assert_eq!((zset.locks[0].limit, zset.sum().completed, zset.sum().refused), (2, 3, 1));
    let list = audit(log(&[
        (0, A, &["RPUSH", "t", "p1"]),
        (1000, A, &["BLPOP", "t", "5"]),
        (1500, B, &["BLPOP", "t", "5"]),
        (2000, A, &["LPUSH", "t", "p1"]),
        (3000, B, &["LPUSH", "t", "p1"]),
    ]));
    assert_eq!(holds(&list), [(A, 3, Some((5, End::Released))), (B, 5, Some((6, End::Released)))]);
}

#[test]
fn a_release_by_watch_and_get_is_one() {
    let audit = audit(log(&[
        (0, A, &["SET", "w", "token-a-1", "NX", "PX", "1000"]),
        (500, A, &["WATCH", "w"]),
        (500, A, &["GET", "w"]),
        (510, A, &["MULTI"]),
        (520, A, &["DEL", "w"]),
        (520, A, &["EXEC"]),
        (1000, A, &["SET", "w", "token-a-2", "NX", "PX", "1000"]),
        (2500, B, &["SET", "w", "token-b-1", "NX", "PX", "1000"]),
        // It learns that it is another's, and leaves it.
        (2600, A, &["WATCH", "w"]),
        (2600, A, &["GET", "w"]),
        (2610, A, &["UNWATCH"]),
    ]));
    let holds = holds(&audit);
    assert_eq!(holds[0], (A, 2, Some((7, End::Released))));
    assert_eq!(holds[1], (A, 8, Some((10, End::TooLate))));
    assert_eq!(audit.findings.count(Kind::Overlap), 1);
}

#[test]
fn what_is_no_lock_is_none() {
    let mut lines: Vec<(i64, &str, &[&str])> = Vec::new();
    for round in 0..20 {
        lines.push((round * 1000, A, &["LPUSH", "jobs", "job"]));
        lines.push((round * 1000 + 500, B, &["BRPOP", "jobs", "5"]));
    }
    lines.push((30_000, A, &["INCR", "n"]));
    lines.push((31_000, B, &["INCR", "n"]));
    lines.push((32_000, B, &["DEL", "n"]));
    // A counter that is set to 0 if it is not there.
    lines.push((32_100, A, &["SETNX", "count", "0"]));
    lines.push((32_200, B, &["SETNX", "count", "0"]));
    lines.push((32_300, B, &["INCR", "count"]));
    lines.push((32_400, A, &["INCR", "count"]));
    lines.push((33_000, A, &["SET", "config", "1"]));
    lines.push((34_000, B, &["HSET", "user:1", "name", "somebody"]));
    lines.push((35_000, B, &["HDEL", "user:1", "name"]));
    let audit = audit(log(&lines));
    assert_eq!((audit.sum().holds(), audit.locks.len(), audit.holds.len()), (0, 0, 0));
    assert_eq!(counts(&audit), []);
}

#[test]
fn a_window_shows_a_part() {
    let text = std::fs::read("traces/recorded/redis/monitor-overlap.log").unwrap();
    let window = Window { lines: Some((97, 182)), ..Window::default() };
    let some = within(&text, window);
    assert_eq!(lines(&some, Kind::ReleasedAnothers), [97, 171, 176, 182]);
    assert!(some.holds.iter().all(|(_, hold)| (97..=182).contains(&hold.begin.line)));
    let window = Window { client: Some("36518".to_owned()), ..Window::default() };
    let one = within(&text, window);
    assert_eq!((one.sum().completed, one.sum().left_behind), (1, 1));
    let window = Window { key: Some("no such key".to_owned()), ..Window::default() };
    let none = within(&text, window);
    assert_eq!((none.sum().holds(), counts(&none).len()), (0, 0));
}
