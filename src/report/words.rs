//! Requests, replies and times in few words.

use serde_json::Value;

use super::cast::Cast;
use crate::choice::ServerId;
use crate::event::ServerTurn;
use crate::store::effect::Item;
use crate::store::{AnyMessage, AnyRequest, redis};
use crate::time::Micros;
use crate::trace::own::{Sessions, message};
use crate::trace::recorded;

/// The longest word of a command that is shown whole.
const LONGEST: usize = 28;
/// The longest error, status or path in a reply that is shown whole.
const LONGEST_ERROR: usize = 64;

/// A request: `SET lock c1-0001 NX PX 10000`, `EVAL(get, del) lock c1-0001`, `create -e -s /lock/n-`.
pub(super) fn call(call: &Value) -> String {
    match call {
        Value::Array(words) => command(words),
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            let mut words = vec![text("op").unwrap_or("?").to_owned()];
            // The flags of ZooKeeper's own shell.
            let mode = text("mode").unwrap_or_default();
            let flags = [
                ("-e", mode.contains("EPHEMERAL")),
                ("-s", mode.contains("SEQUENTIAL")),
                ("-t", mode.contains("TTL")),
                ("-c", mode == "CONTAINER"),
                ("-w", members.get("watch") == Some(&Value::Bool(true))),
            ];
            words.extend(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| (*flag).to_owned()));
            words.extend(text("path").map(node));
            words.extend(members.get("value").map(Value::to_string));
            words.extend(members.get("fence").map(|fence| format!("(token {fence})")));
            words.join(" ")
        }
        other => other.to_string(),
    }
}

/// A request, with the sessions by their names.
pub(super) fn request(request: &AnyRequest, sessions: &Sessions) -> String {
    call(&message::request(request, sessions))
}

/// A message, with the sessions by their names.
pub(super) fn message(message: &AnyMessage, sessions: &Sessions) -> String {
    reply(&message::message(message, sessions))
}

/// What was published, if the message is that: `"0" on redisson_lock__channel:{lock}`.
pub(super) fn published(message: &AnyMessage) -> Option<String> {
    match message {
        AnyMessage::Redis(redis::Message::Push(push)) => {
            channel_message(&recorded::redis::write_reply(push))
        }
        _ => None,
    }
}

/// A key, a node, or an entry of a collection; none for a part of a key that goes with it.
pub(super) fn item(item: &Item) -> Option<String> {
    match &item.part {
        None => Some(node(&item.place)),
        Some(_) => None,
    }
}

/// What became of a server, as a sentence without its full stop.
pub(super) fn turn(server: ServerId, turn: ServerTurn, cast: &Cast) -> String {
    let server = cast.server(server);
    match turn {
        ServerTurn::Crashes => format!("{server} dies"),
        ServerTurn::Restarts => format!("{server} starts again"),
        ServerTurn::Promoted => format!("the Sentinels promote {server}: it is the master now"),
        ServerTurn::Follows(master) => {
            let master = cast.server(master);
            format!("{server} is a replica of {master} from now on, and takes over its data")
        }
    }
}

/// A path with the zeros of sequence numbers left out: `/lock/lock-…3` is `/lock/lock-0000000003`.
pub(super) fn node(path: &str) -> String {
    let place = path.find("-00000").filter(|place| path.len() - place == 11);
    let Some(place) = place else { return path.to_owned() };
    let number = path[place + 1..].trim_start_matches('0');
    format!("{}-…{}", &path[..place], if number.is_empty() { "0" } else { number })
}

fn command(words: &[Value]) -> String {
    let text = |word: &Value| word.as_str().map_or_else(|| word.to_string(), str::to_owned);
    let words: Vec<String> = words.iter().map(text).collect();
    let Some(name) = words.first() else { return String::new() };
    if name.eq_ignore_ascii_case("EVAL") && words.len() >= 3 {
        let arguments: Vec<String> = words[3..].iter().map(|word| short(word)).collect();
        return format!("EVAL({}) {}", commands_in(&words[1]).join(", "), arguments.join(" "));
    }
    words.iter().map(|word| short(word)).collect::<Vec<_>>().join(" ")
}

/// A word of a command, shortened in the middle of nowhere if it is long.
fn short(word: &str) -> String {
    let quoted = if word.is_empty() || word.contains(char::is_whitespace) {
        format!("{word:?}")
    } else {
        word.to_owned()
    };
    clipped(quoted, LONGEST)
}

/// As much of a text as fits.
pub(super) fn clipped(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    let head: String = text.chars().take(most - 1).collect();
    format!("{head}…")
}

/// The commands that a script calls, each once, in the order of its text.
fn commands_in(script: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in script.match_indices("call(") {
        let rest = script[at + 5..].trim_start();
        let name: String =
            rest.chars().skip(1).take_while(char::is_ascii_alphanumeric).collect::<String>();
        let name = name.to_lowercase();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// A reply: `OK`, `(nil)`, `1`, `/lock/n-…3`, `NodeExists`.
pub(super) fn reply(reply: &Value) -> String {
    value(reply)
}

fn value(reply: &Value) -> String {
    match reply {
        Value::Null => "(nil)".to_owned(),
        Value::String(text) => short(&format!("{text:?}")),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            let plain = ["ok", "err", "error", "path"].into_iter().find_map(text);
            if let Some(text) = plain {
                return clipped(node(text), LONGEST_ERROR);
            }
            if let Some(Value::Array(children)) = members.get("children") {
                return names(children);
            }
            if let Some(session) = members.get("session") {
                return session.as_str().map_or_else(
                    || "the session is over".to_owned(),
                    |session| format!("session {session}"),
                );
            }
            if let Some(push) = members.get("push") {
                return value(push);
            }
            if let Some(watch) = members.get("watch") {
                return watch_event(watch);
            }
            if members.contains_key("closed") {
                return "connection closed".to_owned();
            }
            if let Some(data) = members.get("data") {
                return value(data);
            }
            if members.contains_key("stat") { "is there".to_owned() } else { "ok".to_owned() }
        }
        other => other.to_string(),
    }
}

/// `NodeDeleted /lock/n-…3`.
fn watch_event(watch: &Value) -> String {
    let text = |name: &str| watch.get(name).and_then(Value::as_str).unwrap_or("?");
    format!("{} {}", text("type"), node(text("path")))
}

/// What was published, if it is that and no confirmation: `"0" on redisson_lock__channel:{lock}`.
fn channel_message(push: &Value) -> Option<String> {
    let parts: Vec<&str> = push.as_array()?.iter().filter_map(Value::as_str).collect();
    match parts[..] {
        ["message", channel, payload] | ["pmessage", _, channel, payload] => {
            Some(format!("\"{payload}\" on {channel}"))
        }
        _ => None,
    }
}

/// Names of children, all of them if they are few.
fn names(children: &[Value]) -> String {
    let mut names: Vec<String> = children.iter().filter_map(Value::as_str).map(node).collect();
    names.sort_unstable();
    match names.len() {
        0 => "no children".to_owned(),
        1..=2 => format!("[{}]", names.join(", ")),
        many => format!("{many} children"),
    }
}

/// A point in time, or a span: `12.5 ms`, `9 s`, `10.001 s`.
pub fn time(at: Micros) -> String {
    at.in_seconds()
}

/// The digits of a text stand for numbers that change from one attempt to the next.
pub(super) fn without_digits(text: &str) -> String {
    text.chars().filter(|char| !char.is_ascii_digit()).collect()
}

/// `one`, `one and two`, `one, two and three`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// A count with its thousands apart: `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 state`, `2 states`.
pub fn counted(number: u64, noun: &str) -> String {
    let ending = match number {
        1 => "",
        _ if noun.ends_with("ry") => {
            return format!("{} {}ies", count(number), &noun[..noun.len() - 1]);
        }
        _ => "s",
    };
    format!("{} {noun}{ending}", count(number))
}
