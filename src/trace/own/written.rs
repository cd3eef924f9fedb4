//! A request or a message of an event, written as recordings write it when somebody first reads it.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::message;
use super::sessions::Sessions;
use crate::store::{AnyMessage, AnyRequest};

/// A request or a message: it reads as its JSON, which is made when it is first asked for.
///
/// A herd of a thousand hears a list of a thousand names a thousand times: the lists are shared with the store's
/// tree, their texts would not be.
#[derive(Clone)]
pub struct Written(Rc<Inner>);

struct Inner {
    source: Source,
    sessions: Sessions,
    json: OnceCell<Value>,
}

enum Source {
    Request(AnyRequest),
    Message(AnyMessage),
    Closed,
}

impl Written {
    /// A request, with the sessions by their names.
    pub(super) fn request(request: AnyRequest, sessions: &Sessions) -> Self {
        Self::new(Source::Request(request), sessions)
    }

    /// A message. What it grants has a name from here on.
    pub(super) fn message(message: AnyMessage, sessions: &mut Sessions) -> Self {
        if let Some(session) = message::grants(&message) {
            sessions.grant(session);
        }
        Self::new(Source::Message(message), sessions)
    }

    /// That a server closed the connection.
    pub(super) fn closed(sessions: &Sessions) -> Self {
        Self::new(Source::Closed, sessions)
    }

    fn new(source: Source, sessions: &Sessions) -> Self {
        Self(Rc::new(Inner { source, sessions: sessions.clone(), json: OnceCell::new() }))
    }
}

impl Inner {
    fn write(&self) -> Value {
        match &self.source {
            Source::Request(request) => message::request(request, &self.sessions),
            Source::Message(message) => message::message(message, &self.sessions),
            Source::Closed => json!({ "closed": true }),
        }
    }
}

impl Deref for Written {
    type Target = Value;
    fn deref(&self) -> &Value {
        self.0.json.get_or_init(|| self.0.write())
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Whoever writes a whole trace reads every event once: nothing is kept for that.
        match self.0.json.get() {
            Some(json) => json.serialize(serializer),
            None => self.0.write().serialize(serializer),
        }
    }
}
