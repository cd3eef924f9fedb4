//! What the events of a run say of the causes that are told of it, looked up without the chronicle.

use lockstep::choice::{ProcessId, ServerId};
use lockstep::event::{By, Event, Kept, Record, Who, answer_in, is_session_over};
use lockstep::report::because::{Gone, Knew, Link, Obstacle};
use lockstep::report::chronicle::{At, Holding};
use lockstep::store::effect::{Change, Item};
use lockstep::store::zookeeper::Message;
use lockstep::store::{AnyMessage, Outbound, redis};
use lockstep::time::Micros;

/// The events before a violation.
pub(super) struct Run<'a> {
    pub(super) model: &'a str,
    pub(super) events: &'a [Record],
}

impl Run<'_> {
    pub(super) fn ensure(&self, holds: bool, what: &str, link: &dyn std::fmt::Debug) {
        assert!(holds, "{}: {what}: {link:?}", self.model);
    }

    pub(super) fn event(&self, at: At) -> &Event<'static> {
        &self.events[at].event
    }

    pub(super) fn time(&self, at: At) -> Micros {
        self.events[at].at
    }

    pub(super) fn kept(&self, at: At) -> Option<&Kept> {
        match self.event(at) {
            Event::Kept(kept) => Some(kept),
            _ => None,
        }
    }

    /// What became of the item on the server, in order, from `from` on.
    pub(super) fn changes<'s>(
        &'s self,
        from: At,
        server: ServerId,
        item: &'s Item,
    ) -> impl Iterator<Item = (At, &'s Kept)> {
        let all = (from..self.events.len()).filter_map(|at| Some((at, self.kept(at)?)));
        all.filter(move |(_, kept)| kept.server == server && kept.item == *item)
    }

    pub(super) fn asker(&self, at: At) -> Option<Who> {
        match *self.event(at) {
            Event::Executed { process, thread: Some(thread), .. } => Some(Who { process, thread }),
            _ => None,
        }
    }

    pub(super) fn answer(&self, at: At) -> Option<&AnyMessage> {
        let Event::Executed { link, sent, .. } = self.event(at) else { return None };
        match &sent[answer_in(sent, *link)?].1 {
            Outbound::Message(message) => Some(message),
            Outbound::Close => None,
        }
    }

    pub(super) fn is_fault(&self, at: At) -> bool {
        matches!(self.event(at), Event::Deviated { cost: 1, .. })
    }

    pub(super) fn last_request(&self, who: Who, before: At) -> Option<At> {
        (0..before).rev().find(|at| self.asker(*at) == Some(who))
    }

    pub(super) fn enters(&self, at: At, who: Who) -> bool {
        matches!(*self.event(at), Event::Enters { who: it, .. } if it == who)
    }

    pub(super) fn asks(&self, at: At, who: Who) -> bool {
        matches!(*self.event(at), Event::Asks(it) if it == who)
    }

    pub(super) fn dies(&self, at: At, process: ProcessId) -> bool {
        matches!(*self.event(at), Event::Crashes(it) if it == process)
    }

    /// The stay that begins with this event, as the events alone tell it.
    pub(super) fn holding(&self, holding: &Holding, link: &Link) {
        let Holding { server, item, placed, .. } = holding;
        let kept = self.kept(*placed).expect("what was placed was told");
        self.ensure(kept.server == *server && kept.item == *item, "it was placed", link);
        let Change::Placed { until, session } = kept.change else {
            panic!("{}: it was not placed: {link:?}", self.model)
        };
        match kept.by {
            By::Thread(who) => self.ensure(holding.owner == Some(who), "its owner placed it", link),
            By::Copy => {
                let original = (0..*placed).filter_map(|at| self.kept(at)).any(|it| {
                    it.item == *item && it.by.thread() == holding.owner && it.by != By::Copy
                });
                self.ensure(
                    holding.owner.is_none() || original,
                    "its owner placed the original",
                    link,
                );
            }
            _ => self.ensure(holding.owner.is_none(), "nobody placed it", link),
        }
        self.ensure(session == holding.session, "its session", link);
        let (mut now, mut end, mut renewed) = (until, None, Vec::new());
        for (at, kept) in self.changes(placed + 1, *server, item) {
            match &kept.change {
                Change::Renewed { until, .. } => {
                    now = *until;
                    renewed.push((at, kept.by));
                }
                Change::Rewritten { .. } => renewed.push((at, kept.by)),
                Change::Removed { .. } => {
                    end = Some((at, kept.by));
                    break;
                }
                Change::Placed { .. } => break,
            }
        }
        self.ensure(holding.until == now, "until when it was to be there", link);
        self.ensure(holding.renewed == renewed, "how it was renewed", link);
        self.ensure(holding.end.map(|end| (end.at, end.by)) == end, "how it ended", link);
    }

    pub(super) fn gone(&self, gone: &Gone, newcomer: Option<Who>, link: &Link) {
        self.holding(&gone.holding, link);
        let end = gone.holding.end.expect("what is gone ended");
        if let Some(key) = &gone.key {
            self.holding(key, link);
            self.ensure(key.item.part.is_none(), "a key", link);
            self.ensure(key.item.place == gone.holding.item.place, "its key", link);
        }
        let by = end.by.thread();
        let request = by.and_then(|by| self.last_request(by, end.at));
        self.ensure(gone.request == request, "the request that removed it", link);
        if let Some(refused) = gone.refused {
            let timed = gone.key.as_ref().unwrap_or(&gone.holding);
            let own = timed.owner.is_some() && self.asker(refused) == timed.owner;
            let is_error = matches!(
                self.answer(refused),
                Some(AnyMessage::Redis(redis::Message::Reply(redis::Reply::Error(_))))
            );
            let meanwhile = timed.placed < refused && refused < end.at;
            self.ensure(own && is_error && meanwhile, "the server refused it", link);
        }
        if let Some(blow) = gone.blow {
            let is_blow = self.is_fault(blow) || matches!(self.event(blow), Event::Server { .. });
            self.ensure(blow < end.at && is_blow, "the blow came before", link);
        }
        if let Some(heard) = gone.heard {
            let owner = gone.holding.owner.map(|it| it.process);
            let of_owner = |at: At| match *self.event(at) {
                Event::Executed { process, .. } => Some(process) == owner,
                _ => false,
            };
            self.ensure(heard < end.at && of_owner(heard), "it was heard of", link);
            let since = (heard + 1..end.at).any(|at| of_owner(at) && !self.is_about_ledger(at));
            self.ensure(!since, "it was heard of last then", link);
        }
        let due = gone.key.as_ref().unwrap_or(&gone.holding).until;
        if gone.early {
            self.ensure(due.is_some_and(|due| due > self.time(end.at)), "it went early", link);
        }
        self.ensure(!gone.by_newcomer || by == newcomer, "the newcomer removed it", link);
    }

    pub(super) fn is_about_ledger(&self, at: At) -> bool {
        matches!(self.answer(at), Some(AnyMessage::Ledger(_)))
    }

    pub(super) fn knew(&self, knew: &Knew, link: &Link) {
        let process = knew.who.process;
        let removed = self.kept(knew.lost).map(|it| &it.change);
        self.ensure(matches!(removed, Some(Change::Removed { .. })), "its lock went", link);
        let goes_on = |at: At| match *self.event(at) {
            Event::Resumes(it) | Event::Crashes(it) | Event::Exits(it) => it == process,
            _ => false,
        };
        let pauses = |at: At| matches!(*self.event(at), Event::Pauses(it) if it == process);
        if let Some(paused) = knew.paused {
            let still = !(paused..self.events.len()).any(goes_on);
            self.ensure(pauses(paused) && paused < knew.lost && still, "it stands still", link);
        }
        if let Some(resumed) = knew.resumed {
            let paused = (0..resumed).rev().find(|at| pauses(*at));
            let covers = paused.is_some_and(|it| it < knew.lost) && resumed > knew.lost;
            self.ensure(goes_on(resumed) && covers, "it stood still", link);
        }
        if let Some(told) = knew.told {
            let nothing = AnyMessage::Redis(redis::Message::Reply(redis::Reply::Int(0)));
            let is_told = match self.event(told) {
                Event::Received { process: it, message, .. } => {
                    *it == process && is_session_over(message)
                }
                _ => self.asker(told) == Some(knew.who) && self.answer(told) == Some(&nothing),
            };
            self.ensure(is_told && told > knew.lost, "it was told", link);
        }
        if let Some(acted) = knew.acted {
            let is_act = match *self.event(acted) {
                Event::Wrote { who, .. } | Event::Read { who, .. } => who == knew.who,
                _ => false,
            };
            self.ensure(is_act && acted > knew.lost, "it acted", link);
        }
    }

    pub(super) fn obstacle(&self, obstacle: &Obstacle, link: &Link) {
        self.holding(&obstacle.holding, link);
        let Some(owner) = obstacle.holding.owner else { return };
        if let Some(died) = obstacle.died {
            let since = died > obstacle.holding.placed;
            self.ensure(self.dies(died, owner.process) && since, "its owner died", link);
        }
        if let Some(asked) = obstacle.waits {
            let entered = (asked..self.events.len()).any(|at| self.enters(at, owner));
            self.ensure(self.asks(asked, owner) && !entered, "its owner waits", link);
        }
        if let Some(refused) = obstacle.refused {
            let is_error = match self.answer(refused) {
                Some(AnyMessage::Redis(redis::Message::Reply(redis::Reply::Error(_)))) => true,
                Some(AnyMessage::ZooKeeper(Message::Reply(reply))) => reply.result.is_err(),
                _ => false,
            };
            let left = (0..refused).rev().find(
                |at| matches!(*self.event(*at), Event::Leaves(it) | Event::Asks(it) if it == owner),
            );
            let left = left.is_some_and(|at| matches!(self.event(at), Event::Leaves(_)));
            let own = self.asker(refused) == Some(owner);
            self.ensure(own && is_error && left, "its release was refused", link);
        }
    }

    /// Whether this one has just been heard of, or was sent a message that nobody asked for.
    pub(super) fn hears(&self, at: At, process: ProcessId) -> bool {
        matches!(self.event(at), Event::Received { process: it, .. } if *it == process)
    }

    pub(super) fn is_in_line(&self, at: At, who: Who) -> bool {
        matches!(*self.event(at), Event::InLine(it) if it == who)
    }
}
