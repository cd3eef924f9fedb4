//! One entry of a model's list of faults, and what its fields may name.

use super::messages::Messages;
use super::processes::Processes;
use super::servers::Servers;
use super::{About, OPEN};
use crate::json::{Fields, Member, Problem, Section, number, one_or_more, some_time, word_of};
use crate::sim::thread::Phase;
use crate::store::{redis, zookeeper};
use crate::time::Micros;

/// `budget`, which every kind has.
pub(super) const BUDGET: (&str, &str) = ("budget", "how often at most, or \"unlimited\": 1");
/// `for`.
pub(super) const FOR: (&str, &str) = (
    "for",
    "for how long, one or several: any time; in `run` a tenth below or above each lease of the lock",
);
/// `process`.
pub(super) const PROCESS: (&str, &str) = ("process", "which processes it may hit: all");
/// `phase`.
pub(super) const PHASE: (&str, &str) =
    ("phase", "where a thread must be, of acquiring, waiting, working, releasing: anywhere");
/// `request`.
pub(super) const REQUEST: (&str, &str) = ("request", "which requests it may hit, by name: all");

const PHASES: [(&str, Phase); 4] = [
    ("acquiring", Phase::Acquiring),
    ("waiting", Phase::Waiting),
    ("working", Phase::Working),
    ("releasing", Phase::Releasing),
];

/// Finds the processes that a section names.
pub type Finds<'a> = dyn Fn(&Section<'_>) -> Result<Vec<u16>, Box<Problem>> + 'a;

/// What the faults of a model can name, and where their durations come from.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The processes that the name in a section stands for.
    pub processes: &'a Finds<'a>,
    /// The names of the servers.
    pub servers: &'a [String],
    /// What the servers are: `redis`, `zookeeper` or `none`.
    pub store: &'a str,
    /// Whether Redis masters have replicas.
    pub has_replicas: bool,
    /// The name and number of the resource that the lock guards, if there is one.
    pub ledger: Option<(&'a str, u16)>,
    /// The leases of the lock.
    pub leases: &'a Leases,
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("servers", &self.servers).finish_non_exhaustive()
    }
}

/// The leases of a recipe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Leases {
    /// Each with the shortest and the longest time (µs) after which the store gives up on its holder.
    Known(Vec<(Micros, Micros)>),
    /// There is one, the parameter of this name, but the section leaves it to the default.
    Unsaid(&'static str),
}

impl Leases {
    /// These and others; unsaid if some are.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        let (mut leases, others) = match (self, others) {
            (Self::Known(leases), Self::Known(others)) => (leases, others),
            (Self::Unsaid(name), _) | (_, Self::Unsaid(name)) => return Self::Unsaid(name),
        };
        for lease in others {
            if !leases.contains(&lease) {
                leases.push(lease);
            }
        }
        Self::Known(leases)
    }
}

/// One entry: `"pause"`, for once and anywhere, or `{"pause": {…}}`.
pub(crate) struct Entry<'a, 'd> {
    about: &'static About,
    section: Section<'d>,
    member: Option<Member<'d>>,
    fields: Option<Fields<'d>>,
    pub(super) scope: &'a Scope<'a>,
}

impl<'a, 'd> Entry<'a, 'd> {
    /// An entry whose fields are parameters of the kind.
    pub(super) fn new(
        about: &'static About,
        section: Section<'d>,
        member: Option<Member<'d>>,
        scope: &'a Scope<'a>,
    ) -> Result<Self, Box<Problem>> {
        let has = |name: &str| about.params.iter().any(|(known, _)| *known == name);
        if let Some(member) = &member {
            for field in member.value.members()? {
                let why = match &*field.name {
                    "for" if !has("for") => {
                        format!("`{}` takes no time: `for` means nothing here", about.name)
                    }
                    "request" if !has("request") && has("phase") && !has("server") => format!(
                        "`{}` hits a process, not a request; say `phase`, `before` or `after` instead",
                        about.name
                    ),
                    _ => continue,
                };
                return Err(field.value.error(why));
            }
        }
        let known: Vec<&str> = about.params.iter().map(|(name, _)| *name).collect();
        let fields = member.as_ref().map(|member| member.value.fields(&known)).transpose()?;
        Ok(Self { about, section, member, fields, scope })
    }

    /// Something wrong with the whole entry.
    pub(super) fn error(&self, message: impl Into<String>) -> Box<Problem> {
        self.section.error(message)
    }

    /// Something wrong with its name.
    fn error_at_name(&self, message: String) -> Box<Problem> {
        match &self.member {
            Some(member) => member.error(message),
            None => self.section.error(message),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Section<'d>> {
        self.fields.as_ref().and_then(|fields| fields.get(name))
    }

    /// Once, unless the section says otherwise.
    pub(super) fn budget(&self) -> Result<Option<u32>, Box<Problem>> {
        let Some(field) = self.get("budget") else { return Ok(Some(1)) };
        if field.raw().starts_with('"') {
            let text: String = field.to()?;
            return match &*text {
                "unlimited" => Ok(None),
                _ => Err(field.unknown_name("budget", &text, ["unlimited"])),
            };
        }
        if field.raw() == "0" {
            return Err(field.error("a budget of 0 allows nothing; leave the fault out"));
        }
        number(&field, "times", 1, 1_000_000).map(Some)
    }

    /// The durations (µs) that `for` lists; by default just below and just above each lease, shorter by a tenth and longer
    /// by a tenth, and [`OPEN`].
    pub(super) fn spans(&self) -> Result<Vec<Micros>, Box<Problem>> {
        match (self.get("for"), self.scope.leases) {
            (None, Leases::Known(leases)) => {
                Ok(around(leases).chain(std::iter::once(OPEN)).collect())
            }
            (None, Leases::Unsaid(_)) => Ok(vec![OPEN]),
            (Some(_), _) => self.known_spans(),
        }
    }

    /// The same of a kind that cannot be over at just any moment.
    pub(super) fn known_spans(&self) -> Result<Vec<Micros>, Box<Problem>> {
        if let Some(field) = self.get("for") {
            return one_or_more(field)?.iter().map(some_time).collect();
        }
        let missing = || {
            let name = self.about.name;
            self.error_at_name(format!(
                "`{name}` takes time: it needs `for`, one duration or a list of them"
            ))
        };
        match self.scope.leases {
            Leases::Known(leases) if !leases.is_empty() => Ok(around(leases).collect()),
            Leases::Known(_) => {
                Err(missing().with_help("the lock has no lease to take a default from"))
            }
            Leases::Unsaid(name) => Err(missing()
                .with_help(format!("or write the lock's `{name}`, to take a default from"))),
        }
    }

    /// `process` and `phase`.
    pub(super) fn processes(&self) -> Result<Processes, Box<Problem>> {
        let numbers = self.each("process", |section| (self.scope.processes)(&section))?;
        Ok(Processes {
            numbers: numbers.into_iter().flatten().collect(),
            phases: self.each("phase", phase)?,
        })
    }

    /// `process`, `phase` and `request`.
    pub(super) fn messages(&self) -> Result<Messages, Box<Problem>> {
        let of = self.processes()?;
        Ok(Messages { of, requests: self.requests("request")? })
    }

    /// `server`.
    pub(super) fn servers(&self) -> Result<Servers, Box<Problem>> {
        Ok(Servers { numbers: self.server_numbers()? })
    }

    /// The same by their numbers.
    pub(super) fn server_numbers(&self) -> Result<Vec<u16>, Box<Problem>> {
        self.each("server", |section| {
            let name: String = section.to()?;
            let known = self.scope.servers;
            match known.iter().position(|known| *known == name) {
                Some(number) => Ok(number as u16),
                None => {
                    Err(section.unknown_name("server", &name, known.iter().map(String::as_str)))
                }
            }
        })
    }

    pub(super) fn each<T>(
        &self,
        name: &str,
        read: impl Fn(Section<'d>) -> Result<T, Box<Problem>>,
    ) -> Result<Vec<T>, Box<Problem>> {
        let Some(field) = self.get(name) else { return Ok(Vec::new()) };
        one_or_more(field)?.into_iter().map(read).collect()
    }

    /// The names of requests in the field `name`: of the store, of the ledger, or `message` for what nobody asked for.
    pub(super) fn requests(&self, name: &str) -> Result<Vec<String>, Box<Problem>> {
        let mut known: Vec<&str> = match self.scope.store {
            "redis" => redis::command_names().collect(),
            "zookeeper" => zookeeper::Op::NAMES.to_vec(),
            _ => Vec::new(),
        };
        known.extend(["message", "READ", "WRITE"]);
        let right = "a command of Redis as in `SET`, an operation of ZooKeeper as in `create`, `READ` or `WRITE` of the \
                     ledger, or `message` for what nobody asked for";
        self.each(name, |section| word_of(&section, "request", &known, right))
    }

    /// For kinds that hit replicas, or a master that has some.
    pub(super) fn needs_replicas(&self) -> Result<(), Box<Problem>> {
        if self.scope.has_replicas {
            return Ok(());
        }
        let name = self.about.name;
        let message =
            format!("`{name}` is about replicas of a Redis server, and the store has none");
        Err(self.error(message).with_help("as in \"store\": {\"redis\": {\"replicas\": 1}}"))
    }

    /// For kinds that are of Redis only.
    pub(super) fn needs_redis(&self) -> Result<(), Box<Problem>> {
        match self.scope.store {
            "redis" => Ok(()),
            _ => Err(self.error(format!("`{}` needs a Redis server", self.about.name))),
        }
    }

    /// For kinds that hit the leader of an ensemble, or cut a follower off from it.
    pub(super) fn needs_majority(&self) -> Result<(), Box<Problem>> {
        if self.scope.store == "zookeeper" && self.scope.servers.len() >= 3 {
            return Ok(());
        }
        let message = format!(
            "`{}` needs a majority that is left: a ZooKeeper service of 3 servers or more",
            self.about.name
        );
        Err(self.error(message))
    }
}

/// A tenth below and a tenth above each lease.
fn around(leases: &[(Micros, Micros)]) -> impl Iterator<Item = Micros> + '_ {
    leases.iter().flat_map(|&(least, most)| {
        let tenth = Micros(least.0 / 10);
        [least - tenth, most + tenth]
    })
}

fn phase(section: Section<'_>) -> Result<Phase, Box<Problem>> {
    let name: String = section.to()?;
    match PHASES.iter().find(|(known, _)| *known == name) {
        Some((_, phase)) => Ok(*phase),
        None => Err(section.unknown_name("phase", &name, PHASES.iter().map(|(name, _)| *name))),
    }
}
