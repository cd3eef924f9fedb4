//! Commands with what their scripts ran: a server does nothing else meanwhile, so they stand together.

use std::io::{self, BufRead};

use super::line::{Entry, From};
use super::source::{Skipped, Source, Told};
use crate::store::redis::Reply;

/// A command of a client, and the lines of its script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The command; none where the log begins in the middle of a script.
    pub entry: Option<Entry>,
    /// What its script ran, at most [`Group::LONGEST`] lines of it.
    pub lua: Vec<Entry>,
    /// Whether the script ran more than that.
    pub long: bool,
    /// Whether it is of a recording, which has answers in the place of the lines of scripts.
    pub recorded: bool,
    /// What the real server answered, where that is known.
    pub reply: Option<Reply>,
}

impl Group {
    /// How many lines of one script are kept.
    pub const LONGEST: usize = 100_000;

    /// The first line.
    pub fn first(&self) -> Option<&Entry> {
        self.entry.as_ref().or(self.lua.first())
    }
}

/// The commands of a log, in order.
#[derive(Debug)]
pub struct Groups<R> {
    source: Source<R>,
    /// The client's command that was read already.
    next: Option<Entry>,
    /// Lines that could not be read.
    pub skipped: Skipped,
    /// Lines that tell of a command.
    pub commands: u64,
}

impl<R: BufRead> Groups<R> {
    /// Those of `source`.
    pub fn new(source: R) -> Self {
        Self { source: Source::new(source), next: None, skipped: Skipped::default(), commands: 0 }
    }

    /// How many bytes were read so far.
    pub fn read_so_far(&self) -> u64 {
        self.source.read_so_far()
    }

    fn entry(&mut self) -> io::Result<Option<Entry>> {
        while let Some(told) = self.source.next_line()? {
            match told {
                Told::Command(entry) => {
                    self.commands += 1;
                    return Ok(Some(entry));
                }
                Told::Nothing => {}
                Told::Unreadable(bad) => self.skipped.add(bad),
            }
        }
        Ok(None)
    }

    /// The next command with the lines of its script; none at the end.
    pub fn next_group(&mut self) -> io::Result<Option<Group>> {
        let first = match self.next.take() {
            Some(entry) => entry,
            None => match self.entry()? {
                Some(entry) => entry,
                None => return Ok(None),
            },
        };
        let mut group =
            Group { entry: None, lua: Vec::new(), long: false, recorded: false, reply: None };
        match first.from {
            From::Script => group.lua.push(first),
            From::Client(_) => group.entry = Some(first),
        }
        while let Some(entry) = self.entry()? {
            if entry.from != From::Script {
                self.next = Some(entry);
                break;
            }
            if group.lua.len() < Group::LONGEST {
                group.lua.push(entry);
            } else {
                group.long = true;
            }
        }
        Ok(Some(group))
    }
}
