//! Rows about requests: each once, and what only repeats others in one row.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::row::Signs;
use super::{Builder, Row, Tone};
use crate::choice::Direction;
use crate::event::{Event, Record, Who, answer_in, is_session_over};
use crate::report::cast::Kind;
use crate::report::words;
use crate::store::zookeeper::{CreateMode, Message, Op, Request};
use crate::store::{AnyMessage, AnyRequest, Outbound, redis};

impl Builder<'_> {
    pub(super) fn executed(&mut self, record: &Record) {
        let Event::Executed { server, process, thread, link, request, sent } = &record.event else {
            return;
        };
        let (at, server, process) = (record.at, *server, *process);
        let who = Who { process, thread: thread.unwrap_or_default() };
        let place = answer_in(sent, *link);
        let answer = place.and_then(|place| match &sent[place].1 {
            Outbound::Message(message) => Some(message),
            Outbound::Close => None,
        });
        let has_others = sent.len() > usize::from(place.is_some());
        let held = self.known.held.get(&(process, server, Direction::Up)).copied();
        let is_over = answer.is_some_and(is_session_over);
        if is_routine(request) && held.is_none() && !has_others && !is_over {
            return;
        }
        let mut text =
            format!("{} {}", self.cast.who(who), words::request(request, &self.sessions));
        if let Some(answer) = answer {
            let _ = write!(text, " → {}", words::message(answer, &self.sessions));
        }
        let masked = format!("{server} {}", words::without_digits(&text));
        let is_new = self.asked.entry(who).or_default().insert(masked);
        let is_ledger = self.cast.kind(server) == Kind::Ledger;
        if let Some(held) = held {
            let since = self.events[held].at;
            if since < at {
                let _ = write!(text, " (sent at {})", words::time(since));
            }
        } else if !is_new
            && !is_ledger
            && !has_others
            && !answer.is_some_and(is_ok)
            && !self.lets_in(who)
        {
            let quiet = self.quiet.entry(who).or_insert((0, at, server));
            *quiet = (quiet.0 + 1, at, server);
            return;
        }
        text += &self.notifies(sent);
        self.flush();
        let signs = signs(request);
        // What a process does and what it then asks for stand side by side.
        if let Some(last) = self.rows.last_mut()
            && last.at == at
            && last.server.is_none()
            && last.whole.is_none()
            && last.tone == Tone::Plain
            && last.process.as_ref().is_some_and(|(number, _)| *number == process)
        {
            (last.server, last.by, last.signs) = (Some((server, text)), Some(who), signs);
            return;
        }
        let row = self.row(at, Tone::Plain);
        self.rows.push(Row { server: Some((server, text)), by: Some(who), signs, ..row });
    }

    /// Whether the request that is heard is the last one before its thread enters.
    fn lets_in(&self, who: Who) -> bool {
        let later = self.events[self.place + 1..].iter().find_map(|it| match &it.event {
            Event::Executed { process, thread, .. }
                if *process == who.process && thread.unwrap_or_default() == who.thread =>
            {
                Some(false)
            }
            Event::Refused(it) | Event::Done(it) if *it == who => Some(false),
            Event::Crashes(process) | Event::Exits(process) if *process == who.process => {
                Some(false)
            }
            Event::Enters { who: it, .. } if *it == who => Some(true),
            _ => None,
        });
        later.unwrap_or(false)
    }

    /// Whom a request notifies by the watches that it fires.
    fn notifies(&self, sent: &[crate::event::Sent]) -> String {
        let is_watch = |it: &Outbound<AnyMessage>| {
            matches!(it, Outbound::Message(AnyMessage::ZooKeeper(Message::Watch(_))))
        };
        let woken = sent.iter().filter(|(_, message)| is_watch(message));
        let woken: BTreeSet<u16> =
            woken.filter_map(|(link, _)| self.known.client_on(*link)).collect();
        match woken.len() {
            0 => String::new(),
            1..=4 => {
                let names = woken.iter().map(|it| self.cast.process(*it).to_owned());
                format!("; notifies {}", words::list(&names.collect::<Vec<_>>()))
            }
            many => format!("; notifies {many} clients"),
        }
    }

    /// Tells what only repeats, before something else is told.
    pub(super) fn flush(&mut self) {
        let quiet = std::mem::take(&mut self.quiet);
        let Some(last) = quiet.values().map(|(_, at, _)| *at).max() else { return };
        let server = quiet.values().map(|(_, _, server)| *server).next().unwrap_or_default();
        let names = quiet.iter().map(|(who, (times, _, _))| match times {
            1 => format!("{} once", self.cast.who(*who)),
            times => format!("{} {} times", self.cast.who(*who), words::count(*times)),
        });
        let text = match quiet.len() {
            0..=3 => format!("⋮ the same again: {}", names.collect::<Vec<_>>().join(", ")),
            many => {
                let times: u64 = quiet.values().map(|(times, _, _)| times).sum();
                format!("⋮ the same again: {many} clients, {} times", words::count(times))
            }
        };
        let row = self.row(last, Tone::Plain);
        // The states are those of the row before: nothing has changed meanwhile.
        let lives = self.rows.last().map_or(row.lives.clone(), |last| last.lives.clone());
        self.rows.push(Row { server: Some((server, text)), repeats: true, lives, ..row });
    }
}

/// Whether it is a request of a client library's own, which nobody wants to see.
fn is_routine(request: &AnyRequest) -> bool {
    matches!(
        request,
        AnyRequest::ZooKeeper(Request::Connect(_) | Request::Call { op: Op::Ping, .. })
    )
}

/// Whether a reply says that something was done: that is always shown.
fn is_ok(message: &AnyMessage) -> bool {
    matches!(message, AnyMessage::Redis(redis::Message::Reply(reply)) if *reply == redis::Reply::OK)
}

fn signs(request: &AnyRequest) -> Signs {
    match request {
        AnyRequest::Redis(redis::Request::Command(words)) => {
            let script = words.first().is_some_and(|name| name.eq_ignore_ascii_case(b"eval"));
            Signs { script, ..Signs::default() }
        }
        AnyRequest::ZooKeeper(Request::Call { op, .. }) => signs_of(op),
        _ => Signs::default(),
    }
}

fn signs_of(op: &Op) -> Signs {
    match op {
        Op::Create(create) => Signs {
            ephemeral: matches!(
                create.mode,
                CreateMode::Ephemeral | CreateMode::EphemeralSequential
            ),
            sequential: create.mode.is_sequential(),
            ..Signs::default()
        },
        Op::Exists { watch, .. }
        | Op::GetData { watch, .. }
        | Op::GetChildren { watch, .. }
        | Op::GetChildren2 { watch, .. } => Signs { watch: *watch, ..Signs::default() },
        _ => Signs::default(),
    }
}
