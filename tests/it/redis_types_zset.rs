//! Sorted sets, beyond what the recordings show (<https://redis.io/docs/latest/commands/?group=sorted-set>).

use crate::redis_types_session::{Session, check, check_events};

#[test]
fn zadd_obeys_its_options() {
    check(
        r#"
        ZADD z 1 a 2 b => 2
        ZADD z NX 5 a 3 c => 1
        ZADD z XX CH 5 a 9 d => 1
        ZADD z GT 4 a => 0
        ZSCORE z a => "5"
        ZADD z GT CH 6 a => 1
        ZADD z LT CH 7 a 1 b => 1
        ZADD z INCR 1.5 b => "2.5"
        ZADD z NX INCR 1 b => nil
        ZADD z GT INCR -1 b => nil
        ZADD z XX INCR 1 none => nil
        ZADD none XX INCR 1 a => nil
        ZADD none XX 1 a => 0
        EXISTS none => 0
        ZADD z CH 8 a 8 a 9 a => 2
        ZRANGE z 0 -1 WITHSCORES => ["b", "2.5", "c", "3", "a", "9"]
        ZADD z NX XX 1 a => -ERR XX and NX options at the same time are not compatible
        ZADD z NX GT 1 a => -ERR GT, LT, and/or NX options at the same time are not compatible
        ZADD z GT LT 1 a => -ERR GT, LT, and/or NX options at the same time are not compatible
        ZADD z INCR 1 a 2 b => -ERR INCR option supports a single increment-element pair
        ZADD z 1 a 2 => -ERR syntax error
        ZADD z 1 a x b => -ERR value is not a valid float
        ZADD z nan a => -ERR value is not a valid float
        ZADD z INCR inf a => "inf"
        ZINCRBY z -inf a => -ERR resulting score is not a number (NaN)
        ZSCORE z a => "inf"
        ZADD z NX x => -ERR syntax error
        "#,
    );
}

#[test]
fn zrange_knows_ranks_scores_and_names() {
    check(
        r#"
        ZADD z 1 a 2 b 3 c 4 d => 4
        ZRANGE z 1 2 REV => ["c", "b"]
        ZRANGE z (1 3 BYSCORE => ["b", "c"]
        ZRANGE z +inf (1 BYSCORE REV LIMIT 1 2 WITHSCORES => ["c", "3", "b", "2"]
        ZRANGE z -inf inf BYSCORE LIMIT 1 -1 => ["b", "c", "d"]
        ZRANGE z -inf inf BYSCORE LIMIT -1 2 => []
        ZRANGE z -inf inf BYSCORE LIMIT 9 2 => []
        ZRANGE z -inf inf BYSCORE LIMIT 0 0 => []
        ZRANGE z 0 1 LIMIT 1 -1 => ["a", "b"]
        ZRANGE z 3 1 BYSCORE => []
        ZRANGE z 0x1 0x2 BYSCORE => ["a", "b"]
        ZRANGE z '' 2 BYSCORE => ["a", "b"]
        ZRANGE z 1 x BYSCORE => -ERR min or max is not a float
        ZRANGE z nan 1 BYSCORE => -ERR min or max is not a float
        ZRANGE z 1.5 2 => -ERR value is not an integer or out of range
        ZRANGE z 0 1 BYSCORE BYLEX => -ERR syntax error
        ZRANGE z 0 1 BYSCORE LIMIT 1 => -ERR syntax error
        ZREVRANGE z 0 1 REV => -ERR syntax error
        ZRANGEBYSCORE z 0 1 BYSCORE => -ERR syntax error
        ZREVRANGE z 0 -9223372036854775808 => []
        SET s v => +OK
        ZRANGE s x y BYSCORE => -ERR min or max is not a float
        ZRANGE s 0 1 => -WRONGTYPE Operation against a key holding the wrong kind of value
        "#,
    );
}

#[test]
fn members_of_one_score_have_ranges_by_name() {
    check(
        r#"
        ZADD z 0 a 0 b 0 c 0 d 0 bb => 5
        ZRANGEBYLEX z - + => ["a", "b", "bb", "c", "d"]
        ZRANGEBYLEX z [b (c => ["b", "bb"]
        ZRANGEBYLEX z (b + LIMIT 1 1 => ["c"]
        ZREVRANGEBYLEX z (d [b => ["c", "bb", "b"]
        ZRANGE z + - BYLEX REV LIMIT 0 2 => ["d", "c"]
        ZRANGEBYLEX z + - => []
        ZRANGEBYLEX z - - => []
        ZRANGEBYLEX z (a (a => []
        ZRANGEBYLEX z [x + => []
        ZRANGEBYLEX z - [A => []
        ZRANGEBYLEX z a b => -ERR min or max not valid string range item
        ZRANGEBYLEX z [a +b => -ERR min or max not valid string range item
        ZLEXCOUNT z [b [c => 3
        ZLEXCOUNT z x y => -ERR min or max not valid string range item
        ZREMRANGEBYLEX z [b [c => 3
        ZRANGE z 0 -1 => ["a", "d"]
        "#,
    );
}

#[test]
fn zrangestore_replaces_its_destination() {
    check(
        r#"
        ZADD z 1 a 2 b 3 c => 3
        SET d v => +OK
        ZRANGESTORE d z 1 -1 => 2
        ZRANGE d 0 -1 WITHSCORES => ["b", "2", "c", "3"]
        ZRANGESTORE d z (1 +inf BYSCORE LIMIT 0 1 => 1
        ZRANGESTORE d z 0 -1 WITHSCORES => -ERR syntax error
        ZRANGESTORE d none 0 -1 => 0
        EXISTS d => 0
        ZRANGESTORE z z 0 0 => 1
        ZCARD z => 1
        "#,
    );
}

#[test]
fn unions_intersections_and_differences_of_scores() {
    check(
        r#"
        ZADD a 1 x 2 y 3 z => 3
        ZADD b 10 y 20 z => 2
        SADD s y w => 2
        ZUNION 2 a b => ["x", "y", "z"]
        ZUNION 2 a b WITHSCORES => ["x", "1", "y", "12", "z", "23"]
        ZUNION 2 a b WEIGHTS 2 -1 WITHSCORES => ["z", "-14", "y", "-6", "x", "2"]
        ZUNION 2 a s WITHSCORES AGGREGATE MAX => ["w", "1", "x", "1", "y", "2", "z", "3"]
        ZINTER 2 a b AGGREGATE MIN WITHSCORES => ["y", "2", "z", "3"]
        ZINTER 3 a b s WITHSCORES => ["y", "13"]
        ZINTERCARD 2 a b => 2
        ZINTERCARD 2 a b LIMIT 1 => 1
        ZINTERCARD 2 a b LIMIT -1 => -ERR LIMIT can't be negative
        ZINTERCARD 2 a b WITHSCORES => -ERR syntax error
        ZDIFF 2 a s WITHSCORES => ["x", "1", "z", "3"]
        ZDIFF 2 a a => []
        ZDIFF 2 a b WEIGHTS 1 1 => -ERR syntax error
        ZDIFFSTORE d 2 a b => 1
        ZUNIONSTORE d 1 none => 0
        EXISTS d => 0
        ZUNIONSTORE d 2 a b WITHSCORES => -ERR syntax error
        ZUNION 0 a => -ERR at least 1 input key is needed for 'zunion' command
        ZINTERSTORE d 0 a => -ERR at least 1 input key is needed for 'zinterstore' command
        ZUNION 3 a b => -ERR syntax error
        ZUNION x a => -ERR value is not an integer or out of range
        ZUNION 9223372036854775807 a => -ERR syntax error
        ZUNION 2 a b WEIGHTS 1 => -ERR syntax error
        ZUNION 2 a b WEIGHTS 1 x => -ERR weight value is not a float
        ZUNION 2 a b AGGREGATE AVG => -ERR syntax error
        SET t v => +OK
        ZUNION 2 a t => -WRONGTYPE Operation against a key holding the wrong kind of value
        "#,
    );
}

#[test]
fn opposite_infinities_come_to_zero() {
    check(
        r#"
        ZADD a inf x => 1
        ZADD b -inf x => 1
        ZUNION 2 a b WITHSCORES => ["x", "0"]
        ZUNION 1 a WEIGHTS 0 WITHSCORES => ["x", "0"]
        "#,
    );
}

#[test]
fn a_listpack_forgets_the_sign_of_zero() {
    let long = "m".repeat(65);
    check(&format!(
        r#"
        ZADD z -0 a => 1
        ZSCORE z a => "0"
        ZADD z INCR -0 b => "-0"
        ZSCORE z b => "0"
        OBJECT ENCODING z => "listpack"
        ZADD z 1 {long} => 1
        OBJECT ENCODING z => "skiplist"
        ZADD z -0 c => 1
        ZSCORE z c => "-0"
        "#
    ));
}

#[test]
fn a_sorted_set_is_a_listpack_until_it_outgrows_it() {
    let members: Vec<String> = (0..128).map(|n| format!("{n} m{n}")).collect();
    check(&format!(
        r#"
        ZADD z {} => 128
        OBJECT ENCODING z => "listpack"
        ZADD z 1 m => 1
        OBJECT ENCODING z => "skiplist"
        ZREM z m => 1
        OBJECT ENCODING z => "skiplist"
        ZUNIONSTORE u 1 z => 128
        OBJECT ENCODING u => "listpack"
        ZRANK z m64 => 64
        ZREVRANK z m64 => 63
        ZCOUNT z (10 20 => 10
        "#,
        members.join(" "),
    ));
}

#[test]
fn pops_take_the_outermost_members() {
    check(
        r#"
        ZADD z 1 a 2 b 3 c 4 d 5 e => 5
        ZPOPMAX z 2 => ["e", "5", "d", "4"]
        ZPOPMIN z 0 => []
        ZPOPMIN z -1 => -ERR value is out of range, must be positive
        ZPOPMIN z 1 2 => -ERR syntax error
        ZMPOP 2 none z MIN => ["z", [["a", "1"]]]
        ZMPOP 1 z MAX COUNT 5 => ["z", [["c", "3"], ["b", "2"]]]
        ZMPOP 1 z MAX => nil
        ZMPOP 1 z LEFT => -ERR syntax error
        ZMPOP 0 z MIN => -ERR numkeys should be greater than 0
        ZMPOP 1 z MIN COUNT -1 => -ERR count should be greater than 0
        "#,
    );
}

#[test]
fn zrandmember_draws() {
    check(
        r#"
        ZADD z 1 a 2 b 3 c => 3
        draws 2
        ZRANDMEMBER z => "c"
        draws 1 0
        ZRANDMEMBER z 2 WITHSCORES => ["b", "2", "a", "1"]
        ZRANDMEMBER z 5 WITHSCORES => ["c", "3", "b", "2", "a", "1"]
        draws 2 2
        ZRANDMEMBER z -2 => ["c", "c"]
        ZRANDMEMBER none => nil
        ZRANDMEMBER none 1 => []
        ZRANDMEMBER z 1 WITHVALUES => -ERR syntax error
        "#,
    );
}

#[test]
fn zscan_shows_scores_as_they_are_stored() {
    let long = "m".repeat(65);
    check(&format!(
        r#"
        ZADD z 123456789012345678 a 1.5 b => 2
        ZSCAN z 0 => ["0", ["b", "1.5", "a", "123456789012345680"]]
        ZSCORE z a => "1.2345678901234568e+17"
        ZADD z 0 {long} => 1
        ZSCAN z 0 MATCH a => ["0", ["a", "1.2345678901234568e+17"]]
        "#
    ));
}

#[test]
fn zscan_meets_every_member_of_a_large_set() {
    let mut session = Session::default();
    let pairs: Vec<String> = (0..300).map(|n| format!("{n} m{n}")).collect();
    session.run(&format!("ZADD z {}", pairs.join(" ")));
    let (mut cursor, mut met) = ("0".to_owned(), 0);
    loop {
        let reply = session.run(&format!("ZSCAN z {cursor} MATCH m* COUNT 50"));
        let (next, page) = reply.strip_prefix("[\"").unwrap().split_once("\", [").unwrap();
        met += page.matches("\"m").count();
        if next == "0" {
            break;
        }
        cursor = next.to_owned();
    }
    assert_eq!(met, 300);
}

#[test]
fn events_of_sorted_sets() {
    check_events(
        r#"
        ZADD z 1 a 2 b 3 c => 3
        log <- new z
        log <- zadd z
        ZADD z 1 a => 0
        ZINCRBY z 1 a => "2"
        log <- zincr z
        ZINCRBY z 0 a => "2"
        ZREM z none => 0
        ZREM z b => 1
        log <- zrem z
        ZPOPMIN z => ["a", "2"]
        log <- zpopmin z
        ZRANGESTORE y z 0 -1 => 1
        log <- new y
        log <- zrangestore y
        ZREMRANGEBYRANK z 5 6 => 0
        ZREMRANGEBYRANK z 0 0 => 1
        log <- zremrangebyrank z
        log <- del z
        ZDIFFSTORE y 1 none => 0
        log <- del y
        "#,
    );
}
