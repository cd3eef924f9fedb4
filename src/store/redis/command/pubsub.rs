//! Channels: SUBSCRIBE, PUBLISH, PUBSUB and their relatives.

use super::super::client::Client;
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::execute::wrong_arguments;
use super::super::glob::matches;
use super::super::pubsub::{PubSub, Subscriptions};
use super::super::reply::{Bytes, Reply};
use super::{Command, Flags};

const SUBSCRIBING: Flags = Flags::PUBSUB.with(Flags::NO_SCRIPT).with(Flags::WHILE_SUBSCRIBED);
const PUBLISHING: Flags = Flags::PUBSUB.with(Flags::FAST).with(Flags::MAY_REPLICATE);

pub(super) const COMMANDS: &[Command] = &[
    Command::new("subscribe", -2, |ctx, argv| subscribe(ctx, argv, CHANNEL)).flags(SUBSCRIBING),
    Command::new("psubscribe", -2, |ctx, argv| subscribe(ctx, argv, PATTERN)).flags(SUBSCRIBING),
    Command::new("ssubscribe", -2, |ctx, argv| subscribe(ctx, argv, SHARD)).flags(SUBSCRIBING),
    Command::new("unsubscribe", -1, |ctx, argv| unsubscribe(ctx, argv, CHANNEL)).flags(SUBSCRIBING),
    Command::new("punsubscribe", -1, |ctx, argv| unsubscribe(ctx, argv, PATTERN))
        .flags(SUBSCRIBING),
    Command::new("sunsubscribe", -1, |ctx, argv| unsubscribe(ctx, argv, SHARD)).flags(SUBSCRIBING),
    Command::new("publish", 3, publish).flags(PUBLISHING),
    Command::new("spublish", 3, spublish).flags(PUBLISHING),
    Command::container("pubsub", PUBSUB),
];

const PUBSUB: &[Command] = &[
    Command::new("pubsub|channels", -2, |ctx, argv| channels(ctx, argv, CHANNEL))
        .flags(Flags::PUBSUB),
    Command::new("pubsub|numsub", -2, |ctx, argv| numsub(ctx, argv, CHANNEL)).flags(Flags::PUBSUB),
    Command::new("pubsub|numpat", 2, numpat).flags(Flags::PUBSUB),
    Command::new("pubsub|shardchannels", -2, |ctx, argv| channels(ctx, argv, SHARD))
        .flags(Flags::PUBSUB),
    Command::new("pubsub|shardnumsub", -2, |ctx, argv| numsub(ctx, argv, SHARD))
        .flags(Flags::PUBSUB),
    Command::new("pubsub|help", 2, |_, _| Err(Error::not_modelled("HELP"))),
];

/// What one can subscribe to.
#[derive(Clone, Copy)]
struct Kind {
    subscribe: &'static [u8],
    unsubscribe: &'static [u8],
    of_client: fn(&mut Client) -> &mut Vec<Bytes>,
    of_server: fn(&mut PubSub) -> &mut Subscriptions,
    /// The number in confirmations.
    count: fn(&Client) -> usize,
}

const CHANNEL: Kind = Kind {
    subscribe: b"subscribe",
    unsubscribe: b"unsubscribe",
    of_client: |client| &mut client.channels,
    of_server: |pubsub| &mut pubsub.channels,
    count: Client::subscriptions,
};
const PATTERN: Kind = Kind {
    subscribe: b"psubscribe",
    unsubscribe: b"punsubscribe",
    of_client: |client| &mut client.patterns,
    of_server: |pubsub| &mut pubsub.patterns,
    count: Client::subscriptions,
};
const SHARD: Kind = Kind {
    subscribe: b"ssubscribe",
    unsubscribe: b"sunsubscribe",
    of_client: |client| &mut client.shard_channels,
    of_server: |pubsub| &mut pubsub.shard_channels,
    count: |client| client.shard_channels.len(),
};

fn subscribe(ctx: &mut Ctx<'_>, argv: &[Bytes], kind: Kind) -> Result<Reply, Error> {
    if kind.subscribe == SHARD.subscribe && !ctx.may_block() {
        return Err(Error::fixed("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"));
    }
    for name in &argv[1..] {
        let Some(client) = ctx.core.client_mut(ctx.link) else { break };
        let names = (kind.of_client)(client);
        if !names.contains(name) {
            names.push(name.clone());
            (kind.of_server)(&mut ctx.core.pubsub).add(name, ctx.link);
        }
        confirm(ctx, kind.subscribe, Some(name), kind);
    }
    Ok(ctx.no_reply())
}

fn unsubscribe(ctx: &mut Ctx<'_>, argv: &[Bytes], kind: Kind) -> Result<Reply, Error> {
    if argv.len() == 1 {
        ctx.unsubscribe_all(kind, true);
    } else {
        for name in &argv[1..] {
            ctx.unsubscribe(name, kind, true);
        }
    }
    Ok(ctx.no_reply())
}

/// Tells a client what it is subscribed to now.
fn confirm(ctx: &mut Ctx<'_>, what: &'static [u8], name: Option<&Bytes>, kind: Kind) {
    let count = ctx.core.client(ctx.link).map_or(0, kind.count);
    let parts =
        [Reply::Bulk(Bytes::from_static(what)), name.cloned().into(), Reply::Int(count as i64)];
    ctx.push(ctx.link, Reply::array(parts));
}

impl Ctx<'_> {
    fn unsubscribe(&mut self, name: &Bytes, kind: Kind, tell: bool) {
        if let Some(client) = self.core.client_mut(self.link) {
            (kind.of_client)(client).retain(|other| other != name);
        }
        (kind.of_server)(&mut self.core.pubsub).remove(name, self.link);
        if tell {
            confirm(self, kind.unsubscribe, Some(name), kind);
        }
    }

    /// From all, in the order of a hash table that only the real server knows.
    fn unsubscribe_all(&mut self, kind: Kind, tell: bool) {
        let names = self.core.client_mut(self.link).map(|client| (kind.of_client)(client).clone());
        let mut names = names.unwrap_or_default();
        if tell {
            names = self.in_some_order(names);
        }
        for name in &names {
            self.unsubscribe(name, kind, tell);
        }
        if tell && names.is_empty() {
            confirm(self, kind.unsubscribe, None, kind);
        }
    }

    /// The client is subscribed to nothing any more, without a word (RESET).
    pub(super) fn leave_all_channels(&mut self) {
        for kind in [CHANNEL, PATTERN, SHARD] {
            self.unsubscribe_all(kind, false);
        }
    }
}

fn publish(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    ctx.core.replication.note_message(&argv[1], &argv[2], false);
    Ok(ctx.publish(&argv[1], &argv[2]).into())
}

fn spublish(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    ctx.core.replication.note_message(&argv[1], &argv[2], true);
    Ok(ctx.publish_shard(&argv[1], &argv[2]).into())
}

fn channels(ctx: &mut Ctx<'_>, argv: &[Bytes], kind: Kind) -> Result<Reply, Error> {
    let pattern = match &argv[2..] {
        [] => None,
        [pattern] => Some(pattern.clone()),
        _ => return Err(wrong_arguments("pubsub", &argv[1])),
    };
    let names = (kind.of_server)(&mut ctx.core.pubsub).iter().map(|(name, _)| name);
    let names = names.filter(|name| pattern.as_ref().is_none_or(|pattern| matches(pattern, name)));
    let names: Vec<Bytes> = names.cloned().collect();
    Ok(Reply::bulks(ctx.in_some_order(names)))
}

fn numsub(ctx: &mut Ctx<'_>, argv: &[Bytes], kind: Kind) -> Result<Reply, Error> {
    let subscriptions = (kind.of_server)(&mut ctx.core.pubsub);
    let counts = argv[2..]
        .iter()
        .flat_map(|name| [Reply::Bulk(name.clone()), subscriptions.of(name).len().into()]);
    Ok(Reply::Array(counts.collect()))
}

fn numpat(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.core.pubsub.patterns.len().into())
}
