//! Why somebody got the lock while another believed to have it.

use super::evidence::{Evidence, answer, asker};
use super::link::{Cause, Knew, Link};
use super::removal;
use super::stays::{Section, sections};
use crate::choice::ServerId;
use crate::event::{By, Event, is_session_over};
use crate::report::cast::Kind;
use crate::report::chronicle::{At, Holding};
use crate::store::effect::{Change, Part};
use crate::store::{AnyMessage, redis};
use crate::time::Micros;

pub(super) fn links(evidence: &Evidence<'_>) -> Vec<Link> {
    let sections = sections(evidence);
    let parts = |first: &Section, later: &Section| {
        first.who != later.who
            && !(first.shared && later.shared)
            && evidence.is_inside(first, evidence.time(later.entered))
    };
    // The last one that came to another that was still inside.
    let found = sections
        .iter()
        .enumerate()
        .rev()
        .find(|(place, later)| sections[..*place].iter().any(|first| parts(first, later)));
    let Some((place, later)) = found else { return removal::link(evidence).into_iter().collect() };
    let losers: Vec<&Section> = sections[..place].iter().filter(|it| parts(it, later)).collect();
    let mut links: Vec<Link> =
        losers.iter().chain([&later]).filter_map(|section| without(evidence, section)).collect();
    if !links.is_empty() {
        return links;
    }
    // Of several permits most are given by right: those count that are gone.
    let any_gone = losers.iter().any(|it| is_gone(&causes(evidence, it, later)));
    for loser in losers {
        let causes = causes(evidence, loser, later);
        if causes.is_empty() {
            links.extend(nothing_left(evidence, loser, later));
        } else if is_gone(&causes) || !any_gone {
            let knows = is_gone(&causes);
            links.push(Link::Got { who: later.who, entered: later.entered, causes });
            links.extend(knowledge(evidence, loser, later).filter(|_| knows));
        }
    }
    links
}

/// A section that was entered without the lock.
fn without(evidence: &Evidence<'_>, section: &Section) -> Option<Link> {
    let Section { who, entered, .. } = *section;
    let before = evidence.events.get(entered.checked_sub(1)?)?;
    let is = matches!(&before.event, Event::GoesInWithout(it) if *it == who);
    let request = evidence.last_request(who, entered);
    is.then_some(Link::WentIn { who, entered, request })
}

fn is_gone(causes: &[Cause]) -> bool {
    causes.iter().any(|it| matches!(it, Cause::Gone(_) | Cause::Rewritten { .. }))
}

/// What became of the lock of the section before the last one, which was over by then.
pub(super) fn handover(evidence: &Evidence<'_>) -> Option<Link> {
    let sections = sections(evidence);
    let [.., before, last] = sections.as_slice() else { return None };
    let causes = causes(evidence, before, last);
    (!causes.is_empty()).then_some(Link::Got { who: last.who, entered: last.entered, causes })
}

/// What the loser had relied on where the later one got its grant from; all of it if there is nothing of that there.
fn relied_on<'e>(evidence: &'e Evidence<'_>, loser: &Section, later: &Section) -> Vec<&'e Holding> {
    let voters: Vec<ServerId> = evidence.voters(later).into_iter().map(|it| it.0).collect();
    let mine = evidence.stays(loser);
    let asked: Vec<&Holding> =
        mine.iter().copied().filter(|it| voters.contains(&it.server)).collect();
    if asked.is_empty() {
        mine.into_iter().filter(|it| !evidence.is_copy(it)).collect()
    } else {
        asked
    }
}

/// What became of what `loser` had where the lock lives.
fn causes(evidence: &Evidence<'_>, loser: &Section, later: &Section) -> Vec<Cause> {
    let mine = relied_on(evidence, loser, later);
    let all = evidence.stays(loser);
    let several = all.iter().any(|it| it.server != all[0].server && !evidence.is_copy(it));
    let gone = mine.iter().filter(|it| it.end.is_some_and(|end| end.at < later.entered));
    let gone = gone.filter_map(|it| evidence.gone(it, Some(later.who)));
    let mut causes: Vec<Cause> = gone.map(Cause::Gone).collect();
    if causes.is_empty() {
        let stands = || mine.first().copied().cloned().map(Cause::Stands);
        return rewritten(evidence, loser, later).or_else(stands).into_iter().collect();
    }
    let votes = evidence.voters(later);
    if several && !votes.is_empty() {
        causes.push(Cause::Votes(votes.into_iter().map(|it| it.1).collect()));
    }
    causes
}

/// The first field of the loser over which the later one wrote.
fn rewritten(evidence: &Evidence<'_>, loser: &Section, later: &Section) -> Option<Cause> {
    let is_field =
        |it: &&Holding| it.owner == Some(loser.who) && matches!(it.item.part, Some(Part::Field(_)));
    evidence.known.holdings.iter().filter(is_field).find_map(|holding| {
        let wrote = |at: At| {
            let change = evidence.kept(at).map(|it| &it.change);
            at < later.entered && matches!(change, Some(Change::Rewritten { .. }))
        };
        let by_later = |it: &&(At, By)| it.1 == By::Thread(later.who) && wrote(it.0);
        let (at, _) = holding.renewed.iter().find(by_later)?;
        Some(Cause::Rewritten { holding: holding.clone(), at: *at })
    })
}

/// Of one whose lock never stood anywhere: what it had asked, if anything.
fn nothing_left(evidence: &Evidence<'_>, loser: &Section, later: &Section) -> Option<Link> {
    let before = |it: &Section| {
        evidence.last_request(it.who, it.entered).filter(|request| *request > it.asked)
    };
    let entry = |it: &Section| (it.who, it.entered);
    match (before(loser), before(later)) {
        (None, None) => Some(Link::AskedNobody(vec![entry(later), entry(loser)])),
        (None, Some(_)) => Some(Link::AskedNobody(vec![entry(loser)])),
        (Some(request), _) => {
            let had = evidence.known.holdings.iter().any(|it| it.owner == Some(loser.who));
            let (who, finder) = (loser.who, entry(later));
            (!had).then_some(Link::LeftNothing { who, request, finder })
        }
    }
}

/// When the loser could first have known, and what it did since.
fn knowledge(evidence: &Evidence<'_>, loser: &Section, later: &Section) -> Option<Link> {
    let who = loser.who;
    let gone = relied_on(evidence, loser, later).into_iter();
    let gone = gone.filter(|it| it.end.is_some_and(|end| end.at < later.entered));
    let holding = gone.max_by_key(|it| it.end.map(|end| end.at))?;
    let end = holding.end?;
    let (lost, lost_at) = (end.at, evidence.time(end.at));
    let mut knew = Knew {
        who,
        lost,
        paused: None,
        resumed: None,
        by_clock: by_clock(evidence, holding, lost_at),
        told: None,
        acted: None,
    };
    let mut paused: Option<At> = None;
    for (at, record) in evidence.events.iter().enumerate() {
        match &record.event {
            Event::Pauses(it) if *it == who.process => paused = Some(at),
            Event::Resumes(it) if *it == who.process => {
                if at > lost && paused.is_some_and(|paused| paused < lost) {
                    knew.resumed = Some(at);
                }
                paused = None;
            }
            Event::Wrote { who: it, .. } | Event::Read { who: it, .. }
                if *it == who && record.at > lost_at =>
            {
                knew.acted = Some(at);
            }
            Event::Received { process, message, .. }
                if *process == who.process && at > lost && is_session_over(message) =>
            {
                knew.told = knew.told.or(Some(at));
            }
            Event::Executed { .. } if asker(record) == Some(who) && record.at > lost_at => {
                let nothing = redis::Message::Reply(redis::Reply::Int(0));
                if answer(record) == Some(&AnyMessage::Redis(nothing))
                    && evidence.known.unpublished.is_none_or(|it| it.1 != at)
                {
                    knew.told = knew.told.or(Some(at));
                }
            }
            _ => {}
        }
    }
    knew.paused = paused.filter(|it| *it < lost);
    Some(Link::Knew(knew))
}

/// Since when the owner's clock said that a time to live was over, if it was that.
fn by_clock(evidence: &Evidence<'_>, holding: &Holding, lost_at: Micros) -> Option<Micros> {
    let gone = evidence.gone(holding, None)?;
    let timed = gone.key.as_ref().unwrap_or(holding);
    let by_time = evidence.cast.kind(holding.server) == Kind::Redis && !gone.early;
    let by_time = by_time && holding.end.is_some_and(|end| end.by == By::Time);
    evidence.life(timed).due.filter(|due| by_time && *due <= lost_at)
}
