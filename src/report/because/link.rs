//! What is claimed of a violation's cause, as data that refers to the events of its run.

use crate::choice::ProcessId;
use crate::event::Who;
use crate::report::chronicle::{At, Holding};
use crate::time::Micros;

/// One link of the chain of causes: a claim, and the events that it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(clippy::large_enum_variant, reason = "a chain has few links")]
pub enum Link {
    /// A thread got the lock, though another believed to have it, for these causes.
    Got {
        /// Who.
        who: Who,
        /// The event with which it entered.
        entered: At,
        /// Why it could.
        causes: Vec<Cause>,
    },
    /// A thread entered without the lock, which it did not get.
    WentIn {
        /// Who.
        who: Who,
        /// The event with which it entered.
        entered: At,
        /// Its last request before.
        request: Option<At>,
    },
    /// When somebody whose lock is gone could have known.
    Knew(Knew),
    /// These threads entered without asking any server before.
    AskedNobody(Vec<(Who, At)>),
    /// What a thread asked before it entered left nothing where the lock lives.
    LeftNothing {
        /// Who.
        who: Who,
        /// Its last request before it entered.
        request: At,
        /// Who found nothing, and the event with which that one entered.
        finder: (Who, At),
    },
    /// A request took away what is another's.
    Took(Took),
    /// A read or write was executed when the lease of whoever sent it was over.
    Late(Late),
    /// Somebody in line was overtaken.
    Overtaken(Overtaken),
    /// Somebody in line entered after others that had come later.
    Starved {
        /// Who.
        who: Who,
        /// The event with which it was in line, and that with which it entered.
        stood: (At, At),
        /// Those who came later and entered earlier, with the events of the same kinds.
        others: Vec<(Who, At, At)>,
    },
    /// Where a fencing token comes from.
    Token {
        /// Who.
        who: Who,
        /// The event with which it entered with the token.
        entered: At,
        /// The token.
        token: i64,
        /// The first request since it asks for the lock whose answer holds the token.
        request: Option<At>,
    },
    /// One change woke many.
    Woke {
        /// The event with which a server sent it.
        change: At,
        /// Who was woken, each with the last request before of one of its threads.
        woken: Vec<(ProcessId, Option<(Who, At)>)>,
    },
    /// The requests of those who waited since the last entry.
    Asked {
        /// The event of that entry.
        since: Option<At>,
        /// Who, with its requests.
        requests: Vec<(Who, Vec<At>)>,
    },
    /// Who had the lock last.
    Holder {
        /// Who.
        who: Who,
        /// The event with which it entered.
        entered: At,
        /// The event with which it left its section or died.
        end: Option<At>,
    },
    /// What stands in the way at the end.
    InTheWay(Obstacle),
    /// Nothing stands where the lock lives; this was the last to go.
    Free(Holding),
    /// What stood in the way of somebody for longest.
    Blocked {
        /// Who.
        who: Who,
        /// The event with which it began to ask.
        asked: At,
        /// What stood there until it went.
        by: Obstacle,
    },
    /// What happened while somebody waited: faults, and others who entered or left.
    Meanwhile {
        /// Who.
        who: Who,
        /// The event with which it began to ask.
        asked: At,
        /// What happened.
        events: Vec<At>,
    },
    /// A publication reached nobody.
    Unpublished {
        /// Who made it.
        who: Who,
        /// The request.
        request: At,
    },
    /// A connection was lost, and what was sent meanwhile.
    Lost {
        /// Whose.
        process: ProcessId,
        /// The event with which it learnt that.
        at: At,
    },
    /// What was sent to a process by itself has not reached it.
    NeverHeard {
        /// The process.
        process: ProcessId,
        /// The event with which it was sent.
        at: At,
        /// Which of the messages of that event.
        place: usize,
    },
    /// Somebody waits.
    Waits {
        /// Who.
        who: Who,
        /// The event with which it began to ask.
        asked: At,
        /// Its last request.
        last: Option<At>,
        /// Whether it goes on asking.
        goes_on: bool,
    },
}

/// Why somebody could get the lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cause {
    /// This was gone.
    Gone(Gone),
    /// What another had stands there still: the grant did not depend on it.
    Stands(Holding),
    /// Whoever got the lock wrote over a field of another, with this event.
    Rewritten {
        /// What it wrote over.
        holding: Holding,
        /// The event.
        at: At,
    },
    /// So many servers gave it their votes, with these events.
    Votes(Vec<At>),
}

/// Something that is gone, and how that came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gone {
    /// What had been there.
    pub holding: Holding,
    /// The key that it went with, if it is a part of one that is another's and whose time was over.
    pub key: Option<Holding>,
    /// The request that removed it.
    pub request: Option<At>,
    /// The fault, or the turn of its server, that made it go, or go early.
    pub blow: Option<At>,
    /// The last request of its owner before, if its time was over and the server refused that.
    pub refused: Option<At>,
    /// The last request of its owner's process before, of a session that ended.
    pub heard: Option<At>,
    /// Whether its time to live was not over.
    pub early: bool,
    /// Whether whoever got the lock then removed it itself.
    pub by_newcomer: bool,
}

/// When somebody whose lock is gone could have known, and whether it did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Knew {
    /// Who.
    pub who: Who,
    /// The event with which its lock went.
    pub lost: At,
    /// Since which event it has been standing still at the end.
    pub paused: Option<At>,
    /// The event with which it went on, if it stood still when its lock went.
    pub resumed: Option<At>,
    /// From when on (µs since the run began) its own clock said so.
    pub by_clock: Option<Micros>,
    /// The event with which it was told: by the reply to a request, or by the news that its session is over.
    pub told: Option<At>,
    /// The last event with which it read or wrote since.
    pub acted: Option<At>,
}

/// A request that took away what is another's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Took {
    /// Whose request.
    pub by: Who,
    /// What it took.
    pub taken: Holding,
    /// The request.
    pub request: At,
    /// What had become of its own.
    pub own: Option<Gone>,
    /// What it had asked last before.
    pub before: Option<At>,
}

/// A read or write that was executed when a lease was over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Late {
    /// Whose.
    pub who: Who,
    /// The read or write.
    pub act: At,
    /// The event with which it had entered.
    pub entered: At,
    /// Until when (µs since the run began) it believed to have the lock.
    pub until: Micros,
    /// The last fault that hit its process.
    pub fault: Option<At>,
    /// Who entered since the lease was over, and with which event.
    pub next: Option<(Who, At)>,
}

/// Somebody in line, and another that entered first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overtaken {
    /// Who was overtaken, and the event with which it was in line.
    pub who: (Who, At),
    /// Who entered, and the event with which that one was in line.
    pub winner: (Who, At),
    /// The event with which that one entered.
    pub entered: At,
    /// What the one that was overtaken had asked last.
    pub last: Option<At>,
    /// The event with which something that stood where the lock lives was last removed before the entry.
    pub freed: Option<At>,
    /// What the one that was overtaken has heard by itself since.
    pub heard: Option<At>,
    /// What the winner has heard by itself since.
    pub told: Option<At>,
}

/// Something that is in somebody's way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obstacle {
    /// What.
    pub holding: Holding,
    /// The event with which the process of its owner died since.
    pub died: Option<At>,
    /// The event with which its owner began to ask for the lock itself.
    pub waits: Option<At>,
    /// The request with which its owner would have given it back, and which the server refused.
    pub refused: Option<At>,
}

impl Link {
    /// The events that it refers to.
    pub fn references(&self) -> Vec<At> {
        match self {
            Self::Got { entered, causes, .. } => {
                let causes = causes.iter().flat_map(Cause::references);
                std::iter::once(*entered).chain(causes).collect()
            }
            Self::Knew(it) => {
                let rest = [it.paused, it.resumed, it.told, it.acted];
                std::iter::once(it.lost).chain(rest.into_iter().flatten()).collect()
            }
            Self::AskedNobody(entries) => entries.iter().map(|it| it.1).collect(),
            Self::LeftNothing { request, finder, .. } => vec![*request, finder.1],
            Self::Took(it) => {
                let own = it.own.iter().flat_map(Gone::references);
                let rest = std::iter::once(it.request).chain(it.before).chain(own);
                of_holding(&it.taken).into_iter().chain(rest).collect()
            }
            Self::Late(it) => {
                let rest = it.fault.into_iter().chain(it.next.map(|it| it.1));
                [it.act, it.entered].into_iter().chain(rest).collect()
            }
            Self::Overtaken(it) => {
                let rest = [it.last, it.freed, it.heard, it.told].into_iter().flatten();
                [it.who.1, it.winner.1, it.entered].into_iter().chain(rest).collect()
            }
            Self::Starved { stood, others, .. } => {
                let others = others.iter().flat_map(|it| [it.1, it.2]);
                [stood.0, stood.1].into_iter().chain(others).collect()
            }
            Self::Token { entered, request, .. } | Self::WentIn { entered, request, .. } => {
                std::iter::once(*entered).chain(*request).collect()
            }
            Self::Woke { change, woken } => {
                let asked = woken.iter().filter_map(|it| it.1).map(|it| it.1);
                std::iter::once(*change).chain(asked).collect()
            }
            Self::Asked { since, requests } => {
                let requests = requests.iter().flat_map(|it| it.1.iter().copied());
                since.iter().copied().chain(requests).collect()
            }
            Self::Holder { entered, end, .. } => std::iter::once(*entered).chain(*end).collect(),
            Self::InTheWay(obstacle) => obstacle.references(),
            Self::Free(holding) => of_holding(holding),
            Self::Blocked { asked, by, .. } => {
                std::iter::once(*asked).chain(by.references()).collect()
            }
            Self::Meanwhile { asked, events, .. } => {
                std::iter::once(*asked).chain(events.iter().copied()).collect()
            }
            Self::Unpublished { request, .. } => vec![*request],
            Self::Lost { at, .. } | Self::NeverHeard { at, .. } => vec![*at],
            Self::Waits { asked, last, .. } => std::iter::once(*asked).chain(*last).collect(),
        }
    }
}

impl Cause {
    fn references(&self) -> Vec<At> {
        match self {
            Self::Gone(gone) => gone.references(),
            Self::Stands(holding) => of_holding(holding),
            Self::Rewritten { holding, at } => {
                of_holding(holding).into_iter().chain([*at]).collect()
            }
            Self::Votes(votes) => votes.clone(),
        }
    }
}

impl Gone {
    fn references(&self) -> Vec<At> {
        let key = self.key.iter().flat_map(of_holding);
        let rest = [self.request, self.blow, self.heard].into_iter().flatten();
        of_holding(&self.holding).into_iter().chain(key).chain(rest).collect()
    }
}

impl Obstacle {
    fn references(&self) -> Vec<At> {
        let rest = [self.died, self.waits, self.refused].into_iter().flatten();
        of_holding(&self.holding).into_iter().chain(rest).collect()
    }
}

fn of_holding(holding: &Holding) -> Vec<At> {
    let renewed = holding.renewed.iter().map(|(at, _)| *at);
    let end = holding.end.map(|it| it.at);
    std::iter::once(holding.placed).chain(renewed).chain(end).collect()
}
