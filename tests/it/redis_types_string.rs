//! Strings: what OBJECT tells of them, and in which order keys are looked up.

use lockstep::store::redis::{Config, NotifyFlags};

use super::redis_types_session::{check, check_events, check_with};

#[test]
fn a_sum_of_floats_stays_text() {
    check(
        r#"SET n 5 => +OK
           OBJECT ENCODING n => "int"
           INCRBYFLOAT n 1 => "6"
           OBJECT ENCODING n => "embstr"
           OBJECT REFCOUNT n => 1
           INCR n => 7
           OBJECT ENCODING n => "int"
           APPEND n 1 => 2
           OBJECT ENCODING n => "raw""#,
    );
}

#[test]
fn lcs_looks_both_keys_up_before_it_judges_them() {
    let notify = NotifyFlags::parse(b"Em").expect("these are classes");
    check_with(
        Config { notify, ..Config::default() },
        r#"log: PSUBSCRIBE __keyevent@0__:* => ...
           log <- ["psubscribe", "__keyevent@0__:*", 1]
           RPUSH l a => 1
           LCS l none => -ERR The specified keys must contain string values
           log <- keymiss none"#,
    );
}

/// A command that stores nothing deletes its destination without looking it up.
#[test]
fn an_expired_destination_is_deleted_by_an_empty_result() {
    check_events(
        "SET d v PX 50 => +OK
         log <- new d
         log <- set d
         log <- expire d
         @50
         draws 1
         @1
         SUNIONSTORE d none => 0
         log <- del d",
    );
    check_events(
        "SET d v PX 50 => +OK
         log <- new d
         log <- set d
         log <- expire d
         @50
         draws 1
         @1
         BITOP AND d none => 0
         log <- del d",
    );
}

#[test]
fn the_index_of_an_integer_in_a_bitmap_may_wrap() {
    check(
        "SET s hello => +OK
         BITFIELD s GET u8 #-9223372036854775808 => [104]
         BITFIELD s GET u8 #-1 => -ERR bit offset is not an integer or out of range",
    );
}
