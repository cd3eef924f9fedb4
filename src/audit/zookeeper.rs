//! Locks in ZooKeeper: recordings, by what requests and the ends of sessions did to the nodes.
//!
//! A directory of sequential ephemeral nodes is a queue: who has the node with the lowest number holds the lock, and
//! readers, whose nodes are named so, hold it as long as no writer is before them. A node of a fixed name is a lock if
//! others were refused because it was there; one that has children is none.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::book::{Book, By, Grant};
use super::finding::Findings;
use super::hold::{Confidence, Moment};
use super::report::{Audit, Kept, Lock, Options};
use crate::store::Effect;
use crate::store::effect::{Cause, Change};
use crate::trace::recorded::zookeeper::{What, follow};
use crate::trace::{BadRecording, Header, Line};

/// A directory with its queue.
struct Queue {
    book: Book,
    nodes: BTreeMap<(i64, Rc<str>), Node>,
}

/// A node in a queue.
struct Node {
    session: Rc<str>,
    /// The name before its number and its client's own mark says that it is a reader's.
    shared: bool,
    holds: bool,
}

/// A node of a fixed name.
struct Fixed {
    book: Book,
    /// Others were refused because it was there.
    wanted: bool,
    /// It went again.
    goes: bool,
}

/// All locks of one recording.
#[derive(Default)]
struct Locks {
    queues: BTreeMap<Rc<str>, Queue>,
    fixed: BTreeMap<Rc<str>, Fixed>,
    /// Nodes that had children.
    parents: BTreeSet<Rc<str>>,
}

impl Audit {
    /// Reads a recording of ZooKeeper.
    pub fn of_zookeeper_recording(
        header: &Header,
        lines: &[Line],
        options: &Options,
    ) -> Result<Self, BadRecording> {
        let mut findings = Findings::within(options.window.clone());
        let mut locks = Locks::default();
        let mut span: Option<(Moment, Moment)> = None;
        let mut commands = 0;
        follow(header, lines, &mut |event, effects, name_of| {
            let at = span.map_or(event.at, |(_, last)| last.at.max(event.at));
            let moment = Moment { at, clock: event.at, line: event.line };
            span = Some((span.map_or(moment, |(first, _)| first), moment));
            let session: Option<Rc<str>> = match &event.what {
                What::Call { session, .. } => Some(Rc::from(&**session)),
                _ => None,
            };
            commands += u64::from(session.is_some());
            for effect in effects {
                locks.did(effect, session.as_ref(), moment, name_of, &mut findings);
            }
            if let (What::Call { call, reply, .. }, Some(session)) = (&event.what, &session)
                && reply.as_ref().is_some_and(|reply| reply["error"] == "NodeExists")
                && let Some(path) = call["path"].as_str()
            {
                locks.exists(path, session, moment, &mut findings);
            }
        })?;
        let mut kept = Kept::new(options);
        let mut found = Vec::new();
        for mut book in locks.books() {
            if let Some((_, last)) = span {
                book.finish(last, &mut findings);
            }
            for hold in book.over.drain(..) {
                kept.add(&(0, book.key.clone()), hold);
            }
            let (key, limit, stats) = (book.key, book.limit, book.stats);
            let wanted = options.window.key.as_ref().is_none_or(|part| key.contains(&**part));
            if stats.holds() > 0 && wanted {
                found.push(Lock { key, limit, stats });
            }
        }
        let mut audit = kept.audit(findings);
        audit.holds.sort_by_key(|(_, hold)| (hold.begin, hold.number));
        (audit.commands, audit.span, audit.locks) = (commands, span, found);
        Ok(audit)
    }
}

impl Locks {
    /// Something was done to a node, by a request of a session if that is known.
    fn did(
        &mut self,
        effect: &Effect,
        by: Option<&Rc<str>>,
        moment: Moment,
        name_of: &dyn Fn(i64) -> String,
        findings: &mut Findings,
    ) {
        let path = &effect.item.place;
        let Some((parent, name)) = path.rsplit_once('/') else { return };
        if !self.parents.contains(parent) {
            self.parents.insert(parent.into());
        }
        let by = match effect.cause {
            Cause::Request { .. } => by,
            _ => None,
        };
        match (&effect.change, number(name)) {
            (Change::Placed { session: Some(owner), .. }, Some(number)) => {
                let session: Rc<str> = name_of(*owner).into();
                let mark = name.to_ascii_lowercase();
                let shared = mark.contains("read") || mark.contains("rlock");
                let queue = self.queues.entry(parent.into()).or_insert_with(|| Queue {
                    book: Book::new(parent.into()),
                    nodes: BTreeMap::new(),
                });
                let node = Node { session: session.clone(), shared, holds: false };
                queue.nodes.insert((number, name.into()), node);
                queue.gives(moment, findings);
                if queue.nodes.get(&(number, name.into())).is_some_and(|node| !node.holds) {
                    let by = By { client: &session, names: &|_| false, moment };
                    queue.book.refused(&by, findings);
                }
            }
            (Change::Placed { session, .. }, None) => {
                let client: Option<Rc<str>> = match session {
                    Some(owner) => Some(name_of(*owner).into()),
                    None => by.cloned(),
                };
                let Some(client) = client else { return };
                let fixed = self.fixed.entry(path.clone()).or_insert_with(|| Fixed {
                    book: Book::new(path.clone()),
                    wanted: false,
                    goes: false,
                });
                let by = By { client: &client, names: &|_| false, moment };
                fixed.book.granted(&by, grant(&client, false, session.is_some()), findings);
            }
            (Change::Removed { .. }, Some(number)) => {
                let Some(queue) = self.queues.get_mut(parent) else { return };
                queue.nodes.remove(&(number, name.into()));
                ends(&mut queue.book, Some(name), by, moment, findings);
                queue.gives(moment, findings);
            }
            (Change::Removed { .. }, None) => {
                if let Some(fixed) = self.fixed.get_mut(path) {
                    fixed.goes = true;
                    ends(&mut fixed.book, None, by, moment, findings);
                }
            }
            _ => {}
        }
    }

    /// A node was there already.
    fn exists(&mut self, path: &str, client: &Rc<str>, moment: Moment, findings: &mut Findings) {
        if let Some(fixed) = self.fixed.get_mut(path) {
            fixed.wanted = true;
            let by = By { client, names: &|_| false, moment };
            fixed.book.refused(&by, findings);
        }
    }

    /// The books of what is a lock.
    fn books(self) -> impl Iterator<Item = Book> {
        let Self { queues, fixed, parents } = self;
        let fixed = fixed
            .into_iter()
            .filter(move |(path, fixed)| fixed.wanted && fixed.goes && !parents.contains(&**path));
        let queues = queues.into_values().map(|queue| queue.book);
        queues.chain(fixed.map(|(_, fixed)| fixed.book))
    }
}

impl Queue {
    /// Whoever is first by now has the lock.
    fn gives(&mut self, moment: Moment, findings: &mut Findings) {
        let (mut first, mut written) = (true, false);
        for ((_, name), node) in &mut self.nodes {
            let may = if node.shared { !written } else { first };
            if may && !node.holds {
                node.holds = true;
                let by = By { client: &node.session, names: &|_| false, moment };
                self.book.granted(&by, grant(name, node.shared, true), findings);
            }
            first = false;
            written |= !node.shared;
        }
    }
}

/// A grant ends: by a request of its session or of another one, or by itself.
fn ends(
    book: &mut Book,
    token: Option<&str>,
    by: Option<&Rc<str>>,
    moment: Moment,
    findings: &mut Findings,
) {
    match by {
        None => book.expired(token, moment),
        Some(client) => {
            let by = By { client, names: &|_| false, moment };
            book.removed(&by, token, false, findings);
        }
    }
}

fn grant(token: &Rc<str>, shared: bool, session: bool) -> Grant {
    let (token, confidence) = (token.clone(), Confidence::Certain);
    Grant { token, shared, until: None, session, before: false, confidence }
}

/// The number at the end of a sequential node's name.
fn number(name: &str) -> Option<i64> {
    let at = name.len().checked_sub(10)?;
    let digits = name.get(at..)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
