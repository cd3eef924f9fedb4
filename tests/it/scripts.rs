//! Locks that are Lua files: they do what their Rust forms do, on both engines, and from a trace without their files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lockstep::cx::Broken;
use lockstep::explore::to_the_end;
use lockstep::model::{Model, Verdict};
use lockstep::run::{Asked, Checked, Found, check};
use lockstep::sim::Timing;
use serde_json::{Value, json};

use super::cli::{directory, lockstep};
use super::engines::same;
use super::recipe_world::SAMPLED;
use super::tidy::files;

/// The model with this lock, beside the scripts of the repository.
fn model(lock: &Value, rest: &Value) -> Model {
    let mut model = json!({"title": "t", "why": "w", "lock": lock, "clients": {"processes": 2}});
    for (name, value) in rest.as_object().unwrap() {
        model[name] = value.clone();
    }
    Model::parse("models/scripts/test.json", model.to_string())
        .unwrap_or_else(|bad| panic!("{bad}"))
}

fn searched(lock: &Value, rest: &Value) -> Checked {
    check(model(lock, rest), Asked::default(), &mut to_the_end)
}

/// What is told of the shortest violation, if there is one: its events, but for the texts of scripts.
fn told(checked: &Checked) -> Vec<String> {
    let Some(recording) = checked.recording() else { return Vec::new() };
    let lines = recording.events.iter().map(|record| format!("{} {:?}", record.at, record.event));
    lines.filter(|line| !line.contains("EVAL")).collect()
}

#[test]
fn a_script_is_searched_as_its_rust_form_is() {
    let redis = json!({"redis": {}});
    let zookeeper = json!({"zookeeper": {}});
    let ttl = json!({"ttl": "10s", "retry": {"after": "1s"}});
    let none = json!({});
    let faults = [
        json!(["crash"]),
        json!(["lose-reply", "disconnect"]),
        json!([{"pause": {"for": "12s"}}, {"restart": {"for": "1s"}}]),
    ];
    for (file, recipe, store, params) in [
        ("set_nx_px.lua", "set-nx-px", &redis, &ttl),
        ("setnx.lua", "setnx", &redis, &none),
        ("sequential.lua", "sequential", &zookeeper, &none),
        ("znode.lua", "znode", &zookeeper, &none),
    ] {
        for faults in &faults {
            let rest = json!({
                "store": store,
                "faults": faults,
                "work": {"section": {"work": "4s", "rounds": 2}},
                "properties": ["mutual-exclusion", "orphaned-lock"],
            });
            let mut script = params.clone();
            script["file"] = json!(file);
            let of_script = searched(&json!({"script": script}), &rest);
            let of_rust = searched(&json!({recipe: params}), &rest);
            let counts = |it: &Checked| (it.outcome.states, it.outcome.transitions);
            assert_eq!(counts(&of_script), counts(&of_rust), "{file} {faults}");
            assert_eq!(format!("{:?}", of_script.found()), format!("{:?}", of_rust.found()));
            assert_eq!(told(&of_script), told(&of_rust), "{file} {faults}");
        }
    }
}

/// A lock with all that a script can have.
const REDIS: &str = r#"
renew_every = "15ms"
place = "lock"
local ttl = param("ttl", "40ms")

function count(n)
  loop({left = n}, function(s)
    sleep(7)
    cell("ticks"):set((cell("ticks"):get() or 0) % 5 + 1)
    s.left = s.left - 1
    if s.left == 0 then return true end
  end)
end

function acquire(lock)
  spawn(count, 3)
  local began, mine = now(), token()
  lock.tries = (lock.tries or 0) % 3 + 1
  return loop({n = 0}, function(s)
    s.n = s.n + 1
    local ok, got = pcall(redis.call, "SET", place, mine, "NX", "PX", ttl)
    if not ok then
      if got.happened == "unknown" then lock.token = mine end
      return busy()
    end
    if got then
      lock.token = mine
      return held{lease = began + ttl}
    end
    if s.n > 2 or now() - began > 100 then return busy() end
    local inner = loop({k = 0}, function(i)
      i.k = i.k + 1
      sleep(5 + draw(3))
      if i.k == 2 then return i.k end
    end)
    lock.inner = inner
  end)
end

function renew(lock)
  local asked = now()
  local renewed = redis.evalsha("extend.lua", {place}, {lock.token, ttl})
  if renewed == 0 then return lost() end
  return held{lease = asked + ttl}
end

function cleanup(lock)
  if lock.token then redis.pcall("DEL", place) end
end

function release(lock)
  stop(count)
  local n = redis.eval("unlock.lua", {place}, {lock.token})
  lock.token = nil
  if n == 0 then return lost() end
end
"#;

const ZOOKEEPER: &str = r#"
function acquire(lock)
  return loop({}, function(s)
    if not lock.node then
      local made, node = pcall(zk.create, "-e", "-s", "/lock/n-", me.process)
      if not made then
        if node.code == "NoNode" then pcall(zk.create, "/lock") return end
        error(node)
      end
      lock.node = node
    end
    local names, watch = zk.children("-w", "/lock")
    local before = zk.before(names, lock.node)
    if before == false then lock.node = nil return end
    if not before then return held{node = lock.node, fence = zk.czxid(lock.node)} end
    s.timed_out = not watch:wait("30ms")
    if zk.session() ~= "connected" then s.state = zk.session_changed(zk.session()) end
  end)
end

function on_session(lock, state)
  if state == "expired" then return lost() end
end

function release(lock)
  local node = lock.node
  lock.node = nil
  zk.multi{{"check", "/lock"}, {"delete", node}}
end
"#;

fn inline(source: &str) -> Value {
    let of = |name: &str| fs::read_to_string(Path::new("models/scripts").join(name)).unwrap();
    let mut lock = json!({"source": source});
    if source.contains("unlock.lua") {
        lock["files"] = json!({"unlock.lua": of("unlock.lua"), "extend.lua": of("extend.lua")});
    }
    json!({ "script": lock })
}

#[test]
fn scripts_are_the_same_on_both_engines() {
    for source in [REDIS, ZOOKEEPER] {
        let lock = inline(source).to_string();
        assert!(same(&lock, Timing::Abstract, 0..400) > 5_000);
        same(&lock, SAMPLED, 0..60);
    }
}

#[test]
fn scripts_nest_with_recipes() {
    let lock = json!({"nested": {"locks": [inline(REDIS), {"set-nx-px": {"key": "inner"}}]}});
    same(&lock.to_string(), Timing::Abstract, 0..200);
    let rest = json!({
        "store": {"redis": {}},
        "work": {"section": {"work": "10ms"}},
        "properties": ["mutual-exclusion"],
    });
    let checked = searched(&lock, &rest);
    assert!(matches!(checked.found(), Found { verdict: Verdict::Holds | Verdict::Violated, .. }));
}

#[test]
fn a_trace_needs_no_file() {
    let place = directory("a_trace_needs_no_file");
    for name in ["set_nx_px.lua", "unlock.lua", "set-nx-px-breaks.json"] {
        fs::copy(Path::new("models/scripts").join(name), place.join(name)).unwrap();
    }
    let path = |name: &str| place.join(name).to_str().unwrap().to_owned();
    let (model, of_check, of_run) =
        (path("set-nx-px-breaks.json"), path("c.jsonl"), path("r.jsonl"));
    assert_eq!(lockstep(&["check", &model, "-o", &of_check]).code, 0);
    lockstep(&["run", &model, "--seed", "7", "-o", &of_run]);
    for name in ["set_nx_px.lua", "unlock.lua", "set-nx-px-breaks.json"] {
        fs::remove_file(path(name)).unwrap();
    }
    for trace in [&of_check, &of_run] {
        let ran = lockstep(&["replay", trace]);
        assert!(ran.code == 0 && ran.out.starts_with("the same run"), "{}{}", ran.out, ran.err);
    }
}

#[test]
fn every_script_of_the_library_breaks_and_holds() {
    let (mut breaks, mut holds) = (BTreeSet::new(), BTreeSet::new());
    for (name, text) in files("models/scripts", &["json"]) {
        let model: Value = serde_json::from_str(&text).unwrap();
        let found = match model["expect"]["verdict"].as_str() {
            Some("violated") => &mut breaks,
            Some("holds") => &mut holds,
            other => panic!("{name} expects {other:?}"),
        };
        let locks = model["clients"]["roles"].as_object().into_iter().flat_map(|it| it.values());
        for lock in locks.chain([&model]) {
            found.extend(lock["lock"]["script"]["file"].as_str().map(str::to_owned));
        }
    }
    // What runs in Redis is no lock.
    let scripts: BTreeSet<String> = files("models/scripts", &["lua"])
        .iter()
        .filter(|(_, text)| text.contains("function acquire"))
        .map(|(name, _)| name.rsplit('/').next().unwrap().to_owned())
        .collect();
    assert!(scripts.len() >= 20, "{} scripts", scripts.len());
    assert_eq!((&breaks, &holds), (&scripts, &scripts));
    for (name, text) in files("models/scripts", &["lua"]) {
        assert!(text.lines().count() <= 50, "{name} is long");
    }
}

#[test]
fn what_is_interrupted_is_cleaned_up_as_finally_does() {
    let lock = |clean_up: &str| {
        let source = format!(
            r#"
            function acquire(lock)
              lock.mine = token()
              if not redis.call("SET", "lock", lock.mine, "NX") then return busy() end
              redis.call("SET", "audit", lock.mine)
              return held{{}}
            end
            function release(lock) redis.call("DEL", "lock") end
            {clean_up}"#
        );
        json!({"script": {"source": source, "retry": {"after": "1s"}}})
    };
    let rest = json!({
        "store": {"redis": {}},
        "work": {"section": {"work": "4s"}},
        "faults": [{"interrupt": {"phase": "acquiring"}}],
        "properties": ["orphaned-lock"],
    });
    let without = searched(&lock(""), &rest);
    assert!(matches!(without.found().verdict, Verdict::Violated), "{:?}", without.found());
    let clean_up = r#"function cleanup(lock)
        if redis.call("GET", "lock") == lock.mine then redis.call("DEL", "lock") end
    end"#;
    let with = searched(&lock(clean_up), &rest);
    assert!(matches!(with.found().verdict, Verdict::Holds), "{:?}", with.found());
}

#[test]
fn what_new_writes_runs_at_once() {
    let place = directory("what_new_writes_runs_at_once");
    let to = |name: &str| place.join(name).to_str().unwrap().to_owned();
    for what in ["redis", "zookeeper", "redlock", "kazoo", "redisson", "none"] {
        let ran = lockstep(&["new", what, "-o", &to(what)]);
        assert_eq!(ran.code, 0, "{what}: {}", ran.err);
        let ran = lockstep(&["check", &to(&format!("{what}/model.json"))]);
        assert!(ran.code != 2, "{what}: {}{}", ran.out, ran.err);
    }
    let again = lockstep(&["new", "redis", "-o", &to("redis")]);
    assert!(again.code == 2 && again.err.contains("there is such a file"), "{}", again.err);
    let typo = lockstep(&["new", "redlok", "-o", &to("x")]);
    assert!(typo.code == 2 && typo.err.contains("did you mean `redlock`?"), "{}", typo.err);
}

/// A number that follows from `seed`.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

#[test]
fn random_scripts_never_panic_or_hang() {
    const PARTS: &[&str] = &[
        "redis.call('SET', 'k', 'v', 'NX')",
        "redis.call('GET', 'k')",
        "lock.a = lock",
        "lock.b = {1, {2}}",
        "sleep(5)",
        "sleep(-1)",
        "local t = token()",
        "lock.t = token()",
        "local n = now()",
        "lock.n = now()",
        "if lock.n then lock.d = now() - lock.n end",
        "error('x')",
        "error(lock)",
        "pcall(error)",
        "pcall(redis.call, 'X')",
        "while true do end",
        "for i = 1, 3 do sleep(i) end",
        "loop({}, function(s) s.i = (s.i or 0) + 1 sleep(1) if s.i > 2 then return 1 end end)",
        "loop(lock, function(s) return s end)",
        "spawn('acquire')",
        "cell('c'):set(lock)",
        "cell('c'):get()",
        "cell('c'):changed(3)",
        "return busy()",
        "return held{}",
        "return held(1)",
        "return give_up()",
        "return",
        "return nil, 2",
        "redis.on(1):call('DEL', 'k')",
        "redis.on('all')",
        "redis.subscribe('c'):message(3)",
        "lock.s = redis.subscribe('c')",
        "local x = draw(2)",
        "coroutine.wrap(function() sleep(1) end)()",
        "setmetatable(lock, {})",
        "rawset(lock, 1, 2)",
        "lock[1.5] = 'x'",
        "lock[true] = false",
        "lock[lock] = 1",
        "unpack({}, 1, 1e8)",
        "('x'):rep(1e9)",
        "string.format('%d', lock)",
        "tostring(now())",
        "me.process()",
        "param()",
        "held{fence = 0/0}",
    ];
    let mut seed = 1;
    let mut said = BTreeSet::new();
    for _ in 0..400 {
        let mut body = String::new();
        for _ in 0..=next(&mut seed) % 4 {
            let part = PARTS[next(&mut seed) % PARTS.len()];
            // What returns must be the last statement of a block.
            body.push_str(&format!("do {part} end\n"));
        }
        let source =
            format!("function acquire(lock)\n{body}end\nfunction release(lock)\n{body}end");
        let text = json!({
            "title": "t", "why": "w", "store": {"redis": {}},
            "lock": {"script": {"source": source}},
            "clients": {"processes": 2, "tries": 2},
            "work": {"section": {"work": "10ms"}},
            "faults": [{"interrupt": {}}],
            "properties": ["mutual-exclusion"],
            "bounds": {"states": 300},
        });
        let Ok(model) = Model::parse("random.json", text.to_string()) else {
            said.insert("refused".to_owned());
            continue;
        };
        let ended = Broken::caught(|| check(model, Asked::default(), &mut to_the_end));
        said.insert(match ended {
            Ok(checked) => format!("{:?}", checked.found().verdict),
            Err(broken) => {
                assert!(broken.to_string().starts_with("source"), "{broken}\n{source}");
                "broken".to_owned()
            }
        });
    }
    assert!(said.len() > 2, "{said:?}");
}
