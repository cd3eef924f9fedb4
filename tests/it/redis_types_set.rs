//! Sets, beyond what the recordings show (<https://redis.io/docs/latest/commands/?group=set>).

use crate::redis_types_session::{Session, check, check_events};

#[test]
fn integers_are_kept_sorted_until_a_text_joins_them() {
    check(
        r#"
        SADD s 10 -1 3 => 3
        SMEMBERS s => ["-1", "3", "10"]
        OBJECT ENCODING s => "intset"
        SISMEMBER s 03 => 0
        SADD s 03 => 1
        OBJECT ENCODING s => "hashtable"
        SREM s 03 => 1
        OBJECT ENCODING s => "hashtable"
        SINTERSTORE t s s => 3
        OBJECT ENCODING t => "intset"
        "#,
    );
    let many: Vec<String> = (0..512).map(|n| n.to_string()).collect();
    check(&format!(
        r#"
        SADD s {} => 512
        OBJECT ENCODING s => "intset"
        SADD s 512 => 1
        OBJECT ENCODING s => "hashtable"
        "#,
        many.join(" "),
    ));
}

#[test]
fn unions_intersections_and_differences() {
    check(
        r#"
        SADD a 1 2 3 4 => 4
        SADD b 3 4 5 => 3
        SADD c 4 => 1
        SINTER a b c => ["4"]
        SINTER a none => []
        SUNION a b none => ["1", "2", "3", "4", "5"]
        SDIFF a b c => ["1", "2"]
        SDIFF none a => []
        SDIFF a a => []
        SINTERCARD 2 a b => 2
        SINTERCARD 2 a b LIMIT 1 => 1
        SINTERCARD 2 a b LIMIT 0 => 2
        SINTERCARD 2 a b LIMIT -1 => -ERR LIMIT can't be negative
        SINTERCARD 2 a b LIMIT => -ERR syntax error
        SINTERCARD 0 a => -ERR numkeys should be greater than 0
        SINTERCARD 3 a b => -ERR Number of keys can't be greater than number of args
        SUNIONSTORE d a b => 5
        SDIFFSTORE d a a => 0
        EXISTS d => 0
        SET s v => +OK
        SINTER none s => -WRONGTYPE Operation against a key holding the wrong kind of value
        SUNIONSTORE s a => 4
        TYPE s => +set
        "#,
    );
}

#[test]
fn smove_moves_what_is_there() {
    check(
        r"
        SADD a x y => 2
        SMOVE a b x => 1
        SMOVE a b x => 0
        SMOVE none b x => 0
        SMOVE a a y => 1
        SMOVE a a z => 0
        SADD b y => 1
        SMOVE a b y => 1
        EXISTS a => 0
        SCARD b => 2
        SET s v => +OK
        SMOVE b s x => -WRONGTYPE Operation against a key holding the wrong kind of value
        SMOVE none s x => 0
        ",
    );
}

#[test]
fn spop_takes_what_was_drawn() {
    check(
        r#"
        SADD s 1 2 3 4 5 6 => 6
        draws 2
        SPOP s => "3"
        draws 4 0
        SPOP s 2 => ["6", "1"]
        SPOP s 0 => []
        SPOP s -1 => -ERR value is out of range, must be positive
        SPOP s 1 1 => -ERR syntax error
        SPOP s 9 => ["2", "4", "5"]
        EXISTS s => 0
        SPOP s => nil
        SPOP s 3 => []
        "#,
    );
    // Nearly all of it is taken: then the members that stay are drawn.
    check(
        r#"
        SADD s 1 2 3 4 5 6 => 6
        draws 3
        SPOP s 5 => ["1", "2", "3", "5", "6"]
        SMEMBERS s => ["4"]
        "#,
    );
}

#[test]
fn srandmember_leaves_the_set_alone() {
    check(
        r#"
        SADD s 1 2 3 => 3
        draws 2
        SRANDMEMBER s => "3"
        draws 1 1
        SRANDMEMBER s 2 => ["2", "3"]
        draws 1 1 1 1
        SRANDMEMBER s -4 => ["2", "2", "2", "2"]
        SRANDMEMBER s 5 => ["1", "2", "3"]
        SRANDMEMBER none => nil
        SRANDMEMBER none -4 => []
        SRANDMEMBER s 1 2 => -ERR syntax error
        SRANDMEMBER s -9223372036854775807 => -ERR lockstep does not model random replies of more than 100000 elements
        SCARD s => 3
        "#,
    );
}

#[test]
fn sscan_meets_every_member_once() {
    let mut session = Session::default();
    let members: Vec<String> = (0..200).map(|n| format!("member-{n}")).collect();
    session.run(&format!("SADD s {}", members.join(" ")));
    let mut found = Vec::new();
    let mut cursor = "0".to_owned();
    let mut calls = 0;
    loop {
        let reply = session.run(&format!("SSCAN s {cursor} COUNT 7"));
        let (next, page) = reply.strip_prefix("[\"").unwrap().split_once("\", [").unwrap();
        found.extend(page.split('"').filter(|part| part.starts_with("member-")).map(str::to_owned));
        calls += 1;
        if next == "0" {
            break;
        }
        cursor = next.to_owned();
        // A member that goes meanwhile does not upset the others.
        session.run("SREM s member-0");
    }
    assert!(calls > 20, "{calls} calls");
    let is_sorted = found.is_sorted();
    found.sort();
    found.retain(|member| member != "member-0");
    let mut expected = members[1..].to_vec();
    expected.sort();
    assert_eq!(found, expected);
    assert!(!is_sorted, "nobody shall come to rely on an order");
}

#[test]
fn the_order_of_a_set_does_not_tell_how_it_came_about() {
    let mut session = Session::default();
    session.run("SADD one a b c d e f");
    session.run("SADD other f x e d");
    session.run("SADD other c b a");
    session.run("SREM other x");
    assert_eq!(session.run("SMEMBERS one"), session.run("SMEMBERS other"));
}

#[test]
fn events_of_sets() {
    check_events(
        r#"
        SADD s a => 1
        log <- new s
        log <- sadd s
        SADD s a => 0
        SMOVE s t a => 1
        log <- srem s
        log <- del s
        log <- new t
        log <- sadd t
        SUNIONSTORE u t => 1
        log <- new u
        log <- sunionstore u
        SPOP t 1 => ["a"]
        log <- spop t
        log <- del t
        SINTERSTORE u none => 0
        log <- del u
        "#,
    );
}
