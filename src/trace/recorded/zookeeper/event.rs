//! What a line of a recording of ZooKeeper can say, as `traces/README.md` describes it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::super::event::present;
use crate::json;
use crate::store::zookeeper::EventType;
use crate::time::Micros;
use crate::trace::recorded::Event;
use crate::trace::{BadRecording, Line};

/// What happened.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// A client connected, and asked for a session.
    Connect {
        /// The client's name.
        client: String,
        /// What it asked for.
        connect: Connect,
        /// The answer; none if the server closed the connection instead.
        reply: Option<ConnectReply>,
    },
    /// A request.
    ///
    /// The call is understood later: one that the model does not know is a difference, not a bad recording.
    Call {
        /// Whose it is: `s1`, `s2`, ... stand for the real numbers.
        session: String,
        /// The operation, as it is written.
        call: Value,
        /// The answer; none if it never came.
        reply: Option<Value>,
    },
    /// A watch event, in the order in which the connection brought it.
    Watch {
        /// Who heard of it.
        session: String,
        /// The event.
        watch: Watch,
    },
    /// The connection of a client that never got a session ended.
    ClientDisconnect {
        /// The client's name.
        client: String,
    },
    /// The connection of a session ended.
    Disconnect {
        /// The session.
        session: String,
    },
    /// The server ended a session that nobody kept alive.
    Expired {
        /// The session.
        session: String,
    },
    /// The server was killed and started again.
    Restart,
    /// The server's reaper deleted an empty container, or a node whose time was over.
    DeleteContainer {
        /// The node.
        path: String,
    },
}

/// What a client asks for when it connects.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connect {
    /// The timeout that it wants.
    pub timeout_ms: i32,
    /// The session that it has already; none if it wants a new one.
    pub session: Option<String>,
    /// The last transaction of which it knows; written down only where the server did not answer for it.
    #[serde(rename = "lastZxidSeen", default)]
    pub last_zxid_seen: i64,
}

/// What the server grants to who connects.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectReply {
    /// The session; none if the one that was asked for is over.
    pub session: Option<String>,
    /// The timeout.
    pub timeout_ms: i32,
}

/// A watch event.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// What happened.
    #[serde(rename = "type", deserialize_with = "event_type")]
    pub kind: EventType,
    /// To which node.
    pub path: String,
    /// What the event says of the session: `SyncConnected`.
    pub state: String,
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

impl What {
    /// Understands a line of a recording of so many servers.
    pub(super) fn parse(line: &Line, servers: usize) -> Result<Event<Self>, BadRecording> {
        let raw: Raw = line.parse()?;
        let (at, on) = (Micros(raw.at), raw.on.unwrap_or(1));
        if !(1..=servers).contains(&on) {
            let message = format!("\"on\" is {on}; the servers are numbered from 1 to {servers}");
            return Err(line.bad(message));
        }
        let what = raw.what().map_err(|message| line.bad(message))?;
        Ok(Event { line: line.number, at, server: on - 1, what })
    }
}

impl Raw {
    fn what(self) -> Result<What, String> {
        let Self { client, session, connect, call, reply, watch, .. } = self;
        let Self { disconnect, expired, server, path, .. } = self;
        let what = (connect, call, watch, disconnect, expired, server);
        Ok(match (client, session, what, reply, path) {
            (
                Some(client),
                None,
                (Some(connect), None, None, None, None, None),
                Some(reply),
                None,
            ) => {
                let reply =
                    json::read(&reply.to_string()).map_err(|error: serde_json::Error| {
                        format!("reply: {}", json::in_words(&error))
                    })?;
                What::Connect { client, connect, reply }
            }
            (
                None,
                Some(session),
                (None, Some(call), None, None, None, None),
                Some(reply),
                None,
            ) => What::Call { session, call, reply: Some(reply).filter(|reply| !reply.is_null()) },
            (None, Some(session), (None, None, Some(watch), None, None, None), None, None) => {
                What::Watch { session, watch }
            }
            (Some(client), None, (None, None, None, Some(true), None, None), None, None) => {
                What::ClientDisconnect { client }
            }
            (None, Some(session), (None, None, None, Some(true), None, None), None, None) => {
                What::Disconnect { session }
            }
            (None, Some(session), (None, None, None, None, Some(true), None), None, None) => {
                What::Expired { session }
            }
            (None, None, (None, None, None, None, None, Some(server)), None, path) => {
                match (&*server, path) {
                    ("restart", None) => What::Restart,
                    ("deleteContainer", Some(path)) => What::DeleteContainer { path },
                    _ => return Err(format!("unknown event of the server \"{server}\"")),
                }
            }
            _ => {
                return Err("this line is none of: a connect of a client; a call, a watch event or the expiry \
                            of a session; a disconnect of a client or of a session; \"server\": \"restart\" \
                            or \"deleteContainer\""
                    .to_owned());
            }
        })
    }
}
