//! Which tokens of a process others still have, so that a number is not used again too early.

use memchr::memmem::Finder;

use super::conn::Down;
use super::server::{AnyMessage, AnyRequest};
use super::world::World;
use crate::store::Inbound;
use crate::store::redis::{Bytes, Message, Reply, Request};

/// The numbers of the tokens of `process` that stand in stores or messages, one bit each.
pub(crate) fn known(world: &World, process: u16) -> u64 {
    let prefix = format!("c{}-", process + 1);
    let prefix = Finder::new(&prefix);
    let mut known = 0;
    for server in &world.servers {
        mark(server.state.key().as_bytes(), &prefix, &mut known);
    }
    for text in world.processes[usize::from(process)].redis.texts() {
        mark(text, &prefix, &mut known);
    }
    world.links.said(|key| mark(key, &prefix, &mut known));
    for conn in &world.conns {
        for (message, _) in &conn.up {
            match message {
                Inbound::Request(AnyRequest::Redis(Request::Command(line))) => {
                    line.iter().for_each(|arg: &Bytes| mark(arg, &prefix, &mut known));
                }
                // A token can stand in any path of any operation.
                Inbound::Request(AnyRequest::ZooKeeper(request)) => {
                    mark(format!("{request:?}").as_bytes(), &prefix, &mut known);
                }
                _ => {}
            }
        }
        for message in &conn.down {
            if let Down::Message(AnyMessage::Redis(Message::Reply(reply) | Message::Push(reply))) =
                message
            {
                mark_reply(reply, &prefix, &mut known);
            }
        }
    }
    known
}

fn mark_reply(reply: &Reply, prefix: &Finder<'_>, known: &mut u64) {
    match reply {
        Reply::Bulk(bytes) | Reply::Status(bytes) | Reply::Error(bytes) => {
            mark(bytes, prefix, known);
        }
        Reply::Array(replies) => replies.iter().for_each(|reply| mark_reply(reply, prefix, known)),
        Reply::Int(_) | Reply::Nil => {}
    }
}

/// Notes every number that follows `prefix` somewhere in `text`.
fn mark(text: &[u8], prefix: &Finder<'_>, known: &mut u64) {
    for at in prefix.find_iter(text) {
        let rest = &text[at + prefix.needle().len()..];
        let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit());
        let number = digits.fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
        if number < 64 {
            *known |= 1 << number;
        }
    }
}
