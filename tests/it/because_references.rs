//! Every cause that is told of a violated model refers to events of its run, and what it says of them is so: looked up here
//! in the events alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lockstep::event::{By, Event};
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::{Model, Verdict as Expected};
use lockstep::report::because::{Cause, Gone, Knew, Link};
use lockstep::report::chronicle::At;
use lockstep::report::{Cast, because};
use lockstep::run::{Recording, recording_of};
use lockstep::store::effect::Change;
use lockstep::store::{AnyMessage, Outbound, redis};
use lockstep::time::Micros;

use super::because_lookup::Run;
use super::tidy::files;

/// Violated models of which no cause is told, each with the reason.
const WITHOUT: [(&str, &str); 0] = [];

/// More than the largest of them needs.
const STATES: usize = 2_000_000;

impl Run<'_> {
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
                        Cause::Rewritten { holding, at } => {
                            self.holding(holding, link);
                            let kept = self.kept(*at).expect("what was rewritten was told");
                            let same = kept.server == holding.server && kept.item == holding.item;
                            let over = matches!(kept.change, Change::Rewritten { .. });
                            let by = kept.by == By::Thread(*who) && at < entered;
                            self.ensure(same && over && by, "it wrote over it", link);
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
            Link::WentIn { who, entered, request } => {
                let before = entered.checked_sub(1).map(|at| &self.events[at].event);
                let went = matches!(before, Some(Event::GoesInWithout(it)) if it == who);
                let last = self.last_request(*who, *entered) == *request;
                self.ensure(self.enters(*entered, *who) && went && last, "it went in", link);
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

fn witness(name: &str, model: &Model) -> Recording {
    let deviations = model.bounds().deviations;
    let bounds = Bounds { deviations, states: STATES, ..Bounds::default() };
    let outcome =
        Search::new(&model.abstract_setup(), bounds).run(&mut lockstep::explore::to_the_end);
    assert!(matches!(outcome.verdict, Verdict::Violated { .. }), "{name} is not violated");
    recording_of(model, &outcome).expect("a violated model has a witness")
}

/// Whether the claim is refuted by the events.
fn is_refuted(run: &Run<'_>, link: &Link) -> bool {
    catch_unwind(AssertUnwindSafe(|| run.link(link))).is_err()
}

#[test]
fn what_is_not_so_is_refuted() {
    let name = "models/redis/set-nx-px-pause.json";
    let model = Model::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let recording = witness(name, &model);
    let (cast, events) = (Cast::of(&recording.setup), &recording.events);
    let chain = because(&cast, events, false).unwrap();
    let run = Run { model: name, events: &events[..events.len() - 1] };
    let [Link::Got { who, entered, causes }, Link::Knew(knew)] = chain.links.as_slice() else {
        panic!("{chain:?}")
    };
    let [Cause::Gone(gone)] = causes.as_slice() else { panic!("{causes:?}") };
    let got = |change: &dyn Fn(&mut Gone)| {
        let mut gone = gone.clone();
        change(&mut gone);
        Link::Got { who: *who, entered: *entered, causes: vec![Cause::Gone(gone)] }
    };
    assert!(!is_refuted(&run, &got(&|_| {})) && !is_refuted(&run, &Link::Knew(knew.clone())));
    let later = |until: Option<Micros>| until.map(|it| it + Micros::from_ms(1));
    for wrong in [
        got(&|it| it.holding.until = later(it.holding.until)),
        got(&|it| it.holding.owner = Some(*who)),
        got(&|it| it.holding.end = None),
        got(&|it| it.holding.renewed.push((it.holding.placed, By::Time))),
        got(&|it| it.request = Some(0)),
        got(&|it| it.early = true),
        Link::Got { who: knew.who, entered: *entered, causes: causes.clone() },
        Link::Knew(Knew { paused: Some(knew.lost), ..knew.clone() }),
        Link::Knew(Knew { told: Some(*entered), ..knew.clone() }),
        Link::Holder { who: knew.who, entered: *entered, end: None },
    ] {
        assert!(is_refuted(&run, &wrong), "{wrong:?}");
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
        let recording = witness(&name, &model);
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
