//! What a real server does that a naive model gets wrong: one test for each numbered fact of
//! FACTS-REDIS.md.

use lockstep::store::redis::Config;

use super::redis_types_session::{check, check_events, check_with};

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

#[test]
fn fact_14_errors_of_commands_in_scripts() {
    check(
        r#"LPUSH l a => 1
           EVAL 'return redis.call("get", "l")' 0 => -WRONGTYPE Operation against a key holding the wrong kind of value script: 5bdccf8f850be965e6b433aa01dfa642e4531560, on @user_script:1.
           EVAL 'return redis.pcall("get", "l")' 0 => -WRONGTYPE Operation against a key holding the wrong kind of value
           EVAL 'return redis.pcall("nosuch")' 0 => -ERR Unknown Redis command called from script
           EVAL 'return redis.pcall("get")' 0 => -ERR Wrong number of args calling Redis command from script"#,
    );
}

#[test]
fn fact_15_numbers_between_lua_and_redis() {
    check(
        r#"EVAL 'return {3.9, -3.9, 0/0, 1/0, 1, nil, 2}' 0 => [3, -3, -9223372036854775808, -9223372036854775808, 1]
           EVAL 'return {true, false}' 0 => [1, nil]
           EVAL 'redis.call("mset", "a", 3.7, "b", 0.1, "c", -0, "d", 1e15)' 0 => nil
           MGET a b d => ["3.7000000000000002", "0.10000000000000001", "1000000000000000"]
           EVAL 'return redis.pcall("pexpire", "a", "500.7")' 0 => -ERR value is not an integer or out of range"#,
    );
}

#[test]
fn fact_16_errors_that_scripts_make() {
    check(
        r#"EVAL 'return redis.error_reply("single")' 0 => -ERR single
           EVAL 'return redis.error_reply("MY ERR")' 0 => -MY ERR
           EVAL 'return redis.error_reply("-MY ERR")' 0 => -MY ERR
           EVAL 'return {err="nocode"}' 0 => -nocode
           EVAL 'return {ok=5}' 0 => []"#,
    );
}

#[test]
fn fact_17_which_scripts_are_known_and_what_they_may_do() {
    check(
        r#"EVAL 'return 1' 0 => 1
           EVALSHA E0E1F9FABFC9D4800C877A703B823AC0578FF8DB 0 => 1
           SCRIPT EXISTS E0E1F9FABFC9D4800C877A703B823AC0578FF8DB abc => [1, 0]
           EVALSHA abc 0 => -NOSCRIPT No matching script. Please use EVAL.
           EVAL 'redis.call("set", "k", "v") return redis.pcall("nosuch")' 0 => -ERR Unknown Redis command called from script
           GET k => "v"
           EVAL 'return redis.pcall("blpop", "l", 0)' 0 => -ERR This Redis command is not allowed from script
           EVAL 'return redis.pcall("multi")' 0 => -ERR This Redis command is not allowed from script
           EVAL_RO 'return redis.pcall("publish", "c", "m")' 0 => -ERR Write commands are not allowed from read-only scripts.
           EVAL 'redis.call("select", 1) return redis.call("set", "x", 1)' 0 => +OK
           GET x => nil
           EVAL 'return pcall(function() return os end)' 0 => nil
           EVAL 'return pcall(function() return print end)' 0 => nil"#,
    );
}

#[test]
fn fact_18_arguments_of_scripts_are_strings() {
    check(
        r#"SET k v => +OK
           EVAL 'if ARGV[1] ~= -1 then return redis.call("expire", KEYS[1], ARGV[1]) end' 1 k -1 => 1
           EXISTS k => 0"#,
    );
}

#[test]
fn fact_19_a_block_times_out_at_a_turn_of_the_event_loop() {
    check(
        "BLPOP l 0.05 => ...
         @50
         @1
         c1 <- nil",
    );
    check(
        "BLPOP l 0.05 => ...
         draws 1
         @51
         @99
         @1
         c1 <- nil",
    );
}

#[test]
fn fact_20_waiters_are_served_after_the_command() {
    check(
        r#"c2: BLPOP l 0 => ...
           MULTI => +OK
           LPUSH l a b c => +QUEUED
           EXEC => [3]
           c2 <- ["l", "c"]
           DEL l => 1
           c2: BLPOP l 0 => ...
           MULTI => +OK
           LPUSH l a => +QUEUED
           DEL l => +QUEUED
           EXEC => [1, 1]
           SET l v => +OK
           DEL l => 1
           RPUSH other x y => 2
           RENAME other l => +OK
           c2 <- ["l", "x"]
           MULTI => +OK
           BLPOP none 0 => +QUEUED
           EXEC => [nil]
           BLPOP l 1e400 => -ERR timeout is negative
           BLPOP l inf => -ERR timeout is negative
           BLPOP l 99999999999999999999 => -ERR timeout is negative
           BLPOP none 0x0.1 => ...
           @64
           c1 <- nil"#,
    );
    check(
        r#"c2: BLPOP l 0 => ...
           c3: BLPOP l 0 => ...
           RPUSH l a b c => 3
           c2 <- ["l", "a"]
           c3 <- ["l", "b"]"#,
    );
}

#[test]
fn fact_21_names_of_events() {
    check_events(
        r#"DECRBY n 2 => -2
           log <- new n
           log <- incrby n
           GETDEL n => "-2"
           log <- del n
           GETSET s v => nil
           log <- new s
           log <- set s
           HSETNX h f v => 1
           log <- new h
           log <- hset h
           HDEL h f => 1
           log <- hdel h
           log <- del h
           GETEX s EX 10 => "v"
           log <- expire s
           GETEX s PERSIST => "v"
           log <- persist s
           SET t v => +OK
           log <- new t
           log <- set t
           RENAME s t => +OK
           log <- new t
           log <- rename_from s
           log <- rename_to t
           MSETNX t 1 u 2 => 0
           SET t v NX => nil
           FLUSHALL => +OK
           GET none => nil"#,
    );
}

#[test]
fn fact_22_expired_comes_before_what_replaces_the_key() {
    check_events(
        r#"SET k v PX 10 => +OK
           log <- new k
           log <- set k
           log <- expire k
           draws 1
           @20
           SET k w => +OK
           log <- expired k
           log <- new k
           log <- set k
           c2: BLPOP l 0 => ...
           LPUSH l a => 1
           log <- new l
           log <- lpush l
           log <- lpop l
           log <- del l
           c2 <- ["l", "a"]"#,
    );
}

#[test]
fn fact_23_a_subscribed_client() {
    check(
        r#"SUBSCRIBE c => ["subscribe", "c", 1]
           PING => ["pong", ""]
           GET k => -ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
           PSUBSCRIBE c* => ["psubscribe", "c*", 2]
           c2: PUBLISH c m => 2
           c1 <- ["message", "c", "m"]
           c1 <- ["pmessage", "c*", "c", "m"]
           UNSUBSCRIBE => ["unsubscribe", "c", 1]
           PSUBSCRIBE * => ["psubscribe", "*", 2]
           draws 1
           c2: PUBLISH c m => 2
           c1 <- ["pmessage", "c*", "c", "m"]
           c1 <- ["pmessage", "*", "c", "m"]
           draws 0
           PUNSUBSCRIBE => ["punsubscribe", "c*", 1]
           c1 <- ["punsubscribe", "*", 0]
           UNSUBSCRIBE => ["unsubscribe", nil, 0]"#,
    );
}

#[test]
fn fact_24_other_things() {
    check(
        r#"CLIENT SETINFO LIB-NAME x => -ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
           MSET a ' 1' b +1 c 007 d -0 e -9223372036854775808 f 0 => +OK
           INCR a => -ERR value is not an integer or out of range
           INCR b => -ERR value is not an integer or out of range
           INCR c => -ERR value is not an integer or out of range
           INCR d => -ERR value is not an integer or out of range
           EXISTS a a => 2
           DECRBY f -9223372036854775808 => -ERR decrement would overflow
           DECRBY e 1 => -ERR increment or decrement would overflow
           ZADD z 0.1 m => 1
           ZSCORE z m => "0.10000000000000001"
           CLIENT SETNAME me => +OK
           CLIENT SETNAME '' => +OK
           CLIENT GETNAME => nil
           RENAMENX a a => 0
           COPY a a => -ERR source and destination objects are the same"#,
    );
}

#[test]
fn memory_is_short() {
    let config = Config { maxmemory: 200, ..Config::default() };
    check_with(
        config,
        "SET a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa => +OK
         SET b bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb => +OK
         SET c c => -OOM command not allowed when used memory > 'maxmemory'.
         EVAL 'return redis.pcall(\"set\", \"c\", \"c\")' 0 => -OOM command not allowed when used memory > 'maxmemory'.
         DEL a => 1
         SET c c => +OK
         CONFIG SET maxmemory-policy allkeys-random => +OK
         SET d dddddddddddddddddddddddddddddddddddddddddddddddddddddddddd => +OK
         EXISTS b c d => 1
         SET e e => +OK
         draws 1
         EXISTS d e => 1
         EXISTS d => 1",
    );
}
