//! The tour: famous failures, each with what people do, the shortest run that breaks it, and what would have saved them.

use serde::Serialize;

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::models;
use super::super::output::{BAD, GOOD, Output, TITLE};
use super::super::subject::{Subject, Wanted};
use super::super::surroundings;
use super::{commands, paragraph};
use crate::report::{Cast, View, story, timeline};
use crate::suggest;
use crate::trace::own;
use crate::visible;

/// One stop of the tour.
#[derive(Debug, Serialize)]
pub(super) struct Stop {
    /// What it is asked for by.
    name: &'static str,
    /// What goes wrong, in a line.
    what: &'static str,
    /// What people do, in a sentence or two.
    people: &'static str,
    /// The model that breaks.
    model: &'static str,
    /// What would have saved them.
    saved: &'static str,
    /// The model with that.
    fixed: &'static str,
}

/// The tour, from Redis alone to services of several servers.
pub(super) const STOPS: [Stop; 11] = [
    Stop {
        name: "pause",
        what: "a holder is paused for longer than its lease",
        people: "They take a lock with SET NX PX, look that they have it, and then write to the database. A garbage \
                 collection, a swapped page or a suspended laptop comes between the look and the write.",
        model: "models/catalogue/f11-pause.json",
        saved: "A fencing token: a number that grows with every lock. The database refuses a write whose number is \
                smaller than one that it has seen.",
        fixed: "models/catalogue/f11-pause-fixed.json",
    },
    Stop {
        name: "crash-between",
        what: "a crash between SETNX and EXPIRE leaves a lock that nobody can take",
        people: "They take the lock with SETNX and set its time to live with a second command, as many tutorials and \
                 old versions of libraries do.",
        model: "models/catalogue/f02-setnx-expire-crash.json",
        saved: "One command for both: SET key token NX PX. There is no moment at which the key has no time to live.",
        fixed: "models/catalogue/f02-setnx-expire-crash-fixed.json",
    },
    Stop {
        name: "anothers-lock",
        what: "who works for too long deletes another's lock",
        people: "They release the lock with DEL, in a `finally`. By then the lock may have expired, and another client \
                 may have it.",
        model: "models/catalogue/f06-del-overrun.json",
        saved: "A token of one's own as the value, and a script that compares it before it deletes: EVAL, or DELEX in \
                newer servers.",
        fixed: "models/catalogue/f06-del-overrun-fixed.json",
    },
    Stop {
        name: "lost-reply",
        what: "the reply is lost, and a client waits for its own lock",
        people: "They ask for the lock, the connection breaks before the reply, and they ask again with a new token. \
                 The first request was executed: the key that stands in the way is their own.",
        model: "models/catalogue/f10-lost-reply.json",
        saved: "Take an unknown outcome for what it is: delete one's own token, compared, before asking again.",
        fixed: "models/catalogue/f10-lost-reply-fixed.json",
    },
    Stop {
        name: "redlock-clock",
        what: "Redlock: the clock of one server jumps, and two clients have a majority",
        people: "They keep the lock on five independent servers, of which a majority must agree. Somebody sets the \
                 clock of one of them, by hand or with a badly set up NTP.",
        model: "models/catalogue/f35-redlock-clock-jump.json",
        saved: "Servers that count by a clock that nobody sets, or a lock that is only an optimisation, or a token \
                that the resource checks.",
        fixed: "models/catalogue/f35-redlock-clock-jump-fixed.json",
    },
    Stop {
        name: "failover",
        what: "a failover forgets the lock that the replica had not heard of",
        people: "They run Redis with a replica and Sentinel, so that it survives the loss of a machine. The master \
                 answers before the replica knows.",
        model: "models/catalogue/f30-failover.json",
        saved: "WAIT until the replica that can be promoted has the lock; with several replicas this narrows the \
                window and does not close it.",
        fixed: "models/catalogue/f30-failover-fixed.json",
    },
    Stop {
        name: "split-brain",
        what: "the old master goes on granting the lock to its side",
        people: "A partition cuts the master and some clients off. The other side promotes a replica, and both grant.",
        model: "models/catalogue/f31-split-brain.json",
        saved: "min-replicas-to-write: a master that hears no replica stops granting before another one is promoted.",
        fixed: "models/catalogue/f31-split-brain-fixed.json",
    },
    Stop {
        name: "herd",
        what: "the herd: every release wakes all who wait",
        people: "They queue with numbered nodes in ZooKeeper and watch the whole directory, because that is easy.",
        model: "models/catalogue/f45-watch-all-herd.json",
        saved: "Watch only the node before one's own: a release wakes one client, however many wait.",
        fixed: "models/catalogue/f45-watch-all-herd-fixed.json",
    },
    Stop {
        name: "lost-wakeup",
        what: "ZooKeeper: a wake-up is lost, and nobody ever gets the lock",
        people: "They list the queue, find the node before their own, and leave a watch on it. In between it has gone, \
                 and the watch waits for a node that nobody will create.",
        model: "models/catalogue/f50-waits-for-missing.json",
        saved: "Look at the answer of `exists`: if the node is gone, list the queue again instead of waiting.",
        fixed: "models/catalogue/f50-waits-for-missing-fixed.json",
    },
    Stop {
        name: "two-leaders",
        what: "two leaders after a reconnect",
        people: "They elect a leader with Curator's LeaderLatch. After a new session the latch finds its old node, \
                 takes itself for the leader, and the node goes with the old session.",
        model: "models/catalogue/f59-latch-on-an-old-path.json",
        saved: "Compare the owner of the node with the present session before leading (CURATOR-696).",
        fixed: "models/catalogue/f59-latch-on-an-old-path-fixed.json",
    },
    Stop {
        name: "no-expiry",
        what: "a holder crashes, and its lock stays for ever",
        people: "They take the lock with SETNX alone and delete it when they are done. Who crashes deletes nothing.",
        model: "models/catalogue/f01-setnx-crash.json",
        saved: "A time to live from the first moment on: SET NX PX.",
        fixed: "models/catalogue/f01-setnx-crash-fixed.json",
    },
];

/// `{"command": "demo", "tour": […]}`.
#[derive(Serialize)]
struct List {
    command: &'static str,
    tour: &'static [Stop],
}

/// Names the stops.
pub(super) fn list(output: &mut Output<'_>) -> Result<Exit, Failure> {
    if output.json {
        output.write_json(&List { command: "demo", tour: &STOPS })?;
        return Ok(Exit::Expected);
    }
    writeln!(output.out(), "{TITLE}Famous failures{TITLE:#}")?;
    let names = STOPS.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let room = surroundings::width().saturating_sub(names + 4);
    for stop in &STOPS {
        for (number, line) in crate::report::wrapped(stop.what, room).iter().enumerate() {
            let name = if number == 0 { stop.name } else { "" };
            writeln!(output.out(), "  {name:<names$}  {}", line.trim_start())?;
        }
    }
    writeln!(output.out())?;
    paragraph("`lockstep demo NAME` shows one of them step by step.", output)?;
    Ok(Exit::Expected)
}

/// `{"command": "demo", "stop": {…}, "verdict": "…", "events": […]}`.
#[derive(Serialize)]
struct Shown<'s> {
    command: &'static str,
    stop: &'s Stop,
    verdict: String,
    /// As in a trace.
    events: Vec<serde_json::Value>,
}

/// Shows the stop of this name.
pub(super) fn show(name: &str, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let Some(stop) = STOPS.iter().find(|it| it.name == name) else {
        return Err(unknown(name));
    };
    let (path, _) = models::inside(stop.model)?;
    let subject = Subject::open(std::path::Path::new(path), Wanted::default(), output)?;
    if subject.recording.ended.violation.is_none() {
        let message = format!("{path} should be violated, but the search finds nothing");
        return Err(Failure::Wrong(message));
    }
    let (_, verdict) = subject.verdict();
    if output.json {
        let events = own::events(&subject.recording);
        output.write_json(&Shown { command: "demo", stop, verdict, events })?;
        return Ok(Exit::Expected);
    }
    output.text(TITLE, stop.what)?;
    writeln!(output.out())?;
    paragraph(stop.people, output)?;
    writeln!(output.out())?;
    let width = surroundings::width();
    let cast = Cast::of(&subject.recording.setup);
    let events = &subject.recording.events;
    let view = View { width, ..View::default() };
    write!(output.out(), "{}", timeline(&cast, events, view))?;
    writeln!(output.out())?;
    write!(output.out(), "{}", story(&cast, events, width))?;
    writeln!(output.out())?;
    output.text(BAD, &verdict)?;
    for (name, text) in subject.causes().into_iter().filter(|(name, _)| *name == "because") {
        super::super::check::witness::line(name, &text, output)?;
    }
    writeln!(output.out())?;
    writeln!(output.out(), "{GOOD}What would have saved them{GOOD:#}")?;
    paragraph(stop.saved, output)?;
    let next = next_after(stop);
    commands(
        &[
            (format!("lockstep check {}", stem(stop.fixed)), "search the fixed one: it holds"),
            (
                format!("lockstep report {} -o {}.html", stem(path), stop.name),
                "walk through it in a browser",
            ),
            (format!("lockstep check {} -o {}.jsonl", stem(path), stop.name), "keep the run"),
            (format!("lockstep demo {next}"), "the next failure"),
        ],
        output,
    )?;
    Ok(Exit::Expected)
}

/// The name of a model, by which the program finds it too.
fn stem(path: &'static str) -> &'static str {
    std::path::Path::new(path).file_stem().and_then(std::ffi::OsStr::to_str).unwrap_or(path)
}

/// The stop after this one; the first one again after the last.
fn next_after(stop: &Stop) -> &'static str {
    let place = STOPS.iter().position(|it| it.name == stop.name).unwrap_or(0);
    STOPS[(place + 1) % STOPS.len()].name
}

fn unknown(name: &str) -> Failure {
    let near = suggest::nearest(name, STOPS.iter().map(|it| it.name));
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let name = visible::line(name);
    Failure::Wrong(format!(
        "{name}: there is no such failure in the tour; {near}`lockstep demo --list` names them all"
    ))
}

/// What a line about the tour says to who has seen the first failure.
pub(super) fn invitation() -> String {
    format!("{} more famous failures", STOPS.len())
}
