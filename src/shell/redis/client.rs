//! One connection, as `redis-cli` keeps track of it.

use std::collections::VecDeque;

use super::format;
use crate::store::redis::{Bytes, Message, Reply};
use crate::store::{Link, Outbound};
use crate::time::Micros;

/// A command that was sent and has no reply yet.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    argv: Vec<Bytes>,
    pub(super) at: Micros,
    /// Nobody asked to see the reply.
    silent: bool,
}

/// One connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// None if the server closed it; the next command opens another.
    pub(super) link: Option<Link>,
    pub(super) waiting: VecDeque<Sent>,
    pub(super) db: i64,
    /// The database before MULTI, within a transaction.
    multi: Option<i64>,
    subscribed: bool,
}

impl Sent {
    pub(super) fn new(argv: &[Bytes], at: Micros) -> Self {
        Self { argv: argv.to_vec(), at, silent: false }
    }

    /// A command that the person did not enter.
    pub(super) fn silently(argv: &[Bytes], at: Micros) -> Self {
        Self { silent: true, ..Self::new(argv, at) }
    }

    /// The command without its arguments.
    pub(super) fn name(&self) -> String {
        self.argv[0].to_text().to_uppercase()
    }

    fn is(&self, name: &str, count: usize) -> bool {
        self.argv.len() == count && self.argv[0].eq_ignore_ascii_case(name.as_bytes())
    }

    /// Whether the reply is a text for people, which is printed as it is.
    fn is_raw(&self) -> bool {
        let word = |place: usize, name: &str| {
            self.argv.get(place).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()))
        };
        word(0, "info") || (word(0, "client") && (word(1, "list") || word(1, "info")))
    }
}

impl Client {
    /// Takes what the server sent, and says how it is printed.
    pub(super) fn told(&mut self, message: &Outbound<Message>, now: Micros) -> String {
        match message {
            Outbound::Message(Message::Push(push)) => {
                self.pushed(push);
                format::pretty(push)
            }
            Outbound::Message(Message::Reply(reply)) => match self.waiting.pop_front() {
                Some(sent) => self.replied(&sent, reply, now),
                None => format::pretty(reply),
            },
            // No other server is ever linked to this one.
            Outbound::Message(Message::Peer(_)) => String::new(),
            Outbound::Close => {
                self.lose();
                "Error: Server closed the connection\n".to_owned()
            }
        }
    }

    fn replied(&mut self, sent: &Sent, reply: &Reply, now: Micros) -> String {
        self.answered(sent, reply);
        if sent.silent {
            return String::new();
        }
        let mut text = if sent.is_raw() { format::raw(reply) } else { format::pretty(reply) };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        // As `redis-cli` does after half a second.
        let ms = (now - sent.at).as_ms();
        if ms >= 500 {
            text.push_str(&format!("({}.{:02}s)\n", ms / 1000, ms % 1000 / 10));
        }
        text
    }

    /// The connection is gone, and with it what it was in.
    fn lose(&mut self) {
        *self = Self { db: self.db, ..Self::default() };
    }

    /// What the reply to `sent` changes.
    fn answered(&mut self, sent: &Sent, reply: &Reply) {
        let fails = reply.is_error();
        if sent.is("select", 2) && !fails {
            // Within MULTI this is only queued, and the prompt shows it all the same, as `redis-cli` does.
            let number = std::str::from_utf8(&sent.argv[1]).ok().and_then(|text| text.parse().ok());
            self.db = number.unwrap_or(self.db);
        } else if sent.is("multi", 1) && !fails {
            self.multi = Some(self.db);
        } else if sent.is("exec", 1) {
            let before = self.multi.take();
            if fails || *reply == Reply::Nil {
                self.db = before.unwrap_or(self.db);
            }
        } else if sent.is("discard", 1) && !fails {
            self.db = self.multi.take().unwrap_or(self.db);
        } else if sent.is("reset", 1) && !fails {
            *self = Self {
                link: self.link,
                waiting: std::mem::take(&mut self.waiting),
                ..Self::default()
            };
        }
    }

    /// What a push changes: the confirmation of a subscription counts those there are.
    fn pushed(&mut self, push: &Reply) {
        let Reply::Array(parts) = push else { return };
        let [Reply::Bulk(kind), _, Reply::Int(count)] = &**parts else { return };
        if kind.ends_with(b"subscribe") {
            self.subscribed = *count > 0;
        }
    }

    /// `127.0.0.1:6379[1](TX)> `
    pub(super) fn prompt(&self) -> String {
        if self.link.is_none() {
            return "not connected> ".to_owned();
        }
        let db = if self.db == 0 { String::new() } else { format!("[{}]", self.db) };
        let transaction = if self.multi.is_some() { "(TX)" } else { "" };
        let subscribed = if self.subscribed { "(subscribed mode)" } else { "" };
        let waiting = if self.waiting.is_empty() { "" } else { "(waiting)" };
        format!("127.0.0.1:6379{db}{transaction}{subscribed}{waiting}> ")
    }
}
