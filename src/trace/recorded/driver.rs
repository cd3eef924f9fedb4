//! Driving the model's servers through a recording, line by line.
//!
//! What a line can say, how the servers are set up and what may come of a step is each store's own affair, and stands in
//! its [`Servers`]. What is the same for all stands here: the lines and those ahead of them, time, connections, what was
//! compared and what differs.

use super::connections::Connections;
use super::event::Event;
use super::{Difference, Header, Line, Tally};
use crate::time::Micros;
use crate::trace::BadRecording;

/// The servers of a recording, as the model of their store has them.
pub(super) trait Servers: Sized {
    /// What a line can say.
    type What;
    /// What is known of a connection, besides whose it is.
    type Kept;
    /// Whether a line may be dated before the one above it: one that was taken from a server's log, and stands where it
    /// belongs.
    const GOES_BACK: bool;

    /// Starts them as the header says.
    fn start(header: &Header) -> Result<Self, BadRecording>;

    /// How many there are.
    fn count(&self) -> usize;

    /// Understands a line, strictly: what cannot be understood, or names none of these servers, is never skipped.
    fn parse(&self, line: &Line) -> Result<Event<Self::What>, BadRecording>;

    /// Understands all lines.
    fn parse_all(&self, lines: &[Line]) -> Result<Vec<Event<Self::What>>, BadRecording> {
        lines.iter().map(|line| self.parse(line)).collect()
    }

    /// The lines in the order in which the servers dealt with them.
    fn in_order(events: Vec<Event<Self::What>>, _: &mut Tally) -> Vec<Event<Self::What>> {
        events
    }

    /// Makes the step of which the present line tells, and compares what comes of it.
    fn step(driver: &mut Driver<'_, Self>) -> Result<(), BadRecording>;

    /// Judges what is left when the recording is over. It may stop anywhere.
    fn end(_: &mut Driver<'_, Self>) {}
}

/// One replay.
pub(super) struct Driver<'a, S: Servers> {
    pub(super) servers: S,
    pub(super) connections: Connections<S::Kept>,
    pub(super) tally: Tally,
    /// The latest instant of a line so far.
    pub(super) now: Micros,
    /// The number of the present line among the events.
    pub(super) at: usize,
    events: &'a [Event<S::What>],
}

/// Understands the lines of a recording.
pub(super) fn read<S: Servers>(
    header: &Header,
    lines: &[Line],
) -> Result<Vec<Event<S::What>>, BadRecording> {
    S::start(header)?.parse_all(lines)
}

/// Compares a recording with the model of its store.
pub(super) fn replay<S: Servers>(header: &Header, lines: &[Line]) -> Result<Tally, BadRecording> {
    follow(lines, S::start(header)?, &mut |_| {})
}

/// The same with servers that were started, and after each line somebody looks.
pub(super) fn follow<S: Servers>(
    lines: &[Line],
    servers: S,
    look: &mut dyn FnMut(&mut Driver<'_, S>),
) -> Result<Tally, BadRecording> {
    let mut tally = Tally::default();
    let events = S::in_order(servers.parse_all(lines)?, &mut tally);
    let connections = Connections::from(servers.count());
    let now = Micros::ZERO;
    let mut driver = Driver { servers, connections, tally, now, at: 0, events: &events };
    for at in 0..events.len() {
        driver.at = at;
        driver.pass_time();
        S::step(&mut driver)?;
        look(&mut driver);
    }
    S::end(&mut driver);
    Ok(driver.tally)
}

impl<'a, S: Servers> Driver<'a, S> {
    /// The present line.
    pub(super) fn event(&self) -> &'a Event<S::What> {
        &self.events[self.at]
    }

    /// The lines after it: a driver may look ahead to learn what the real server did.
    pub(super) fn ahead(&self) -> &'a [Event<S::What>] {
        &self.events[self.at + 1..]
    }

    fn pass_time(&mut self) {
        let (at, now) = (self.event().at, self.now);
        if at < now && !S::GOES_BACK {
            let (at, now) = (at.0, now.0);
            self.differs("the time", format!("at {at}"), format!("at {now} or later"));
        }
        self.now = now.max(at);
    }

    /// The present line differs.
    pub(super) fn differs(
        &mut self,
        what: &str,
        recorded: impl Into<String>,
        model: impl Into<String>,
    ) {
        self.differs_at(self.at, what, recorded, model);
    }

    /// An event differs.
    pub(super) fn differs_at(
        &mut self,
        at: usize,
        what: &str,
        recorded: impl Into<String>,
        model: impl Into<String>,
    ) {
        let Event { line, at, .. } = self.events[at];
        let (what, recorded, model) = (what.to_owned(), recorded.into(), model.into());
        self.tally.differs(Difference { line, at, what, recorded, model });
    }
}
