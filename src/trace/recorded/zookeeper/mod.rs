//! Recordings of ZooKeeper servers, compared with the model.
//!
//! One cluster is driven with the recorded calls. What a real server leaves open is learnt by looking ahead, and reaches
//! the model as the answers to its draws. A recording writes a watch event down when the client's end read it, which can be
//! before the line of the request that caused it or after: events of either side wait for the other.

mod answer;
mod call;
mod cluster;
mod compare;
mod ends;
mod event;
mod outcome;
pub(in crate::trace) mod render;
mod servers;
mod setup;
mod watches;

pub use event::{Connect, ConnectReply, Watch, What};

pub(super) use servers::Ensemble;

use super::driver::Servers;
use super::{Event, Header, Line, driver};
use crate::store::Effect;
use crate::store::zookeeper::SessionId;
use crate::trace::BadRecording;

/// Understands the lines of a recording of ZooKeeper.
pub fn read(header: &Header, lines: &[Line]) -> Result<Vec<Event<What>>, BadRecording> {
    driver::read::<Ensemble>(header, lines)
}

/// What somebody hears of each line: what it says, what the model did to the nodes, and what the recording calls a session.
pub type Look<'a> = dyn FnMut(&Event<What>, &[Effect], &dyn Fn(i64) -> String) + 'a;

/// Drives the model with a recording, and tells what each line did to the nodes.
pub fn follow(header: &Header, lines: &[Line], look: &mut Look<'_>) -> Result<(), BadRecording> {
    let mut servers = Ensemble::start(header)?;
    servers.cluster.listen();
    driver::follow(lines, servers, &mut |driver| {
        let effects = driver.servers.cluster.told();
        let sessions = &driver.servers.sessions;
        look(driver.event(), &effects, &|id| servers::name_of(sessions, SessionId(id)));
    })?;
    Ok(())
}
