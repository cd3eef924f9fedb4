//! Every cause that is told of a violated model refers to events of its run, and what it says of them is so: looked up here
//! in the events alone.

use std::path::Path;

use lockstep::choice::{ProcessId, ServerId};
use lockstep::event::{By, Event, Kept, Record, Who, answer_in, is_session_over};
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::{Model, Verdict as Expected};
use lockstep::report::because::{Cause, Gone, Knew, Link, Obstacle};
use lockstep::report::chronicle::{At, Holding};
use lockstep::report::{Cast, because};
use lockstep::run::recording_of;
use lockstep::store::effect::{Change, Item};
use lockstep::store::zookeeper::Message;
use lockstep::store::{AnyMessage, Outbound, redis};
use lockstep::time::Micros;

use super::tidy::files;

/// Violated models of which no cause is told, each with the reason.
const WITHOUT: [(&str, &str); 0] = [];

/// More than the largest of them needs.
const STATES: usize = 2_000_000;

/// The events before a violation.
struct Run<'a> {
    model: &'a str,
    events: &'a [Record],
}

impl Run<'_> {
    fn ensure(&self, holds: bool, what: &str, link: &dyn std::fmt::Debug) {
        assert!(holds, "{}: {what}: {link:?}", self.model);
    }

    fn event(&self, at: At) -> &Event<'static> {
        &self.events[at].event
    }

    fn time(&self, at: At) -> Micros {
        self.events[at].at
    }

    fn kept(&self, at: At) -> Option<&Kept> {
        match self.event(at) {
            Event::Kept(kept) => Some(kept),
            _ => None,
        }
    }

    /// What became of the item on the server, in order, from `from` on.
    fn changes<'s>(
        &'s self,
        from: At,
        server: ServerId,
        item: &'s Item,
    ) -> impl Iterator<Item = (At, &'s Kept)> {
        let all = (from..self.events.len()).filter_map(|at| Some((at, self.kept(at)?)));
        all.filter(move |(_, kept)| kept.server == server && kept.item == *item)
    }

    fn asker(&self, at: At) -> Option<Who> {
        match *self.event(at) {
            Event::Executed { process, thread: Some(thread), .. } => Some(Who { process, thread }),
            _ => None,
        }
    }

    fn answer(&self, at: At) -> Option<&AnyMessage> {
        let Event::Executed { link, sent, .. } = self.event(at) else { return None };
        match &sent[answer_in(sent, *link)?].1 {
            Outbound::Message(message) => Some(message),
            Outbound::Close => None,
        }
    }

    fn is_fault(&self, at: At) -> bool {
        matches!(self.event(at), Event::Deviated { cost: 1, .. })
    }

    fn last_request(&self, who: Who, before: At) -> Option<At> {
        (0..before).rev().find(|at| self.asker(*at) == Some(who))
    }

    fn enters(&self, at: At, who: Who) -> bool {
        matches!(*self.event(at), Event::Enters { who: it, .. } if it == who)
    }

    fn asks(&self, at: At, who: Who) -> bool {
        matches!(*self.event(at), Event::Asks(it) if it == who)
    }

    fn dies(&self, at: At, process: ProcessId) -> bool {
        matches!(*self.event(at), Event::Crashes(it) if it == process)
    }

    /// The stay that begins with this event, as the events alone tell it.
    fn holding(&self, holding: &Holding, link: &Link) {
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

    fn gone(&self, gone: &Gone, newcomer: Option<Who>, link: &Link) {
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

    fn is_about_ledger(&self, at: At) -> bool {
        matches!(self.answer(at), Some(AnyMessage::Ledger(_)))
    }

    fn knew(&self, knew: &Knew, link: &Link) {
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

    fn obstacle(&self, obstacle: &Obstacle, link: &Link) {
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
    fn hears(&self, at: At, process: ProcessId) -> bool {
        matches!(self.event(at), Event::Received { process: it, .. } if *it == process)
    }

    fn is_in_line(&self, at: At, who: Who) -> bool {
        matches!(*self.event(at), Event::InLine(it) if it == who)
    }

    fn link(&self, link: &Link) {
        match link {
            Link::Got { who, entered, causes } => {
                self.ensure(self.enters(*entered, *who), "it entered", link);
                for cause in causes {
                    match cause {
                        Cause::Gone(gone) => {
                            self.gone(gone, Some(*who), link);
                            let end = gone.holding.end.map(|it| it.at);
                            self.ensure(end < Some(*entered), "it was gone by then", link);
                            self.ensure(gone.holding.owner != Some(*who), "another's", link);
                        }
                        Cause::Stands(holding) => {
                            self.holding(holding, link);
                            let end = holding.end.map_or(At::MAX, |end| end.at);
                            self.ensure(end > *entered, "it stands there", link);
                        }
                        Cause::Votes(votes) => {
                            for vote in votes {
                                let by = self.kept(*vote).map(|it| it.by);
                                self.ensure(by == Some(By::Thread(*who)), "a vote", link);
                            }
                        }
                    }
                }
            }
            Link::Knew(knew) => self.knew(knew, link),
            Link::AskedNobody(entries) => {
                for (who, entered) in entries {
                    let asked = (0..*entered).rev().find(|at| self.asks(*at, *who)).unwrap_or(0);
                    let request = self.last_request(*who, *entered);
                    let nothing = request.is_none_or(|request| request < asked);
                    self.ensure(self.enters(*entered, *who) && nothing, "asked nobody", link);
                }
            }
            Link::LeftNothing { who, request, finder } => {
                let own = self.asker(*request) == Some(*who);
                self.ensure(own && self.enters(finder.1, finder.0), "left nothing", link);
                let left = self.events.iter().any(|it| {
                    matches!(&it.event, Event::Kept(kept) if kept.by == By::Thread(*who)
                        && matches!(kept.change, Change::Placed { .. }))
                });
                self.ensure(!left, "nothing of it ever stood there", link);
            }
            Link::Took(took) => {
                self.holding(&took.taken, link);
                let end = took.taken.end.expect("what was taken ended");
                self.ensure(end.by == By::Thread(took.by), "its request took it", link);
                self.ensure(took.taken.owner != Some(took.by), "it was another's", link);
                let last = self.last_request(took.by, end.at);
                self.ensure(last == Some(took.request), "the request that took it", link);
                if let Some(own) = &took.own {
                    self.gone(own, None, link);
                    self.ensure(own.holding.owner == Some(took.by), "its own", link);
                }
                if let Some(before) = took.before {
                    let last = self.last_request(took.by, took.request);
                    self.ensure(last == Some(before), "what it asked before", link);
                }
            }
            Link::Late(late) => {
                let is_act = match *self.event(late.act) {
                    Event::Wrote { who, .. } | Event::Read { who, .. } => who == late.who,
                    _ => false,
                };
                let over = self.time(late.act) > late.until;
                self.ensure(is_act && over && self.enters(late.entered, late.who), "late", link);
                let until = match *self.event(late.entered) {
                    Event::Enters { until, .. } => until,
                    _ => None,
                };
                self.ensure(until == Some(late.until), "its lease", link);
                self.ensure(late.fault.is_none_or(|at| self.is_fault(at)), "a fault", link);
                if let Some((who, at)) = late.next {
                    let after = self.enters(at, who) && self.time(at) >= late.until;
                    self.ensure(after && who != late.who, "who came next", link);
                }
            }
            Link::Overtaken(it) => {
                let ((who, since), (winner, came)) = (it.who, it.winner);
                self.ensure(self.is_in_line(since, who), "it was in line", link);
                self.ensure(self.is_in_line(came, winner) && since <= came, "who came later", link);
                self.ensure(self.enters(it.entered, winner), "who entered", link);
                let entered = (since..self.events.len()).any(|at| self.enters(at, who));
                self.ensure(!entered, "it has not entered", link);
                self.ensure(it.last == self.last_request(who, self.events.len()), "last", link);
                if let Some(freed) = it.freed {
                    let kept = self.kept(freed).map(|it| &it.change);
                    let removed = matches!(kept, Some(Change::Removed { .. }));
                    self.ensure(removed && freed < it.entered, "it became free", link);
                }
                for (at, whose) in [(it.heard, who), (it.told, winner)] {
                    let hears = at.is_none_or(|at| self.hears(at, whose.process));
                    self.ensure(hears, "it heard that", link);
                }
            }
            Link::Starved { who, stood: (came, entered), others } => {
                self.ensure(self.is_in_line(*came, *who), "it was in line", link);
                self.ensure(self.enters(*entered, *who), "it entered", link);
                for (other, since, at) in others {
                    let later = self.is_in_line(*since, *other) && since > came;
                    self.ensure(later && self.enters(*at, *other) && at < entered, "later", link);
                }
            }
            Link::Token { who, entered, token, request } => {
                let fence = match *self.event(*entered) {
                    Event::Enters { who: it, fence, .. } if it == *who => fence,
                    _ => None,
                };
                self.ensure(fence == Some(*token), "its token", link);
                if let Some(request) = request {
                    let own = self.asker(*request) == Some(*who) && request < entered;
                    self.ensure(own, "the request that brought it", link);
                }
            }
            Link::Woke { change, woken } => {
                let sent = match self.event(*change) {
                    Event::Executed { sent, .. } | Event::Woke { sent, .. } => sent.len(),
                    _ => 0,
                };
                self.ensure(sent >= woken.len() && woken.len() > 1, "it woke them", link);
                for (who, at) in woken.iter().filter_map(|it| it.1) {
                    let own = self.asker(at) == Some(who) && at < *change;
                    self.ensure(own, "what it had asked", link);
                }
            }
            Link::Asked { since, requests } => {
                let from = since.unwrap_or(0);
                let entered = |at: At| matches!(self.event(at), Event::Enters { .. });
                self.ensure(since.is_none_or(entered), "somebody entered", link);
                let later = (from + 1..self.events.len()).any(entered);
                self.ensure(!later, "nobody entered since", link);
                for (who, of) in requests {
                    for at in of {
                        let own = self.asker(*at) == Some(*who) && *at > from || since.is_none();
                        // It was asked by somebody who waits.
                        let waits = (*at..self.events.len()).find(|at| self.is_in_line(*at, *who));
                        self.ensure(own && waits.is_some(), "a request of who waits", link);
                    }
                }
            }
            Link::Holder { who, entered, end } => {
                self.ensure(self.enters(*entered, *who), "it entered", link);
                if let Some(end) = end {
                    let left = matches!(*self.event(*end), Event::Leaves(it) if it == *who);
                    self.ensure(left || self.dies(*end, who.process), "it left", link);
                }
                let enters = |at: At| matches!(self.event(at), Event::Enters { .. });
                let later = (entered + 1..self.events.len()).any(enters);
                self.ensure(!later, "it was the last", link);
            }
            Link::InTheWay(obstacle) => {
                self.obstacle(obstacle, link);
                self.ensure(obstacle.holding.end.is_none(), "it stands there", link);
            }
            Link::Free(holding) => {
                self.holding(holding, link);
                self.ensure(holding.end.is_some(), "it is gone", link);
            }
            Link::Blocked { who, asked, by } => {
                self.ensure(self.asks(*asked, *who), "it asked", link);
                self.obstacle(by, link);
                let end = by.holding.end.map(|end| end.at);
                self.ensure(end > Some(*asked), "it was there while somebody asked", link);
            }
            Link::Meanwhile { who, asked, events } => {
                self.ensure(self.asks(*asked, *who), "it asked", link);
                for at in events {
                    let is_told = self.is_fault(*at)
                        || matches!(self.event(*at), Event::Enters { .. } | Event::Leaves(_));
                    self.ensure(is_told && at > asked, "it happened meanwhile", link);
                }
            }
            Link::Unpublished { who, request } => {
                let nothing = AnyMessage::Redis(redis::Message::Reply(redis::Reply::Int(0)));
                let nobody = self.answer(*request) == Some(&nothing);
                self.ensure(self.asker(*request) == Some(*who) && nobody, "nobody heard", link);
            }
            Link::Lost { process, at } => {
                let lost =
                    matches!(self.event(*at), Event::Lost { process: it, .. } if it == process);
                self.ensure(lost, "its connection was lost", link);
            }
            Link::NeverHeard { process, at, place } => {
                let (Event::Executed { sent, .. } | Event::Woke { sent, .. }) = self.event(*at)
                else {
                    panic!("{}: nothing was sent: {link:?}", self.model)
                };
                let Outbound::Message(message) = &sent[*place].1 else {
                    panic!("{}: no message: {link:?}", self.model)
                };
                let heard = (*at..self.events.len()).any(|at| match self.event(at) {
                    Event::Received { process: it, message: heard, .. } => {
                        it == process && **heard == *message
                    }
                    _ => false,
                });
                self.ensure(!heard, "it never heard that", link);
            }
            Link::Waits { who, asked, last, .. } => {
                let entered = (*asked..self.events.len()).any(|at| self.enters(at, *who));
                self.ensure(self.asks(*asked, *who) && !entered, "it waits", link);
                let of = self.last_request(*who, self.events.len()).filter(|at| at > asked);
                self.ensure(*last == of, "its last request", link);
            }
        }
    }
}

#[test]
fn what_is_told_of_every_violated_model_is_so() {
    let (mut told, mut without) = (0, Vec::new());
    for (name, text) in files("models", &["json"]) {
        let model = Model::parse(Path::new(&name), text).unwrap_or_else(|bad| panic!("{bad}"));
        if model.expect().is_none_or(|expect| expect.verdict != Expected::Violated) {
            continue;
        }
        let deviations = model.bounds().deviations;
        let bounds = Bounds { deviations, states: STATES, ..Bounds::default() };
        let outcome = Search::new(&model.abstract_setup(), bounds).run(&mut |_| {});
        assert!(matches!(outcome.verdict, Verdict::Violated { .. }), "{name} is not violated");
        let recording = recording_of(&model, &outcome).expect("a violated model has a witness");
        let (cast, events) = (Cast::of(&recording.setup), &recording.events);
        let Some(chain) = because(&cast, events, recording.spec.round.is_some()) else {
            without.extend((recording.ended.steps > 0).then_some(name));
            continue;
        };
        let violated = events.iter().rposition(|it| matches!(it.event, Event::Violated { .. }));
        let violated = violated.expect("the run ends with the violation");
        let run = Run { model: &name, events: &events[..violated] };
        for link in &chain.links {
            for at in link.references() {
                run.ensure(at < violated, "every reference is a place before the violation", link);
            }
            run.link(link);
        }
        let text = chain.text(&cast, events);
        assert!(!text.is_empty() && !text.contains('?'), "{name}: {text}");
        told += 1;
    }
    let named: Vec<&str> = WITHOUT.iter().map(|it| it.0).collect();
    assert_eq!(without, named);
    assert!(told > 150, "causes of {told} models");
}
