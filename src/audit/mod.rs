//! Who held which lock when, from what servers saw.
//!
//! A log of `redis-cli MONITOR` or a recording goes through the store models, and what commands and scripts *did* to a
//! key ([`crate::store::effect`]) says whether it is a lock, who got it, and what became of it. No text of a script is
//! looked for: what a request would have done had somebody else been there is found by letting the model do it
//! ([`redis`]).
//!
//! # What the words mean
//!
//! A *hold* is what a client believes. It begins when the server grants the lock to it, and ends when the client asks
//! for its release, whatever the server finds there by then: who deletes a key, or runs the script that would delete
//! it, has stopped working. So a hold can outlive the *grant*, which is what the server knows: a grant ends by a
//! release, by its time to live, or by somebody else's hand.
//!
//! - Two holds *overlap* if one begins before the other ends. Each pair counts once. Readers among themselves, and as
//!   many holders as a semaphore has permits, do not overlap.
//! - A release is *another's* if it removes the grant of somebody else, and *of nothing* if it finds no grant of its own
//!   any more and removes none.
//! - A hold is *longer than its TTL* if its client asks for the release after the grant's time was over, counted from
//!   its last renewal.
//! - A hold is *left behind* if its client never asks for its release, and its grant ends by itself or not at all. It
//!   counts until the end of its grant, as nobody knows what its client believed; it is no hold among the completed
//!   ones.
//!
//! Whose a hold is, the token says where the request names it, and the connection otherwise. A key that is deleted on
//! another connection of the same host by somebody who never held or wanted it, while its holder never asks for the
//! release itself, is taken for a release through a pool of connections.

mod book;
mod endings;
mod finding;
mod hold;
mod recording;
pub mod redis;
mod report;
mod stats;
pub mod zookeeper;

pub use book::{Book, By, Grant};
pub use finding::{Finding, Findings, Kind, Time, Window};
pub use hold::{Confidence, End, Hold, Lost, Moment};
pub use report::{Audit, Lock, Options};
pub use stats::Stats;
