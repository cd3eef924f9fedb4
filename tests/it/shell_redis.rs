//! `lockstep redis`, line by line.

use lockstep::shell::{RedisShell, Shell};

use super::shell_transcript::check;

#[test]
fn a_lock_with_a_lease_in_virtual_time() {
    check(
        RedisShell::new(),
        r#"
> SET lock a NX PX 500
OK
> SET lock b NX PX 500
(nil)
> .advance 500ms
> GET lock
"a"
> .advance 1ms
> SET lock b NX PX 500
OK
> EVAL "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end" 1 lock a
(integer) 0
> .time
501 ms
"#,
    );
}

#[test]
fn replies_look_as_on_a_terminal() {
    check(
        RedisShell::new(),
        r#"
> ping
PONG
> set k "a\x00\xffb\n\"c\\ \a\b\t\r"
OK
> get k
"a\x00\xffb\n\"c\\ \a\b\t\r"
> incr k
(error) ERR value is not an integer or out of range
> lrange none 0 -1
(empty array)
> rpush l 1 2 3 4 5 6 7 8 9 10
(integer) 10
> lrange l 7 -1
1) "8"
2) "9"
3) "10"
> eval "return {1, {2, {'x', {}}, 'y'}, false, redis.status_reply('HI'), redis.error_reply('NO no')}" 0
1) (integer) 1
2) 1) (integer) 2
   2) 1) "x"
      2) (empty array)
   3) "y"
3) (nil)
4) HI
5) (error) NO no
> eval "local t = {} for i = 1, 10 do t[i] = {i, 'b'} end return t" 0
 1) 1) (integer) 1
    2) "b"
 2) 1) (integer) 2
    2) "b"
 3) 1) (integer) 3
    2) "b"
 4) 1) (integer) 4
    2) "b"
 5) 1) (integer) 5
    2) "b"
 6) 1) (integer) 6
    2) "b"
 7) 1) (integer) 7
    2) "b"
 8) 1) (integer) 8
    2) "b"
 9) 1) (integer) 9
    2) "b"
10) 1) (integer) 10
    2) "b"
> client list
id=1 addr=127.0.0.1:50000 name= db=0 sub=0 psub=0 ssub=0 multi=-1 flags=N resp=2
"#,
    );
}

#[test]
fn arguments_are_split_as_redis_cli_splits_them() {
    check(
        RedisShell::new(),
        r#"
> echo "a b"
"a b"
> echo 'it\'s "x" \n'
"it's \"x\" \\n"
> echo a"b c"
"ab c"
> echo "\x41\x4\q"
"Ax4q"
> echo ""
""
> echo "a"b
Invalid argument(s)
> echo "a
Invalid argument(s)
> echo 'a
Invalid argument(s)
>   	 echo   x	
"x"
> echo größe
"gr\xc3\xb6\xc3\x9fe"
"#,
    );
}

#[test]
fn a_number_in_front_repeats() {
    check(
        RedisShell::new(),
        r"
> 3 incr n
(integer) 1
(integer) 2
(integer) 3
> 0 incr n
Invalid redis-cli repeat command option value.
> -1 incr n
Invalid redis-cli repeat command option value.
> 99999999999999999999 incr n
Invalid redis-cli repeat command option value.
> 1000000000 incr n
error: a command is repeated at most 100000 times
> 3
(error) ERR unknown command '3', with args beginning with: 
> +1 incr n
(integer) 4
",
    );
}

#[test]
fn others_hear_and_wait_under_their_names() {
    check(
        RedisShell::new(),
        r#"
> .client b
> subscribe news
1) "subscribe"
2) "news"
3) (integer) 1
> get k
(error) ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
> .client c
> blpop q 2
(waiting)
> get k
(waiting)
> .clients
  a  127.0.0.1:6379
  b  127.0.0.1:6379(subscribed mode)
* c  127.0.0.1:6379(waiting) in BLPOP since 0 ms
> .client a
> publish news hi
[b] 1) "message"
[b] 2) "news"
[b] 3) "hi"
(integer) 1
> .advance 1250ms
> rpush q x
(integer) 1
[c] 1) "q"
[c] 2) "x"
[c] (1.25s)
[c] (nil)
[c] (1.25s)
> blpop q 1.5
(waiting)
> .advance 1499ms
> .advance 10s
(nil)
(1.50s)
> .time
12749 ms
"#,
    );
}

#[test]
fn keys_that_expire_are_told_on_the_way() {
    check(
        RedisShell::new(),
        r#"
> config set notify-keyspace-events Ex
OK
> psubscribe *
1) "psubscribe"
2) "*"
3) (integer) 1
> .client b
> set x 1 px 300
OK
> set y 1 px 100
OK
> .advance 1s
[a] 1) "pmessage"
[a] 2) "*"
[a] 3) "__keyevent@0__:expired"
[a] 4) "y"
[a] 1) "pmessage"
[a] 2) "*"
[a] 3) "__keyevent@0__:expired"
[a] 4) "x"
"#,
    );
}

#[test]
fn a_closed_connection_is_opened_again() {
    check(
        RedisShell::new(),
        r"
> .client b
> select 3
OK
> .client a
> client kill id 2
[b] Error: Server closed the connection
(integer) 1
> .client b
> client list
id=1 addr=127.0.0.1:50000 name= db=0 sub=0 psub=0 ssub=0 multi=-1 flags=N resp=2
id=3 addr=127.0.0.1:50002 name= db=3 sub=0 psub=0 ssub=0 multi=-1 flags=N resp=2
",
    );
}

/// The prompts after each of `lines`.
fn prompts(lines: &[&str]) -> Vec<String> {
    let mut shell = RedisShell::new();
    let after = |line: &&str| {
        shell.enter(line);
        shell.prompt()
    };
    lines.iter().map(after).collect()
}

#[test]
fn the_prompt_shows_database_transaction_and_name() {
    assert_eq!(RedisShell::new().prompt(), "127.0.0.1:6379> ");
    let lines = ["select 1", "multi", "select 2", "discard", "select 99", "reset", ".client b"];
    let expected = [
        "127.0.0.1:6379[1]> ",
        "127.0.0.1:6379[1](TX)> ",
        "127.0.0.1:6379[2](TX)> ",
        "127.0.0.1:6379[1]> ",
        "127.0.0.1:6379[1]> ",
        "127.0.0.1:6379> ",
        "[b] 127.0.0.1:6379> ",
    ];
    assert_eq!(prompts(&lines), expected);
    let lines = ["multi", "get", "exec", "subscribe a b", "unsubscribe a", "unsubscribe b"];
    let expected = [
        "127.0.0.1:6379(TX)> ",
        "127.0.0.1:6379(TX)> ",
        "127.0.0.1:6379> ",
        "127.0.0.1:6379(subscribed mode)> ",
        "127.0.0.1:6379(subscribed mode)> ",
        "127.0.0.1:6379> ",
    ];
    assert_eq!(prompts(&lines), expected);
}

#[test]
fn help_comes_from_the_command_table() {
    check(
        RedisShell::new(),
        r#"
> help set

  SET
  takes: 2 or more arguments
  keys: argument 1
  flags: may change data, may need more memory

> help CLIENT getname

  CLIENT GETNAME
  takes: no arguments
  flags: not in a script

> help xadd

  XADD
  lockstep does not model it

> help sett
error: there is no command "sett"; did you mean "help set"?
> .advanc 1s
error: there is no ".advanc"; did you mean ".advance"?
> .advance 10
error: "10" is no duration: the unit is missing: us, ms, s, m, h or d, as in "10s"
> .client
error: it is .client NAME, as in ".client b"
> .client -x
error: a name has letters, digits, "-" and "_", at most 32
> clear
> :set hints
"#,
    );
}

#[test]
fn quit_and_exit_end_it() {
    let mut shell = RedisShell::new();
    assert!(shell.enter("QUIT").ends && shell.enter("exit").ends && shell.enter("2 quit").ends);
    assert!(!shell.enter("").ends && !shell.enter("\"quit").ends && !shell.enter("get quit").ends);
}

#[test]
fn no_line_makes_it_panic() {
    let pieces = [
        ".",
        "..",
        ".advance 876000h",
        "\"",
        "'",
        "\\",
        "\"\\",
        "\"\\x",
        "3 3 get k",
        "1",
        "multi",
        "exec",
        "monitor",
        "blpop q 0",
        "client reply skip",
        "client reply off",
        "reset",
        ".client z",
        "subscribe a",
        "client kill type normal",
        "\u{1f512}",
        "help \u{1f512}",
        "help client \u{1f512}",
        ".client \u{1f512}",
        "wait 1 0",
        "debug sleep 1",
        "shutdown",
        "eval 'while true do end' 0",
        "\u{b}\u{c}",
        "set k v ex 9223372036854775807",
        ".advance 0s",
    ];
    let mut shell = RedisShell::new();
    for first in pieces {
        for second in pieces {
            shell.enter(first);
            let said = shell.enter(second);
            assert!(
                said.text.is_empty() || said.text.ends_with('\n'),
                "{first}, {second}: {said:?}"
            );
            assert!(shell.prompt().ends_with("> "));
        }
    }
}
