//! Which changes of a ZooKeeper recording must show, and where.

use serde_json::{Map, Value, json};

use super::mutation::{Change, Family, Mutation, Recording};

pub(crate) const FAMILY: Family = Family { store: "zookeeper", find, alter };

/// Operations that change the tree, or fail to; each uses a zxid.
const WRITES: [&str; 9] = [
    "create",
    "create2",
    "createTTL",
    "createContainer",
    "delete",
    "setData",
    "setACL",
    "multi",
    "closeSession",
];

fn find(recording: &Recording) -> Vec<Mutation> {
    let events = &recording.events;
    let used = zxids(events);
    let mut found = Vec::new();
    for index in 0..events.len() {
        if is_alterable(&events[index]) {
            // The answer was computed before the recorded one was seen: it differs there and nowhere else.
            found.push(Mutation::new(Change::Alter, index, (index, index)));
        }
        found.extend(droppable(recording, &used, index));
        found.extend(swappable(events, &used, index));
    }
    found
}

/// For each event, whether it used the next zxid: as its reply says, or as the format does.
fn zxids(events: &[Value]) -> Vec<bool> {
    let mut last = 0;
    let step = |event: &Value| {
        let before = last;
        let reply = zxid(event);
        let silent = event.get("expired").is_some()
            || event["server"] == "deleteContainer"
            || (event.get("connect").is_some()
                && event["connect"].get("session").is_none()
                && event["reply"].is_object())
            || (is_write(event) && event["reply"].is_null());
        last = reply.unwrap_or(last + i64::from(silent)).max(last);
        silent || (is_write(event) && reply == Some(before + 1))
    };
    events.iter().map(step).collect()
}

fn droppable(recording: &Recording, used: &[bool], index: usize) -> Option<Mutation> {
    let events = &recording.events;
    let event = &events[index];
    let ensemble = recording.trace.header.members["config"]["servers"] != 1;
    let drop = |shows| Some(Mutation::new(Change::Drop, index, shows));

    if event.get("watch").is_some() {
        // The model says it, and the session's next event comes without it. Not so where a follower may lag,
        // nor after the session's own end.
        let own = |other: &&Value| other["session"] == event["session"];
        let expired = events[..index].iter().filter(own).any(|it| it.get("expired").is_some());
        // One of several equal events is not to be told from the others, nor is the order of the ephemerals
        // that go with one session: what is missing shows when these are over.
        let alike = |other: &Value| {
            let both_free = is_free(&event["watch"]) && is_free(&other["watch"]);
            other["watch"] == event["watch"] || both_free
        };
        let next = (index + 1..events.len())
            .find(|next| events[*next]["session"] == event["session"] && !alike(&events[*next]))?;
        let heard = events[next].get("watch").is_some() || zxid(&events[next]).is_some();
        let seen = !ensemble && !expired && heard;
        return if seen { drop((preceding(events, index)?, next)) } else { None };
    }
    if event.get("connect").is_some() {
        // Nobody connected, and yet somebody calls.
        let session = event["reply"]["session"].as_str()?;
        let next = (index + 1..events.len()).find(|next| {
            events[*next]["session"] == session || events[*next]["connect"]["session"] == session
        })?;
        let seen = !ensemble && events[next].get("call").is_some();
        // A zxid that was not used may show before that.
        return if seen { drop((index, next)) } else { None };
    }
    if !used[index] {
        return None;
    }
    // Every later zxid is less by one: that of the next write cannot be anything else.
    let next = (index + 1..events.len())
        .find(|next| used[*next] && is_write(&events[*next]) && zxid(&events[*next]).is_some())?;
    let from = if event.get("expired").is_some() {
        tick_before(recording, index)
    } else {
        first_fired(events, used, index)
    };
    drop((from, next))
}

/// The first event that is less than a tick before the one at `index`: a session's end may lie anywhere in
/// between.
fn tick_before(recording: &Recording, index: usize) -> usize {
    let at = |index: usize| recording.events[index]["at"].as_i64().unwrap_or_default();
    let config = &recording.trace.header.members["config"];
    let tick_us = config["tickTime"].as_i64().unwrap_or_default() * 1000;
    (0..index).find(|before| at(*before) >= at(index) - tick_us).unwrap_or(index)
}

fn swappable(events: &[Value], used: &[bool], index: usize) -> Option<Mutation> {
    let (first, second) = (&events[index], events.get(index + 1)?);
    let swap = || Some(Mutation::new(Change::Swap, index, (index, index)));

    if let Some((a, b)) = first.get("watch").zip(second.get("watch")) {
        // In order within a connection. Not so for the ephemerals that go with one session.
        let seen = first["session"] == second["session"] && a != b && !is_free(a) && !is_free(b);
        return if seen { swap() } else { None };
    }
    // The second one saw the zxid that the first one was about to use.
    let (write, seen) = (zxid(first)?, zxid(second)?);
    let shows = (first_fired(events, used, index), index);
    let must = used[index] && seen >= write;
    must.then(|| Mutation::new(Change::Swap, index, shows))
}

/// The first watch event that the write at `index` may have fired: it may come before the reply to the
/// write, but not before the write that was executed before.
fn first_fired(events: &[Value], used: &[bool], index: usize) -> usize {
    let before = (0..index).rev().find(|before| used[*before]).map_or(0, |before| before + 1);
    (before..index).find(|event| events[*event].get("watch").is_some()).unwrap_or(index)
}

fn is_write(event: &Value) -> bool {
    WRITES.iter().any(|op| event["call"]["op"] == *op)
}

/// The zxid of a reply that carries one.
fn zxid(event: &Value) -> Option<i64> {
    event["reply"].get("zxid")?.as_i64().filter(|zxid| *zxid > 0)
}

/// Whether a watch event may tell of one of the ephemerals that go with one session, in any order.
fn is_free(watch: &Value) -> bool {
    ["NodeDeleted", "NodeChildrenChanged"].iter().any(|kind| watch["type"] == *kind)
}

/// The event of the same session before, or its connect.
fn preceding(events: &[Value], index: usize) -> Option<usize> {
    let session = &events[index]["session"];
    (0..index).rev().find(|before| {
        events[*before]["session"] == *session || events[*before]["reply"]["session"] == *session
    })
}

fn is_alterable(event: &Value) -> bool {
    let answered = event.get("call").is_some() && event["reply"].is_object();
    // The name of a session is the recording's own, but not its timeout.
    let connected = event.get("connect").is_some() && event["reply"].is_object();
    answered || connected || event.get("watch").is_some() || event["server"] == "deleteContainer"
}

/// Makes something else of what the server said: beyond any tolerance, but of the same kind.
fn alter(event: &mut Value, pick: &mut dyn FnMut(usize) -> usize) {
    if event.get("connect").is_some() {
        alter_value("timeout_ms", &mut event["reply"]["timeout_ms"], pick);
    } else if event.get("server").is_some() {
        alter_value("path", &mut event["path"], pick);
    } else {
        let said = if event.get("watch").is_some() { "watch" } else { "reply" };
        let Some(object) = event[said].as_object_mut() else { panic!("{event} says nothing") };
        alter_member(object, pick);
    }
}

fn alter_member(object: &mut Map<String, Value>, pick: &mut dyn FnMut(usize) -> usize) {
    let index = pick(object.len());
    let (name, value) = object.iter_mut().nth(index).expect("an object with members");
    alter_value(name, value, pick);
}

fn alter_value(name: &str, value: &mut Value, pick: &mut dyn FnMut(usize) -> usize) {
    *value = match (name, value.take()) {
        ("error", was) if was == "AuthFailed" => json!("BadArguments"),
        ("error", _) => json!("AuthFailed"),
        ("op", was) if was == "check" => json!("delete"),
        ("op", _) => json!("check"),
        ("type", was) if was == "NodeCreated" => json!("NodeDeleted"),
        ("type", _) => json!("NodeCreated"),
        ("state", _) => json!("Expired"),
        ("ephemeralOwner", Value::Null) => json!("s9999"),
        ("ephemeralOwner", _) => Value::Null,
        (_, Value::String(text)) => json!(format!("{text}~")),
        // Times are in µs and compared within 5 ms.
        (_, Value::Number(number)) => json!(number.as_i64().expect("a whole number") + 1_000_000),
        (_, Value::Array(list)) if list.is_empty() => json!(["altered"]),
        (name, Value::Array(mut list)) => {
            let index = pick(list.len());
            alter_value(name, &mut list[index], pick);
            json!(list)
        }
        (_, Value::Object(mut object)) => {
            alter_member(&mut object, pick);
            json!(object)
        }
        (_, Value::Null | Value::Bool(_)) => json!("altered"),
    };
}
