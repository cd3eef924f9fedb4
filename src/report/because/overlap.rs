//! Why somebody got the lock while another believed to have it.

use super::tenure::{End, Tenure};
use super::{Asked, last_request, moment};
use crate::report::cast::{Cast, Kind, thread_name};
use crate::report::{deviation, words};
use crate::time::Micros;
use crate::trace::own::{Act, Did, Event, ProcessEvent, What};

/// A stay in a section.
struct Section<'e> {
    who: &'e str,
    at: Micros,
    left: Option<Micros>,
}

pub(super) fn sentences(cast: &Cast, events: &[Event], tenures: &[Tenure]) -> Vec<String> {
    let sections = sections(cast, events);
    let inside =
        |first: &Section<'_>, at: Micros| first.at <= at && first.left.is_none_or(|left| left > at);
    // The last one that came to another that was still inside.
    let Some(last) = sections.iter().enumerate().rev().find(|(place, later)| {
        sections[..*place].iter().any(|it| it.who != later.who && inside(it, later.at))
    }) else {
        return removal(cast, events, tenures).into_iter().collect();
    };
    let (place, later) = last;
    let losers = sections[..place].iter().filter(|it| it.who != later.who && inside(it, later.at));
    let mut sentences = Vec::new();
    for loser in losers {
        let lost = causes(cast, events, tenures, loser, later);
        if lost.is_empty() {
            sentences.extend(nothing_left(events, tenures, loser, later));
            continue;
        }
        let text = format!(
            "{} got the lock at {} because {}.",
            later.who,
            moment(later.at),
            words::list(&lost)
        );
        sentences.push(text);
        sentences.extend(knowledge(events, tenures, loser));
    }
    sentences
}

/// What became of the lock of the section before the last one, which was over by then.
pub(super) fn handover(cast: &Cast, events: &[Event], tenures: &[Tenure]) -> Option<String> {
    let sections = sections(cast, events);
    let [.., before, last] = sections.as_slice() else { return None };
    let lost = causes(cast, events, tenures, before, last);
    let (who, at) = (last.who, moment(last.at));
    (!lost.is_empty())
        .then(|| format!("{who} got the lock at {at} because {}.", words::list(&lost)))
}

fn sections<'e>(cast: &Cast, events: &'e [Event]) -> Vec<Section<'e>> {
    let mut sections: Vec<Section<'e>> = Vec::new();
    for event in events {
        let leaves = |section: &Section<'_>, gone: &dyn Fn(&str) -> bool| {
            section.left.is_none() && gone(section.who)
        };
        match &event.what {
            What::Did(did) => match did.act {
                Act::Enters { until, .. } => {
                    let section = Section { who: &did.who, at: event.at, left: until };
                    sections.push(section);
                }
                Act::Leaves => {
                    let of = sections.iter_mut().rev().find(|it| it.who == did.who);
                    if let Some(section) = of {
                        let left = section.left.unwrap_or(event.at);
                        section.left = Some(left.min(event.at));
                    }
                }
                _ => {}
            },
            What::Process { process, event: ProcessEvent::Crashes } => {
                let threads = cast.process(process).map(|it| &cast.processes[it].threads);
                let gone = |who: &str| threads.is_some_and(|all| all.iter().any(|it| it == who));
                for section in sections.iter_mut().filter(|it| leaves(it, &gone)) {
                    section.left = Some(event.at);
                }
            }
            _ => {}
        }
    }
    sections
}

/// What became of what `loser` had where the lock lives, each as the rest of a sentence after "because".
fn causes(
    cast: &Cast,
    events: &[Event],
    tenures: &[Tenure],
    loser: &Section<'_>,
    later: &Section<'_>,
) -> Vec<String> {
    let of = |who: &str| {
        tenures.iter().filter(move |it| it.owner == who && it.since <= later.at).collect::<Vec<_>>()
    };
    let mine = stays(tenures, loser);
    let several = mine.iter().any(|it| it.server != mine[0].server);
    let mut causes: Vec<String> = mine
        .iter()
        .filter(|it| it.end.as_ref().is_some_and(|(at, _)| *at <= later.at))
        .map(|it| cause(cast, events, it, several))
        .collect();
    causes.dedup();
    if causes.is_empty() && mine.iter().all(|it| it.end.is_none()) && !mine.is_empty() {
        let what = words::node(&mine[0].what);
        let whose = loser.who;
        return vec![format!(
            "it did not depend on {whose}'s {what}, which is still there since {}",
            moment(mine[0].since)
        )];
    }
    let votes: Vec<&str> =
        of(later.who).iter().filter(|it| it.since >= loser.at).map(|it| &*it.server).collect();
    if several && !votes.is_empty() {
        let mut votes: Vec<String> = votes.iter().map(|it| (*it).to_owned()).collect();
        votes.sort();
        votes.dedup();
        causes.push(format!("{} said yes to it", words::list(&votes)));
    }
    causes
}

/// Of one whose lock never stood anywhere: what it had asked, if anything.
fn nothing_left(
    events: &[Event],
    tenures: &[Tenure],
    loser: &Section<'_>,
    later: &Section<'_>,
) -> Option<String> {
    let before = |section: &Section<'_>| {
        let known = events.iter().take_while(|it| it.at <= section.at).count();
        let entered = |it: &Event| matches!(&it.what, What::Did(Did { who, act: Act::Enters { .. } }) if who == section.who);
        let entered = events[..known].iter().rposition(entered)?;
        last_request(&events[..entered], section.who)
    };
    let (who, other) = (later.who, loser.who);
    match (before(loser), before(later)) {
        (None, None) => Some(format!("{who} and {other} entered without asking any server.")),
        (None, Some(_)) => Some(format!("{other} had entered without asking any server.")),
        (Some(Asked { at, request }), _) if !tenures.iter().any(|it| it.owner == other) => {
            Some(format!(
                "{other}'s lock left nothing that {who} could find: {request} at {}.",
                moment(at)
            ))
        }
        _ => None,
    }
}

/// What the thread in the section had on each server: the last stay there that began before the section did.
fn stays<'t>(tenures: &'t [Tenure], of: &Section<'_>) -> Vec<&'t Tenure> {
    let mut last: Vec<&Tenure> = Vec::new();
    for tenure in tenures.iter().filter(|it| it.owner == of.who && it.since <= of.at) {
        last.retain(|it| it.server != tenure.server || it.what != tenure.what);
        last.push(tenure);
    }
    last
}

/// How one stay ended.
fn cause(cast: &Cast, events: &[Event], tenure: &Tenure, several: bool) -> String {
    let Tenure { owner, since, .. } = tenure;
    let what = words::node(&tenure.what);
    let on = if several { format!(" on {}", tenure.server) } else { String::new() };
    let Some((at, end)) = &tenure.end else { return String::new() };
    let (at, since) = (moment(*at), moment(*since));
    match end {
        End::By(who, call) if who == owner => {
            format!("{owner} itself had removed {what}{on} at {at} ({call})")
        }
        End::By(who, call) => format!("{who} had removed {owner}'s {what}{on} at {at} ({call})"),
        End::Server(what_happened) => {
            format!(
                "{} no longer had {owner}'s {what} of {since} ({what_happened}, at {at})",
                tenure.server
            )
        }
        End::Alone if tenure.kind == Kind::ZooKeeper => {
            let out = out_of_contact(cast, events, tenure)
                .map(|why| format!(": {why}"))
                .unwrap_or_default();
            format!(
                "{} had ended the session of {owner} at {at}, and {what} with it{out}",
                tenure.server
            )
        }
        End::Alone => {
            let how = if tenure.ended_early() { "was gone" } else { "had expired" };
            let span = tenure.ttl.map(|ttl| format!(" for {}", moment(ttl))).unwrap_or_default();
            let renewed = match tenure.renewed.as_slice() {
                [] => " and never renewed it".to_owned(),
                [.., last] => format!(" and renewed it last at {}", moment(*last)),
            };
            let early = if tenure.ended_early() {
                let cause = last_fault(cast, events, tenure)
                    .map(|(at, what)| format!(" ({what}, at {})", moment(at)))
                    .unwrap_or_default();
                format!("; its time was not over until {}{cause}", due(tenure))
            } else {
                String::new()
            };
            format!(
                "key {what}{on} {how} at {at}: {owner} had set it at {since}{span}{renewed}{early}"
            )
        }
    }
}

fn due(tenure: &Tenure) -> String {
    tenure.due().map(words::time).unwrap_or_default()
}

/// The last fault before a stay ended.
fn last_fault(cast: &Cast, events: &[Event], tenure: &Tenure) -> Option<(Micros, String)> {
    let end = tenure.end.as_ref().map(|(at, _)| *at)?;
    let faults = events.iter().rev().filter(|it| it.at <= end && it.at >= tenure.since);
    faults.into_iter().find_map(|event| match &event.what {
        What::Deviation { deviation, site, cost } if *cost > 0 => {
            Some((event.at, deviation::tell(site, deviation, cast).sentence))
        }
        _ => None,
    })
}

/// Since when a ZooKeeper server had not heard from the owner, and why.
fn out_of_contact(cast: &Cast, events: &[Event], tenure: &Tenure) -> Option<String> {
    let end = tenure.end.as_ref().map(|(at, _)| *at)?;
    let process = process_of(&tenure.owner);
    let hit = events.iter().rev().filter(|it| it.at <= end).find_map(|event| match &event.what {
        What::Deviation { deviation, site, cost } if *cost > 0 => {
            let told = deviation::tell(site, deviation, cast);
            (told.process.as_deref() == Some(process)).then_some((event.at, told.sentence))
        }
        _ => None,
    });
    if let Some((at, what)) = hit {
        return Some(format!("it had not heard of {process} since {} ({what})", moment(at)));
    }
    let heard = events.iter().rev().find_map(|event| match &event.what {
        What::Executed { from, .. } if from == process && event.at < end => Some(event.at),
        _ => None,
    })?;
    Some(format!("it had last heard of {process} at {}", moment(heard)))
}

/// When the loser could first have known, and what it did since.
fn knowledge(events: &[Event], tenures: &[Tenure], loser: &Section<'_>) -> Option<String> {
    let who = loser.who;
    let ended = stays(tenures, loser).into_iter();
    let ended = ended.filter_map(|it| it.end.as_ref().map(|(at, _)| (*at, it)));
    let (lost_at, tenure) = ended.max_by_key(|it| it.0)?;
    let process = process_of(who);
    let mut paused: Option<Micros> = None;
    let mut resumed: Option<Micros> = None;
    let (mut knew, mut acted): (Option<Micros>, Option<(Micros, String)>) = (None, None);
    for event in events {
        match &event.what {
            What::Process { process: it, event: ProcessEvent::Pauses } if it == process => {
                paused = Some(event.at);
            }
            What::Process { process: it, event: ProcessEvent::Resumes } if it == process => {
                if event.at >= lost_at && paused.is_some_and(|paused| paused <= lost_at) {
                    resumed = Some(event.at);
                }
                paused = None;
            }
            What::Did(did) if did.who == who && event.at > lost_at => match did.act {
                Act::Wrote { account, value } => {
                    acted = Some((event.at, format!("wrote {value} to {account}")));
                }
                Act::Read { account, .. } => {
                    acted = Some((event.at, format!("read {account}")));
                }
                _ => {}
            },
            What::Heard { to, heard, .. }
                if to == process
                    && event.at >= lost_at
                    && heard.get("session").is_some_and(serde_json::Value::is_null) =>
            {
                knew.get_or_insert(event.at);
            }
            What::Executed { from, thread, reply: Some(reply), .. }
                if thread_name(from, *thread) == who
                    && event.at > lost_at
                    && reply.as_i64() == Some(0) =>
            {
                knew.get_or_insert(event.at);
            }
            _ => {}
        }
    }
    let stands_still = paused.is_some_and(|at| at <= lost_at);
    let by_clock = match (tenure.due(), tenure.kind) {
        (Some(due), Kind::Redis)
            if !tenure.ended_early() && due <= lost_at + Micros::from_ms(1) =>
        {
            Some(due)
        }
        _ => None,
    };
    let mut text = match (stands_still, resumed, by_clock) {
        (true, ..) => format!(
            "{who} cannot know yet: it stands still since {}",
            moment(paused.unwrap_or_default())
        ),
        (_, Some(resumed), _) => {
            format!("{who} could have known from {} on, when it went on", moment(resumed))
        }
        (_, _, Some(due)) => {
            format!("By its own clock {who} could have known from {} on", moment(due))
        }
        _ => format!("{who} could have known from {} on, but only by asking", moment(lost_at)),
    };
    match knew {
        Some(knew) => text += &format!("; it was told at {}", moment(knew)),
        None if !stands_still => text += "; it has not learnt it",
        None => {}
    }
    if let Some((at, what)) = acted {
        text += &format!("; at {} it {what}, still believing", moment(at));
    }
    Some(format!("{text}."))
}

/// Of a request that took away what is another's: what had become of its sender's own.
pub(super) fn removal(cast: &Cast, events: &[Event], tenures: &[Tenure]) -> Option<String> {
    let taken = tenures
        .iter()
        .rev()
        .find(|it| matches!(&it.end, Some((_, End::By(by, _))) if *by != it.owner))?;
    let Some((at, End::By(by, call))) = &taken.end else { return None };
    let what = words::node(&taken.what);
    let Some(own) = tenures.iter().rev().find(|it| it.owner == *by && it.since < taken.since)
    else {
        let before = events.iter().rposition(|it| it.at <= *at && is_request(it, by, call))?;
        let Asked { at: asked, request } = last_request(&events[..before], by)?;
        let (at, asked) = (moment(*at), moment(asked));
        return Some(format!(
            "{by} removed {what} at {at} ({call}), though nothing of its own was there: it had asked last at {asked} ({request})."
        ));
    };
    let lost = cause(cast, events, own, false);
    if lost.is_empty() {
        return None;
    }
    let (owner, since, at) = (&taken.owner, moment(taken.since), moment(*at));
    Some(format!(
        "{by} removed {what} at {at} ({call}) as if it were its own; but {lost}, and {owner} had set it anew at {since}."
    ))
}

/// Whether it is this request of `who`, as it reads.
fn is_request(event: &Event, who: &str, text: &str) -> bool {
    matches!(&event.what, What::Executed { from, thread, call, .. }
        if thread_name(from, *thread) == who && words::call(call) == text)
}

fn process_of(who: &str) -> &str {
    who.split('.').next().unwrap_or(who)
}
