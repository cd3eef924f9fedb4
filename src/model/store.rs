//! `store`: where the lock lives.

use super::clock::Clocks;
use super::fields;
use super::given::Given;
use super::redis_client;
use super::replicas::Replicas;
use crate::client::redis::Settings;
use crate::client::zookeeper::Library;
use crate::cx::LockBox;
use crate::json::{Duration, Problem, Section, number, some_time};
use crate::locks;
use crate::registry;
use crate::sim::{AnyServer, Leases, SentinelSetup, ServerSetup, Timing, peer_link};
use crate::store::redis::{self, Eviction, NotifyFlags, Persistence};
use crate::store::zookeeper::{self, Moment, ZooKeeper};
use crate::time::Micros;

/// The store of a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Store {
    None,
    Redis {
        servers: u32,
        notify: NotifyFlags,
        persistence: Persistence,
        eviction: Eviction,
        monotonic: bool,
        client: Settings,
        replicas: Replicas,
        clocks: Clocks,
    },
    ZooKeeper {
        servers: u32,
        tick: Micros,
        session: Micros,
        library: Library,
        /// How often empty containers are looked for, if they are.
        reap: Option<Micros>,
        clocks: Clocks,
    },
}

/// The most Redis servers: more than anybody asks for a majority.
const MOST_SERVERS: u32 = 21;
/// How recipes call the time after which Redis gives up on a holder; the first that is said is the one that counts, as
/// Redisson's `leaseTime` does in place of the watchdog's time.
const LEASES: [&str; 7] =
    ["ttl", "lease", "watchdog_timeout", "expire_after", "at_most", "seconds", "expire"];
/// The most ZooKeeper servers: more than anybody asks for a majority.
const MOST_MEMBERS: u32 = 9;

impl Store {
    /// Reads `{"redis": {…}}`, `{"zookeeper": {…}}` or `{"none": {}}`.
    pub(super) fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let member = section.only_member()?;
        match &*member.name {
            "redis" => Self::redis(&member.value),
            "zookeeper" => Self::zookeeper(&member.value),
            "none" => member.value.fields(&[]).map(|_| Self::None),
            _ => Err(member.unknown("store", ["redis", "zookeeper", "none"])),
        }
    }

    fn redis(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let fields = section.fields(&fields::names("store.redis"))?;
        let servers = fields.get("servers").map(|it| number(&it, "servers", 1, MOST_SERVERS));
        let notify = match fields.get("notify") {
            None => NotifyFlags::NONE,
            Some(field) => {
                let text: String = field.to()?;
                NotifyFlags::parse(text.as_bytes()).ok_or_else(|| {
                    let message = format!("\"{text}\" is no set of classes of keyspace events");
                    field.error(message).with_help("as in redis.conf: letters of Ag$lshzxeKEtmdn")
                })?
            }
        };
        let servers = servers.transpose()?.unwrap_or(1);
        let persistence = fields.get("persistence").map(|field| persistence(&field)).transpose()?;
        let persistence = persistence.unwrap_or_default();
        let client = redis_client::settings(fields.get("client"))?;
        let replicas = Replicas::from_fields(&fields)?;
        let eviction = fields.get("maxmemory_policy").map(|field| eviction(&field)).transpose()?;
        let eviction = eviction.unwrap_or_default();
        let monotonic = fields.get("expiry_clock").map(|field| is_monotonic(&field)).transpose()?;
        let monotonic = monotonic.unwrap_or(false);
        let servers_named: Vec<String> =
            names("redis", servers).iter().flat_map(|master| replicas.names(master)).collect();
        let clocks = Clocks::from_section(fields.get("clocks"), &servers_named)?;
        Ok(Self::Redis {
            servers,
            notify,
            persistence,
            eviction,
            monotonic,
            client,
            replicas,
            clocks,
        })
    }

    /// A tick of two seconds and a session of three ticks unless the section says otherwise.
    fn zookeeper(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let fields = section.fields(&fields::names("store.zookeeper"))?;
        let whole_ms = |field: Section<'_>| {
            let span = some_time(&field)?;
            match span.0 % 1000 {
                0 if span.as_ms() * 20 <= i64::from(i32::MAX) => Ok(span),
                0 => Err(field.error("too long: ZooKeeper counts milliseconds in 32 bits")),
                _ => Err(field.error("ZooKeeper counts whole milliseconds")),
            }
        };
        let tick = fields.get("tick").map(whole_ms).transpose()?.unwrap_or(Micros::from_ms(2000));
        let session = fields.get("session").map(whole_ms).transpose()?;
        let (least, most) = (Micros(tick.0 * 2), Micros(tick.0 * 20));
        if let Some(session) = session.filter(|session| *session < least || *session > most) {
            let place = fields.field("session")?;
            let [asked, tick, least, most] = [session, tick, least, most].map(Duration);
            let message = format!(
                "a session of {asked} is not granted: with a tick of {tick} a session lasts from {least} (2 ticks) \
                 to {most} (20 ticks)"
            );
            return Err(place.error(message));
        }
        let library = fields.get("client").map(|field| library(&field)).transpose()?;
        let servers = fields.get("servers").map(|it| number(&it, "servers", 1, MOST_MEMBERS));
        let servers = servers.transpose()?.unwrap_or(1);
        Ok(Self::ZooKeeper {
            servers,
            tick,
            session: session.unwrap_or(Micros(tick.0 * 3)),
            library: library.unwrap_or_default(),
            reap: fields.get("reap").map(whole_ms).transpose()?,
            clocks: Clocks::from_section(fields.get("clocks"), &names("zk", servers))?,
        })
    }

    /// Reads `lock`: the recipe, and the leases (µs) that it or its session has; a fault just below and one just
    /// above each is worth trying.
    pub(super) fn lock(&self, section: &Section<'_>) -> Result<(LockBox, Leases), Box<Problem>> {
        let (lock, about) = registry::recipe(section)?;
        let member = section.only_member()?;
        if about.store == locks::Store::OfParts
            && let Some(parts) = member.value.members()?.into_iter().find(|it| it.name == "locks")
        {
            let mut leases = Leases::Known(Vec::new());
            for part in parts.value.elements()?.iter().filter(|it| it.raw() != "\"again\"") {
                leases = leases.and(self.lock(part)?.1);
            }
            return Ok((lock, leases));
        }
        let wants = lock.needs().unwrap_or_else(|| store_name(about.store));
        let has = self.name();
        if wants != "none" && wants != has {
            let message =
                format!("the recipe `{}` runs on `{wants}`, but the store is `{has}`", about.name);
            return Err(member.error(message));
        }
        let leases = match *self {
            Self::ZooKeeper { tick, session, .. } if wants == "zookeeper" => {
                Leases::Known(vec![(session, session + tick)])
            }
            _ => {
                let said = member.value.members()?;
                let lease =
                    |name: &&str| said.iter().find(|said| said.name == **name)?.value.to().ok();
                // The first that the recipe names is the one it has in any case.
                let names = about.params.iter().map(|(name, _)| *name);
                let has = names.into_iter().find(|name| LEASES.contains(name));
                match (LEASES.iter().find_map(lease), has) {
                    (Some(Duration(lease)), _) => Leases::Known(vec![(lease, lease)]),
                    (None, Some(name)) => Leases::Unsaid(name),
                    (None, None) => Leases::Known(Vec::new()),
                }
            }
        };
        Ok((lock, leases))
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Redis { .. } => "redis",
            Self::ZooKeeper { .. } => "zookeeper",
        }
    }

    /// The session timeout (ms) that clients ask for.
    pub(super) fn session_timeout_ms(&self) -> i32 {
        match self {
            Self::ZooKeeper { session, .. } => i32::try_from(session.as_ms()).unwrap_or(i32::MAX),
            _ => 0,
        }
    }

    /// The ZooKeeper client library that clients use.
    pub(super) fn library(&self) -> Library {
        match *self {
            Self::ZooKeeper { library, .. } => library,
            _ => Library::default(),
        }
    }

    /// How the Redis client library of clients is set up.
    pub(super) fn redis_client(&self) -> Settings {
        match *self {
            Self::Redis { client, .. } => client,
            _ => Settings::default(),
        }
    }

    /// Whether it is a ZooKeeper service of several servers.
    pub(super) fn is_ensemble(&self) -> bool {
        matches!(self, Self::ZooKeeper { servers, .. } if *servers > 1)
    }

    /// The names of the servers.
    pub(super) fn server_names(&self) -> Vec<String> {
        match *self {
            Self::None => Vec::new(),
            Self::Redis { replicas, .. } => {
                self.masters().iter().flat_map(|master| replicas.names(master)).collect()
            }
            Self::ZooKeeper { servers, .. } => names("zk", servers),
        }
    }

    /// The names of the Redis masters.
    fn masters(&self) -> Vec<String> {
        match *self {
            Self::Redis { servers, .. } => names("redis", servers),
            _ => Vec::new(),
        }
    }

    /// Which Redis servers belong together.
    pub(super) fn sentinel(&self) -> SentinelSetup {
        match self {
            Self::Redis { servers, replicas, .. } => replicas.sentinel(*servers),
            _ => SentinelSetup::default(),
        }
    }

    /// Whether Redis masters have replicas.
    pub(super) fn has_replicas(&self) -> bool {
        matches!(self, Self::Redis { replicas, .. } if replicas.count() > 0)
    }

    /// All spans (µs) that the store compares with, defaults included.
    pub(super) fn durations(&self) -> Vec<Micros> {
        match *self {
            Self::ZooKeeper { tick, session, reap, .. } => {
                [tick, session].into_iter().chain(reap).collect()
            }
            Self::Redis { client, replicas, .. } => {
                let own = [client.timeout.unwrap_or_default(), client.retry_after];
                let own = own.into_iter().chain([client.reconnect_after]);
                own.chain(replicas.durations()).collect()
            }
            Self::None => Vec::new(),
        }
    }

    /// The servers with what is given.
    pub(super) fn servers(&self, timing: Timing, given: &Given) -> Vec<ServerSetup> {
        let names = self.server_names();
        let count = names.len() as u16;
        let states: Vec<AnyServer> = match *self {
            Self::None => Vec::new(),
            Self::Redis { replicas, .. } => {
                let mut state = given.redis().clone();
                // In a search nothing is late unless a fault says so.
                state.expires_punctually(timing == Timing::Abstract);
                let servers = replicas.servers(&self.masters(), &state, timing);
                servers.into_iter().map(|server| server.state).collect()
            }
            Self::ZooKeeper { tick, reap, .. } => {
                let state = given.zookeeper(zookeeper_config(tick, reap, timing));
                let members = (0..count).map(|number| member(&state, number, count));
                members.map(|state| AnyServer::ZooKeeper(Box::new(state))).collect()
            }
        };
        let servers = names.into_iter().zip(states);
        let mut servers: Vec<ServerSetup> =
            servers.map(|(name, state)| ServerSetup { name, state, drift_ppm: 0 }).collect();
        if let Self::Redis { clocks, .. } | Self::ZooKeeper { clocks, .. } = self {
            clocks.set(&mut servers);
        }
        servers
    }

    /// The settings of a Redis server.
    pub(super) fn redis_config(&self) -> redis::Config {
        match *self {
            Self::Redis { notify, persistence, eviction, monotonic, .. } => redis::Config {
                notify,
                persistence,
                eviction,
                monotonic_expiry: monotonic,
                ..redis::Config::default()
            },
            _ => redis::Config::default(),
        }
    }
}

/// The names of so many servers: `redis`, or `redis1`, `redis2`, ...
fn names(kind: &str, servers: u32) -> Vec<String> {
    match servers {
        1 => vec![kind.to_owned()],
        _ => (1..=servers).map(|n| format!("{kind}{n}")).collect(),
    }
}

fn eviction(field: &Section<'_>) -> Result<Eviction, Box<Problem>> {
    let name: String = field.to()?;
    Eviction::from_name(name.as_bytes())
        .ok_or_else(|| field.unknown_name("policy", &name, Eviction::names()))
}

/// Whether keys expire by a clock that nobody sets: `"wall"`, as a real server's, or `"monotonic"`.
fn is_monotonic(field: &Section<'_>) -> Result<bool, Box<Problem>> {
    let name: String = field.to()?;
    match &*name {
        "wall" => Ok(false),
        "monotonic" => Ok(true),
        _ => Err(field.unknown_name("clock", &name, ["wall", "monotonic"])),
    }
}

fn persistence(field: &Section<'_>) -> Result<Persistence, Box<Problem>> {
    const ALL: [(&str, Persistence); 3] = [
        ("none", Persistence::None),
        ("everysec", Persistence::EverySecond),
        ("always", Persistence::Always),
    ];
    let name: String = field.to()?;
    match ALL.iter().find(|(known, _)| *known == name) {
        Some((_, persistence)) => Ok(*persistence),
        None => {
            let known = ALL.iter().map(|(name, _)| *name);
            Err(field.unknown_name("persistence", &name, known))
        }
    }
}

/// One of so many servers, the last of which leads at the beginning.
fn member(state: &ZooKeeper, number: u16, servers: u16) -> ZooKeeper {
    if servers == 1 {
        return state.clone();
    }
    let leader = servers - 1;
    let followers: Vec<_> = (0..leader).map(|it| peer_link(it, leader)).collect();
    let to_leader = (number != leader).then(|| peer_link(number, leader));
    state.clone().enrolled(number as u8 + 1, to_leader, &followers)
}

fn library(field: &Section<'_>) -> Result<Library, Box<Problem>> {
    let name: String = field.to()?;
    match Library::ALL.iter().find(|(known, _)| *known == name) {
        Some((_, library)) => Ok(*library),
        None => {
            let known = Library::ALL.iter().map(|(name, _)| *name);
            Err(field.unknown_name("client library", &name, known))
        }
    }
}

fn zookeeper_config(tick: Micros, reap: Option<Micros>, timing: Timing) -> zookeeper::Config {
    let plain = zookeeper::Config::with_tick(tick);
    match timing {
        // A reaper would only make states, unless the model wants one.
        Timing::Abstract => zookeeper::Config {
            times: false,
            expiry: Moment::Drawn,
            reap_interval: reap,
            reaping: Moment::Drawn,
            ..plain
        },
        Timing::Sampled { .. } => {
            zookeeper::Config { reap_interval: reap.or(plain.reap_interval), ..plain }
        }
    }
}

fn store_name(store: locks::Store) -> &'static str {
    match store {
        locks::Store::Redis => "redis",
        locks::Store::ZooKeeper => "zookeeper",
        // The parts of a lock are looked at one by one.
        locks::Store::None | locks::Store::OfParts | locks::Store::OfScript => "none",
    }
}
