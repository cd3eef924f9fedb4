//! The numbered facts of scripts, blocking, channels and the rest (14 to 24), each measured on redis-server 7.0.15.

use lockstep::store::redis::Config;

use super::redis_types_session::{Session, check, check_events, check_with};

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
fn debug_is_refused_before_it_is_queued() {
    let mut session = Session::default();
    session.run("MULTI");
    assert!(session.run("DEBUG SLEEP 1").starts_with("-ERR DEBUG command not allowed."));
    assert!(session.run("EXEC").starts_with("-EXECABORT"));
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
