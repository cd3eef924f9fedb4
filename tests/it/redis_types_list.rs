//! Lists, beyond what the recordings show (<https://redis.io/docs/latest/commands/?group=list>).

use crate::redis_types_session::{check, check_events};

#[test]
fn lpos_finds_by_rank_count_and_length() {
    check(
        r"
        RPUSH l a b c 1 2 3 c c => 8
        LPOS l c => 2
        LPOS l c RANK 2 => 6
        LPOS l c RANK -1 => 7
        LPOS l c RANK -2 COUNT 2 => [6, 2]
        LPOS l c COUNT 2 => [2, 6]
        LPOS l c COUNT 0 => [2, 6, 7]
        LPOS l c COUNT 0 MAXLEN 7 => [2, 6]
        LPOS l c RANK -1 MAXLEN 1 => 7
        LPOS l b RANK -1 COUNT 0 MAXLEN 3 => []
        LPOS l z => nil
        LPOS l z COUNT 1 => []
        LPOS none c => nil
        LPOS none c COUNT 0 => []
        LPOS l c RANK 0 => -ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list
        LPOS l c RANK 9223372036854775807 => nil
        LPOS l c COUNT -1 => -ERR COUNT can't be negative
        LPOS l c MAXLEN -1 => -ERR MAXLEN can't be negative
        LPOS l c COUNT => -ERR syntax error
        LPOS l c NOSUCH 1 => -ERR syntax error
        ",
    );
}

#[test]
fn lmpop_pops_from_the_first_list_that_is_there() {
    check(
        r#"
        LMPOP 2 none also LEFT => nil
        RPUSH l a b c d => 4
        LMPOP 2 none l LEFT => ["l", ["a"]]
        LMPOP 1 l RIGHT COUNT 2 => ["l", ["d", "c"]]
        LMPOP 1 l RIGHT COUNT 10 => ["l", ["b"]]
        EXISTS l => 0
        LMPOP 0 l LEFT => -ERR numkeys should be greater than 0
        LMPOP x l LEFT => -ERR numkeys should be greater than 0
        LMPOP 5 l LEFT => -ERR syntax error
        LMPOP 9223372036854775807 l LEFT => -ERR syntax error
        LMPOP 1 l UP => -ERR syntax error
        LMPOP 1 l LEFT COUNT 0 => -ERR count should be greater than 0
        LMPOP 1 l LEFT COUNT 1 COUNT 1 => -ERR syntax error
        SET s v => +OK
        LMPOP 2 s l LEFT => -WRONGTYPE Operation against a key holding the wrong kind of value
        "#,
    );
}

#[test]
fn pops_with_a_count_answer_with_lists() {
    check(
        r#"
        RPUSH l a b c => 3
        LPOP l 0 => []
        LPOP l 2 => ["a", "b"]
        RPOP l 5 => ["c"]
        LPOP l 0 => nil
        LPOP l 2 => nil
        LPOP l => nil
        LPOP l -1 => -ERR value is out of range, must be positive
        LPOP l x => -ERR value is out of range, must be positive
        LPOP l 1 2 => -ERR wrong number of arguments for 'lpop' command
        "#,
    );
}

#[test]
fn linsert_and_lset_say_what_they_did() {
    check(
        r#"
        LINSERT none BEFORE a b => 0
        RPUSH l a b a => 3
        LINSERT l AFTER a x => 4
        LINSERT l before z y => -1
        LINSERT l beside a y => -ERR syntax error
        LRANGE l 0 -1 => ["a", "x", "b", "a"]
        LSET l -1 z => +OK
        LSET l -5 z => -ERR index out of range
        LSET l 9223372036854775807 z => -ERR index out of range
        LSET none x z => -ERR no such key
        LRANGE l -9223372036854775808 9223372036854775807 => ["a", "x", "b", "z"]
        LREM l -9223372036854775808 a => 1
        LINDEX none x => nil
        LINDEX l x => -ERR value is not an integer or out of range
        "#,
    );
}

#[test]
fn a_list_can_be_rotated() {
    check(
        r#"
        RPUSH l a b c => 3
        LMOVE l l LEFT RIGHT => "a"
        LMOVE l l RIGHT RIGHT => "a"
        RPOPLPUSH l l => "a"
        LRANGE l 0 -1 => ["a", "b", "c"]
        RPUSH one x => 1
        LMOVE one one LEFT RIGHT => "x"
        LLEN one => 1
        SET s v => +OK
        LMOVE l s LEFT LEFT => -WRONGTYPE Operation against a key holding the wrong kind of value
        LMOVE none s LEFT LEFT => nil
        LLEN l => 3
        "#,
    );
}

#[test]
fn a_move_reports_the_push_before_the_pop() {
    check_events(
        r#"
        RPUSH src x => 1
        log <- new src
        log <- rpush src
        LMOVE src dst LEFT RIGHT => "x"
        log <- new dst
        log <- rpush dst
        log <- lpop src
        log <- del src
        LTRIM dst 0 5 => +OK
        log <- ltrim dst
        LREM dst 0 none => 0
        LREM dst 0 x => 1
        log <- lrem dst
        log <- del dst
        "#,
    );
}
