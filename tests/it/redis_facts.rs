//! What a real server does that a naive model gets wrong: one test for each numbered fact
//! (1 to 13), measured on redis-server 7.0.15.

use super::redis_types_session::{check, check_events};

#[test]
fn fact_01_alive_at_equality() {
    check(
        r#"SET k v PX 100 => +OK
           @100
           GET k => "v"
           PTTL k => 0
           @1
           GET k => nil"#,
    );
}

#[test]
fn fact_02_ttl_is_rounded() {
    check(
        "SET k v PX 499 => +OK
         TTL k => 0
         EXISTS k => 1
         SET k v PX 1500 => +OK
         @1
         TTL k => 1
         SET k v PX 1600 => +OK
         TTL k => 2",
    );
}

#[test]
fn fact_03_active_expiry_is_not_punctual() {
    check_events(
        "SET k v PX 50 => +OK
         log <- new k
         log <- set k
         log <- expire k
         @50
         draws 1
         @99
         @2
         log <- expired k",
    );
}

#[test]
fn fact_04_who_counts_and_who_reaps_expired_keys() {
    check_events(
        "SET a 1 PX 10 => +OK
         log <- new a
         log <- set a
         log <- expire a
         draws 1
         @11
         DBSIZE => 1
         KEYS * => []
         DBSIZE => 1
         EXISTS a => 0
         log <- expired a
         DBSIZE => 0",
    );
    check_events(
        r#"SET a 1 PX 10 => +OK
           log <- new a
           log <- set a
           log <- expire a
           draws 1
           @11
           SCAN 0 => ["0", []]
           log <- expired a
           DBSIZE => 0"#,
    );
}

#[test]
fn fact_05_a_deadline_in_the_past() {
    check_events(
        "SET k v => +OK
         log <- new k
         log <- set k
         EXPIRE k 0 => 1
         log <- del k
         SET k v PXAT 1 => +OK
         log <- new k
         log <- set k
         log <- expire k
         GET k => nil
         log <- expired k
         SET k v EX 0 => -ERR invalid expire time in 'set' command
         SET k v PX -1 => -ERR invalid expire time in 'set' command",
    );
}

#[test]
fn fact_06_time_in_a_script() {
    // The loop takes longer than the key lives.
    check(
        r#"SET k v PX 3 => +OK
           EVAL 'for i = 1, 1000000 do end return {redis.call("get", KEYS[1]), redis.call("pttl", KEYS[1])}' 1 k => ["v", 0]
           EVAL 'local a, b = redis.call("time"), redis.call("time") return a[2] == b[2]' 0 => nil"#,
    );
}

#[test]
fn fact_07_options_of_set() {
    check(
        r#"SET k v EX 1 EX 2 => +OK
           TTL k => 2
           SET k v PX 0 PX 120 => +OK
           PTTL k => 120
           SET k v EX 1 PX 2 => -ERR syntax error
           SET k v EX 1 EXAT 2 => -ERR syntax error
           SET k v EX 1 KEEPTTL => -ERR syntax error
           SET k w NX NX => nil
           SET k w GET GET => "v"
           SET k x NX GET => "w"
           SET new x NX GET => nil
           GET new => "x""#,
    );
}

#[test]
fn fact_08_what_keeps_the_ttl() {
    check(
        "MSET a 1 b 1 c 1 => +OK
         SET k 5 EX 100 => +OK
         GETSET k 6 => \"5\"
         TTL k => -1
         SET k 5 EX 100 => +OK
         MSET k 6 => +OK
         TTL k => -1
         SET k 5 EX 100 => +OK
         INCR k => 6
         APPEND k 0 => 2
         SETRANGE k 0 9 => 2
         TTL k => 100
         RENAME k a => +OK
         TTL a => 100
         RENAME b a => +OK
         TTL a => -1
         EXPIRE c 50 => 1
         COPY c d => 1
         TTL d => 50",
    );
}

#[test]
fn fact_09_options_of_expire() {
    check(
        "EXPIRE none 10 NX XX => -ERR NX and XX, GT or LT options at the same time are not compatible
         SET k v => +OK
         EXPIRE k 10 NX NX => 1
         EXPIRE k 20 XX GT => 1
         PERSIST k => 1
         EXPIRE k 10 GT => 0
         EXPIRE k 10 LT => 1
         EXPIRE k -1 GT => 0
         EXISTS k => 1
         EXPIRE k -1 LT => 1
         EXISTS k => 0",
    );
}

#[test]
fn fact_10_the_largest_deadline() {
    check(
        "SET k v => +OK
         PEXPIREAT k 9223372036854775807 => 1
         EXPIRETIME k => 9223372036854776
         EXPIRE k 9223372036854775807 => -ERR invalid expire time in 'expire' command
         PEXPIRE k 9223372036854775807 => -ERR invalid expire time in 'pexpire' command",
    );
}

#[test]
fn fact_11_expiry_of_a_watched_key() {
    check(
        "SET k v PX 20 => +OK
         WATCH k => +OK
         @50
         MULTI => +OK
         PING => +QUEUED
         EXEC => nil",
    );
    // Expired at WATCH already: its removal is no change, a SET is one.
    let expired = "SET k v PX 20 => +OK
         log <- new k
         log <- set k
         log <- expire k
         draws 1
         @21
         WATCH k => +OK
         c2: GET k => nil
         log <- expired k";
    check_events(&format!("{expired}\nMULTI => +OK\nPING => +QUEUED\nEXEC => [+PONG]"));
    let set = "c2: SET k w => +OK\nlog <- new k\nlog <- set k";
    check_events(&format!("{expired}\n{set}\nMULTI => +OK\nPING => +QUEUED\nEXEC => nil"));
}

#[test]
fn fact_12_what_counts_as_a_change() {
    let given = "SET s v EX 100 => +OK\nSET n 1 => +OK\nHSET h f v => 1\nSADD m a => 1";
    let watch = |command: &str, end: &str| {
        let run =
            format!("{given}\nWATCH s n h m none => +OK\n{command}\nMULTI => +OK\nEXEC => {end}");
        check(&run);
    };
    for command in [
        "SET n 1 => +OK",
        "EXPIRE s 100 => 1",
        "PERSIST s => 1",
        "HSET h f v => 0",
        "INCRBY n 0 => 1",
        "APPEND s '' => 1",
        "SET none v => +OK\nDEL none => 1",
    ] {
        watch(command, "nil");
    }
    for command in [
        "DEL gone => 0",
        "SADD m a => 0",
        "SETNX s w => 0",
        "GETEX s => \"v\"",
        "GETEX n PERSIST => \"1\"",
    ] {
        watch(command, "[]");
    }
    check("WATCH none => +OK\nFLUSHALL => +OK\nMULTI => +OK\nEXEC => []");
}

#[test]
fn fact_13_commands_about_transactions_inside_one() {
    check(
        "MULTI => +OK
         EXEC extra => -EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command
         EXEC => -ERR EXEC without MULTI
         MULTI => +OK
         UNWATCH => +QUEUED
         WATCH k => -ERR WATCH inside MULTI is not allowed
         EXEC => [+OK]",
    );
}
