//! Hashes, beyond what the recordings show (<https://redis.io/docs/latest/commands/?group=hash>).

use crate::redis_types_session::{check, check_events};

#[test]
fn hincrbyfloat_calculates_as_long_double() {
    check(
        r#"
        HSET h f 10.50 g 5.0e3 text abc huge 1e4932 => 4
        HINCRBYFLOAT h f 0.1 => "10.6"
        HINCRBYFLOAT h f -5 => "5.6"
        HINCRBYFLOAT h g 2.0e2 => "5200"
        HINCRBYFLOAT h new 0.3 => "0.3"
        HINCRBYFLOAT h new -0.3 => "0"
        HINCRBYFLOAT h text 1 => -ERR hash value is not a float
        HINCRBYFLOAT h f abc => -ERR value is not a valid float
        HINCRBYFLOAT h f inf => -ERR value is NaN or Infinity
        HINCRBYFLOAT h huge 1e4932 => -ERR increment would produce NaN or Infinity
        HGET h f => "5.6"
        "#,
    );
}

#[test]
fn hincrby_refuses_what_is_no_integer_or_overflows() {
    check(
        r"
        HSET h max 9223372036854775807 text 1.0 => 2
        HINCRBY h max 1 => -ERR increment or decrement would overflow
        HINCRBY h max -1 => 9223372036854775806
        HINCRBY h text 1 => -ERR hash value is not an integer
        HINCRBY h max 1.0 => -ERR value is not an integer or out of range
        HINCRBY new f -7 => -7
        ",
    );
}

#[test]
fn a_hash_is_a_listpack_until_it_outgrows_it() {
    let long = "x".repeat(65);
    check(&format!(
        r#"
        HSET h f {limit} => 1
        OBJECT ENCODING h => "listpack"
        HSET h f {long} => 0
        OBJECT ENCODING h => "hashtable"
        HSET h f short => 0
        OBJECT ENCODING h => "hashtable"
        HINCRBY i n 1 => 1
        OBJECT ENCODING i => "listpack"
        HSET j n 1e65 => 1
        HINCRBYFLOAT j n 0 => "{grown}"
        OBJECT ENCODING j => "hashtable"
        "#,
        limit = "x".repeat(64),
        // 1e65 as a number of 64 significant bits.
        grown = "100000000000000000002588343428147544691163120708149751194375421952",
    ));
    let fields: Vec<String> = (0..512).map(|n| format!("f{n} v")).collect();
    check(&format!(
        r#"
        HSET h {} => 512
        OBJECT ENCODING h => "listpack"
        HSET h one v => 1
        OBJECT ENCODING h => "hashtable"
        HLEN h => 513
        "#,
        fields.join(" "),
    ));
}

#[test]
fn hrandfield_draws_distinct_fields_or_repeats_them() {
    check(
        r#"
        HSET h a 1 b 2 c 3 => 3
        draws 2
        HRANDFIELD h => "c"
        draws 1 1
        HRANDFIELD h 2 => ["b", "c"]
        draws 1 1 0
        HRANDFIELD h -3 WITHVALUES => ["b", "2", "b", "2", "a", "1"]
        HRANDFIELD h 10 WITHVALUES => ["a", "1", "b", "2", "c", "3"]
        HRANDFIELD h 0 => []
        HRANDFIELD none => nil
        HRANDFIELD none 5 => []
        HRANDFIELD h 1 WITHSCORES => -ERR syntax error
        HRANDFIELD h abc => -ERR value is not an integer or out of range
        HRANDFIELD h -9223372036854775808 => -ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
        HRANDFIELD h 9223372036854775807 WITHVALUES => -ERR value is out of range
        HRANDFIELD h -9223372036854775807 => -ERR lockstep does not model random replies of more than 100000 elements
        "#,
    );
}

#[test]
fn hscan_returns_small_hashes_whole_and_large_ones_in_parts() {
    check(
        r#"
        HSET h apple 1 avocado 2 banana 3 => 3
        HSCAN h 0 COUNT 1 => ["0", ["apple", "1", "avocado", "2", "banana", "3"]]
        HSCAN h 0 MATCH a* => ["0", ["apple", "1", "avocado", "2"]]
        HSET h '' 4 => 1
        HSCAN h 0 MATCH * => ["0", ["apple", "1", "avocado", "2", "banana", "3", "", "4"]]
        HSCAN h 0 MATCH ** => ["0", ["apple", "1", "avocado", "2", "banana", "3"]]
        HSCAN h x => -ERR invalid cursor
        HSCAN h 0 COUNT 0 => -ERR syntax error
        HSCAN h 0 TYPE string => -ERR syntax error
        HSCAN none 0 COUNT 0 => ["0", []]
        SET s v => +OK
        HSCAN s 0 COUNT 0 => -WRONGTYPE Operation against a key holding the wrong kind of value
        "#,
    );
}

#[test]
fn events_name_the_command_and_the_end_of_the_key() {
    check_events(
        r#"
        HSET h a 1 => 1
        log <- new h
        log <- hset h
        HSETNX h a 1 => 0
        HINCRBYFLOAT h a 1 => "2"
        log <- hincrbyfloat h
        HDEL h none => 0
        HDEL h a a => 1
        log <- hdel h
        log <- del h
        "#,
    );
}
