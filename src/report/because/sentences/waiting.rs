//! What those who wait in vain wait for, in words.

use super::super::link::{Link, Obstacle};
use super::{Speaker, moment, name};
use crate::choice::ProcessId;
use crate::event::{Event, Who};
use crate::report::chronicle::At;
use crate::report::{deviation, words};
use crate::store::Outbound;

impl Speaker<'_> {
    pub(super) fn wait(&self, link: &Link) -> String {
        match link {
            Link::Holder { who, entered, end } => self.holder(*who, *entered, *end),
            Link::InTheWay(obstacle) => self.in_the_way(obstacle),
            Link::Free(last) => {
                let gone = last.end.map(|end| self.time(end.at)).unwrap_or_default();
                format!(
                    "Nothing stands where the lock lives: it is free since {gone}, when {} went.",
                    name(&last.item)
                )
            }
            Link::Blocked { who, asked, by } => self.blocked(*who, *asked, by),
            Link::Meanwhile { who, asked, events } => {
                let told: Vec<String> = events.iter().map(|at| self.happened(*at)).collect();
                let (who, asked) = (self.who(*who), self.time(*asked));
                if told.is_empty() {
                    format!("{who} had asked at {asked}.")
                } else {
                    format!("{who} had asked at {asked}; since then {}.", words::list(&told))
                }
            }
            Link::Unpublished { who, request } => format!(
                "Nobody heard what {} published at {}: nobody was subscribed.",
                self.who(*who),
                self.time(*request)
            ),
            Link::Lost { process, at } => self.lost(*process, *at),
            Link::NeverHeard { process, at, place } => format!(
                "{} never heard {}, sent at {}.",
                self.process(*process),
                self.sent(*at, *place),
                self.time(*at)
            ),
            Link::Waits { who, asked, last, goes_on } => {
                let (who, since) = (self.who(*who), self.time(*asked));
                match last {
                    None => {
                        format!(
                            "{who} waits since {since}, and no request of it was executed since."
                        )
                    }
                    Some(last) if *goes_on => {
                        format!(
                            "{who} waits since {since} and goes on asking ({}).",
                            self.request(*last)
                        )
                    }
                    Some(last) => format!(
                        "{who} waits since {since}; it asked last at {} ({}), and nothing wakes it.",
                        self.time(*last),
                        self.request(*last)
                    ),
                }
            }
            // Told elsewhere.
            _ => String::new(),
        }
    }

    fn holder(&self, who: Who, entered: At, end: Option<At>) -> String {
        let (who, at) = (self.who(who), self.time(entered));
        match end {
            None => format!("{who} got the lock last, at {at}, and has not left its section."),
            Some(end) => {
                let how = match &self.events[end].event {
                    Event::Crashes(_) => "died",
                    _ => "left its section",
                };
                format!("{who} had the lock last, from {at} on; it {how} at {}.", self.time(end))
            }
        }
    }

    fn in_the_way(&self, obstacle: &Obstacle) -> String {
        let Obstacle { holding, died, waits, .. } = obstacle;
        let (what, on) = (name(&holding.item), self.cast.on(holding.server));
        let since = self.time(holding.placed);
        let whose = match (holding.owner.map(|it| self.who(it)), died, waits) {
            (None, ..) => format!("it was put there at {since}"),
            (Some(owner), Some(died), _) => {
                format!("{owner}, which died at {}, put it there at {since}", self.time(*died))
            }
            (Some(owner), None, Some(_)) => {
                format!("{owner}, which waits itself, put it there at {since}")
            }
            (Some(owner), None, None) => format!("{owner} put it there at {since}"),
        };
        let (life, refused) = (self.to_live(holding), self.refused(obstacle));
        format!("{what}{on} is there: {whose}{life}{refused}.")
    }

    fn blocked(&self, who: Who, asked: At, by: &Obstacle) -> String {
        let Obstacle { holding, died, .. } = by;
        let (asked, since) = (self.time(asked), self.time(holding.placed));
        let itself = if holding.owner == Some(who) { " itself" } else { "" };
        let died = died.map(|at| format!(", which died at {},", self.time(at)));
        let until = holding.end.map(|end| self.time(end.at)).unwrap_or_default();
        format!(
            "{} had asked at {asked}; {}{itself}{} had put {} there at {since}, and it was there until {until}{}.",
            self.who(who),
            self.owner(holding),
            died.unwrap_or_default(),
            name(&holding.item),
            self.refused(by)
        )
    }

    /// That its owner would have given it back.
    fn refused(&self, obstacle: &Obstacle) -> String {
        let Some(at) = obstacle.refused else { return String::new() };
        let owner = self.owner(&obstacle.holding);
        format!(": {owner}'s release was refused at {} ({})", self.time(at), self.request(at))
    }

    fn happened(&self, at: At) -> String {
        let record = &self.events[at];
        let what = match &record.event {
            Event::Enters { who, .. } => format!("{} got the lock", self.who(*who)),
            Event::Leaves(who) => format!("{} left its section", self.who(*who)),
            _ => deviation::sentence(record, self.cast).unwrap_or_default(),
        };
        format!("{what} at {}", moment(record.at))
    }

    fn lost(&self, process: ProcessId, at: At) -> String {
        let server = match &self.events[at].event {
            Event::Lost { server, .. } => self.cast.server(*server),
            _ => "?",
        };
        format!(
            "{} lost its connection to {server} at {}, and what was sent meanwhile.",
            self.process(process),
            self.time(at)
        )
    }

    /// A message that was sent with an event.
    fn sent(&self, at: At, place: usize) -> String {
        let (Event::Executed { sent, .. } | Event::Woke { sent, .. }) = &self.events[at].event
        else {
            return String::new();
        };
        match sent.get(place) {
            Some((_, Outbound::Message(message))) => words::message(message, &self.sessions),
            _ => String::new(),
        }
    }
}
