//! Scripts that are wrong, each with what is said of it: which line, what, and what would be right.

use std::fs;

use super::cli::{directory, lockstep};

/// The body of `acquire` in a file whose other functions are right; it begins on line 2.
const IN_ACQUIRE: &[(&str, &str)] = &[
    ("if then", "2: unexpected symbol near 'then'"),
    ("slep(10)", "2: unknown name `slep`; did you mean `sleep`?"),
    ("redis.cal('GET', 'k')", "2: `redis` has no `cal`; did you mean `call`?"),
    ("local t = os.time()", "2: unknown name `os`; a script reaches no file, clock or network"),
    ("local f = io.open('x')", "2: unknown name `io`; a script reaches no file"),
    ("count = 1", "2: the global `count` is written in a function"),
    ("acquire = nil", "2: the global `acquire` is written in a function"),
    ("local n = me.proces", "2: `me` has no `proces`; did you mean `process`?"),
    ("local x = lock.node.path", "2: attempt to index field 'node' (a nil value)"),
    ("while true do end", "2: more than 1000000 instructions without waiting for anything"),
    ("while true do sleep(100) end", "2: the call has waited 100 times without a loop mark"),
    (
        "while true do pcall(function() while true do end end) end",
        "2: more than 1000000 instructions",
    ),
    ("string.find(('a'):rep(100000), ('.-'):rep(30) .. 'b')", "2: more than 1000000 instructions"),
    (
        "local t = {}\nfor i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
        "more than 8 MiB of memory",
    ),
    ("local function f(n) return 1 + f(n + 1) end\nf(1)", "2: stack overflow"),
    (
        "redis.call('SET', 'k', 'v') do return end",
        "`acquire` returned nothing, or true: it must return held{...}",
    ),
    ("do return {lease = 1} end", "`acquire` returned table: it must return held{...}"),
    ("do return held{leese = now()} end", "2: held has no field `leese`; did you mean `lease`?"),
    ("do return held{lease = 30000} end", "2: held: `lease` is the instant at which it ends"),
    ("lock.f = function() end", "lock.f is a function: only booleans, numbers, texts"),
    ("lock.me = lock", "lock.me stands in two places"),
    ("local t = {}\nlock.a = t lock.b = t", "lock.b stands in two places"),
    ("local x = lock\nfor i = 1, 100 do x.x = {} x = x.x end", "is more than 32 tables deep"),
    (
        "redis.call('SET', 'k', 'a' .. now())",
        "2: an instant has no text; wall_clock_ms() is a number",
    ),
    ("redis.call('SET', 'k', now())", "2: redis.call: argument 3 is an instant"),
    ("redis.call('SET', 'k', true)", "2: redis.call: argument 3 is a boolean"),
    ("redis.call('SETT', 'k')", "2: ERR unknown command"),
    ("redis.call('SET', 'k')", "2: ERR wrong number of arguments for 'set' command"),
    ("redis.eval('return redis.cal(1)')", "2: ERR user_script:1: attempt to call field"),
    ("redis.on(2):call('GET', 'k')", "2: redis.on: a server is a number from 1 to 1"),
    ("redis.on(1).call('GET', 'k')", "2: write redis.on(n):call(...), with a colon"),
    ("sleep('30sec')", "2: sleep: \"30sec\" is no duration: the unit \"sec\" is none of"),
    ("sleep(-5)", "2: sleep: a time cannot be negative"),
    ("sleep(math.random(10))", "2: math.random is not there: draw(n) is one of 0 to n - 1"),
    ("redis.x = 1", "2: Attempt to modify a readonly table"),
    ("rawset(_G, 'x', 1)", "2: unknown name `_G`"),
    ("spawn(function() end)", "2: spawn takes a function of the file that is global"),
    ("error('oh no')", "2: oh no"),
    ("error({a = 1})", "2: the script raised a table"),
    ("loop(3, function() end)", "2: write loop({...}, function(s) ... end)"),
    (
        "local n = 0\nloop({}, function(s) n = n + 1 sleep(10) if n > 3 then return n end end)",
        "3: the pass of a loop writes `n`, a variable outside of it",
    ),
    (
        "local t = {}\nloop({}, function(s) t[#t + 1] = 1 sleep(10) if #t > 3 then return 1 end end)",
        "3: the pass of a loop changed the table `t`",
    ),
    (
        "zk.create('-e', '/lock')",
        "the recipe `script` runs on `zookeeper`, but the store is `redis`",
    ),
    ("zk.create('-e', '/lock') redis.call('GET', 'k')", "words for Redis and for ZooKeeper"),
];

/// Whole files.
const FILES: &[(&str, &str)] = &[
    ("", "no function `acquire(lock)`"),
    (
        "function acquire(lock) return held{} end\nfunction relase(lock) end",
        "no function `release(lock)`; is it `relase`?",
    ),
    (
        "local n = 0\nfunction acquire(lock)\n  n = n + 1\n  return held{}\nend\nfunction release(lock) end",
        "3: `n` is a local of the file and written in a function",
    ),
    (
        "local c = {}\nfunction acquire(lock)\n  c[#c + 1] = 1\n  redis.call('SET', 'k', #c)\n  sleep(1)\n  return held{}\nend\nfunction release(lock) end",
        "run again with the same answers, the script did something else",
    ),
    (
        "local t = now()\nfunction acquire(lock) return held{} end\nfunction release(lock) end",
        "1: `now` is a word for functions: the file itself is read once",
    ),
    (
        "local t = me.process\nfunction acquire(lock) return held{} end\nfunction release(lock) end",
        "1: `me` is a word for functions",
    ),
    (
        "function acquire(lock) return held{} end\nfunction release(lock) return held{} end",
        "`release` returned held{...}",
    ),
    (
        "function acquire(lock) return held{} end\nfunction release(lock) end\nfunction renew(lock) end",
        "does not say how often: write renew_every",
    ),
    (
        "renew_every = 'often'\nfunction acquire(lock) return held{} end\nfunction release(lock) end",
        "`renew_every`: \"often\" is no duration",
    ),
    (
        "place = 3\nfunction acquire(lock) return held{} end\nfunction release(lock) end",
        "`place` is the key or the node of the lock",
    ),
    ("\u{1b}Lua", "attempt to load a binary chunk"),
    ("while true do end", "more than 1000000 instructions"),
    ("error('no')", "1: no"),
];

fn said(place: &std::path::Path, script: &str, lock: &str) -> String {
    let model = place.join("model.json");
    fs::write(place.join("mine.lua"), script).unwrap();
    let text = format!(
        r#"{{"title": "t", "why": "w", "store": {{"redis": {{}}}}, "lock": {{"script": {lock}}},
        "clients": {{"processes": 1}}, "work": {{"section": {{"work": "1s"}}}}, "properties": ["mutual-exclusion"]}}"#
    );
    fs::write(&model, text).unwrap();
    let ran = lockstep(&["check", model.to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{script}\n{}{}", ran.out, ran.err);
    assert!(!ran.err.contains("panicked"), "{script}\n{}", ran.err);
    ran.err
}

#[test]
fn a_wrong_script_is_told_where_and_why() {
    let place = directory("a_wrong_script_is_told_where_and_why");
    for (body, expected) in IN_ACQUIRE {
        let script = format!(
            "function acquire(lock)\n  {body}\n  return held{{}}\nend\nfunction release(lock) end\n"
        );
        let said = said(&place, &script, r#"{"file": "mine.lua"}"#);
        assert!(said.contains(expected) && said.contains("mine.lua"), "{script}\n{said}");
    }
    for (script, expected) in FILES {
        let said = said(&place, script, r#"{"file": "mine.lua"}"#);
        assert!(said.contains(expected) && said.contains("mine.lua"), "{script}\n{said}");
    }
}

#[test]
fn a_wrong_section_is_told_where_and_why() {
    let place = directory("a_wrong_section_is_told_where_and_why");
    let script = "local ttl = param('ttl', '30s')\nfunction acquire(lock) return held{} end\nfunction release(lock) end";
    for (lock, expected) in [
        (r"{}", "no script: write \"file\": \"mylock.lua\""),
        (r#"{"file": "mine.lau"}"#, "there is no such file"),
        (
            r#"{"file": "mine.lua", "tll": "3s"}"#,
            "mine.lua has no param(\"tll\", ...); did you mean `ttl`?",
        ),
        (r#"{"file": 3}"#, "expected"),
        (r#"{"file": "mine.lua", "place": []}"#, "`place` is empty"),
        (r#"{"file": "mine.lua", "retry": {"aftre": "1s"}}"#, "did you mean `after`?"),
    ] {
        let said = said(&place, script, lock);
        assert!(said.contains(expected), "{lock}\n{said}");
    }
}
