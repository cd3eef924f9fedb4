//! The recipes' scripts do what the libraries' scripts do, in whatever state the keys are.

use std::fs;

use lockstep::store::redis::script::Script;
use lockstep::store::redis::{Bytes, Config, Draw, Message, RedisServer, Reply};
use lockstep::store::{Env, Inbound, Link, Outbound, Server};
use lockstep::time::Micros;

use super::cases;
use super::compare::Scripts;

#[derive(Default)]
struct Replies(Vec<Reply>);

impl Env<RedisServer> for Replies {
    fn send(&mut self, _: Link, message: Outbound<Message>) {
        if let Outbound::Message(Message::Reply(reply) | Message::Push(reply)) = message {
            self.0.push(reply);
        }
    }

    fn draw(&mut self, _: &Draw, _: u32) -> u32 {
        0
    }
}

/// What can be under a key; `ME` is one of the arguments.
const STATES: &[&[&str]] = &[
    &[],
    &["SET KEY ME"],
    &["SET KEY ME PX 5000"],
    &["SET KEY another PX 5000"],
    &["SET KEY another"],
    &["SET KEY 7"],
    &["RPUSH KEY 1"],
    &["HSET KEY ME 1", "PEXPIRE KEY 5000"],
    &["HSET KEY ME 2"],
    &["HSET KEY another 1"],
    &["ZADD KEY 1 ME"],
];

/// All replies of a server whose keys are in these states, of `me`, and that runs the script.
fn run(text: &Bytes, pair: &Scripts, me: usize, states: &[usize]) -> Vec<Reply> {
    let count: usize = pair.words[0].to_text().parse().unwrap();
    let (keys, args) = pair.words[1..].split_at(count);
    let mut server = RedisServer::new(Config::default());
    let mut replies = Replies::default();
    server.deliver(Micros::ZERO, Link(1), Inbound::Connect, &mut replies);
    let mut send = |words: Vec<Bytes>| {
        server.deliver(Micros::ZERO, Link(1), Inbound::Request(words.into()), &mut replies);
    };
    for (key, state) in keys.iter().zip(states) {
        for command in STATES[*state] {
            send(
                command
                    .split(' ')
                    .map(|word| match word {
                        "KEY" => key.clone(),
                        "ME" => args[me].clone(),
                        word => word.into(),
                    })
                    .collect(),
            );
        }
    }
    let eval = [Bytes::from("EVAL"), text.clone()];
    send(eval.into_iter().chain(pair.words.iter().cloned()).collect());
    for key in keys {
        for look in ["TYPE", "GET", "LRANGE", "HGETALL", "ZRANGE", "PTTL"] {
            let mut words = vec![Bytes::from(look), key.clone()];
            if look.ends_with("RANGE") {
                words.extend(["0".into(), "-1".into()]);
            }
            send(words);
        }
    }
    replies.0
}

/// An error names the line of the script that called the command.
fn without_place(reply: &Reply) -> Reply {
    match reply {
        Reply::Error(text) => {
            Reply::Error(text.to_text().split(" script: ").next().unwrap_or_default().into())
        }
        other => other.clone(),
    }
}

/// The text of a recipe's script that was sent by its hash.
fn text(script: &Bytes) -> Bytes {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/locks/redis");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let scripts = files.filter(|path| path.extension().is_some_and(|ends| ends == "lua"));
    let mut texts = scripts.map(|path| Bytes::from(fs::read(path).unwrap()));
    texts.find(|text| Script::sha1_of(text) == *script).unwrap_or_else(|| script.clone())
}

#[test]
fn scripts_have_the_effects_of_the_recorded_ones() {
    let mut pairs: Vec<Scripts> = Vec::new();
    for case in cases() {
        for mut pair in case.compare().scripts {
            pair.recipe = text(&pair.recipe);
            if !pairs
                .iter()
                .any(|known| known.recipe == pair.recipe && known.recorded == pair.recorded)
            {
                pairs.push(pair);
            }
        }
    }
    assert!(pairs.len() >= 10, "{} pairs of scripts", pairs.len());
    for pair in &pairs {
        let count: usize = pair.words[0].to_text().parse().unwrap();
        let arguments = pair.words.len() - 1 - count;
        let numbers = 0..STATES.len().pow(count as u32);
        for (me, number) in (0..arguments).flat_map(|me| numbers.clone().map(move |at| (me, at))) {
            let states: Vec<usize> = (0..count as u32)
                .map(|key| number / STATES.len().pow(key) % STATES.len())
                .collect();
            let effects = |text| -> Vec<Reply> {
                run(text, pair, me, &states).iter().map(without_place).collect()
            };
            let (ours, theirs) = (effects(&pair.recipe), effects(&pair.recorded));
            let (recipe, recorded) = (pair.recipe.to_text(), pair.recorded.to_text());
            assert_eq!(ours, theirs, "in the states {states:?}:\n{recipe}\nand\n{recorded}");
        }
    }
}
