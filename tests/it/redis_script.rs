//! Scripts against a host of a few string commands: what goes in and out, and the texts of errors.

use std::collections::BTreeMap;

use lockstep::store::redis::script::{Host, LogLevel, Script};
use lockstep::store::redis::{Bytes, Reply};

/// Strings under keys; `list` holds something else.
#[derive(Default)]
pub(crate) struct Strings {
    keys: BTreeMap<Bytes, Bytes>,
    /// What was called and logged, as text.
    pub(crate) seen: Vec<String>,
}

impl Host for Strings {
    fn call(&mut self, argv: Vec<Bytes>) -> Reply {
        let words: Vec<String> = argv.iter().map(Bytes::to_text).collect();
        self.seen.push(words.join(" "));
        match (words[0].to_lowercase().as_str(), &argv[1..]) {
            ("get", [key]) if **key == *b"list" => Reply::Error(
                "WRONGTYPE Operation against a key holding the wrong kind of value".into(),
            ),
            ("get", [key]) => self.keys.get(key).cloned().map_or(Reply::Nil, Reply::Bulk),
            ("set", [key, value]) => {
                self.keys.insert(key.clone(), value.clone());
                Reply::Status("OK".into())
            }
            ("del", keys) => {
                Reply::Int(keys.iter().filter(|key| self.keys.remove(*key).is_some()).count() as i64)
            }
            ("mget", keys) => Reply::Array(
                keys.iter()
                    .map(|key| self.keys.get(key).cloned().map_or(Reply::Nil, Reply::Bulk))
                    .collect(),
            ),
            ("get" | "set", _) => {
                Reply::Error("ERR Wrong number of args calling Redis command from script".into())
            }
            _ => Reply::Error("ERR Unknown Redis command called from script".into()),
        }
    }

    fn log(&mut self, level: LogLevel, message: &[u8]) {
        self.seen.push(format!("{level:?}: {}", String::from_utf8_lossy(message)));
    }

    fn may_run(&mut self, argv: &[Bytes]) -> Option<bool> {
        match &argv[0][..] {
            b"get" => Some(true),
            b"flushall" => Some(false),
            _ => None,
        }
    }
}

/// The reply to EVAL with one key `k` and the argument `a`, as text.
pub(crate) fn eval(text: &str) -> String {
    eval_on(&mut Strings::default(), text, &["k"], &["a"])
}

/// The same, with everything chosen.
pub(crate) fn eval_on(host: &mut Strings, text: &str, keys: &[&str], args: &[&str]) -> String {
    let list = |items: &[&str]| items.iter().map(|item| Bytes::from(*item)).collect::<Vec<_>>();
    let reply = match Script::load(&Bytes::from(text)) {
        Ok(script) => script.eval(&list(keys), &list(args), host),
        Err(reply) => reply,
    };
    show(&reply)
}

/// Compares the replies of scripts; `%` in an expected reply is the part of an error that names the script.
pub(crate) fn check(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let sha1 = Script::sha1_of(text.as_bytes()).to_text();
        let expected = expected.replace('%', &format!(" script: {sha1}, on @user_script:"));
        let got = eval(text);
        if got != expected {
            wrong.push(format!("{text}\n  gave      {got}\n  not       {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn show(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) => format!("+{}", text.to_text()),
        Reply::Error(text) => format!("-{}", text.to_text()),
        Reply::Int(number) => number.to_string(),
        Reply::Bulk(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Reply::Nil => "nil".into(),
        Reply::Array(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
        }
    }
}

#[test]
fn values_become_replies() {
    check(&[
        ("return 3.99", "3"),
        ("return -3.99", "-3"),
        ("return 0/0", "-9223372036854775808"),
        ("return 1e308*10", "-9223372036854775808"),
        ("return 9007199254740993", "9007199254740992"),
        ("return true", "1"),
        ("return false", "nil"),
        ("return nil", "nil"),
        ("return function() end", "nil"),
        ("", "nil"),
        ("return {1,'a',{2,{3}}}", "[1, \"a\", [2, [3]]]"),
        ("return {1,false,true,nil,5}", "[1, nil, 1]"),
        ("return {a=1,b=2}", "[]"),
        ("return {ok='FINE'}", "+FINE"),
        ("return {ok=5}", "[]"),
        ("return {err='nocode'}", "-nocode"),
        ("return {ok='a',err='b'}", "-b"),
        ("return {{err='x'},{ok='y'},1}", "[-x, +y, 1]"),
        ("return {double=3.5}", "\"3.5\""),
        ("return {big_number='12345678901234567890'}", "\"12345678901234567890\""),
        ("return {verbatim_string={format='txt', string='abc'}}", "\"abc\""),
        ("return {map={a=1}}", "[\"a\", 1]"),
        ("return {set={x=true}}", "[\"x\"]"),
        ("return {err='two\\nlines'}", "-two lines"),
        ("return KEYS", "[\"k\"]"),
        ("return #ARGV", "1"),
        ("return type(ARGV[1]) .. type(KEYS[5])", "\"stringnil\""),
        ("return '\\0\\255'", "\"\\x00\\xff\""),
    ]);
}

#[test]
fn replies_become_values() {
    check(&[
        ("return type(redis.call('get','none'))", "\"boolean\""),
        ("return redis.call('set','a','1').ok", "\"OK\""),
        ("return type(redis.call('del','a'))", "\"number\""),
        ("redis.call('set','b','2') return redis.call('mget','a','b','c')", "[nil, \"2\", nil]"),
        ("return redis.pcall('get','list').err:sub(1, 9)", "\"WRONGTYPE\""),
        ("return tostring(redis.pcall('get','list').ignore_error_stats_update)", "\"true\""),
    ]);
}

#[test]
fn numbers_are_arguments_with_seventeen_digits() {
    let mut host = Strings::default();
    eval_on(
        &mut host,
        "for _, n in ipairs({3.7, 0.1, 1e15, 1e17, -0.5, 2^53, 0/0, 5}) do redis.call('set', 'k', n) end",
        &[],
        &[],
    );
    assert_eq!(
        host.seen,
        [
            "set k 3.7000000000000002",
            "set k 0.10000000000000001",
            "set k 1000000000000000",
            "set k 1e+17",
            "set k -0.5",
            "set k 9007199254740992",
            "set k -nan",
            "set k 5"
        ]
    );
}

#[test]
fn errors_say_what_and_where() {
    const WRONG_TYPE: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value";
    check(&[
        ("return redis.call('get','list')", &format!("{WRONG_TYPE}%1.")),
        ("\n\nredis.call('get','list')", &format!("{WRONG_TYPE}%3.")),
        ("return redis.pcall('get','list')", WRONG_TYPE),
        ("redis.call()", "-ERR Please specify at least one argument for this redis lib call%1."),
        ("return redis.pcall('nosuch')", "-ERR Unknown Redis command called from script"),
        (
            "redis.call('set','a',{})",
            "-ERR Lua redis lib command arguments must be strings or integers%1.",
        ),
        ("error('boom')", "-ERR user_script:1: boom%1."),
        ("error({err='tbl err'})", "-tbl err%1."),
        ("error()", "-ERR nil%1."),
        ("local function f()\n error('deep')\nend\nf()", "-ERR user_script:2: deep%2."),
        ("assert(false, 'text')", "-ERR user_script:1: text%1."),
        ("return redis.error_reply('single')", "-ERR single"),
        ("return redis.error_reply('-MY ERR')", "-MY ERR"),
        ("return redis.error_reply('')", "-ERR "),
        ("return redis.error_reply(1)", "-ERR wrong number or type of arguments"),
        ("return redis.status_reply('FINE')", "+FINE"),
        ("redis.sha1hex()", "-ERR wrong number of arguments%1."),
        (
            "local t = nil; return t.x",
            "-ERR user_script:1: attempt to index local 't' (a nil value)%1.",
        ),
        ("return 1 + {}", "-ERR user_script:1: attempt to perform arithmetic on a table value%1."),
        (
            "return redis.nosuch()",
            "-ERR user_script:1: attempt to call field 'nosuch' (a nil value)%1.",
        ),
        (
            "return string.rep()",
            "-ERR user_script:1: bad argument #1 to 'rep' (string expected, got no value)%1.",
        ),
        ("coroutine.wrap(function() redis.call('get','list') end)()", &format!("{WRONG_TYPE}%1.")),
        ("local ok, e = pcall(redis.call, 'get', 'list') return e:sub(1, 9)", "\"WRONGTYPE\""),
        ("local ok, e = pcall(error, {code=7}) return e.code", "7"),
        (
            "return return",
            "-ERR Error compiling script (new function): user_script:1: unexpected symbol near 'return'",
        ),
        (
            "return (",
            "-ERR Error compiling script (new function): user_script:1: unexpected symbol near '<eof>'",
        ),
        (
            "return 'x",
            "-ERR Error compiling script (new function): user_script:1: unfinished string near '<eof>'",
        ),
        (
            "return 1 end",
            "-ERR Error compiling script (new function): user_script:1: '<eof>' expected near 'end'",
        ),
        ("return select('#', ...)", "0"),
        ("local t = {} t[nil] = 1", "-ERR user_script:1: table index is nil%1."),
        ("return string.find('a', '[')", "-ERR user_script:1: malformed pattern (missing ']')%1."),
    ]);
}

#[test]
fn a_conversion_that_is_unknown_is_named_by_its_letter() {
    let reply = eval("return string.format('%5y', 1)");
    assert!(reply.contains("invalid option '%y' to 'format'"), "{reply}");
}

#[test]
fn what_was_written_before_an_error_stays() {
    let mut host = Strings::default();
    let reply = eval_on(
        &mut host,
        "redis.call('set','x','1') redis.call('get','list') redis.call('set','y','1')",
        &[],
        &[],
    );
    assert!(reply.starts_with("-WRONGTYPE"), "{reply}");
    assert_eq!(host.seen, ["set x 1", "get list"]);
}

#[test]
fn a_shebang_line_is_read_and_left_out() {
    let load = |text: &str| Script::load(&Bytes::from(text));
    let script = load("#!lua flags=no-writes,allow-oom\nreturn 7").unwrap();
    assert!(script.flags().shebang && script.flags().no_writes && script.flags().allow_oom);
    assert!(!script.flags().allow_stale);
    check(&[
        ("#!lua\nreturn 7", "7"),
        ("#!lua\nerror('x')", "-ERR user_script:2: x%2."),
        ("#!lua", "-ERR Invalid script shebang"),
        ("#!perl\n", "-ERR Unexpected engine in script shebang: #!perl"),
        ("#!lua flags=fast\n", "-ERR Unexpected flag in script shebang: fast"),
        ("#!lua name=x\n", "-ERR Unknown lua shebang option: name=x"),
    ]);
}

#[test]
fn other_functions_of_redis() {
    let mut host = Strings::default();
    eval_on(&mut host, "redis.log(redis.LOG_WARNING, 'a', 1, {}, 'b')", &[], &[]);
    assert_eq!(host.seen, ["Warning: a 1 b"]);
    check(&[
        ("return redis.sha1hex('abc')", "\"a9993e364706816aba3e25717850c26c9cd0d89d\""),
        ("return redis.REDIS_VERSION", "\"7.0.15\""),
        ("return redis.REDIS_VERSION_NUM", "458767"),
        ("return redis.acl_check_cmd('get', 'k')", "1"),
        ("return redis.acl_check_cmd('flushall')", "nil"),
        (
            "return redis.acl_check_cmd('nosuch')",
            "-ERR Invalid command passed to redis.acl_check_cmd()%1.",
        ),
        ("redis.setresp(2) return redis.replicate_commands()", "1"),
        ("redis.setresp(4)", "-ERR RESP version must be 2 or 3.%1."),
        ("redis.log('x')", "-ERR redis.log() requires two arguments or more.%1."),
        ("redis.log(7, 'x')", "-ERR Invalid debug level.%1."),
        ("return redis.breakpoint()", "nil"),
    ]);
}
