//! What steps and their places are, as data.

use super::agenda::{ConnId, Due};
use super::conn::Direction;
use super::step::Step;
use super::world::{Stage, World};
use crate::choice::{Alternative, ProcessDue, ServerDue, Site, Strike, Target, Way};
use crate::cx::Lane;
use crate::event::Event;

impl World {
    /// One direction of a connection.
    pub(crate) fn way(&self, conn: ConnId, direction: Direction) -> Way {
        let conn = &self.conns[conn as usize];
        let Lane { server, lane } = conn.to;
        Way { process: conn.process, server, lane, direction }
    }

    /// The connection of which this is a direction, if there is one.
    pub(crate) fn conn_of(&self, way: Way) -> Option<ConnId> {
        let Way { process, server, lane, .. } = way;
        let conns = &self.processes.get(usize::from(process))?.conns;
        conns.iter().find(|(of, _)| *of == Lane { server, lane }).map(|(_, conn)| *conn)
    }

    /// What an alternative is: stable, and without numbers that depend on the order of events.
    pub(crate) fn alternative(&self, step: Step) -> Alternative {
        match step {
            Step::Next => Alternative::Proceed,
            Step::Release(conn, direction) => Alternative::Release(self.way(conn, direction)),
            Step::Arrives(conn, direction) => Alternative::Arrives(self.way(conn, direction)),
            Step::Late(conn, direction) => Alternative::Late(self.way(conn, direction)),
            Step::Comes(process, late) => Alternative::Comes { process, late },
            Step::Asks(process, thread, late) => Alternative::Asks { process, thread, late },
            Step::Ends(fault, target, late) => Alternative::Ends { fault, target, late },
            Step::Defer => Alternative::Defer,
            Step::Strike(strike) => Alternative::Strike(strike),
        }
    }

    /// What the step is about: the head of the agenda.
    pub(crate) fn site(&self) -> Site {
        let Some((_, due)) = self.agenda.head() else { return Site::End };
        let process = |process, due| Site::Process { process, due };
        let server = |server, due| Site::Server { server, due };
        match due {
            Due::Up(conn) | Due::Served(conn) | Due::SlowEnds(conn, true) => {
                Site::Message(self.way(conn, Direction::Up))
            }
            Due::Down(conn) | Due::SlowEnds(conn, false) => {
                Site::Message(self.way(conn, Direction::Down))
            }
            Due::Timer(it, _) => process(it, ProcessDue::Timer),
            Due::Resume(it) => process(it, ProcessDue::Resume),
            Due::Starts(it) => process(it, ProcessDue::Start),
            Due::Exits(it) => process(it, ProcessDue::Exit),
            Due::Restart(it) => process(it, ProcessDue::Restart),
            Due::Ping(it) => process(it, ProcessDue::Ping),
            Due::Reconnects(it) => process(it, ProcessDue::Reconnect),
            Due::Resubscribes(it, _) => process(it, ProcessDue::Resubscribe),
            Due::Heals(it) => process(it, ProcessDue::Heal),
            Due::Switched(it, _) => process(it, ProcessDue::Switch),
            Due::Silent(it) => process(it, ProcessDue::Silence),
            Due::GivesUp(it) => process(it, ProcessDue::GiveUp),
            Due::Wake(it) => server(it, ServerDue::Deadline),
            Due::ServerUp(it) => server(it, ServerDue::Restart),
            Due::Rejoins(it) => server(it, ServerDue::Rejoin),
            Due::StopsServing(it) => server(it, ServerDue::StopServing),
            Due::Deposes(it) => server(it, ServerDue::Deposed),
            Due::StepsDown(it) => server(it, ServerDue::StepDown),
            Due::GivenUp(it, _) => server(it, ServerDue::GivenUp),
            Due::Peer(from, to) => Site::Peer { from, to },
            Due::CatchesUp(from, to) => Site::CatchesUp { from, to },
            Due::Over(fault, target) => Site::FaultEnds { fault, target },
            Due::Joins(fault) => Site::FaultEnds { fault, target: Target::Sides },
            Due::Elects => Site::Election,
            Due::MasterDown(group) => Site::Failover(group),
            Due::PutsRight(group) => Site::RolesPutRight(group),
        }
    }

    /// Tells whoever listens that something other than the nominal happens.
    pub(crate) fn tell_deviation(&self, stage: &mut Stage<'_>, step: Step) {
        let deviated =
            Event::Deviated { site: self.site(), take: self.alternative(step), cost: step.cost() };
        let at = match step {
            Step::Strike(Strike { late: true, .. })
            | Step::Comes(_, true)
            | Step::Asks(.., true)
            | Step::Ends(.., true) => self.epoch + self.when_late(),
            _ => self.total(),
        };
        stage.observer.on_event(at, &deviated);
    }
}
