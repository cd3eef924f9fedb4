//! Nothing that a model, a script or a number asks for runs for ever, fills the memory or ends the process.

use lockstep::shell::{RedisShell, Shell};

use super::cli::{directory, lockstep_at};

fn model(lock: &str, clients: &str, rest: &str) -> String {
    format!(
        r#"{{"store": {{"redis": {{}}}}, "lock": {lock}, "clients": {clients}, "work": {{"section": {{"work": "1s"}}}}, {rest}}}"#
    )
}

fn told(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn limits_hold_in_the_first_worlds() {
    let directory = directory("hostile_first");
    let text = model(
        r#"{"redisson-multi-lock": {"random_wait": true}}"#,
        r#"{"processes": 64}"#,
        r#""properties": ["livelock"]"#,
    );
    for (limit, said) in [
        (["--states", "500"], "The search stopped at 500 states"),
        (["--time-limit", "100ms"], "The search was stopped"),
        (["--memory", "1MB"], "The search stopped at 1 MB of memory"),
    ] {
        let arguments = [&["check", "-"][..], &limit].concat();
        let ran = lockstep_at(&directory, &arguments, text.as_bytes(), None);
        assert_eq!(ran.code, 3, "{limit:?}: {}{}", ran.out, ran.err);
        assert!(told(&ran.out).contains(said), "{limit:?}: {}", ran.out);
        assert!(
            ran.out.contains(&limit.join(" ")),
            "the limit is part of the command: {}",
            ran.out
        );
    }
    let arguments = ["check", "-", "--states", "500", "--json"];
    let ran = lockstep_at(&directory, &arguments, text.as_bytes(), None);
    let result: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(result["models"][0]["states"].as_u64().or(result["states"].as_u64()).unwrap() <= 501);
}

#[test]
fn memory_is_a_limit_of_its_own() {
    let directory = directory("hostile_memory");
    let text =
        model(r#"{"setnx": {}}"#, r#"{"processes": 40}"#, r#""properties": ["mutual-exclusion"]"#);
    let arguments = ["check", "-", "--memory", "60MB"];
    let ran = lockstep_at(&directory, &arguments, text.as_bytes(), None);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(told(&ran.out).contains("--memory raises the limit"), "{}", ran.out);
    for bad in ["60", "lots", "0MB", "-1GB"] {
        let ran = lockstep_at(&directory, &["check", "-", &format!("--memory={bad}")], b"", None);
        assert_eq!(ran.code, 2, "{bad}");
        assert!(ran.err.contains("is no size"), "{bad}: {}", ran.err);
    }
}

#[test]
fn a_long_run_keeps_nothing_that_nobody_asked_for() {
    let directory = directory("hostile_run");
    let text = r#"{"store": {"redis": {}}, "lock": {"setnx": {"retry": {"after": "1ms"}}}, "clients": {"processes": 2},
        "work": {"section": {"work": "100h"}}, "properties": ["mutual-exclusion"], "bounds": {"time": "100h", "steps": 400000}}"#;
    let ran = lockstep_at(&directory, &["run", "-"], text.as_bytes(), None);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.out.contains("no timeline: 400,000 steps"), "{}", ran.out);
    let short = text.replace("400000", "3000");
    let kept = lockstep_at(&directory, &["run", "-", "-o", "kept.jsonl"], short.as_bytes(), None);
    assert_eq!(kept.code, 3, "{}", kept.err);
    let ran = lockstep_at(&directory, &["run", "-", "-o", "t.jsonl"], text.as_bytes(), None);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let again = lockstep_at(&directory, &["replay", "t.jsonl"], b"", None);
    assert!(
        again.code == 0 && again.out.contains("equal to the byte"),
        "{}{}",
        again.out,
        again.err
    );
}

#[test]
fn a_script_has_bounds_and_harmless_work_is_none() {
    let eval = |script: &str| {
        let said = RedisShell::new().enter(&format!("EVAL \"{script}\" 0")).text;
        told(&said)
    };
    assert_eq!(eval("for i=1,400000 do redis.call('SET','k'..i,i) end return 1"), "(integer) 1");
    assert_eq!(eval("for i=1,400000 do redis.call('SET','k',i) end return 1"), "(integer) 1");
    assert_eq!(
        eval("for i=1,400000 do redis.call('INCR','k') end return redis.call('GET','k')"),
        "\"400000\""
    );
    for script in [
        "local s=string.rep('x',1000000) for i=1,1000 do redis.call('SET','k'..i,s) end",
        "local s=string.rep('x',1000000) for i=1,1000 do redis.call('APPEND','k',s) end",
        "local s=string.rep('x',1000000) for i=1,1000 do redis.call('RPUSH','k',s) end",
        "for i=1,100 do redis.call('SETRANGE','k'..i,100000000,'x') end",
        "for i=1,100 do redis.call('SETBIT','k'..i,4000000000,1) end",
        "redis.call('SET','k',string.rep('x',10000000)) for i=1,100 do redis.call('COPY','k','c'..i) end",
        "redis.call('SADD','k',string.rep('x',10000000)) for i=1,100 do redis.call('SUNIONSTORE','s'..i,'k') end",
    ] {
        let said = eval(script);
        let bounds = ["128 MiB of data", "192 MiB of memory", "of more than 1 MiB"];
        assert!(bounds.iter().any(|bound| said.contains(bound)), "{script}: {said}");
    }
    // What is written over and over fills nothing.
    assert_eq!(
        eval("local s=string.rep('x',1000000) for i=1,200 do redis.call('SET','k',s) end return 1"),
        "(integer) 1"
    );
    let long = format!("if a then {} end", "elseif b then ".repeat(100_000));
    assert!(eval(&format!("local a, b {long}")).contains("elseif, and, or, break"));
    let nested = eval("return loadstring(string.rep('x = a or b ', 50000))");
    assert!(nested.contains("elseif, and, or, break"), "{nested}");
}

#[test]
fn many_clients_end_without_an_abort() {
    let directory = directory("hostile_clients");
    let text = model(
        r#"{"setnx": {}}"#,
        r#"{"processes": 3000}"#,
        r#""properties": ["mutual-exclusion"]"#,
    );
    let arguments = ["check", "-", "--memory", "400MB", "--time-limit", "20s"];
    let ran = lockstep_at(&directory, &arguments, text.as_bytes(), None);
    assert!(ran.code == 3 || ran.code == 2, "{}: {}{}", ran.code, ran.out, ran.err);
}
