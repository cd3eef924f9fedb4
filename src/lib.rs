//! Lockstep: a deterministic simulator of distributed-lock protocols on Redis and ZooKeeper.
//!
//! # The one idea
//!
//! A run is a pure function of a model and a list of choices. Everything that could go one way or another is one
//! question with `n` alternatives, of which exactly one is nominal; who answers is the mode: a seed ([`cli`] `run`), the
//! deviations of a trace (`replay`), a search over all answers, fewest deviations first (`check`). Same model and same
//! choices are the same bytes, on every machine.
//!
//! # The map
//!
//! From the bottom up; a module uses only what stands above it in this list.
//!
//! - [`time`]: virtual time in whole microseconds. Nothing reads the machine's clock.
//! - [`choice`]: questions and who answers them; what a question is about and what is taken there, as data.
//! - [`visible`]: text of others, such that nothing in it moves a cursor or begins a line.
//! - [`suggest`], [`json`]: what was probably meant; sections of JSON that are read field by field, with problems at
//!   their places.
//! - [`store`]: Redis, ZooKeeper and the ledger that a lock guards, as plain functions of what reaches them. They know
//!   nothing of the simulator. Who heeds a place is told what became of it and by which request ([`store::effect`]).
//! - [`shell`]: `redis-cli` and `zkCli` against the stores, in virtual time.
//! - [`cx`]: what a recipe can do: typed store calls, opaque instants, cells, loops, parallel requests. A recipe is an
//!   `async fn`; whatever it learns through [`cx::Cx`] is an observation.
//! - [`locks`], [`workload`]: the catalogue of recipes, one file each, [`locks::nested`] among them (locks of any recipes
//!   one inside the other) and [`locks::script`] (a user's own, in Lua), and what clients do while they have the lock. They know [`cx`] and not the simulator.
//! - [`event`]: what happens in a run, the one record that properties, tallies, traces and reports are made of.
//! - [`property`]: what must never happen, and what must happen at least once for that to mean anything.
//! - [`client`]: client libraries as plain data: timeouts, retries and subscriptions of a Redis client
//!   ([`client::redis`]), a ZooKeeper session with its watches ([`client::zookeeper`]).
//! - [`sim`]: the world: processes, connections, servers, an agenda, faults, and two engines for tasks. The live engine
//!   keeps futures; the history engine keeps what tasks did after which observations, so that a search can put a task
//!   back to where it was. [`sim::solo`] is one process without a world.
//! - [`registry`], [`model`]: names to recipes, workloads, properties and faults; model files.
//! - [`explore`]: the search: worlds as short lists of numbers, equal worlds merged, liveness judged on the nominal
//!   continuation.
//! - [`run`]: one loop, recordings and sweeps of runs, and the way from a model to what was found ([`run::check`](fn@run::check)).
//! - [`trace`]: runs as files ([`trace::own`]), and recordings of real servers compared with the stores
//!   ([`trace::recorded`]; MONITOR logs in [`trace::recorded::monitor`]).
//! - [`audit`]: who held which lock when, from logs and recordings of production, by what commands did in the stores.
//! - [`report`]: words. A fold over events ([`report::chronicle`]), of which timelines, stories and causes
//!   ([`report::because`](fn@report::because)) are views.
//! - [`check`]: a lock of one's own in Rust, searched from one's own tests.
//! - [`cli`]: the command line, one file a command.
//!
//! What is deliberately absent: threads (but for those of the command line, which share nothing and whose results are put
//! in order), clocks, random sources and randomly ordered maps (`.clippy.toml` forbids them),
//! an async runtime, and any table of known scripts in the Redis model.

pub mod audit;
pub mod choice;
pub mod cli;
pub mod client;
pub mod cx;
pub mod event;
pub mod explore;
pub mod json;
pub mod locks;
pub mod model;
pub mod property;
pub mod registry;
pub mod report;
pub mod run;
pub mod shell;
pub mod sim;
pub mod store;
pub mod suggest;
pub mod time;
pub mod trace;
mod trial;
pub mod visible;
pub mod workload;

pub use trial::{Report, Untried, check};
