//! SORT (<https://redis.io/docs/latest/commands/sort/>).

use crate::redis_types_session::{check, check_events};

#[test]
fn sort_compares_numbers_or_texts() {
    check(
        r#"
        RPUSH l 10 9 -1 2.5 1e1 => 5
        SORT l => ["-1", "2.5", "9", "10", "1e1"]
        SORT l DESC => ["1e1", "10", "9", "2.5", "-1"]
        SORT l ALPHA => ["-1", "10", "1e1", "2.5", "9"]
        SORT l ALPHA DESC LIMIT 0 2 => ["9", "2.5"]
        SORT l LIMIT 1 2 => ["2.5", "9"]
        SORT l LIMIT -5 2 => ["-1", "2.5"]
        SORT l LIMIT 9 2 => []
        SORT l LIMIT 0 0 => []
        SORT l LIMIT 3 -1 => ["10", "1e1"]
        SORT l LIMIT 1 => -ERR syntax error
        SORT l LIMIT x 1 => -ERR value is not an integer or out of range
        RPUSH t b a => 2
        SORT t => -ERR One or more scores can't be converted into double
        SORT t ALPHA => ["a", "b"]
        SORT none => []
        HSET h f v => 1
        SORT h => -WRONGTYPE Operation against a key holding the wrong kind of value
        SORT h NOSUCH => -ERR syntax error
        "#,
    );
}

#[test]
fn sort_looks_up_weights_and_values() {
    check(
        r#"
        RPUSH l 1 2 3 => 3
        MSET w_1 30 w_2 10 w_3 20 d_1 one d_3 three => +OK
        HSET h_2 name two rank 7 => 2
        SORT l BY w_* => ["2", "3", "1"]
        SORT l BY w_* DESC GET # GET d_* => ["1", "one", "3", "three", "2", nil]
        SORT l BY w_* GET h_*->name => ["two", nil, nil]
        SORT l BY h_*->rank => ["1", "3", "2"]
        SORT l BY d_* ALPHA => ["2", "1", "3"]
        SORT l BY nosort DESC => ["3", "2", "1"]
        SORT l BY nosort LIMIT 1 1 => ["2"]
        SORT l GET nostar => [nil, nil, nil]
        SORT l BY d_* => -ERR One or more scores can't be converted into double
        SORT_RO l BY w_* => ["2", "3", "1"]
        SORT_RO l STORE x => -ERR syntax error
        "#,
    );
}

#[test]
fn sort_orders_sorted_sets_and_sets() {
    check(
        r#"
        ZADD z 3 1 2 2 1 3 => 3
        SORT z => ["1", "2", "3"]
        OBJECT ENCODING z => "skiplist"
        SORT z BY nosort => ["3", "2", "1"]
        SORT z BY nosort DESC LIMIT 0 2 => ["1", "2"]
        SADD s b a c => 3
        SORT s BY nosort STORE d => 3
        LRANGE d 0 -1 => ["a", "b", "c"]
        EVAL 'return redis.call([[sort]], KEYS[1], [[by]], [[nosort]])' 1 s => ["a", "b", "c"]
        "#,
    );
}

#[test]
fn sort_stores_a_list() {
    check_events(
        r#"
        RPUSH l 2 1 => 2
        log <- new l
        log <- rpush l
        SET d v => +OK
        log <- new d
        log <- set d
        SORT l GET none_* STORE d => 2
        log <- sortstore d
        LRANGE d 0 -1 => ["", ""]
        SORT none STORE d => 0
        log <- del d
        EXISTS d => 0
        "#,
    );
}

/// With BY and a LIMIT that leaves something out, the sort is not stable: this is the order of a real server.
#[test]
fn equals_under_a_limit_come_in_the_order_of_the_sort() {
    check(
        r#"RPUSH l 1 2 3 4 5 6 7 8 9 10 => 10
           SORT l BY none_* ALPHA => ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
           SORT l BY none_* ALPHA LIMIT 0 10 => ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
           SORT l BY none_* ALPHA LIMIT 0 3 => ["10", "2", "3"]
           SORT l BY none_* ALPHA LIMIT 4 3 => ["5", "6", "7"]"#,
    );
}
