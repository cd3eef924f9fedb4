//! The simulator: processes, servers and a network, wired by numbers, and the two engines that run tasks.

mod act;
mod agenda;
mod clock;
mod conn;
mod contact;
mod cost;
mod cut;
mod derived;
mod effect;
mod engine;
mod ensemble;
mod fault;
mod free;
mod habits;
mod isolation;
mod kept;
mod life;
mod linked;
mod links;
mod network;
mod operations;
mod outage;
mod partition;
mod placed;
mod process;
mod receive;
mod redis_client;
mod replication;
mod sentinel;
mod serve;
mod server;
mod setup;
mod sides;
mod site;
pub mod solo;
mod step;
mod tasks;
mod thread;
mod tokens;
mod unsent;
mod world;

pub use clock::Clock;
pub use effect::{Effect, Effects, Met};
pub(crate) use engine::Engine;
pub use engine::{History, HistoryCounts, Live};
pub use fault::{
    About, Cut, Extent, Fault, Finds, Leases, Near, OPEN, Scope, Side, Way, catalogue,
};
pub use habits::{Habits, OnError, OutOfTries};
pub use sentinel::SentinelSetup;
pub use server::AnyServer;
pub use setup::{Arrival, ProcessSetup, ServerSetup, Setup, Timing};
pub use sides::{Node, Sides, Stops};
pub use thread::Phase;
pub use world::{Found, Violation, World};

pub(crate) use agenda::{Agenda, Due};
pub(crate) use conn::Conn;
pub(crate) use ensemble::Ensemble;
pub(crate) use free::{Free, Open};
pub(crate) use linked::linked;
pub(crate) use links::{Links, peer_link};
pub(crate) use process::Process;
pub(crate) use replication::Group;
pub(crate) use step::Step;
pub(crate) use world::{Placed, Scene, Stage, wants};
