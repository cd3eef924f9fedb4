//! Between the connections and the server.

use super::RedisShell;
use super::client::Sent;
use crate::shell::named;
use crate::store::redis::{Bytes, Draw, Message, RedisServer, Request};
use crate::store::{Env, Inbound, Link, Outbound, Server};
use crate::time::Micros;

/// What a server sends.
#[derive(Default)]
struct Outbox(Vec<(Link, Outbound<Message>)>);

impl Env<RedisServer> for Outbox {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        self.0.push((link, message));
    }

    fn draw(&mut self, _: &Draw, _: u32) -> u32 {
        0
    }
}

impl RedisShell {
    /// Sends a command of the current client.
    pub(super) fn send(&mut self, argv: &[Bytes], out: &mut String) {
        if self.clients.current().link.is_none() {
            self.connect(out);
        }
        let client = self.clients.current_mut();
        let Some(link) = client.link else { return };
        client.waiting.push_back(Sent::new(argv, self.now));
        self.deliver(link, Inbound::Request(argv.into()), out);
    }

    /// Opens a connection of the current client, in the database where it was.
    pub(super) fn connect(&mut self, out: &mut String) {
        let link = Link(self.links);
        self.links += 1;
        let client = self.clients.current_mut();
        client.link = Some(link);
        let db = client.db;
        self.deliver(link, Inbound::Connect, out);
        if db != 0 {
            let argv = [Bytes::from("SELECT"), Bytes::from(db.to_string())];
            let sent = Sent::silently(&argv, self.now);
            self.clients.current_mut().waiting.push_back(sent);
            self.deliver(link, Inbound::Request(argv.into()), out);
        }
    }

    fn deliver(&mut self, link: Link, message: Inbound<Request>, out: &mut String) {
        let mut outbox = Outbox::default();
        self.server.deliver(self.now, link, message, &mut outbox);
        self.print(outbox, out);
    }

    /// Lets `span` pass; the server is woken whenever it has something to do on the way.
    pub(super) fn advance(&mut self, span: Micros, out: &mut String) {
        let target = self.now.saturating_add(span);
        while let Some(due) = self.server.deadline().filter(|due| *due <= target) {
            let before = self.now;
            self.now = before.max(due);
            self.wake(out);
            if self.now == before && self.server.deadline() == Some(due) {
                // It is as late as it can be, and the server is content with that.
                break;
            }
        }
        self.now = target;
        self.wake(out);
    }

    fn wake(&mut self, out: &mut String) {
        let mut outbox = Outbox::default();
        self.server.wake(self.now, &mut outbox);
        self.print(outbox, out);
    }

    /// Prints what the server sent, in that order.
    fn print(&mut self, outbox: Outbox, out: &mut String) {
        for (link, message) in outbox.0 {
            let Some(place) = self.clients.position(|client| client.link == Some(link)) else {
                continue;
            };
            let label = self.clients.label(place);
            let now = self.now;
            let text = self.clients.at(place).told(&message, now);
            named::print(out, &label, &text);
        }
        // Who does not wait has got all there is: CLIENT REPLY OFF, and SUBSCRIBE, which is answered with pushes.
        for place in 0..self.clients.len() {
            let client = self.clients.at(place);
            if client.link.is_none_or(|link| !self.server.is_blocked(link)) {
                client.waiting.clear();
            }
        }
    }
}
