//! Why somebody waits in vain.

use super::evidence::{Evidence, is_unasked};
use super::link::Link;
use crate::choice::ProcessId;
use crate::event::{Event, Who};
use crate::report::chronicle::{At, Holding, Stance};
use crate::store::Outbound;

/// More requests than an attempt takes.
const MANY: u64 = 12;
/// So many things that stand in the way are told, and so many who wait.
const TOLD: usize = 4;
/// So many things that happened meanwhile are told.
const HAPPENED: usize = 6;

/// `goes_round` says that those who wait go on asking for ever.
pub(super) fn links(evidence: &Evidence<'_>, goes_round: bool) -> Vec<Link> {
    let known = &evidence.known;
    // A wait that was too long ended with an entry: what matters is what stood in the way until then.
    if let Some((who, entered)) = known.last_entry
        && evidence.time(entered) == evidence.now()
        && known.inside.contains(&who)
        && let Some(asked) = known.stance(who).and_then(|it| it.asked)
    {
        let blocked = blocked(evidence, who, asked);
        return if blocked.is_empty() { vec![meanwhile(evidence, who, asked)] } else { blocked };
    }
    let mut links: Vec<Link> = holder(evidence).into_iter().collect();
    // In a round it is free at one time and taken at another.
    if !goes_round || known.standing().next().is_some() {
        links.extend(in_the_way(evidence));
    }
    links.extend(unpublished(evidence, 0));
    let waiting = || known.threads().filter(|(_, stance)| stance.wants());
    let mut told: Vec<ProcessId> = Vec::new();
    for (who, stance) in waiting() {
        if !told.contains(&who.process) {
            told.push(who.process);
            links.extend(missed(evidence, who, stance.asked.unwrap_or(0)));
        }
    }
    let wait = |(who, stance): (Who, &Stance)| waits(evidence, who, stance, goes_round);
    links.extend(waiting().filter_map(wait).take(TOLD));
    links
}

fn holder(evidence: &Evidence<'_>) -> Option<Link> {
    let (who, entered) = evidence.known.last_entry?;
    let end = evidence.events.iter().enumerate().skip(entered + 1).find_map(|(at, it)| {
        match it.event {
            Event::Leaves(it) => it == who,
            Event::Crashes(process) => process == who.process,
            _ => false,
        }
        .then_some(at)
    });
    Some(Link::Holder { who, entered, end })
}

/// What kept the lock from `who`, who has it now, for longest.
fn blocked(evidence: &Evidence<'_>, who: Who, asked: At) -> Vec<Link> {
    let known = &evidence.known;
    let ended = |it: &&Holding| it.end.is_some_and(|end| end.at > asked);
    let ended: Vec<&Holding> = known.holdings.iter().filter(ended).collect();
    let ended = ended.into_iter().filter(|it| it.owner.is_some() && evidence.is_in_the_way(it));
    let ended: Vec<&Holding> = ended.collect();
    let telling = evidence.telling(&ended);
    let last = telling.into_iter().max_by_key(|it| it.end.map(|end| end.at));
    let Some((last, end)) = last.and_then(|it| Some((it, it.end?))) else { return Vec::new() };
    let mut links = vec![Link::Blocked { who, asked, by: evidence.obstacle(last) }];
    // It was free, and who waits did not know.
    if evidence.time(end.at) < evidence.now() {
        links.extend(unpublished(evidence, asked));
        links.extend(missed(evidence, who, asked));
    }
    links
}

/// Who had the lock and what went wrong while `who` waited.
fn meanwhile(evidence: &Evidence<'_>, who: Who, asked: At) -> Link {
    let told = evidence.events.iter().enumerate().skip(asked).filter(|(_, it)| match it.event {
        Event::Deviated { cost, .. } => cost > 0,
        Event::Enters { who: it, .. } | Event::Leaves(it) => it != who,
        _ => false,
    });
    let events = told.map(|(at, _)| at).take(HAPPENED).collect();
    Link::Meanwhile { who, asked, events }
}

/// What stands where the lock lives.
fn in_the_way(evidence: &Evidence<'_>) -> Vec<Link> {
    let known = &evidence.known;
    let there: Vec<&Holding> = known
        .standing()
        .filter(|it| evidence.is_in_the_way(it) && !known.down.contains_key(&it.server))
        .collect();
    if there.is_empty() {
        let gone = known.holdings.iter().filter(|it| it.item.part.is_none() && it.end.is_some());
        let last = gone.max_by_key(|it| it.end.map(|end| end.at));
        return last.cloned().map(Link::Free).into_iter().collect();
    }
    let telling = evidence.telling(&there).into_iter().take(TOLD);
    telling.map(|it| Link::InTheWay(evidence.obstacle(it))).collect()
}

fn unpublished(evidence: &Evidence<'_>, since: At) -> Option<Link> {
    let (who, request) = evidence.known.unpublished.filter(|it| it.1 >= since)?;
    Some(Link::Unpublished { who, request })
}

/// What the process of `who` has not heard since it asks.
fn missed(evidence: &Evidence<'_>, who: Who, asked: At) -> Option<Link> {
    let process = who.process;
    let lost = evidence
        .backwards(usize::MAX)
        .take_while(|(at, _)| *at >= asked)
        .find(|(_, it)| matches!(it.event, Event::Lost { process: it, .. } if it == process));
    if let Some((at, _)) = lost {
        return Some(Link::Lost { process, at });
    }
    let unheard = evidence.known.unheard.iter().find(|it| {
        it.to == process
            && evidence.time(it.at) < evidence.now()
            && is_news(evidence, it.at, it.place)
    })?;
    Some(Link::NeverHeard { process, at: unheard.at, place: unheard.place })
}

fn is_news(evidence: &Evidence<'_>, at: At, place: usize) -> bool {
    let (Event::Executed { sent, .. } | Event::Woke { sent, .. }) = &evidence.events[at].event
    else {
        return false;
    };
    matches!(sent.get(place), Some((_, Outbound::Message(message))) if is_unasked(message))
}

fn waits(evidence: &Evidence<'_>, who: Who, stance: &Stance, goes_round: bool) -> Option<Link> {
    let asked = stance.asked?;
    let last = stance.last.filter(|(at, _)| *at > asked);
    // Who asks at intervals asks again before long; the run went on long enough to see it often.
    let often =
        |(_, time)| stance.requests > MANY && evidence.now() - time <= stance.gap + stance.gap;
    let goes_on = last.is_some_and(|it| goes_round || often(it));
    Some(Link::Waits { who, asked, last: last.map(|it| it.0), goes_on })
}
