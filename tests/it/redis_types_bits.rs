//! Bitmaps (<https://redis.io/docs/latest/commands/?group=bitmap>).

use crate::redis_types_session::{check, check_events};

#[test]
fn bits_are_set_and_read() {
    check(
        r#"
        SETBIT b 7 1 => 0
        GET b => "\x01"
        SETBIT b 7 1 => 1
        SETBIT b 20 0 => 0
        STRLEN b => 3
        GETBIT b 7 => 1
        GETBIT b 1000000 => 0
        GETBIT none 1 => 0
        SETBIT b -1 1 => -ERR bit offset is not an integer or out of range
        SETBIT b 4294967296 1 => -ERR bit offset is not an integer or out of range
        SETBIT b 4294967295 1 => -ERR lockstep does not model bitmaps of more than 1 MiB
        GETBIT b 4294967295 => 0
        SETBIT b 0 2 => -ERR bit is not an integer or out of range
        RPUSH l x => 1
        SETBIT l 0 1 => -WRONGTYPE Operation against a key holding the wrong kind of value
        "#,
    );
}

#[test]
fn bitcount_counts_in_bytes_or_bits() {
    check(
        r"
        SET b foobar => +OK
        BITCOUNT b => 26
        BITCOUNT b 0 0 => 4
        BITCOUNT b 1 1 => 6
        BITCOUNT b 1 1 BYTE => 6
        BITCOUNT b 5 30 BIT => 17
        BITCOUNT b -2 -1 => 7
        BITCOUNT b -1 -2 => 0
        BITCOUNT b 5 1 => 0
        BITCOUNT b -100 100 => 26
        BITCOUNT b 9223372036854775807 9223372036854775807 => 0
        BITCOUNT b 0 => -ERR syntax error
        BITCOUNT b 0 1 NIBBLE => -ERR syntax error
        BITCOUNT b x 1 => -ERR value is not an integer or out of range
        BITCOUNT none x => 0
        ",
    );
}

#[test]
fn bitpos_finds_the_first_bit() {
    check(
        r"
        SET b '\xff\xf0\x00' => +OK
        BITPOS b 0 => 12
        BITPOS b 1 => 0
        BITPOS b 1 2 => -1
        BITPOS b 0 2 => 16
        BITPOS b 1 8 -1 BIT => 8
        BITPOS b 0 0 11 BIT => -1
        BITPOS b 0 0 0 => -1
        SET ones '\xff\xff' => +OK
        BITPOS ones 0 => 16
        BITPOS ones 0 0 -1 => -1
        BITPOS ones 0 5 => -1
        BITPOS none 1 => -1
        BITPOS none 0 => 0
        SET empty '' => +OK
        BITPOS empty 0 => -1
        BITPOS b 2 => -ERR The bit argument must be 1 or 0.
        BITPOS b 1 0 1 BIT 3 => -ERR syntax error
        ",
    );
}

#[test]
fn bitop_combines_strings() {
    check(
        r#"
        SET a '\x0f\xff' => +OK
        SET b '\x3c' => +OK
        BITOP AND d a b => 2
        GET d => "\x0c\x00"
        BITOP OR d a b none => 2
        GET d => "?\xff"
        BITOP XOR d a b => 2
        GET d => "3\xff"
        BITOP NOT d b => 1
        GET d => "\xc3"
        BITOP NOT d a b => -ERR BITOP NOT must be called with a single source key.
        BITOP NAND d a b => -ERR syntax error
        BITOP AND d none => 0
        EXISTS d => 0
        RPUSH l x => 1
        BITOP OR d a l => -WRONGTYPE Operation against a key holding the wrong kind of value
        "#,
    );
}

#[test]
fn bitfield_wraps_saturates_or_fails() {
    check(
        r"
        BITFIELD k INCRBY i5 100 1 GET u4 0 => [1, 0]
        BITFIELD k SET u8 0 255 INCRBY u8 0 1 => [0, 0]
        BITFIELD k SET u8 0 255 OVERFLOW SAT INCRBY u8 0 10 => [0, 255]
        BITFIELD k OVERFLOW FAIL INCRBY u8 0 1 => [nil]
        BITFIELD k OVERFLOW SAT INCRBY i8 #1 -200 => [-128]
        BITFIELD k OVERFLOW WRAP INCRBY i8 #1 -1 => [127]
        BITFIELD k SET i8 0 -1 GET u8 0 GET i8 0 => [-1, 255, -1]
        BITFIELD k SET u8 0 -1 => [255]
        BITFIELD n SET i64 0 9223372036854775807 INCRBY i64 0 1 => [0, -9223372036854775808]
        BITFIELD k GET u63 1000 => [0]
        BITFIELD k => []
        BITFIELD none GET u8 0 => [0]
        EXISTS none => 0
        BITFIELD k GET u64 0 => -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
        BITFIELD k GET x8 0 => -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
        BITFIELD k GET u8 -1 => -ERR bit offset is not an integer or out of range
        BITFIELD k GET u8 #9223372036854775807 => -ERR bit offset is not an integer or out of range
        BITFIELD k OVERFLOW CLAMP => -ERR Invalid OVERFLOW type specified
        BITFIELD k SET u8 0 => -ERR syntax error
        BITFIELD k SET u8 0 x => -ERR value is not an integer or out of range
        BITFIELD n OVERFLOW SAT SET i8 0 -1000 GET i8 0 => [-128, -128]
        BITFIELD n OVERFLOW SAT SET i8 0 -9223372036854775808 GET i8 0 => [-128, 127]
        BITFIELD n SET i8 0 -128 => [127]
        BITFIELD_RO n GET u8 0 => [128]
        BITFIELD_RO k SET u8 0 1 => -ERR BITFIELD_RO only supports the GET subcommand
        ",
    );
}

#[test]
fn only_a_change_is_an_event() {
    check_events(
        r"
        SETBIT b 1 0 => 0
        log <- new b
        log <- setbit b
        SETBIT b 1 0 => 0
        BITFIELD b SET u8 0 0 => [0]
        BITFIELD b SET u8 0 1 => [0]
        log <- setbit b
        BITOP NOT d b => 1
        log <- new d
        log <- set d
        ",
    );
}
