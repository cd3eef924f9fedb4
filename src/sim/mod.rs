//! The simulator: processes, servers and a network, wired by numbers, and the two engines that run tasks.

mod agenda;
mod clock;
mod conn;
mod contact;
mod cost;
mod cut;
mod effect;
mod engine;
mod ensemble;
mod fault;
mod network;
mod operations;
mod outage;
mod partition;
mod place;
mod process;
mod receive;
mod redis_client;
mod run;
mod serve;
mod server;
mod setup;
mod site;
mod step;
mod tasks;
mod tell;
mod thread;
mod tokens;
mod world;

pub use clock::Clock;
pub use effect::{Effect, Effects};
pub use engine::{History, HistoryCounts, Live};
pub use fault::{About, Cut, Extent, Fault, Finds, Leases, Scope, Way, catalogue};
pub use run::{End, EngineBox, Limits, Run};
pub use server::{AnyMessage, AnyRequest, AnyServer};
pub use setup::{ProcessSetup, ServerSetup, Setup, Timing};
pub use tell::{Listener, Nobody, Told};
pub use thread::Phase;
pub use world::{Found, Violation, World};

pub(crate) use agenda::{Agenda, Event};
pub(crate) use conn::Conn;
pub(crate) use ensemble::{Ensemble, peer_link};
pub(crate) use process::Process;
pub(crate) use step::Step;
pub(crate) use world::{Placed, Scene, Stage, wants};
