//! Random command lines: what is told adds up to the data, and telling it changes nothing.

use std::collections::BTreeMap;
use std::rc::Rc;

use lockstep::store::effect::{Change, Item, Part};
use lockstep::store::redis::{Bytes, Config, Draw, Message, Persistence, RedisServer, Reply};
use lockstep::store::{Env, Inbound, Key, Link, Outbound, Server};
use lockstep::time::Micros;

use crate::effect_lines::line;
use crate::redis_any_input::{Chance, GIVEN, Step};
use crate::redis_effects::{Ear, World};

const NAMES: [&str; 12] = ["s", "l", "h", "t", "z", "n", "a", "b", "c", "none", "0", "1"];

/// How often each item is there, and until when.
type Told = BTreeMap<Item, (usize, Option<Micros>)>;

#[derive(Clone)]
struct Run {
    server: RedisServer,
    world: World,
    now: Micros,
}

impl Run {
    fn new(ear: Ear, config: Config) -> Self {
        let mut run =
            Self { server: RedisServer::new(config), world: World::new(ear), now: Micros::ZERO };
        run.connect();
        for line in GIVEN {
            run.step(&Step::Request(Link(0), line.split(' ').map(Bytes::from).collect()));
        }
        run
    }

    fn connect(&mut self) {
        for link in 0..4 {
            self.server.deliver(self.now, Link(link), Inbound::Connect, &mut self.world);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Request(link, argv) => {
                let message = Inbound::Request(argv.as_slice().into());
                self.server.deliver(self.now, *link, message, &mut self.world);
            }
            Step::Reconnect(link) => {
                self.server.deliver(self.now, *link, Inbound::Disconnect, &mut self.world);
                self.server.deliver(self.now, *link, Inbound::Connect, &mut self.world);
            }
            Step::Pass(span) => {
                let end = self.now + *span;
                while let Some(due) = self.server.deadline().filter(|due| *due <= end) {
                    self.now = self.now.max(due);
                    self.server.wake(self.now, &mut self.world);
                }
                self.now = end;
            }
        }
    }

    fn crash(&mut self) {
        self.server.tell_crash(&mut self.world);
        self.server.crash();
        self.server.restart(self.now, &mut self.world);
        self.connect();
    }

    fn key(&self) -> Key {
        let mut server = self.server.clone();
        server.rebase(self.now);
        let mut key = Key::default();
        server.key(&mut key);
        key
    }

    /// What the keys of [`NAMES`] hold really, which nobody notices.
    fn data(&self) -> Told {
        let mut asked = Asked { server: self.server.clone(), now: self.now, reply: Reply::Nil };
        asked.hear(Inbound::Connect);
        let mut data = Told::new();
        for name in NAMES {
            let place: Rc<str> = name.into();
            let Reply::Int(deadline_ms) = asked.call(&["pexpiretime", name]) else {
                panic!("a deadline")
            };
            let epoch_us = asked.server.config().epoch_us;
            let until = (deadline_ms >= 0).then(|| Micros((deadline_ms + 1) * 1000 - epoch_us));
            if deadline_ms != -2 {
                data.insert(Item::whole(place.clone()), (1, until));
            }
            let Reply::Status(kind) = asked.call(&["type", name]) else { panic!("a type") };
            let (line, part) = match kind.to_text().as_str() {
                "hash" => (vec!["hkeys", name], Part::Field as fn(Rc<str>) -> Part),
                "list" => (vec!["lrange", name, "0", "-1"], Part::Element as _),
                "set" => (vec!["smembers", name], Part::Member as _),
                "zset" => (vec!["zrange", name, "0", "-1"], Part::Member as _),
                _ => continue,
            };
            let Reply::Array(names) = asked.call(&line) else { panic!("parts") };
            for name in &*names {
                let Reply::Bulk(name) = name else { panic!("{name:?}") };
                let part = Some(part(name.to_text().into()));
                data.entry(Item { place: place.clone(), part }).or_default().0 += 1;
            }
        }
        data
    }
}

/// A copy of a server that is asked about its data.
struct Asked {
    server: RedisServer,
    now: Micros,
    reply: Reply,
}

struct Last(Option<Reply>);

impl Env<RedisServer> for Last {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        if let (ASKER, Outbound::Message(Message::Reply(reply))) = (link, message) {
            self.0 = Some(reply);
        }
    }

    fn draw(&mut self, _: &Draw, _: u32) -> u32 {
        0
    }
}

const ASKER: Link = Link(99);

impl Asked {
    fn hear(&mut self, message: Inbound<lockstep::store::redis::Request>) {
        let mut last = Last(None);
        self.server.deliver(self.now, ASKER, message, &mut last);
        self.reply = last.0.unwrap_or(Reply::Nil);
    }

    fn call(&mut self, words: &[&str]) -> Reply {
        self.hear(Inbound::Request(words.iter().map(|word| Bytes::from(*word)).collect()));
        self.reply.clone()
    }
}

/// Does to `told` what the server told since the last time.
fn apply(told: &mut Told, world: &mut World) -> usize {
    let effects = std::mem::take(&mut world.told);
    for effect in &effects {
        let what = line(effect);
        let is_element = matches!(effect.item.part, Some(Part::Element(_)));
        let (count, until) = told.entry(effect.item.clone()).or_default();
        match effect.change {
            Change::Placed { until: new, session } => {
                assert!(is_element || *count == 0, "{what}");
                assert_eq!(session, None);
                *count += 1;
                *until = new;
            }
            Change::Renewed { until: new, before } => {
                assert!(*count == 1 && effect.item.part.is_none() && new != before, "{what}");
                assert_eq!(*until, before, "{what}");
                *until = new;
            }
            Change::Rewritten { .. } => assert_eq!(*count, 1, "{what}"),
            Change::Removed { until: was } => {
                assert!(*count > 0 && *until == was, "{what}");
                *count -= 1;
                if *count == 0 {
                    told.remove(&effect.item);
                }
            }
        }
    }
    effects.len()
}

/// What is dead and not yet removed is gone for everybody who asks.
fn alive(told: &Told, now: Micros) -> Told {
    let is_dead = |place: &Rc<str>| {
        let key = told.get(&Item::whole(place.clone()));
        key.is_none_or(|(_, until)| until.is_some_and(|until| until <= now))
    };
    let mut alive = told.clone();
    alive.retain(|item, _| !is_dead(&item.place));
    alive
}

#[test]
fn what_is_told_adds_up_to_the_data() {
    let mut chance = Chance::new(11);
    let names: Vec<Rc<str>> = NAMES.map(Rc::from).to_vec();
    let mut effects = 0;
    for round in 0..150 {
        let persistence =
            [Persistence::None, Persistence::EverySecond, Persistence::Always][round % 3];
        let config = Config { persistence, ..Config::default() };
        let mut run = Run::new(Ear::Names(names.clone()), config);
        let mut told = Told::new();
        for _ in 0..120 {
            run.world.answers = (0..4).map(|_| chance.below(3) as u32).collect();
            let step = chance.step();
            if chance.below(60) == 0 {
                run.crash();
            } else {
                run.step(&step);
            }
            effects += apply(&mut told, &mut run.world);
            assert_eq!(alive(&told, run.now), run.data(), "round {round}, after {step:?}");
        }
    }
    assert!(effects > 3000, "{effects}");
}

#[test]
fn whether_anybody_heeds_it_changes_nothing() {
    let mut chance = Chance::new(12);
    let mut told = 0;
    for _ in 0..80 {
        let ears = [Ear::Deaf, Ear::All, Ear::Names(vec!["s".into(), "z".into()])];
        let mut runs = ears.map(|ear| Run::new(ear, Config::default()));
        for _ in 0..80 {
            let answers: Vec<u32> = (0..4).map(|_| chance.below(3) as u32).collect();
            let step = chance.step();
            for run in &mut runs {
                run.world.answers = answers.iter().copied().collect();
                run.step(&step);
            }
            let [deaf, all, some] = &mut runs;
            for other in [&mut *all, some] {
                assert_eq!(deaf.world.said, other.world.said, "{step:?}");
                assert!(deaf.key() == other.key(), "{step:?}");
                other.world.said.clear();
            }
            assert!(deaf.world.told.is_empty());
            deaf.world.said.clear();
            told += all.world.told.len();
            all.world.told.clear();
        }
    }
    assert!(told > 1000, "{told}");
}
