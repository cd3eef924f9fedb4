//! Redis servers with the same data at the beginning: each replica has taken over what its master holds.

use std::collections::VecDeque;

use super::agenda::ServerId;
use super::links::peer_link;
use super::replication::PORT;
use crate::store::redis::{Bytes, Message, RedisServer, Request};
use crate::store::{Env, Inbound, Link, Outbound, Server};
use crate::time::Micros;

/// What the servers say to each other, and to whom by its place.
#[derive(Default)]
struct Said(Vec<(Link, Message)>);

impl Env<RedisServer> for Said {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        if let Outbound::Message(message) = message {
            self.0.push((link, message));
        }
    }

    fn draw(&mut self, _: &<RedisServer as Server>::Draw, _: u32) -> u32 {
        0
    }
}

/// Servers with these names, of which the first is the master and has the number `first`: all hold what `server` does.
pub(crate) fn linked(server: &RedisServer, names: &[String], first: ServerId) -> Vec<RedisServer> {
    let named = |name: &String| {
        let mut server = server.clone();
        server.configure(|config| config.host = Bytes::from(name.as_str()));
        server
    };
    let mut servers: Vec<RedisServer> = names.iter().map(named).collect();
    let mut under_way: VecDeque<(usize, Link, Message)> = VecDeque::new();
    let host = Bytes::from(names[0].as_str());
    let other = |from: usize, link: Link| {
        let number = |place: usize| first + place as ServerId;
        (0..names.len()).find(|to| *to != from && peer_link(number(from), number(*to)) == link)
    };
    for (place, replica) in servers.iter_mut().enumerate().skip(1) {
        let mut said = Said::default();
        replica.follow(Micros::ZERO, &host, PORT, &mut said);
        replica.sync(Micros::ZERO, peer_link(first, first + place as ServerId), &mut said);
        under_way.extend(said.0.into_iter().map(|(link, message)| (place, link, message)));
    }
    while let Some((from, link, message)) = under_way.pop_front() {
        let (Some(to), Message::Peer(peer)) = (other(from, link), message) else { continue };
        let mut said = Said::default();
        let request = Inbound::Request(Request::Peer(peer));
        servers[to].deliver(Micros::ZERO, link, request, &mut said);
        under_way.extend(said.0.into_iter().map(|(link, message)| (to, link, message)));
    }
    servers
}
