//! What a line of a recording of Redis can say, as `traces/README.md` describes it.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;

use super::super::event::present;
use super::json::{read_bytes, read_reply};
use crate::store::redis::{Bytes, Reply};
use crate::time::Micros;
use crate::trace::recorded::Event;
use crate::trace::{BadRecording, Line};

/// A line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    at: i64,
    node: Option<String>,
    client: Option<String>,
    connect: Option<bool>,
    disconnect: Option<bool>,
    call: Option<Vec<Value>>,
    /// `null` is a reply too.
    #[serde(default, deserialize_with = "present")]
    reply: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    push: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    unblocked: Option<Value>,
    server: Option<String>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A server stopped or started.
    Server(Turn),
    /// Something on the connection of this name; a process has several if it talks to several servers.
    Client(String, Act),
}

/// What a server did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// It was killed; its clients' disconnects come just before.
    Down,
    /// It was started again, empty or with what it had persisted.
    Restart,
}

/// What happened on a connection.
#[derive(Clone, Debug)]
pub enum Act {
    /// The client connected.
    Connect,
    /// The connection ended.
    Disconnect,
    /// A command with its arguments, and what followed it at once.
    Call(Rc<[Bytes]>, Answer),
    /// What the server sent unasked: a message on a channel, or the confirmation of a subscription.
    Push(Reply),
    /// The reply to a command that had blocked; [`Reply::Nil`] when its time was over.
    Unblocked(Reply),
}

/// What followed a call at once.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// Nothing; pushes may follow.
    None,
    /// The command blocks; [`Act::Unblocked`] ends it.
    Blocked,
    /// The reply, an error included.
    Reply(Reply),
}

impl What {
    /// Understands a line of a recording whose servers have these names.
    pub(super) fn parse(line: &Line, nodes: &[String]) -> Result<Event<Self>, BadRecording> {
        let Written { at, node, client, connect, disconnect, call, reply, push, unblocked, server } =
            line.parse()?;
        let bad = |message: &str| line.bad(message);
        if reply.is_some() && call.is_none() {
            return Err(bad("a \"reply\" needs its \"call\""));
        }
        let mut acts = Vec::new();
        match connect {
            Some(true) => acts.push(Act::Connect),
            Some(false) => return Err(bad("\"connect\" can only be true")),
            None => {}
        }
        match disconnect {
            Some(true) => acts.push(Act::Disconnect),
            Some(false) => return Err(bad("\"disconnect\" can only be true")),
            None => {}
        }
        if let Some(call) = call {
            let argv = call.iter().map(read_bytes).collect::<Result<Vec<_>, _>>();
            let argv = argv.map_err(|message| line.bad(format!("\"call\": {message}")))?;
            if argv.is_empty() {
                return Err(bad("\"call\" is empty; it begins with the name of a command"));
            }
            acts.push(Act::Call(argv.into(), answer(line, reply.as_ref())?));
        }
        let read = |name: &str, value: &Value| {
            read_reply(value).map_err(|message| line.bad(format!("\"{name}\": {message}")))
        };
        if let Some(push) = &push {
            acts.push(Act::Push(read("push", push)?));
        }
        if let Some(unblocked) = &unblocked {
            acts.push(Act::Unblocked(read("unblocked", unblocked)?));
        }
        let one = "an event has exactly one of \"connect\", \"call\", \"push\", \"unblocked\", \
                   \"disconnect\" (with its \"client\") and \"server\"";
        let what = match (client, acts.pop(), acts.is_empty(), server) {
            (Some(client), Some(act), true, None) => What::Client(client, act),
            (None, None, _, Some(server)) => What::Server(match &*server {
                "down" => Turn::Down,
                "restart" => Turn::Restart,
                other => {
                    let known = format!("\"server\" is \"down\" or \"restart\", not \"{other}\"");
                    return Err(bad(&known));
                }
            }),
            _ => return Err(bad(one)),
        };
        let server = match node {
            None if nodes.len() == 1 => 0,
            None => return Err(bad("\"node\" is missing: the header names several servers")),
            Some(node) => nodes.iter().position(|known| *known == node).ok_or_else(|| {
                line.bad(format!("the header's \"config\" names no server \"{node}\""))
            })?,
        };
        Ok(Event { line: line.number, at: Micros(at), server, what })
    }
}

fn answer(line: &Line, reply: Option<&Value>) -> Result<Answer, BadRecording> {
    match reply {
        None => Ok(Answer::None),
        Some(Value::Object(object)) if object.contains_key("blocked") => {
            if object.len() == 1 && object["blocked"] == Value::Bool(true) {
                Ok(Answer::Blocked)
            } else {
                Err(line.bad("\"reply\": \"blocked\" can only be true, and alone"))
            }
        }
        Some(value) => read_reply(value)
            .map(Answer::Reply)
            .map_err(|message| line.bad(format!("\"reply\": {message}"))),
    }
}
