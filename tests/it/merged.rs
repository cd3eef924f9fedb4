//! Worlds that differ only in what nobody can observe are one.

use lockstep::explore::Verdict;

use super::vacuity::checked;

#[test]
fn waiting_again_and_again_is_no_explosion() {
    // BLPOP with a timeout, for a lock that is renewed all the time.
    let model = |work: &str, choices: u8| {
        format!(
            r#"{{
        "title": "waits", "why": "https://github.com/ionelmc/python-redis-lock/issues/106",
        "store": {{"redis": {{}}}},
        "lock": {{"python-redis-lock": {{"expire": "60s", "auto_renewal": true, "retry": {{"after": "1s"}}}}}},
        "clients": {{"roles": {{
            "wedged": {{"processes": 1, "work": {{"section": {{"work": "{work}"}}}}}},
            "waiter": {{"processes": 1, "work": {{"section": {{"work": "1s"}}}}}}
        }}}},
        "properties": [{{"bounded-wait": {{"bound": "20m"}}}}], "bounds": {{"choices": {choices}}}
    }}"#
        )
    };
    let states = |work: &str, choices: u8| {
        let outcome = checked(&model(work, choices)).outcome;
        assert_eq!(outcome.verdict, Verdict::Holds);
        outcome.states
    };
    let (short, long) = (states("190s", 0), states("570s", 0));
    assert!(short < 500 && long < 10 * short, "{short} and {long}");
    // Each choice that costs nothing can be made at any moment of it.
    let freely = states("190s", 2);
    assert!(freely < 2000, "{freely}");
}

#[test]
fn measuring_by_the_wall_clock_makes_no_other_worlds() {
    for library in ["redlock", "aioredlock", "redlock-rb"] {
        let outcome = |clock: &str| {
            checked(&format!(
                r#"{{
            "title": "clocks", "why": "an example of 2026", "store": {{"redis": {{"servers": 3}}}},
            "lock": {{"redlock-library": {{
                "library": "{library}", "ttl": "2s", "retry": {{"after": "1s"}},
                "but": {{"clock": "{clock}", "tries": 2, "delay": {{"after": "200ms"}}}}
            }}}},
            "clients": {{"processes": 2}}, "work": {{"section": {{"work": "1s"}}}},
            "properties": ["mutual-exclusion"]
        }}"#
            ))
            .outcome
        };
        let (wall, monotonic) = (outcome("wall"), outcome("monotonic"));
        assert_eq!(wall.verdict, monotonic.verdict, "{library}");
        assert_eq!(wall.states, monotonic.states, "{library}");
    }
}
