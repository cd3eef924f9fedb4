//! Blocking commands, beyond what the recordings show (<https://redis.io/docs/latest/commands/blpop/>).

use crate::redis_types_session::{check, check_events};

#[test]
fn a_waiting_move_hands_on_to_the_next_waiter() {
    check(
        r#"
        c2: BLMOVE a b LEFT RIGHT 0 => ...
        c3: BLPOP b 0 => ...
        RPUSH a x => 1
        c2 <- "x"
        c3 <- ["b", "x"]
        EXISTS a b => 0
        "#,
    );
}

#[test]
fn a_waiting_move_learns_that_its_destination_is_no_list() {
    check(
        r#"
        c2: BLMOVE a b LEFT RIGHT 0 => ...
        SET b v => +OK
        RPUSH a x => 1
        c2 <- -WRONGTYPE Operation against a key holding the wrong kind of value
        LRANGE a 0 -1 => ["x"]
        "#,
    );
}

#[test]
fn several_elements_serve_several_waiters_in_the_order_of_waiting() {
    check(
        r#"
        c2: BLPOP l 0 => ...
        c3: BRPOP l 0 => ...
        c4: BLMPOP 0 2 none l LEFT COUNT 5 => ...
        RPUSH l a b c d => 4
        c2 <- ["l", "a"]
        c3 <- ["l", "d"]
        c4 <- ["l", ["b", "c"]]
        EXISTS l => 0
        "#,
    );
}

#[test]
fn a_key_of_another_kind_leaves_the_waiter_waiting() {
    check(
        r#"
        c2: BLPOP k 0 => ...
        c3: BZPOPMIN k 0 => ...
        ZADD k 1 a 2 b => 2
        c3 <- ["k", "a", "1"]
        DEL k => 1
        RPUSH k x => 1
        c2 <- ["k", "x"]
        "#,
    );
}

#[test]
fn sorted_sets_are_waited_for() {
    check(
        r#"
        c2: BZPOPMAX z 0 => ...
        c3: BZMPOP 0 1 z MIN COUNT 2 => ...
        ZADD z 1 a 2 b 3 c => 3
        c2 <- ["z", "c", "3"]
        c3 <- ["z", [["a", "1"], ["b", "2"]]]
        BZMPOP 0 1 s MIN COUNT 0 => -ERR count should be greater than 0
        BZPOPMIN z -1 => -ERR timeout is negative
        ZADD z 1 a => 1
        BZPOPMIN none z 0 => ["z", "a", "1"]
        c2: BZPOPMIN z 0.05 => ...
        @500
        c2 <- nil
        "#,
    );
}

#[test]
fn a_store_wakes_who_waits_for_its_destination() {
    check(
        r#"
        ZADD src 1 a => 1
        c2: BZPOPMIN z 0 => ...
        ZUNIONSTORE z 1 src => 1
        c2 <- ["z", "a", "1"]
        c2: BZPOPMIN z 0 => ...
        ZRANGESTORE z src 0 -1 => 1
        c2 <- ["z", "a", "1"]
        "#,
    );
}

#[test]
fn inside_a_transaction_nothing_blocks() {
    check(
        r"
        MULTI => +OK
        BLMPOP 0 1 none LEFT => +QUEUED
        BZPOPMIN none 0 => +QUEUED
        BLMOVE none b LEFT LEFT 0 => +QUEUED
        EXEC => [nil, nil, nil]
        ",
    );
}

#[test]
fn wrong_arguments_are_found_before_anything_blocks() {
    check(
        r"
        BLMOVE a b LEFT UP 0 => -ERR syntax error
        BLMOVE a b LEFT RIGHT x => -ERR timeout is not a float or out of range
        BRPOPLPUSH a b -1 => -ERR timeout is negative
        BLMPOP x 1 a LEFT => -ERR timeout is not a float or out of range
        BLMPOP 0 0 a LEFT => -ERR numkeys should be greater than 0
        SET s v => +OK
        BLPOP none s 0 => -WRONGTYPE Operation against a key holding the wrong kind of value
        BLMOVE s b LEFT LEFT 0 => -WRONGTYPE Operation against a key holding the wrong kind of value
        ",
    );
}

#[test]
fn serving_a_waiter_is_reported_behind_the_push() {
    check_events(
        r#"
        c2: BLMOVE a b LEFT LEFT 0 => ...
        RPUSH a x => 1
        c2 <- "x"
        log <- new a
        log <- rpush a
        log <- new b
        log <- lpush b
        log <- lpop a
        log <- del a
        "#,
    );
}
