//! The canonical form of a Redis server is that of the present, also if nobody asked it lately.

use lockstep::store::redis::{Bytes, Config, RedisServer};
use lockstep::store::{Env, Inbound, Key, Link, Outbound, Server};
use lockstep::time::Micros;

struct Deaf;

impl Env<RedisServer> for Deaf {
    fn send(&mut self, _: Link, _: Outbound<<RedisServer as Server>::Message>) {}
    fn draw(&mut self, _: &<RedisServer as Server>::Draw, _: u32) -> u32 {
        0
    }
}

/// A server that was told at `at` to keep a key for `ms`.
fn server(at: Micros, ms: &str) -> RedisServer {
    let mut server = RedisServer::new(Config::default());
    let argv: Vec<Bytes> =
        ["SET", "k", "v", "PX", ms].iter().map(|it| it.as_bytes().into()).collect();
    for message in [Inbound::Connect, Inbound::Request(argv.into())] {
        server.deliver(at, Link(1), message, &mut Deaf);
    }
    server
}

fn key(server: &RedisServer) -> Key {
    let mut key = Key::default();
    server.key(&mut key);
    key
}

#[test]
fn a_key_grows_old_while_nobody_asks() {
    let second = Micros::from_ms(1000);
    let mut old = server(Micros::ZERO, "10000");
    let young = key(&old);
    old.rebase(second);
    assert_ne!(key(&old), young);
    assert_eq!(key(&old), key(&server(Micros::ZERO, "9000")));
    old.rebase(second);
    let mut late = server(second, "9000");
    late.rebase(Micros::from_ms(2000));
    assert_eq!(key(&old), key(&late));
}
