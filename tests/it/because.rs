//! The chain of causes that `check` tells beside a violation, of models whose stories are known.

use super::cli::lockstep;

/// What `check` says after "because", on one line.
fn because(model: &str) -> String {
    let ran = lockstep(&["check", model]);
    let rows = ran.out.lines().skip_while(|line| !line.starts_with("because"));
    let own =
        rows.enumerate().take_while(|(number, line)| *number == 0 || line.starts_with("    "));
    let words = own.flat_map(|(_, line)| line.split_whitespace());
    words.skip(1).collect::<Vec<_>>().join(" ")
}

/// The same of a model in which all clients come together and messages arrive in the order in which they were sent.
fn because_together(name: &str) -> String {
    let text = std::fs::read_to_string(name).unwrap();
    let mut model: serde_json::Value = serde_json::from_str(&text).unwrap();
    model["bounds"]["choices"] = 0.into();
    let stem = std::path::Path::new(name).file_stem().unwrap().to_string_lossy();
    because_of(&stem, &model.to_string())
}

#[test]
fn a_lease_that_is_over() {
    assert_eq!(
        because("models/redis/set-nx-px-pause.json"),
        "c2 got the lock at 10.001 s because key lock had expired at 10.001 s: c1 had set it at 0 s for 10 s and never \
         renewed it. c1 cannot know yet: it stands still since 4 s."
    );
    assert_eq!(
        because_together("models/redis/set-nx-px-pause.json"),
        "c2 got the lock at 11 s because key lock had expired at 10.001 s: c1 had set it at 0 s for 10 s and never \
         renewed it. c1 cannot know yet: it stands still since 3 s."
    );
    assert_eq!(
        because_together("models/redis/set-nx-px-slow-clock.json"),
        "c2 got the lock at 11 s because key lock had expired at 10.001 s: c1 had set it at 0 s for 10 s and never \
         renewed it. By its own clock c1 could have known from 10 s on; it has not learnt it."
    );
}

#[test]
fn a_session_that_ended() {
    assert_eq!(
        because("models/zookeeper/sequential-pause.json"),
        "c2 got the lock at 6.000001 s because zk had ended the session of c1 at 6.000001 s, and /lock/lock-…0 with \
         it: it had not heard of c1 since 0 s (c1 stands still for 8.6 s). c1 cannot know yet: it stands still since \
         0 s."
    );
}

#[test]
fn a_key_that_the_dead_left_behind() {
    assert_eq!(
        because("models/catalogue/f01-setnx-crash.json"),
        "c1 had the lock last, from 0 s on; it died at 0 s. lock is there: c1, which died at 0 s, put it there at 0 s, \
         without a time to live. c2 waits since 0 s and goes on asking (SETNX lock 1 → 0)."
    );
}

#[test]
fn a_node_of_its_own_that_a_client_does_not_know_of() {
    let told = because_together("models/zookeeper/sequential-lose-reply.json");
    for text in [
        "/lock/lock-…0 is there: c1, which waits itself, put it there at 0 s.",
        "c1 lost its connection to zk at 0 s, and what was sent meanwhile.",
        "(exists -w /lock/lock-…1 → is there), and nothing wakes it.",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
}

#[test]
fn a_release_that_takes_what_is_anothers() {
    let told = because_together("models/catalogue/f06-del-overrun.json");
    assert!(told.contains("as if it were its own; but key lock had expired at 10.001 s"), "{told}");
    assert!(told.contains("and c2 had set it anew at 11 s."), "{told}");
}

#[test]
fn a_server_that_forgot() {
    let told = because("models/redis/set-nx-px-restart-none.json");
    assert!(told.contains("because redis no longer had c1's lock of 0 s (redis dies"), "{told}");
    assert!(told.contains("c1 could have known from 0 s on, but only by asking"), "{told}");
}

#[test]
fn a_key_that_a_fault_took_was_removed_by_nobody() {
    let told = because_together("models/catalogue/f35-redlock-clock-jump.json");
    assert!(told.contains("redis3's wall clock is set forward by 11 s"), "{told}");
    assert!(!told.contains("had removed"), "{told}");
}

#[test]
fn a_wait_that_ended_too_late_says_what_stood_in_the_way() {
    assert_eq!(
        because("models/catalogue/f60-ghost-session.json"),
        "c2 had asked at 0 s; c1, which died at 0 s, had put /lock/c1-0000-lock-…0 there at 0 s, and it was there \
         until 8 s."
    );
    let told = because("models/catalogue/f03-repair-phantom.json");
    assert!(told.contains("c2 itself had put lock there"), "{told}");
}

#[test]
fn an_old_master_that_is_cut_off_still_has_the_key() {
    assert_eq!(
        because_together("models/catalogue/f31-split-brain.json"),
        "c2 got the lock at 65 s because it did not depend on c1's lock, which is still there since 35 s."
    );
}

#[test]
fn one_who_sleeps_while_another_asks() {
    assert_eq!(
        because_together("models/catalogue/f20-barging.json"),
        "c2 was in line since 0 s, and c1 came at 4.5 s: c2 had asked last at 4 s (SET lock c2-0000 NX PX 10000 → \
         (nil)), and heard nothing when it became free at 4.5 s; c1 asked first then."
    );
    assert_eq!(
        because("models/catalogue/f25-readers-overlap.json"),
        "writer was in line since 1 s and entered at 5 s; meanwhile reader2 came at 2 s."
    );
}

#[test]
fn a_token_that_was_counted_before_the_grant() {
    assert_eq!(
        because("models/catalogue/f43-two-commands.json"),
        "c2 had token 2 from 0 s on (INCR lock:fence → 2) and got the lock at 0 s. c1 had token 1 from 0 s on (INCR \
         lock:fence → 1) and got the lock at 4 s."
    );
}

#[test]
fn a_change_that_wakes_all_who_wait() {
    assert_eq!(
        because("models/catalogue/f44-one-node-herd.json"),
        "c1's delete /lock/held at 4 s woke c2 and c3: c2 had asked for it at 0 s (exists -w /lock/held → is there) \
         and c3 had asked for it at 0 s (exists -w /lock/held → is there)."
    );
}

#[test]
fn a_lock_that_asks_nobody() {
    assert_eq!(
        because("models/none/read-twice.json"),
        "writer and reader entered without asking any server."
    );
}

#[test]
fn a_release_of_what_was_refused() {
    assert_eq!(
        because("models/catalogue/f09-release-in-finally.json"),
        "c2 removed lock at 0 s (DEL lock), though nothing of its own was there: it had asked last at 0 s (SET lock \
         c2-0000 NX PX 5000 → (nil))."
    );
}

#[test]
fn a_message_that_was_missed_while_the_lock_was_free() {
    assert_eq!(
        because("models/catalogue/f22-message-missed.json"),
        "c2 had asked at 0 s; c1 had put lock there at 0 s, and it was there until 3 s. c2 lost its connection to \
         redis at 3 s, and what was sent meanwhile."
    );
}

#[test]
fn a_round_that_never_ends() {
    let told = because("models/catalogue/f57-goes-to-3.json");
    assert!(
        told.ends_with(
            "reader waits since 0 s and goes on asking (exists -w /lock/write-…0 → NoNode)."
        ),
        "{told}"
    );
}

/// A model that is written to a file for this test.
fn because_of(name: &str, model: &str) -> String {
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("because-{name}.json"));
    std::fs::write(&path, model).unwrap();
    because(&path.to_string_lossy())
}

#[test]
fn a_key_that_outlived_a_restart_was_there_until_its_time_was_over() {
    let told = because_of(
        "restart",
        r#"{"title": "t", "why": "-", "store": {"redis": {"persistence": "always"}},
            "lock": {"set-nx-px": {"ttl": "60s", "retry": {"after": "1s"}}}, "clients": {"processes": 2},
            "work": {"section": {"work": "4s"}}, "faults": [{"restart-server": {"for": "1s"}}],
            "properties": [{"bounded-wait": {"bound": "15s"}}]}"#,
    );
    assert!(told.contains("put lock there at 0 s, and it was there until 60.001 s."), "{told}");
}

#[test]
fn a_parent_that_was_created_is_nothing_that_anybody_removed() {
    let told = because_of(
        "parent",
        r#"{"title": "t", "why": "-", "store": {"zookeeper": {"tick": "2s", "session": "6s"}},
            "lock": {"sequential": {}}, "clients": {"processes": 2}, "work": {"section": {"work": "10s"}},
            "faults": [{"pause": {"phase": "working", "for": "20s"}}], "properties": ["mutual-exclusion"]}"#,
    );
    assert!(told.contains("because zk had ended the session of c1 at 6.000001 s, and"), "{told}");
    assert!(!told.contains("removed"), "{told}");
}

#[test]
fn an_ensemble_ends_a_session_as_one_server_does() {
    let told = because_of(
        "ensemble",
        r#"{"title": "t", "why": "-", "store": {"zookeeper": {"servers": 3, "tick": "2s", "session": "6s"}},
            "lock": {"sequential": {}}, "clients": {"processes": 2}, "work": {"section": {"work": "20s"}},
            "given": {"nodes": {"/lock": ""}}, "faults": [{"pause": {"phase": "working", "for": "12s"}}],
            "properties": ["mutual-exclusion"]}"#,
    );
    assert!(told.contains("because the ensemble had ended the session of c1 at 6"), "{told}");
    assert!(told.contains("it had not heard of c1 since 0 s (c1 stands still for 12 s)"), "{told}");
}

#[test]
fn a_field_that_the_newcomer_wrote_over() {
    assert_eq!(
        because("models/redis/redisson-faster-multi-lock-clock.json"),
        "c2 got the lock at 0 s because c2 itself had written over c1's a in group at 0 s."
    );
}

#[test]
fn requests_of_a_herd_are_those_of_who_waits() {
    assert_eq!(
        because_of(
            "herd",
            r#"{"title": "t", "why": "-", "store": {"redis": {}}, "lock": {"set-nx-px": {}},
                "clients": {"roles": {"first": {"arrive": "together"}, "late": {"processes": 2, "starts": "6s"}}},
                "work": {"section": {"work": "4s"}}, "properties": [{"herd": {"requests": 1}}]}"#,
        ),
        "Since somebody last entered late1 sent 1 request and late2 sent 1 request."
    );
}

#[test]
fn a_permit_that_nobody_renewed_is_removed_by_the_newcomer() {
    let told = because_of(
        "renewals",
        r#"{"title": "t", "why": "-", "store": {"redis": {}},
            "lock": {"redis-semaphore": {"limit": 1, "timeout": "60s", "refresh": "120s", "retry": {"after": "30s"}}},
            "clients": {"processes": 2}, "work": {"section": {"work": "300s"}}, "properties": ["mutual-exclusion"],
            "bounds": {"choices": 0}}"#,
    );
    assert!(told.contains("because c2 itself had removed c1's c1-0000 in lock at 60 s"), "{told}");
    assert!(told.contains(": c1 had put it there at 0 s and never renewed it."), "{told}");
}

#[test]
fn a_release_that_the_server_refuses_is_told() {
    let told = because_of(
        "refused",
        r#"{"title": "t", "why": "-",
            "store": {"redis": {"replicas": 1, "min_replicas_to_write": 1, "min_replicas_max_lag": "2s"}},
            "lock": {"set-nx-px": {"ttl": "30s", "retry": {"after": "1s"}}}, "clients": {"processes": 2},
            "work": {"section": {"work": "4s"}}, "faults": [{"lag": {"for": "8s"}}],
            "properties": [{"bounded-wait": {"bound": "10s"}}]}"#,
    );
    assert!(
        told.contains("and it was there until 30.001 s: c1's release was refused at 4 s"),
        "{told}"
    );
    assert!(told.contains("NOREPLICAS"), "{told}");
}

#[test]
fn a_renewal_that_the_server_refused() {
    let told = because("models/redis/watchdog-refuse-writes.json");
    assert!(told.contains("and never renewed it; what it asked for at"), "{told}");
    assert!(told.contains("was refused (EVAL"), "{told}");
}
