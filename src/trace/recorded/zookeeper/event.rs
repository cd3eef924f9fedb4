//! The lines of a recording, understood strictly.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::store::zookeeper::EventType;
use crate::time::Micros;
use crate::trace::{BadRecording, Line};

/// One line.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::trace) struct Event {
    pub(in crate::trace) line: usize,
    pub(in crate::trace) at: Micros,
    /// The server of the ensemble, from 1.
    pub(in crate::trace) on: Option<usize>,
    pub(in crate::trace) what: What,
}

/// What a line says.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::trace) enum What {
    Connect {
        client: String,
        connect: Connect,
        reply: Option<ConnectReply>,
    },
    /// The call is understood later: one that the model does not know is a difference, not a bad recording.
    Call {
        session: String,
        call: Value,
        reply: Option<Value>,
    },
    Watch {
        session: String,
        watch: Watch,
    },
    ClientDisconnect {
        client: String,
    },
    Disconnect {
        session: String,
    },
    Expired {
        session: String,
    },
    Restart,
    DeleteContainer {
        path: String,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::trace) struct Connect {
    pub(in crate::trace) timeout_ms: i32,
    pub(in crate::trace) session: Option<String>,
    #[serde(rename = "lastZxidSeen", default)]
    pub(in crate::trace) last_zxid_seen: i64,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::trace) struct ConnectReply {
    pub(in crate::trace) session: Option<String>,
    pub(in crate::trace) timeout_ms: i32,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::trace) struct Watch {
    #[serde(rename = "type", deserialize_with = "event_type")]
    pub(in crate::trace) kind: EventType,
    pub(in crate::trace) path: String,
    pub(in crate::trace) state: String,
}

fn event_type<'de, D: Deserializer<'de>>(source: D) -> Result<EventType, D::Error> {
    let name = String::deserialize(source)?;
    let known = [
        EventType::NodeCreated,
        EventType::NodeDeleted,
        EventType::NodeDataChanged,
        EventType::NodeChildrenChanged,
    ];
    known.into_iter().find(|kind| kind.to_string() == name).ok_or_else(|| {
        let known = known.map(|kind| kind.to_string()).join(", ");
        serde::de::Error::custom(format!("unknown watch event \"{name}\"; known are {known}"))
    })
}

/// Everything that a line may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    at: i64,
    client: Option<String>,
    session: Option<String>,
    on: Option<usize>,
    connect: Option<Connect>,
    call: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    reply: Option<Value>,
    watch: Option<Watch>,
    disconnect: Option<bool>,
    expired: Option<bool>,
    server: Option<String>,
    path: Option<String>,
}

/// Tells a member that is `null` from one that is missing.
fn present<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(source).map(Some)
}

impl Event {
    pub(in crate::trace) fn parse(line: &Line) -> Result<Self, BadRecording> {
        let raw: Raw = line.parse()?;
        let (at, on) = (Micros(raw.at), raw.on);
        if on == Some(0) {
            return Err(line.bad("servers are numbered from 1, so \"on\" cannot be 0"));
        }
        let what = raw.what().map_err(|message| line.bad(message))?;
        Ok(Self { line: line.number, at, on, what })
    }
}

impl Raw {
    fn what(self) -> Result<What, String> {
        let unknown = "this line is none of: a connect of a client; a call, a watch event or the expiry \
                       of a session; a disconnect; \"server\": \"restart\" or \"deleteContainer\"";
        match self {
            Self {
                client: Some(client),
                connect: Some(connect),
                reply: Some(reply),
                session: None,
                call: None,
                watch: None,
                disconnect: None,
                expired: None,
                server: None,
                path: None,
                ..
            } => {
                let reply =
                    serde_json::from_value(reply).map_err(|error| format!("reply: {error}"))?;
                Ok(What::Connect { client, connect, reply })
            }
            Self {
                session: Some(session),
                call: Some(call),
                reply: Some(reply),
                client: None,
                connect: None,
                watch: None,
                disconnect: None,
                expired: None,
                server: None,
                path: None,
                ..
            } => Ok(What::Call {
                session,
                call,
                reply: Some(reply).filter(|reply| !reply.is_null()),
            }),
            Self {
                session: Some(session),
                watch: Some(watch),
                client: None,
                connect: None,
                call: None,
                reply: None,
                disconnect: None,
                expired: None,
                server: None,
                path: None,
                ..
            } => Ok(What::Watch { session, watch }),
            Self {
                client,
                session,
                disconnect: Some(true),
                connect: None,
                call: None,
                reply: None,
                watch: None,
                expired: None,
                server: None,
                path: None,
                ..
            } => match (client, session) {
                (Some(client), None) => Ok(What::ClientDisconnect { client }),
                (None, Some(session)) => Ok(What::Disconnect { session }),
                _ => Err("a disconnect is of a \"client\" or of a \"session\"".to_owned()),
            },
            Self {
                session: Some(session),
                expired: Some(true),
                client: None,
                connect: None,
                call: None,
                reply: None,
                watch: None,
                disconnect: None,
                server: None,
                path: None,
                ..
            } => Ok(What::Expired { session }),
            Self {
                server: Some(server),
                path,
                client: None,
                session: None,
                connect: None,
                call: None,
                reply: None,
                watch: None,
                disconnect: None,
                expired: None,
                ..
            } => match (&*server, path) {
                ("restart", None) => Ok(What::Restart),
                ("deleteContainer", Some(path)) => Ok(What::DeleteContainer { path }),
                _ => Err(format!("unknown event of the server \"{server}\"")),
            },
            _ => Err(unknown.to_owned()),
        }
    }
}
