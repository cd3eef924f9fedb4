//! Between the sessions and the server: connecting, asking, being told.

use std::rc::Rc;

use crate::store::zookeeper::{Answer, Connect, Draw, Message, Op, Request, ZkError, ZooKeeper};
use crate::store::{Env, Inbound, Link, Outbound, Server};
use crate::time::Micros;

use super::ZooKeeperShell;
use super::failure::{Failure, Lost};
use super::session::State;
use crate::shell::named;

/// What a server sends.
#[derive(Default)]
struct Outbox(Vec<(Link, Outbound<Message>)>);

impl Env<ZooKeeper> for Outbox {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        self.0.push((link, message));
    }

    fn draw(&mut self, _: &Draw, _: u32) -> u32 {
        0
    }
}

/// An answer, or why there is none.
pub(super) type Answered = Result<Answer, Refused>;

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refused {
    /// The server says so.
    By(ZkError),
    /// Nobody could ask it.
    Lost(Lost),
}

impl Refused {
    /// How `zkCli` says it of a request about `path`.
    pub(super) fn about(self, path: &str) -> Failure {
        match self {
            Self::By(error) => Failure::of(error, path),
            Self::Lost(lost) => Failure::lost(lost, path),
        }
    }
}

impl ZooKeeperShell {
    /// Asks the server for the current session.
    pub(super) fn ask(&mut self, op: Op, out: &mut String) -> Answered {
        self.ask_for(self.sessions.place(), op, out)
    }

    fn ask_for(&mut self, place: usize, op: Op, out: &mut String) -> Answered {
        let session = self.sessions.at(place);
        let lost = match session.state {
            State::AuthFailed => Lost::AuthFailed,
            State::Closed => Lost::Expired,
            State::Connecting | State::Connected => Lost::ConnectionLoss,
        };
        let Some(link) = session.link else { return Err(Refused::Lost(lost)) };
        session.xid = session.xid.wrapping_add(1);
        let xid = session.xid;
        self.reply = None;
        self.deliver(link, Inbound::Request(Request::Call { xid, op }), out);
        match self.reply.take() {
            Some(result) => result.map_err(Refused::By),
            None => Err(Refused::Lost(Lost::ConnectionLoss)),
        }
    }

    /// Connects the session at `place`, anew or again.
    pub(super) fn connect(&mut self, place: usize, out: &mut String) {
        let link = Link(self.links);
        self.links += 1;
        let session = self.sessions.at(place);
        session.link = Some(link);
        session.state = State::Connecting;
        let connect = Connect {
            timeout_ms: session.timeout_ms,
            session: session.granted,
            last_zxid_seen: session.last_zxid,
        };
        let again = session.granted.is_some();
        let identities = session.identities.clone();
        let watches = session.watches.to_set(session.last_zxid);
        self.deliver(link, Inbound::Connect, out);
        self.deliver(link, Inbound::Request(Request::Connect(connect)), out);
        if self.sessions.at(place).state != State::Connected {
            return;
        }
        self.server.attend(link, true, self.clock());
        if again {
            // As a client library does; neither has an answer that anybody looks at.
            for (scheme, auth) in identities {
                let _ = self.ask_for(place, Op::Auth { scheme, auth }, out);
            }
            if let Some(watches) = watches {
                let _ = self.ask_for(place, Op::SetWatches2(watches), out);
            }
        }
    }

    /// Closes the current session.
    pub(super) fn close(&mut self, out: &mut String) {
        let place = self.sessions.place();
        if !self.sessions.current().is_alive() {
            return;
        }
        let link = self.sessions.current().link;
        self.sessions.current_mut().state = State::Closed;
        let _ = self.ask(Op::CloseSession, out);
        self.sessions.current_mut().link = None;
        if let Some(link) = link {
            self.deliver(link, Inbound::Disconnect, out);
        }
        self.event(place, "Closed", out);
    }

    /// The session at `place` does nothing from now on.
    pub(super) fn pause(&mut self, place: usize) {
        let session = self.sessions.at(place);
        // Its time runs from the first pause.
        let was_paused = std::mem::replace(&mut session.paused, true);
        if let Some(link) = session.link.filter(|_| !was_paused) {
            let now = self.clock();
            self.server.attend(link, false, now);
        }
    }

    /// It goes on, and reads what it was sent meanwhile.
    pub(super) fn resume(&mut self, place: usize, out: &mut String) {
        let session = self.sessions.at(place);
        session.paused = false;
        let link = session.link;
        let unread = std::mem::take(&mut session.unread);
        if let Some(link) = link {
            let now = self.clock();
            self.server.attend(link, true, now);
            self.read(unread.into_iter().map(|message| (link, message)).collect(), out);
        }
    }

    /// Lets `span` pass; the server is woken whenever it has something to do on the way.
    pub(super) fn advance(&mut self, span: Micros, out: &mut String) {
        let target = self.now.saturating_add(span);
        while let Some(due) = self.server.deadline().filter(|due| *due <= super::EPOCH + target) {
            let before = self.now;
            self.now = before.max(due - super::EPOCH);
            self.wake(out);
            if self.now == before && self.server.deadline() == Some(due) {
                break;
            }
        }
        self.now = target;
        self.wake(out);
    }

    fn wake(&mut self, out: &mut String) {
        let mut outbox = Outbox::default();
        self.server.wake(self.clock(), &mut outbox);
        self.read(outbox.0, out);
    }

    fn deliver(&mut self, link: Link, message: Inbound<Request>, out: &mut String) {
        let mut outbox = Outbox::default();
        self.server.deliver(self.clock(), link, message, &mut outbox);
        self.read(outbox.0, out);
    }

    /// What reaches the sessions; those whose connection broke connect again.
    fn read(&mut self, messages: Vec<(Link, Outbound<Message>)>, out: &mut String) {
        let mut broken = Vec::new();
        for (link, message) in messages {
            let Some(place) = self.sessions.position(|session| session.link == Some(link)) else {
                continue;
            };
            let session = self.sessions.at(place);
            if session.paused {
                session.unread.push_back(message);
            } else if self.told(place, message, out) {
                broken.push(place);
            }
        }
        for place in broken {
            self.connect(place, out);
        }
    }

    /// The session at `place` is told something. Whether it has to connect again.
    fn told(&mut self, place: usize, message: Outbound<Message>, out: &mut String) -> bool {
        let session = self.sessions.at(place);
        match message {
            Outbound::Message(Message::Connect(reply)) => match reply.session {
                Some(granted) => {
                    session.granted = Some(granted);
                    session.state = State::Connected;
                    self.event(place, "SyncConnected", out);
                }
                None => {
                    session.state = State::Closed;
                    session.link = None;
                    self.event(place, "Expired", out);
                    self.event(place, "Closed", out);
                }
            },
            Outbound::Message(Message::Reply(reply)) => {
                session.last_zxid = session.last_zxid.max(reply.zxid);
                self.reply = Some(reply.result);
            }
            Outbound::Message(Message::Watch(event)) => {
                session.watches.fired(&event);
                let kind = event.kind.to_string();
                self.watched(place, &event.state.to_string(), &kind, &event.path, out);
            }
            Outbound::Message(Message::Peer(_)) => {}
            Outbound::Close => {
                session.link = None;
                if session.state == State::Connected {
                    session.state = State::Connecting;
                    // A refused `addauth` says so by itself.
                    if self.reply == Some(Err(ZkError::AuthFailed)) {
                        return false;
                    }
                    self.event(place, "Disconnected", out);
                    return true;
                }
            }
        }
        false
    }

    /// The state of the session's connection changed.
    pub(super) fn event(&self, place: usize, state: &str, out: &mut String) {
        self.watched(place, state, "None", "null", out);
    }

    /// Prints what the watcher of the session at `place` hears.
    pub(super) fn watched(
        &self,
        place: usize,
        state: &str,
        kind: &str,
        path: &str,
        out: &mut String,
    ) {
        if self.print_watches {
            let text =
                format!("\nWATCHER::\n\nWatchedEvent state:{state} type:{kind} path:{path}\n");
            named::print(out, &self.sessions.label(place), &text);
        }
    }

    /// `addauth`: the connection gets one more identity, or ends.
    pub(super) fn authenticate(&mut self, scheme: &str, auth: &str, out: &mut String) {
        let place = self.sessions.place();
        let (scheme, auth): (Rc<str>, Rc<[u8]>) = (scheme.into(), auth.as_bytes().into());
        if !self.sessions.current().is_alive() {
            return;
        }
        match self.ask(Op::Auth { scheme: scheme.clone(), auth: auth.clone() }, out) {
            Err(Refused::By(ZkError::AuthFailed)) => {
                let session = self.sessions.current_mut();
                session.state = State::AuthFailed;
                session.link = None;
                self.event(place, "AuthFailed", out);
                self.event(place, "Closed", out);
            }
            _ => self.sessions.current_mut().identities.push((scheme, auth)),
        }
    }
}
