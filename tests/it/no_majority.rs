//! Partitions of an ensemble that leave its leader without a majority.

use lockstep::explore::{Outcome, Verdict};

use super::vacuity::checked;

/// So many servers, parted like this for so long; the last server leads.
fn parted(servers: u32, sides: &str, span: &str, property: &str) -> Outcome {
    parted_with(r#"{"sequential": {}}"#, servers, sides, span, property)
}

fn parted_with(lock: &str, servers: u32, sides: &str, span: &str, property: &str) -> Outcome {
    let found = checked(&format!(
        r#"{{
        "title": "parted", "why": "CURATOR-444, of 2017",
        "store": {{"zookeeper": {{"servers": {servers}, "tick": "2s", "session": "6s", "client": "curator"}}}},
        "lock": {lock}, "clients": {{"processes": 2}},
        "work": {{"section": {{"work": "4s"}}}}, "given": {{"nodes": {{"/lock": ""}}}},
        "faults": [{{"partition": {{"between": {sides}, "for": "{span}"}}}}],
        "properties": [{property}]
    }}"#
    ));
    assert!(found.outcome.faults.iter().all(|effect| effect.times > 0), "{sides}");
    found.outcome
}

const EACH_ALONE: &str = r#"[["zk1"], ["zk2"], ["zk3"]]"#;
const WAIT: &str = r#"{"bounded-wait": {"bound": "20s"}}"#;

#[test]
fn nobody_gets_the_lock_while_no_side_has_a_majority() {
    let outcome = parted(3, EACH_ALONE, "25s", WAIT);
    assert!(matches!(outcome.verdict, Verdict::Violated { deviations: 1, .. }));
    // It is over, and they elect a leader: everybody gets it after that.
    for wait in [r#"{"bounded-wait": {"bound": "60s"}}"#, "\"deadlock\"", "\"mutual-exclusion\""] {
        assert_eq!(parted(3, EACH_ALONE, "25s", wait).verdict, Verdict::Holds, "{wait}");
    }
}

#[test]
fn a_partition_that_is_over_before_anybody_gives_up_is_a_delay() {
    assert_eq!(parted(3, EACH_ALONE, "4s", WAIT).verdict, Verdict::Holds);
}

#[test]
fn a_majority_without_the_old_leader_elects_another() {
    for (servers, sides) in
        [(3, r#"[["zk3"], ["zk1", "zk2"]]"#), (5, r#"[["zk5", "zk1"], ["zk2", "zk3", "zk4"]]"#)]
    {
        // Who is on the lonely side finds the others: it waits for as long as that takes, and not for the whole 100 s. A
        // recipe that finds its node again when the reply is lost is not in its own way.
        let lock = r#"{"curator": {"heeds": "suspended", "retry": {"after": "1s"}}}"#;
        for property in [r#"{"bounded-wait": {"bound": "40s"}}"#, "\"mutual-exclusion\""] {
            let outcome = parted_with(lock, servers, sides, "100s", property);
            assert_eq!(outcome.verdict, Verdict::Holds, "{sides} {property}");
        }
    }
    // Where no side is a majority of all five nobody is elected.
    let outcome = parted(5, r#"[["zk5", "zk1"], ["zk2", "zk3"], ["zk4"]]"#, "100s", WAIT);
    assert!(matches!(outcome.verdict, Verdict::Violated { deviations: 1, .. }));
}
