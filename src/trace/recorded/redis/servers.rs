//! The servers of a recording of Redis, and the connections to them.

use std::rc::Rc;

use super::super::driver::{Driver, Servers};
use super::call::Call;
use super::event::{Act, Turn, What};
use super::json::{write_command, write_reply};
use super::settings::Settings;
use super::world::{Alternatives, World};
use super::worlds::Worlds;
use crate::store::redis::{Bytes, Draw, Message, Request};
use crate::store::{Inbound, Link, Outbound};
use crate::trace::BadRecording;
use crate::trace::recorded::{Event, Header, Line};

/// The servers, in every world that agrees with what was read so far.
pub(in crate::trace::recorded) struct Redis {
    pub(super) settings: Settings,
    pub(super) worlds: Worlds,
}

impl Servers for Redis {
    type What = What;
    /// The commands since MULTI.
    type Kept = Vec<Rc<[Bytes]>>;
    const GOES_BACK: bool = false;

    fn start(header: &Header) -> Result<Self, BadRecording> {
        let settings = Settings::of(header)?;
        let worlds = Worlds::only(World::new(&settings.server, settings.nodes.len()));
        Ok(Self { settings, worlds })
    }

    fn count(&self) -> usize {
        self.settings.nodes.len()
    }

    fn parse(&self, line: &Line) -> Result<Event<What>, BadRecording> {
        What::parse(line, &self.settings.nodes)
    }

    fn step(driver: &mut Driver<'_, Self>) -> Result<(), BadRecording> {
        let event = driver.event();
        let (name, act) = match &event.what {
            What::Server(turn) => {
                driver.turn(*turn);
                return Ok(());
            }
            What::Client(name, act) => (name, act),
        };
        match (act, driver.connections.of(name, event.server)) {
            (Act::Connect, _) => driver.connect(name),
            (_, None) => driver.differs(name, "an event", "not connected"),
            (Act::Disconnect, Some(link)) => driver.disconnect(name, link),
            (Act::Call(argv, answer), Some(link)) => {
                let what = format!("{name} {}", write_command(argv));
                driver.call(&Call { server: event.server, what, link, argv, answer });
            }
            (Act::Push(push), Some(link)) => driver.push(name, link, push),
            (Act::Unblocked(reply), Some(link)) => driver.unblocked(name, link, reply),
        }
        Ok(())
    }
}

impl Driver<'_, Redis> {
    fn turn(&mut self, turn: Turn) {
        let server = self.event().server;
        if turn == Turn::Down && !self.servers.worlds.first().is_up(server) {
            self.differs("the server", "goes down", "is down");
            return;
        }
        self.connections.open.retain(|_, connection| connection.server != server);
        for world in self.servers.worlds.iter_mut().filter(|world| world.is_up(server)) {
            world.crash(server);
        }
        if turn == Turn::Restart {
            let worlds = self.servers.worlds.iter();
            let started = worlds.flat_map(|world| world.restart(server, self.now));
            let started = started.map(|branch| branch.world).collect();
            self.servers.worlds.replace(started, self.now);
        }
    }

    fn connect(&mut self, name: &str) {
        let server = self.event().server;
        if self.connections.find(|known| known.client == name).is_some() {
            self.differs(name, "connects", "is connected");
        } else if !self.servers.worlds.first().is_up(server) {
            self.differs(name, "connects", "the server is down");
        } else {
            let link = self.connections.connect(name, server, Vec::new());
            self.deliver(link, &Inbound::Connect);
        }
    }

    fn disconnect(&mut self, name: &str, link: Link) {
        let worlds = &mut self.servers.worlds;
        let owes = |world: &World| !matches!(world.next(link), None | Some(Outbound::Close));
        let owed = worlds.iter().all(owes).then(|| worlds.first().next(link).map(print));
        for world in worlds.iter_mut() {
            world.give_up(link);
        }
        if let Some(said) = owed.flatten() {
            self.differs(name, "disconnects", said);
        }
        self.connections.open.remove(&link);
        self.deliver(link, &Inbound::Disconnect);
    }

    /// The end of a connection reaches its server, which answers what it likes.
    fn deliver(&mut self, link: Link, message: &Inbound<Request>) {
        let (server, now) = (self.event().server, self.now);
        let nominal = |_: &Draw, _| Alternatives::Only(0);
        let worlds = self.servers.worlds.iter();
        let next = worlds.flat_map(|world| world.deliver(server, now, link, message, &nominal));
        let next = next.map(|branch| branch.world).collect();
        self.servers.worlds.replace(next, now);
    }
}

/// Something that a server said, for people.
pub(super) fn print(said: &Outbound<Message>) -> String {
    match said {
        Outbound::Message(Message::Reply(reply)) => write_reply(reply).to_string(),
        Outbound::Message(Message::Push(push)) => format!("push {}", write_reply(push)),
        Outbound::Message(Message::Peer(peer)) => format!("to another server: {}", peer.name()),
        Outbound::Close => "the end of the connection".to_owned(),
    }
}
