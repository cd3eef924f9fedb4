//! The worlds of SET NX PX as plain enums, and the search over them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::plain_enum::{RETRY, TTL, WORK};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Phase {
    Acquiring,
    Waiting,
    Working,
    Releasing,
    Done,
    Dead,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Up {
    Set,
    CompareAndDelete,
    Disconnect,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Event {
    Up(usize),
    Down(usize),
    Timer(usize),
    Wake,
    Resume(usize),
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Client {
    phase: Phase,
    rounds: u32,
    up: VecDeque<Up>,
    /// The reply on its way: whether it says yes.
    down: VecDeque<bool>,
    /// The server knows the connection.
    connected: bool,
    /// Standing still; what was due for it meanwhile.
    paused: Option<VecDeque<Event>>,
    /// Standing still before it sends what is in `up`.
    unsent: bool,
}

/// When a fault hits a client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// Now.
    Now,
    /// Just before the next event.
    Late,
    /// Before it sends the request that is about to arrive.
    Unsent,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct World {
    clients: Vec<Client>,
    /// The owner and what is left of the lease (ms).
    key: Option<(usize, i64)>,
    /// The script was seen before.
    cached: bool,
    agenda: Vec<(i64, Event)>,
    faults: u32,
    inside: Vec<usize>,
}

impl World {
    fn new(clients: usize, rounds: u32, faults: u32) -> Self {
        let client = Client {
            phase: Phase::Acquiring,
            rounds,
            up: VecDeque::from([Up::Set]),
            down: VecDeque::new(),
            connected: false,
            paused: None,
            unsent: false,
        };
        Self {
            clients: vec![client; clients],
            key: None,
            cached: false,
            agenda: (0..clients).map(|c| (0, Event::Up(c))).collect(),
            faults,
            inside: Vec::new(),
        }
    }

    fn done(&self) -> bool {
        self.clients.iter().all(|c| matches!(c.phase, Phase::Done | Phase::Dead))
    }

    fn put(&mut self, due: i64, event: Event) {
        let place = self.agenda.partition_point(|(other, _)| *other <= due);
        self.agenda.insert(place, (due, event));
        // Timers of one instant stand in the order of their clients, and so do replies.
        let kind = |event: &Event| match event {
            Event::Timer(c) => Some((0, *c)),
            Event::Down(c) => Some((1, *c)),
            _ => None,
        };
        let Some((which, _)) = kind(&event) else { return };
        let alike = |(at, other): &(i64, Event)| {
            *at == due && kind(other).is_some_and(|(it, _)| it == which)
        };
        let places = self.agenda.iter().enumerate().filter(|(_, it)| alike(it));
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        let mut sorted: Vec<_> = places.iter().map(|&place| self.agenda[place]).collect();
        sorted.sort();
        for (place, entry) in places.into_iter().zip(sorted) {
            self.agenda[place] = entry;
        }
    }

    fn cancel(&mut self, gone: impl Fn(&Event) -> bool) {
        self.agenda.retain(|(_, event)| !gone(event));
    }

    fn arm(&mut self) {
        // An arming that changes nothing leaves the entry where it is.
        let due = self.key.map(|(_, left)| left + 1);
        let armed =
            self.agenda.iter().find(|(_, event)| *event == Event::Wake).map(|(due, _)| *due);
        if due != armed {
            self.cancel(|event| *event == Event::Wake);
            if let Some(due) = due {
                self.put(due, Event::Wake);
            }
        }
    }

    /// Time goes on to the next event.
    fn elapse(&mut self) {
        let due = self.agenda[0].0;
        for (at, _) in &mut self.agenda {
            *at -= due;
        }
        if let Some((_, left)) = &mut self.key {
            *left -= due;
        }
    }

    fn send(&mut self, c: usize, up: Up) {
        self.clients[c].up.push_back(up);
        self.put(0, Event::Up(c));
    }

    /// The nominal step; whether two are inside then.
    fn next(&mut self) -> bool {
        self.elapse();
        let (_, event) = self.agenda.remove(0);
        if let Event::Down(c) | Event::Timer(c) = event
            && let Some(backlog) = &mut self.clients[c].paused
        {
            backlog.push_back(event);
            return false;
        }
        match event {
            Event::Up(c) => self.serve(c),
            Event::Wake => {
                self.key = None;
                self.arm();
            }
            Event::Resume(c) => {
                if std::mem::take(&mut self.clients[c].unsent) {
                    self.put(0, Event::Up(c));
                }
                for event in self.clients[c].paused.take().unwrap() {
                    self.put(0, event);
                }
            }
            Event::Timer(c) if self.clients[c].phase == Phase::Waiting => {
                self.clients[c].phase = Phase::Acquiring;
                self.send(c, Up::Set);
            }
            Event::Timer(c) => {
                self.inside.retain(|other| *other != c);
                self.clients[c].phase = Phase::Releasing;
                self.clients[c].rounds -= 1;
                self.send(c, Up::CompareAndDelete);
            }
            Event::Down(c) => {
                let yes = self.clients[c].down.pop_front().unwrap();
                match (self.clients[c].phase, yes) {
                    (Phase::Acquiring, true) => {
                        self.clients[c].phase = Phase::Working;
                        self.inside.push(c);
                        self.put(WORK, Event::Timer(c));
                        return self.inside.len() > 1;
                    }
                    (Phase::Acquiring, false) => {
                        self.clients[c].phase = Phase::Waiting;
                        self.put(RETRY, Event::Timer(c));
                    }
                    _ if self.clients[c].rounds == 0 => self.clients[c].phase = Phase::Done,
                    _ => {
                        self.clients[c].phase = Phase::Acquiring;
                        self.send(c, Up::Set);
                    }
                }
            }
        }
        false
    }

    fn serve(&mut self, c: usize) {
        // The key is alive at equality.
        if self.key.is_some_and(|(_, left)| left < 0) {
            self.key = None;
        }
        let reply = match self.clients[c].up.pop_front().unwrap() {
            Up::Disconnect => {
                self.clients[c].connected = false;
                return;
            }
            Up::Set if self.key.is_none() => {
                self.key = Some((c, TTL));
                true
            }
            Up::Set => false,
            Up::CompareAndDelete => {
                self.cached = true;
                let mine = self.key.is_some_and(|(owner, _)| owner == c);
                if mine {
                    self.key = None;
                }
                mine
            }
        };
        self.clients[c].connected = true;
        // Nobody listens at a dead client's end.
        if self.clients[c].phase != Phase::Dead {
            self.clients[c].down.push_back(reply);
            self.put(0, Event::Down(c));
        }
        self.arm();
    }

    /// Which clients a fault may hit at this moment, and when.
    fn victims(&self) -> Vec<(usize, When)> {
        if self.faults == 0 {
            return Vec::new();
        }
        let (due, event) = self.agenda[0];
        let alive = |c: usize| {
            !matches!(self.clients[c].phase, Phase::Done | Phase::Dead)
                && self.clients[c].paused.is_none()
        };
        let head = match event {
            Event::Down(c) | Event::Timer(c) => Some(c),
            _ => None,
        };
        let others = (0..self.clients.len()).filter(|c| due > 0 && Some(*c) != head);
        let early = head.into_iter().chain(others).map(|c| (c, When::Now));
        let late = match event {
            Event::Timer(c) if due > 0 => Some((c, When::Late)),
            Event::Up(c) if self.clients[c].up[0] != Up::Disconnect => Some((c, When::Unsent)),
            _ => None,
        };
        early.chain(late).filter(|(c, _)| alive(*c)).collect()
    }

    /// The same, but a pause ends after what else is due at that instant, if there is anything.
    fn deferred(&self) -> Option<Self> {
        let (due, event) = self.agenda[0];
        let is_pause = |event: &Event| matches!(event, Event::Resume(_));
        let others = self.agenda.iter().any(|(at, other)| *at == due && !is_pause(other));
        if !is_pause(&event) || !others {
            return None;
        }
        let mut world = self.clone();
        world.agenda.remove(0);
        world.put(due, event);
        Some(world)
    }

    fn crash(&mut self, c: usize) {
        self.faults -= 1;
        let client = &mut self.clients[c];
        client.phase = Phase::Dead;
        client.rounds = 0;
        client.down.clear();
        self.inside.retain(|other| *other != c);
        self.cancel(|event| matches!(event, Event::Down(of) | Event::Timer(of) if *of == c));
        self.send(c, Up::Disconnect);
    }

    fn pause(&mut self, c: usize, span: i64) {
        self.faults -= 1;
        self.clients[c].paused = Some(VecDeque::new());
        self.put(span, Event::Resume(c));
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Crash,
    Pause(i64),
}

/// The number of worlds, or the deviations and steps of the shortest story with two inside.
pub(crate) fn by_hand(clients: usize, rounds: u32, kind: Kind) -> Result<usize, (u32, u32)> {
    let mut known: BTreeSet<World> = BTreeSet::new();
    let mut closed: BTreeSet<World> = BTreeSet::new();
    let mut waiting: BTreeMap<(u32, u32), VecDeque<Option<World>>> = BTreeMap::new();
    let first = World::new(clients, rounds, 1);
    known.insert(first.clone());
    waiting.entry((0, 0)).or_default().push_back(Some(first));
    while let Some(mut bucket) = waiting.first_entry() {
        let (deviations, steps) = *bucket.key();
        let Some(next) = bucket.get_mut().pop_front() else {
            bucket.remove();
            continue;
        };
        let Some(world) = next else { return Err((deviations, steps)) };
        if !closed.insert(world.clone()) || world.done() || world.agenda.is_empty() {
            continue;
        }
        let mut reach = |at: (u32, u32), world: World, two: bool| {
            if two {
                waiting.entry(at).or_default().push_back(None);
            } else {
                known.insert(world.clone());
                waiting.entry(at).or_default().push_back(Some(world));
            }
        };
        if let Some(deferred) = world.deferred() {
            reach((deviations, steps + 1), deferred, false);
        }
        let mut nominal = world.clone();
        let two = nominal.next();
        reach((deviations, steps + 1), nominal, two);
        for (c, when) in world.victims() {
            let mut hit = world.clone();
            if when == When::Late {
                hit.elapse();
            }
            if when == When::Unsent {
                hit.cancel(|event| *event == Event::Up(c));
            }
            match kind {
                Kind::Crash => {
                    if when == When::Unsent {
                        hit.clients[c].up.clear();
                    }
                    hit.crash(c);
                }
                Kind::Pause(span) => {
                    hit.clients[c].unsent = when == When::Unsent;
                    hit.pause(c, span);
                }
            }
            reach((deviations + 1, steps + 1), hit, false);
        }
    }
    Ok(known.len())
}
