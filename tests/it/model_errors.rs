//! What is wrong with a model, and where: one small mistake in a good model each.

use lockstep::model::Model;

pub(crate) const REDIS: &str = r#"{
  "title": "two clients",
  "why": "an example of 2026",
  "store": {"redis": {"servers": 1}},
  "lock": {"set-nx-px": {"ttl": "10s", "retry": {"after": "1s"}}},
  "clients": {"processes": 2, "threads": 1, "clocks": []},
  "work": {"counter": {"work": "4s"}},
  "given": {"ledger": 7},
  "network": {"latency": ["1ms", "5ms"], "round_trip": "2ms"},
  "faults": [{"pause": {"budget": 1, "for": ["9s", "11s"]}}, "crash"],
  "properties": ["mutual-exclusion", {"bounded-wait": {"bound": "30s"}}],
  "bounds": {"deviations": 3},
  "expect": {"verdict": "violated", "property": "mutual-exclusion", "deviations": 1}
}"#;

pub(crate) const ZOOKEEPER: &str = r#"{
  "title": "two clients",
  "why": "an example of 2026",
  "store": {"zookeeper": {"tick": "2s", "session": "6s"}},
  "lock": {"sequential": {}},
  "clients": {"processes": 3},
  "work": {"section": {}},
  "given": {"nodes": {"/lock": ""}},
  "faults": ["pause"],
  "properties": ["fifo"]
}"#;

/// The model with `from` replaced: where the mistake is found (at the first `|` in `to`), and what is said of it.
#[track_caller]
fn wrong_in(base: &str, from: &str, to: &str, path: &str, said: &[&str]) {
    assert!(base.contains(from), "{from} is not in the model");
    let marked = base.replacen(from, to, 1);
    let at = marked.find('|').expect("a mark");
    let text = marked.replacen('|', "", 1);
    let problem = Model::parse("m.json", &*text).expect_err("an error");
    let line = text[..at].split('\n').count();
    let column = at - text[..at].rfind('\n').map_or(0, |newline| newline + 1) + 1;
    assert_eq!((problem.line, problem.column), (line, column), "{problem}");
    assert_eq!(problem.json_path, path, "{problem}");
    for said in said {
        assert!(problem.to_string().contains(said), "{problem}\nlacks: {said}");
    }
}

#[track_caller]
fn wrong(from: &str, to: &str, path: &str, said: &[&str]) {
    wrong_in(REDIS, from, to, path, said);
}

#[track_caller]
fn wrong_zk(from: &str, to: &str, path: &str, said: &[&str]) {
    wrong_in(ZOOKEEPER, from, to, path, said);
}

#[test]
fn the_envelope_is_strict() {
    wrong("\"title\"", "|\"titel\"", "titel", &["unknown field `titel`", "did you mean `title`?"]);
    wrong("\"two clients\"", "|\" \"", "title", &["says nothing"]);
    let problem = Model::parse("m.json", "{\"title\": \"t\"}").unwrap_err();
    assert_eq!(
        problem.message,
        "missing fields `store`, `lock`, `clients`, `work` and `properties`"
    );
    let roles = "{\"store\": {\"redis\": {}}, \"clients\": {\"roles\": {}}}";
    assert_eq!(Model::parse("m.json", roles).unwrap_err().message, "missing field `properties`");
    wrong("\"an example of 2026\"", "|3", "why", &["expected a text, found the number 3"]);
}

#[test]
fn a_store_is_possible() {
    wrong("\"redis\"", "|\"reddis\"", "store.reddis", &["unknown store", "did you mean `redis`?"]);
    wrong(
        "\"servers\": 1",
        "\"servers\": |0",
        "store.redis.servers",
        &["0 servers: it must be from 1 to 21"],
    );
    wrong("\"servers\": 1", "\"notify\": |\"KQ\"", "store.redis.notify", &["no set of classes"]);
    wrong("\"servers\": 1", "|\"servres\": 1", "store.redis.servres", &["did you mean `servers`?"]);
    wrong_zk(
        "\"6s\"",
        "|\"3s\"",
        "store.zookeeper.session",
        &["a session of 3s is not granted", "lasts from 4s (2 ticks) to 40s (20 ticks)"],
    );
    wrong_zk("\"6s\"", "|\"41s\"", "store.zookeeper.session", &["a session of 41s is not granted"]);
    wrong_zk(
        "\"6s\"",
        "\"6s\", \"client\": |\"curater\"",
        "store.zookeeper.client",
        &["unknown client library `curater`", "did you mean `curator`?"],
    );
    wrong_zk("\"2s\"", "|\"1.5us\"", "store.zookeeper.tick", &["finer than a microsecond"]);
    wrong_zk("\"2s\"", "|\"15us\"", "store.zookeeper.tick", &["whole milliseconds"]);
    wrong_zk("\"2s\"", "|\"0s\"", "store.zookeeper.tick", &["no time at all"]);
}

#[test]
fn a_lock_fits_its_store() {
    wrong("\"set-nx-px\"", "|\"set-nx-ps\"", "lock.set-nx-ps", &["unknown recipe", "`set-nx-px`?"]);
    wrong(
        "\"ttl\"",
        "|\"tll\"",
        "lock.set-nx-px.tll",
        &["unknown field `tll`", "did you mean `ttl`?"],
    );
    wrong("\"10s\"", "|\"10\"", "lock.set-nx-px.ttl", &["the unit is missing"]);
    wrong_zk(
        "\"sequential\": {}",
        "|\"set-nx-px\": {}",
        "lock.set-nx-px",
        &["the recipe `set-nx-px` runs on `redis`, but the store is `zookeeper`"],
    );
}

#[test]
fn clients_are_some() {
    wrong(
        "\"processes\": 2",
        "\"processes\": |0",
        "clients.processes",
        &["0 processes: it must be from 1"],
    );
    wrong(
        "\"threads\": 1",
        "\"threads\": |33",
        "clients.threads",
        &["33 threads: it must be from 1 to 32"],
    );
    let clock = |clock: &str| format!("\"clocks\": [{clock}]");
    wrong(
        "\"clocks\": []",
        &clock("{\"process\": |\"c3\"}"),
        "clients.clocks[0].process",
        &["unknown process `c3`", "there are `c1` and `c2`"],
    );
    wrong(
        "\"clocks\": []",
        &clock("{\"process\": \"c1\", \"drift_ppm\": |200000}"),
        "clients.clocks[0].drift_ppm",
        &["a drift of 200000 ppm"],
    );
    wrong(
        "\"clocks\": []",
        &clock("{\"process\": \"c1\", \"wall_offset\": |\"-2\"}"),
        "clients.clocks[0].wall_offset",
        &["the unit is missing"],
    );
}

#[test]
fn work_and_what_is_given_fit() {
    wrong(
        "\"counter\"",
        "|\"countre\"",
        "work.countre",
        &["unknown workload", "did you mean `counter`?"],
    );
    wrong("\"ledger\": 7", "\"ledger\": |\"7\"", "given.ledger", &["expected a whole number"]);
    wrong("\"ledger\": 7", "\"fencing\": |\"write\"", "given.fencing", &["did you mean `writes`?"]);
    wrong(
        "\"ledger\": 7",
        "\"nodes\": |{}",
        "given.nodes",
        &["`nodes` is for a `zookeeper` store"],
    );
    wrong(
        "\"ledger\": 7",
        "\"redis\": [[\"SET\", \"k\", \"v\"], |[\"INCR\", \"k\"]]",
        "given.redis[1]",
        &["Redis answers: ERR value is not an integer or out of range"],
    );
    wrong("\"ledger\": 7", "\"redis\": [|[]]", "given.redis[0]", &["an empty command"]);
    wrong_zk(
        "\"nodes\": {\"/lock\": \"\"}",
        "\"ledger\": |1",
        "given.ledger",
        &["`section` uses no ledger"],
    );
    wrong_zk(
        "\"/lock\": \"\"",
        "|\"/a/b\": \"\"",
        "given.nodes./a/b",
        &["cannot be created: NoNode"],
    );
}

#[test]
fn a_network_goes_from_fast_to_slow() {
    wrong(
        "[\"1ms\", \"5ms\"]",
        "|[\"5ms\", \"1ms\"]",
        "network.latency",
        &["the shortest latency comes first"],
    );
    wrong(
        "\"round_trip\": \"2ms\"",
        "\"round_trip\": |\"0s\"",
        "network.round_trip",
        &["no time at all"],
    );
}

#[test]
fn faults_strike_near_requests_that_there_are() {
    wrong(
        "\"pause\": {",
        "\"pause\": {\"before\": |\"dell\", ",
        "faults[0].pause.before",
        &["no request is called `dell`", "did you mean `del`?"],
    );
    wrong_zk(
        "[\"pause\"]",
        "[{\"lose-reply\": {\"request\": [\"exists\", |\"SET\"]}}]",
        "faults[0].lose-reply.request[1]",
        &["no request is called `SET`", "an operation of ZooKeeper as in `create`"],
    );
}

#[test]
fn faults_are_known_and_possible() {
    let pause = "\"pause\": {\"budget\": 1, \"for\": [\"9s\", \"11s\"]}";
    wrong(
        "\"pause\"",
        "|\"puase\"",
        "faults[0].puase",
        &["unknown fault", "did you mean `pause`?"],
    );
    wrong(
        "\"crash\"",
        "|\"crahs\"",
        "faults[1]",
        &["unknown fault `crahs`", "did you mean `crash`?"],
    );
    wrong("\"budget\": 1", "\"budget\": |0", "faults[0].pause.budget", &["allows nothing"]);
    wrong(
        "\"budget\": 1",
        "\"budget\": |\"unlimted\"",
        "faults[0].pause.budget",
        &["`unlimited`?"],
    );
    wrong("[\"9s\", \"11s\"]", "|[]", "faults[0].pause.for", &["an empty list"]);
    wrong("\"11s\"", "|\"0s\"", "faults[0].pause.for[1]", &["no time at all"]);
    wrong(
        pause,
        "\"crash\": {\"for\": |\"1s\"}",
        "faults[0].crash.for",
        &["`crash` takes no time"],
    );
    wrong(
        pause,
        "\"pause\": {\"process\": |\"s1\"}",
        "faults[0].pause.process",
        &["unknown process `s1`"],
    );
    wrong(
        pause,
        "\"pause\": {\"phase\": |\"work\"}",
        "faults[0].pause.phase",
        &["did you mean `working`?"],
    );
    wrong(
        pause,
        "\"pause\": {\"request\": |\"SET\"}",
        "faults[0].pause.request",
        &["say `phase`, `before` or `after` instead"],
    );
    wrong(pause, "\"pause\": {|\"how\": 1}", "faults[0].pause.how", &["unknown field `how`"]);
}

#[test]
fn a_fault_that_cannot_be_over_at_just_any_moment_needs_a_lease_or_a_time() {
    let text = REDIS.replace("\"ttl\": \"10s\", ", "");
    let pause = "\"pause\": {\"budget\": 1, \"for\": [\"9s\", \"11s\"]}";
    wrong_in(
        &text,
        pause,
        "|\"late-expiry\": {}",
        "faults[0].late-expiry",
        &["it needs `for`", "write the lock's `ttl`"],
    );
    let text = REDIS.replace("\"set-nx-px\": {\"ttl\": \"10s\", ", "\"setnx\": {");
    wrong_in(
        &text,
        pause,
        "|\"late-expiry\": {}",
        "faults[0].late-expiry",
        &["`late-expiry` takes time", "has no lease"],
    );
    wrong_in(
        &text,
        &format!("{{{pause}}}"),
        "|\"late-expiry\"",
        "faults[0]",
        &["`late-expiry` takes time"],
    );
    // Others last for any time where the model does not say.
    let text = text.replace(pause, "\"slow\": {}");
    assert!(Model::parse("m.json", text).is_ok());
    let text = REDIS.replace("\"set-nx-px\": {\"ttl\": \"10s\", ", "\"redisson\": {");
    wrong_in(
        &text,
        pause,
        "|\"late-expiry\": {}",
        "faults[0].late-expiry",
        &["it needs `for`", "write the lock's `watchdog_timeout`"],
    );
}

#[test]
fn properties_have_something_to_judge() {
    wrong(
        "\"mutual-exclusion\",",
        "|\"mutual-exlusion\",",
        "properties[0]",
        &["`mutual-exclusion`?"],
    );
    wrong("\"mutual-exclusion\",", "\"fifo\", |\"fifo\",", "properties[1]", &["there twice"]);
    wrong("{\"bound\": \"30s\"}", "|{}", "properties[1].bounded-wait", &["needs a `bound`"]);
    wrong("\"30s\"", "|\"0s\"", "properties[1].bounded-wait.bound", &["a bound of no time"]);
    wrong(
        "\"mutual-exclusion\",",
        "|\"bounded-wait\",",
        "properties[0]",
        &["write {\"bounded-wait\""],
    );
    wrong(
        "\"mutual-exclusion\",",
        "{\"permits\": {\"of\": |0}},",
        "properties[0].permits.of",
        &["0 permits"],
    );
    let packets = REDIS.replace("\"ledger\": 7", "\"ledger\": 0");
    wrong_in(
        &packets,
        "\"mutual-exclusion\",",
        "|\"red-packets\",",
        "properties[0]",
        &["nothing to hand out"],
    );
    wrong_zk(
        "\"fifo\"",
        "|\"lost-update\"",
        "properties[0]",
        &["judges the ledger, which the work `section`"],
    );
    wrong_zk("[\"fifo\"]", "|[]", "properties", &["no property"]);
}

#[test]
fn expectations_are_about_the_model() {
    wrong("\"violated\"", "|\"violatde\"", "expect.verdict", &["did you mean `violated`?"]);
    let expected = "\"property\": \"mutual-exclusion\", \"deviations\": 1";
    wrong(
        expected,
        "\"property\": |\"fifo\"",
        "expect.property",
        &["unknown property of this model `fifo`"],
    );
    wrong(
        expected,
        "\"within\": |2",
        "expect.within",
        &["says nothing about the verdict `violated`"],
    );
    wrong("\"deviations\": 3", "\"states\": |0", "bounds.states", &["0 states"]);
    wrong("\"deviations\": 3", "\"time\": |\"0s\"", "bounds.time", &["no time at all"]);
}

#[test]
fn a_partition_has_sides() {
    let fault = |section: &str| format!("[{{\"partition\": {section}}}]");
    wrong_zk(
        "[\"pause\"]",
        &fault("{\"way\": |\"to-servers\"}"),
        "faults[0].partition.way",
        &["unknown way `to-servers`", "did you mean `to-server`?"],
    );
    wrong_zk(
        "[\"pause\"]",
        &fault("{\"server\": |\"zk2\"}"),
        "faults[0].partition.server",
        &["unknown server `zk2`", "`zk`"],
    );
    wrong_zk(
        "[\"pause\"]",
        &fault("{|\"request\": \"create\"}"),
        "faults[0].partition.request",
        &["unknown field `request`"],
    );
}
