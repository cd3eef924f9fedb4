//! A lock that its user wrote, in Lua: `acquire(lock)` and `release(lock)`, and what else the file defines.
//!
//! What survives a call is the table `lock`; what survives a pass of `loop(s, function(s) ... end)` is `s`. Words that
//! wait are waited for in the world: the function ends there, and is run again from its beginning with what it was
//! answered so far. So a script is a pure function of its answers, as every recipe is.
//!
//! The language is that of EVAL ([`crate::store::redis::script`]).

mod check;
mod drive;
mod ending;
mod inside;
mod plain;
mod section;
mod session;
mod source;
mod task;
mod value;
mod vm;
mod wish;
mod words;

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::{About, Store, lease, lost};
use crate::cx::{Broken, Cx, Grant, Lock, LockError};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

use drive::{Done, drive, unfinished};
use ending::Ending;
use plain::Survives;
use session::Returned;
use source::{Found, Source};
use task::{Background, LISTENER, MOST_THREADS, RENEWAL, Runs};
use vm::Arg;

/// A user's lock.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Script {
    program: Rc<Program>,
    /// The table `lock`.
    kept: Survives,
}

/// What is the same for all its users.
#[derive(Debug)]
struct Program {
    source: Rc<Source>,
    found: Found,
    places: Vec<String>,
    retry: (Micros, Micros),
}

impl PartialEq for Program {
    fn eq(&self, other: &Self) -> bool {
        // What was found follows from the source.
        let Self { source, found: _, places, retry } = self;
        (source, places, retry) == (&other.source, &other.places, &other.retry)
    }
}

impl Eq for Program {}

impl Hash for Program {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { source, found: _, places, retry } = self;
        (source, places, retry).hash(state);
    }
}

impl Script {
    /// What it is.
    pub const ABOUT: About = About {
        name: "script",
        title: "a lock of your own: a Lua file with acquire(lock) and release(lock)",
        source: "README.md (A lock of your own); models/scripts",
        store: Store::OfScript,
        params: &[
            ("file", "the Lua file, beside the model: \"mylock.lua\""),
            ("source", "its text, in place of the file: a text, or a list of lines"),
            (
                "place",
                "the key or the node of the lock, or a list: what the file says, \"lock\" or \"/lock\"",
            ),
            (
                "retry",
                "after a refusal, wait so long and up to so much more: what the file says, or \
                 {\"after\": \"20ms\", \"jitter\": \"0ms\"}",
            ),
            ("files", "scripts that the file names, with their texts: those beside it"),
            ("...", "every other name is a parameter, for param(name, default) in the file"),
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let program = section::program(section)?;
        Ok(Self { program: Rc::new(program), kept: Survives::default() })
    }

    /// What stands in the place of the file's name in a model that is to be read where the file may not be.
    pub fn inlined<'d>(
        section: &Section<'d>,
    ) -> Result<Option<(Section<'d>, String)>, Box<Problem>> {
        section::inlined(section)
    }

    /// All times (µs) that may stand in the file: what instants are compared with.
    fn times(&self) -> Vec<Micros> {
        let texts = self.program.found.texts.iter();
        let spans = texts.filter_map(|text| text.parse().ok()).map(|Duration(span)| span);
        spans.chain(self.program.found.numbers.iter().copied()).collect()
    }

    fn defines(&self, function: &str) -> Option<Rc<str>> {
        self.program.found.functions.iter().find(|known| &***known == function).cloned()
    }

    async fn run(&mut self, cx: &Cx, function: &str) -> Result<Returned, LockError> {
        let tells = self.program.found.has("cleanup");
        let args = [Arg::Lock];
        let source = &self.program.source;
        let Done { result, lock } =
            drive(cx, source, &Rc::from(function), &self.kept, &args, tells).await;
        self.kept = lock;
        if result.is_err() && function != "cleanup" && tells {
            self.clean_up(cx).await;
        } else if tells {
            forget_unfinished(cx);
        }
        Ok(result?)
    }

    async fn clean_up(&mut self, cx: &Cx) {
        let args = [Arg::Lock];
        let source = &self.program.source;
        let Done { lock, .. } =
            drive(cx, source, &Rc::from("cleanup"), &self.kept, &args, false).await;
        self.kept = lock;
        forget_unfinished(cx);
    }

    fn wrong(&self, cx: &Cx, function: &str, why: &str) -> ! {
        let (file, process) = (&self.program.source.name, &cx.surroundings().process);
        Broken::new(format!("{file}: `{function}` {why} (in {process})")).raise()
    }

    /// Begins what runs beside a held lock.
    fn begin_beside(&self, cx: &Cx, grant: Grant) -> Grant {
        let thread = cx.surroundings().thread;
        let (renew, listens) = (self.defines("renew"), self.defines("on_session"));
        if renew.is_none() && listens.is_none() {
            return grant;
        }
        if thread >= MOST_THREADS {
            let why = format!(
                "runs beside the lock: at most {MOST_THREADS} threads of a process can have that"
            );
            self.wrong(cx, if renew.is_some() { "renew" } else { "on_session" }, &why);
        }
        lost(cx, thread).set(false);
        let begin = |kind, function, runs| {
            let (source, given) = (self.program.source.clone(), self.kept.clone());
            let task = Background { source, function, given, runs, thread };
            cx.spawn(task::number(kind, thread), task);
        };
        if let Some(function) = listens {
            begin(LISTENER, function, Runs::OnSession);
        }
        match (renew, self.program.found.renew_every) {
            (Some(function), Some(every)) => {
                lease(cx, thread).set(grant.until);
                begin(RENEWAL, function, Runs::Every(every));
                // Until the renewal says otherwise, the lock is held.
                Grant { until: None, ..grant }
            }
            _ => grant,
        }
    }

    /// Stops it.
    fn stop_beside(&self, cx: &Cx) {
        let thread = cx.surroundings().thread;
        if self.program.found.has("on_session") {
            cx.interrupt(task::number(LISTENER, thread));
        }
        if self.program.found.has("renew") {
            cx.interrupt(task::number(RENEWAL, thread));
            let lease = lease(cx, thread);
            if lease.get().is_some() {
                lease.set(None);
            }
        }
    }
}

/// Nothing is unfinished.
fn forget_unfinished(cx: &Cx) {
    let cell = cx.cell::<Survives>(unfinished(cx.surroundings().thread));
    if cell.get() != Survives::default() {
        cell.set(Survives::default());
    }
}

impl Lock for Script {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        match self.run(cx, "acquire").await? {
            Returned::Ending(Ending::Held(grant)) => Ok(self.begin_beside(cx, grant)),
            Returned::Ending(Ending::Busy) => Err(LockError::Busy),
            Returned::Ending(Ending::Lost) => Err(LockError::Lost),
            Returned::Ending(Ending::GaveUp) => Err(LockError::GaveUp),
            other => {
                let what = match other {
                    Returned::No => "false",
                    Returned::Nothing => "nothing, or true",
                    Returned::Other(kind) => kind,
                    Returned::Ending(_) => "an end",
                };
                let why = format!(
                    "returned {what}: it must return held{{...}}, busy(), lost() or give_up()"
                );
                self.wrong(cx, "acquire", &why)
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        self.stop_beside(cx);
        match self.run(cx, "release").await? {
            Returned::Ending(Ending::Lost | Ending::Busy) | Returned::No => Err(LockError::Lost),
            Returned::Ending(Ending::Held(_)) => self.wrong(
                cx,
                "release",
                "returned held{...}: it gives the lock back, or returns lost()",
            ),
            _ => Ok(()),
        }
    }

    async fn clean_up(&mut self, cx: &Cx) -> Result<(), LockError> {
        self.stop_beside(cx);
        let left = cx.cell::<Survives>(unfinished(cx.surroundings().thread)).get();
        if left != Survives::default() {
            self.kept = left;
        }
        Self::clean_up(self, cx).await;
        Ok(())
    }

    fn cleans_up(&self) -> bool {
        self.program.found.has("cleanup")
    }

    fn cleans_up_releases(&self) -> bool {
        self.cleans_up()
    }

    fn retry(&self) -> (Micros, Micros) {
        self.program.retry
    }

    fn place(&self) -> String {
        self.program.places[0].clone()
    }

    fn places(&self) -> Vec<String> {
        self.program.places.clone()
    }

    fn names_node(&self) -> bool {
        self.program.found.texts.iter().any(|text| text == "node")
    }

    fn needs(&self) -> Option<&'static str> {
        match self.program.found.stores {
            (true, false) => Some("redis"),
            (false, true) => Some("zookeeper"),
            _ => None,
        }
    }

    fn compares_with(&self) -> Vec<Micros> {
        self.times()
    }
}
