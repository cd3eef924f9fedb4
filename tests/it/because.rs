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

#[test]
fn a_lease_that_is_over() {
    assert_eq!(
        because("models/redis/set-nx-px-pause.json"),
        "c2 got the lock at 11 s because key lock had expired at 10.001 s: c1 had set it at 0 s for 10 s and never \
         renewed it. c1 cannot know yet: it stands still since 3 s."
    );
    assert_eq!(
        because("models/redis/set-nx-px-slow-clock.json"),
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
    let told = because("models/zookeeper/sequential-lose-reply.json");
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
    let told = because("models/catalogue/f06-del-overrun.json");
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
    let told = because("models/catalogue/f35-redlock-clock-jump.json");
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
        because("models/catalogue/f31-split-brain.json"),
        "c2 got the lock at 65 s because it did not depend on c1's lock, which is still there since 35 s."
    );
}
