//! Lock recipes, one file each: what a client does to get a lock and to give it back.
//!
//! A recipe knows nothing but what its [`Cx`] tells it, and asserts nothing about others: it says until when it
//! believes to hold the lock, and properties judge. Each parses its own section of a model file.

/// A recipe in which who waits stands in a queue in the store.
macro_rules! stands_in_a_queue {
    () => {
        fn is_queue(&self) -> bool {
            true
        }
    };
}

/// A recipe in which what one places counts for others for so long.
macro_rules! counts_for_its {
    ($span:ident) => {
        fn counts_for(&self) -> Option<crate::time::Micros> {
            Some(*self.$span)
        }
    };
}

/// A recipe whose section is just its fields.
macro_rules! from_its_fields {
    () => {
        /// The recipe with the parameters in `section`.
        pub fn from_section(
            section: &crate::json::Section<'_>,
        ) -> Result<Self, Box<crate::json::Problem>> {
            section.to()
        }
    };
}

pub mod field;
pub mod local;
pub mod nested;
pub mod none;
mod parts;
pub mod redis;
pub mod script;
pub mod zookeeper;

use std::ops::Deref;

use serde::Deserialize;

use crate::cx::{Cell, Cx, Instant, LockBox};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// What a recipe needs to run on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Store {
    /// Nothing.
    None,
    /// At least one Redis server.
    Redis,
    /// A ZooKeeper service.
    ZooKeeper,
    /// What the recipes in its parameter `locks` run on.
    OfParts,
    /// What the words in its script are for.
    OfScript,
}

/// What a recipe is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// Its name in model files.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What it runs on.
    pub store: Store,
    /// Its parameters, each with what it means and its default.
    pub params: &'static [(&'static str, &'static str)],
}

/// One recipe of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is.
    pub about: &'static About,
    build: fn(&Section<'_>) -> Result<LockBox, Box<Problem>>,
}

impl Entry {
    /// The recipe with the parameters in `section`, an object.
    pub fn build(&self, section: &Section<'_>) -> Result<LockBox, Box<Problem>> {
        (self.build)(section)
    }
}

macro_rules! entries {
    ($($recipe:ty),* $(,)?) => {
        &[$(Entry {
            about: &<$recipe>::ABOUT,
            build: |section| <$recipe>::from_section(section).map(LockBox::new),
        }),*]
    };
}

/// All recipes.
pub fn catalogue() -> &'static [Entry] {
    const ENTRIES: &[Entry] = entries![
        none::NoLock,
        local::LocalMutex,
        nested::Nested,
        redis::setnx::SetNx,
        redis::setnx_expire::SetNxExpire,
        redis::set_nx_px::SetNxPx,
        redis::set_nx_px_watch::SetNxPxWatch,
        redis::watchdog::Watchdog,
        redis::redlock::Redlock,
        redis::redlock_library::RedlockLibrary,
        redis::redisson_redlock::RedissonRedLock,
        redis::fenced::Fenced,
        redis::timestamp::Timestamp,
        redis::redis_py::RedisPy,
        redis::python_redis_lock::PythonRedisLock,
        redis::redisson_spin::RedissonSpin,
        redis::redisson::Redisson,
        redis::redisson_fair::RedissonFair,
        redis::redisson_read_write::RedissonReadWrite,
        redis::redisson_multi_lock::RedissonMultiLock,
        redis::redisson_faster_multi_lock::RedissonFasterMultiLock,
        redis::redisson_fenced::RedissonFenced,
        redis::keyspace_events::KeyspaceEvents,
        redis::multi_lock::MultiLock,
        redis::spring::Spring,
        redis::shedlock::ShedLock,
        redis::laravel::Laravel,
        redis::presence::Presence,
        redis::sherlock::Sherlock,
        redis::redis_semaphore::RedisSemaphore,
        redis::replicated::Replicated,
        zookeeper::znode::Znode,
        zookeeper::sequential::Sequential,
        zookeeper::kazoo::Kazoo,
        zookeeper::guid::Guid,
        zookeeper::curator::Curator,
        zookeeper::leader_latch::LeaderLatch,
        zookeeper::leader_selector::LeaderSelector,
        zookeeper::election::Election,
        zookeeper::revocable::Revocable,
        zookeeper::curator_read_write::CuratorReadWrite,
        zookeeper::curator_multi_lock::CuratorMultiLock,
        zookeeper::kazoo_semaphore::KazooSemaphore,
        zookeeper::kazoo_lease::KazooLease,
        zookeeper::aiozk::Aiozk,
        zookeeper::write_lock::WriteLock,
        zookeeper::read_write::ReadWrite,
        zookeeper::semaphore::Semaphore,
    ];
    ENTRIES
}

/// The recipe of that name: one of the catalogue, or the one whose file its user wrote.
pub fn find(name: &str) -> Option<&'static Entry> {
    const SCRIPT: &Entry = &entries![script::Script][0];
    catalogue().iter().chain([SCRIPT]).find(|entry| entry.about.name == name)
}

/// The names of all recipes.
pub fn names() -> impl Iterator<Item = &'static str> {
    catalogue().iter().map(|entry| entry.about.name).chain([script::Script::ABOUT.name])
}

/// The recipe `name` with the parameters in `section`.
pub fn build(name: &str, section: &Section<'_>) -> Result<LockBox, Box<Problem>> {
    match find(name) {
        Some(entry) => entry.build(section),
        None => Err(section.unknown_name("recipe", name, names())),
    }
}

/// A duration of a model file: `MS` milliseconds (ms) unless it says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(transparent)]
pub struct Span<const MS: i64>(Duration);

impl<const MS: i64> Default for Span<MS> {
    fn default() -> Self {
        Self(Duration(Micros::from_ms(MS)))
    }
}

impl<const MS: i64> Deref for Span<MS> {
    type Target = Micros;
    fn deref(&self) -> &Micros {
        &self.0.0
    }
}

/// How long a client waits after an acquisition that failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// The shortest wait.
    pub after: Span<20>,
    /// The longest that is added, drawn.
    pub jitter: Span<0>,
}

impl Retry {
    const ABOUT: (&'static str, &'static str) = (
        "retry",
        "after a refusal, wait so long and up to so much more: {\"after\": \"20ms\", \"jitter\": \"0ms\"}",
    );

    fn span(self) -> (Micros, Micros) {
        (*self.after, *self.jitter)
    }
}

/// The cell in which a background task says that the lock of this thread is lost.
///
/// A worker that cares looks at it; recipes without a background task never write it.
pub fn lost(cx: &Cx, thread: u8) -> Cell<bool> {
    const CELLS: [&str; 4] = ["lost", "lost 2", "lost 3", "lost 4 and on"];
    cx.cell(CELLS[usize::from(thread).min(CELLS.len() - 1)])
}

/// The cell in which a background task says until when the lock of this thread is valid: the grant's end moves.
pub fn lease(cx: &Cx, thread: u8) -> Cell<Option<Instant>> {
    const CELLS: [&str; 4] = ["lease", "lease 2", "lease 3", "lease 4 and on"];
    cx.cell(CELLS[usize::from(thread).min(CELLS.len() - 1)])
}
