//! Which changes of a Redis recording must show, and where.

use serde_json::{Value, json};

use super::mutation::{Change, Family, Mutation, Recording};

pub(crate) const FAMILY: Family = Family { store: "redis", find, alter };

/// Commands that may change a key without naming it.
const WILD: [&str; 11] = [
    "EVAL", "EVALSHA", "FCALL", "EXEC", "FLUSHALL", "FLUSHDB", "SWAPDB", "SELECT", "DEBUG",
    "CONFIG", "RESET",
];

fn find(recording: &Recording) -> Vec<Mutation> {
    let events = &recording.events;
    let mut found = Vec::new();
    for index in 0..events.len() {
        if is_output(&events[index]) && !is_masked(recording, index) {
            // The answer was computed before the recorded one was seen: it differs there and nowhere else.
            found.push(Mutation::new(Change::Alter, index, (index, index)));
        }
        found.extend(droppable(recording, index));
        found.extend(swappable(events, index));
    }
    found
}

fn droppable(recording: &Recording, index: usize) -> Option<Mutation> {
    let events = &recording.events;
    let event = &events[index];
    let next = following(events, index);
    let drop = |shows| Some(Mutation::new(Change::Drop, index, shows));

    // The model says it, and the client's next event comes without it. Not so if the instant of the event is
    // free (expiry, eviction), nor if the client is not heard of again.
    let pushed = event.get("push").is_some() && !is_free(event);
    if pushed || event.get("unblocked").is_some() {
        // One of several equal pushes is not to be told from the others: it shows when these are over.
        let equal = |other: &Value| other.get("push").is_some() && other["push"] == event["push"];
        let next = (index + 1..events.len())
            .find(|next| events[*next]["client"] == event["client"] && !equal(&events[*next]))
            .filter(|next| is_output(&events[*next]) && !is_free(&events[*next]))?;
        return drop((preceding(events, index)?, next));
    }
    let command = command(event)?;
    let next = next?;
    let next_reply = events[next].get("reply");
    match &*command {
        // Nobody waited, and yet somebody is served.
        _ if event["reply"] == json!({"blocked": true}) => {
            events[next].get("unblocked").and_then(|_| drop((index, next)))
        }
        // Nobody subscribed, and yet it is confirmed.
        "SUBSCRIBE" | "PSUBSCRIBE" if event.get("reply").is_none() => {
            events[next].get("push").and_then(|_| drop((index, next)))
        }
        // Nothing was begun, and yet the next command is queued.
        "MULTI" if next_reply == Some(&json!({"ok": "QUEUED"})) => drop((index, next)),
        // Nothing was ended, and yet the next command is answered.
        "EXEC" | "DISCARD" if event["reply"].get("err").is_none() => {
            let answered = next_reply.is_some_and(|reply| {
                reply.get("err").is_none() && *reply != json!({"ok": "QUEUED"})
            });
            let ends = matches!(self::command(&events[next]).as_deref(), Some("QUIT" | "RESET"));
            let seen = answered && !ends && !is_masked(recording, next);
            if seen { drop((index, next)) } else { None }
        }
        // The next count of the same thing is off by this one.
        _ => drop((index, next_count(events, index)?)),
    }
}

fn swappable(events: &[Value], index: usize) -> Option<Mutation> {
    let (first, second) = (&events[index], events.get(index + 1)?);
    let same_client = first["client"] == second["client"];
    let pushes = first.get("push").zip(second.get("push"));
    let in_order = pushes.is_some_and(|(a, b)| a != b && !is_free(first) && !is_free(second));
    let queued = |event: &Value| event["reply"] == json!({"ok": "QUEUED"});
    let command_of = |event: &Value| command(event).unwrap_or_default();

    let seen = same_client
        && (in_order
            || (command_of(first) == "MULTI" && queued(second))
            || (queued(first) && command_of(second) == "EXEC" && second["reply"].is_array())
            || next_count(events, index) == Some(index + 1));
    seen.then(|| Mutation::new(Change::Swap, index, (index, index)))
}

/// The event after `index` that counts on from it: the same client's next command that names the same key,
/// with a reply that is its own step more, while nothing else touched the key.
///
/// Without the first one, or the other way round, the reply would be less by the first one's step.
fn next_count(events: &[Value], index: usize) -> Option<usize> {
    let (key, step) = count(&events[index])?;
    let reply = events[index]["reply"].as_i64().filter(|reply| *reply != 0 && step != 0)?;
    for (next, event) in events.iter().enumerate().skip(index + 1) {
        let command = command(event).unwrap_or_default();
        let wild = WILD.contains(&&*command) || event.get("server").is_some();
        if wild || event.get("unblocked").is_some() {
            return None;
        }
        let call = event["call"].as_array();
        if call.is_some_and(|call| call.iter().any(|argument| argument.as_str() == Some(key))) {
            let (same_key, step) = count(event)?;
            let counts_on = same_key == key
                && event["client"] == events[index]["client"]
                && event["call"][0] == events[index]["call"][0]
                && event["reply"].as_i64() == reply.checked_add(step);
            return counts_on.then_some(next);
        }
    }
    None
}

/// The key that a command counts at, and by how much.
fn count(event: &Value) -> Option<(&str, i64)> {
    let call = event["call"].as_array()?;
    let texts: Option<Vec<&str>> = call.iter().map(Value::as_str).collect();
    let texts = texts?;
    let key = texts.get(1)?;
    let step = match (&*command(event)?, &texts[2..]) {
        ("INCR", []) => 1,
        ("DECR", []) => -1,
        ("INCRBY", [by]) => by.parse().ok()?,
        ("DECRBY", [by]) => by.parse::<i64>().ok()?.checked_neg()?,
        ("RPUSH" | "LPUSH", elements) => elements.len() as i64,
        ("APPEND", [text]) => text.len() as i64,
        _ => return None,
    };
    Some((key, step))
}

/// The command of a call, in upper case.
fn command(event: &Value) -> Option<String> {
    event.get("call")?.get(0)?.as_str().map(str::to_uppercase)
}

/// Whether the server said something in this event.
fn is_output(event: &Value) -> bool {
    ["reply", "push", "unblocked"].iter().any(|kind| event.get(kind).is_some())
}

/// Whether the reply is compared by its shape only; a transaction's, if one of its commands' is.
fn is_masked(recording: &Recording, index: usize) -> bool {
    let events = &recording.events;
    let masked = &recording.trace.header.members["config"]["masked_replies"];
    let is = |event: &Value| {
        let Some(call) = event["call"].as_array() else { return false };
        let words: Vec<String> = call
            .iter()
            .take(2)
            .map(|word| word.as_str().unwrap_or_default().to_uppercase())
            .collect();
        let one_of = |name: String| masked.as_array().is_some_and(|all| all.contains(&json!(name)));
        one_of(words[0].clone()) || one_of(words.join(" "))
    };
    if command(&events[index]).as_deref() != Some("EXEC") {
        return is(&events[index]);
    }
    let client = &events[index]["client"];
    let transaction = events[..index].iter().rev().filter(|event| event["client"] == *client);
    transaction.take_while(|event| command(event).as_deref() != Some("MULTI")).any(is)
}

/// Whether the instant of a push, or that it comes at all, is the real server's choice.
fn is_free(event: &Value) -> bool {
    let words = event["push"].as_array().map(Vec::as_slice).unwrap_or_default();
    words.iter().filter_map(Value::as_str).any(|word| {
        let name = word.rsplit(':').next().unwrap_or(word);
        ["expired", "evicted"].contains(&name)
    })
}

/// The next event of the same client.
fn following(events: &[Value], index: usize) -> Option<usize> {
    (index + 1..events.len()).find(|next| events[*next]["client"] == events[index]["client"])
}

/// The event of the same client before.
fn preceding(events: &[Value], index: usize) -> Option<usize> {
    (0..index).rev().find(|before| events[*before]["client"] == events[index]["client"])
}

/// Makes something else of what the server said: beyond any tolerance, but of the same kind.
fn alter(event: &mut Value, pick: &mut dyn FnMut(usize) -> usize) {
    let said = ["reply", "push", "unblocked"].iter().find(|kind| event.get(kind).is_some());
    alter_value(&mut event[*said.expect("the server said something")], pick);
}

fn alter_value(value: &mut Value, pick: &mut dyn FnMut(usize) -> usize) {
    *value = match value.take() {
        Value::String(text) => json!(format!("{text}~")),
        Value::Number(number) => json!(number.as_i64().expect("a whole number") + 1_000_000),
        Value::Array(list) if list.is_empty() => json!(["altered"]),
        Value::Array(mut list) => {
            let index = pick(list.len());
            alter_value(&mut list[index], pick);
            json!(list)
        }
        Value::Object(object) if object.contains_key("blocked") => Value::Null,
        Value::Object(object) if object.contains_key("base64") => json!("altered"),
        Value::Object(mut object) => {
            // {"ok": …} or {"err": …}
            object.values_mut().for_each(|inner| alter_value(inner, pick));
            json!(object)
        }
        Value::Null | Value::Bool(_) => json!("altered"),
    };
}
