//! Deviations in words, with the process that they hit. What each kind of fault does stands in [`fault`].

use super::cast::Cast;
use super::fault::{self, Hit};
use crate::choice::{Alternative, Direction, FaultId, ProcessId, Strike, Target, Way};
use crate::event::{Event, Record, Who};

/// A deviation as a reader should see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Told {
    /// The process that it hits.
    pub(super) process: Option<ProcessId>,
    /// What happens to it, in the process's own column.
    pub(super) text: String,
    /// The same as a sentence that names the process, without its full stop.
    pub(super) sentence: String,
}

/// What the alternative means.
pub(super) fn tell(take: &Alternative, cast: &Cast) -> Told {
    match take {
        Alternative::Strike(strike) => strikes(strike, cast),
        Alternative::Release(way) => message(*way, "goes on", cast),
        // Told by what happens instead.
        Alternative::Proceed | Alternative::Defer => about_all("the others go first".to_owned()),
        Alternative::Late(way) => message(*way, "travels for longer", cast),
        Alternative::Arrives(way) => message(*way, "arrives", cast),
        Alternative::StaysAway(process) => about(*process, "is not there yet", cast),
        Alternative::Comes { process, .. } => about(*process, "comes", cast),
        Alternative::Asks { process, thread, .. } => {
            let who = Who { process: *process, thread: *thread };
            let text = "asks again, a little earlier than it would have";
            Told { sentence: format!("{} {text}", cast.who(who)), ..about(*process, text, cast) }
        }
        Alternative::Ends { fault, target, .. } => about_all(ends(*fault, *target, cast)),
        Alternative::Value(value) => about_all(format!("{value} is drawn")),
    }
}

/// The sentence of a record that is a fault, if it is one.
pub(super) fn sentence(record: &Record, cast: &Cast) -> Option<String> {
    match &record.event {
        Event::Deviated { take, cost: 1.., .. } => Some(tell(take, cast).sentence),
        _ => None,
    }
}

/// The faults of a run, each in a sentence without its full stop.
pub fn faults_in(events: &[Record], cast: &Cast) -> Vec<String> {
    events.iter().filter_map(|record| sentence(record, cast)).collect()
}

/// Whether the deviation is none to a reader: while a message is held, letting the others go on is one, which costs
/// nothing; so is what comes after something else that is due at that instant, and a message that travels for longer or
/// arrives then. The order shows them.
pub(super) fn is_silent(take: &Alternative) -> bool {
    use Alternative::{Arrives, Defer, Late, Proceed};
    matches!(take, Proceed | Defer | Late(_) | Arrives(_))
}

/// Whether it is as good as any other: nothing goes wrong with it.
pub(super) fn is_free(take: &Alternative) -> bool {
    use Alternative::{Asks, Comes, Ends, StaysAway};
    matches!(take, Comes { .. } | Asks { .. } | Ends { .. } | StaysAway(_)) || is_silent(take)
}

/// The process that a fault hits.
pub(super) fn hit(take: &Alternative) -> Option<ProcessId> {
    match take {
        Alternative::Strike(Strike { target, .. }) => target.process(),
        Alternative::Release(way) => Some(way.process),
        Alternative::Comes { process, .. } | Alternative::Asks { process, .. } => Some(*process),
        Alternative::Proceed
        | Alternative::Defer
        | Alternative::Late(_)
        | Alternative::Arrives(_)
        | Alternative::StaysAway(_)
        | Alternative::Ends { .. }
        | Alternative::Value(_) => None,
    }
}

fn about_all(text: String) -> Told {
    Told { process: None, sentence: text.clone(), text }
}

fn about(process: ProcessId, what: &str, cast: &Cast) -> Told {
    let sentence = format!("{} {what}", cast.process(process));
    Told { process: Some(process), sentence, text: what.to_owned() }
}

/// The end of a fault of which nobody has said how long it lasts.
fn ends(fault: FaultId, target: Target, cast: &Cast) -> String {
    let name = cast.fault(fault).map_or("fault", |it| it.kind);
    match target {
        Target::Process(process) | Target::Thread(process, _) => {
            format!("the {name} of {} is over", cast.process(process))
        }
        _ => format!("the {name} is over"),
    }
}

fn strikes(strike: &Strike, cast: &Cast) -> Told {
    let Some(misfortune) = cast.fault(strike.fault) else {
        return about_all("a fault that the model does not have".to_owned());
    };
    let hit = Hit { strike, misfortune, cast };
    let said = fault::words(&hit);
    let near = misfortune.near.as_ref().map(|near| format!(", {}", fault::near(near)));
    let unsent = strike.unsent.then(|| format!(", {}", fault::UNSENT));
    let near = near.or(unsent).unwrap_or_default();
    let (alone, of) = (said.alone(), |name: &str| format!("{}{near}", said.of(name)));
    match strike.target {
        Target::Process(process) => Told {
            process: Some(process),
            sentence: of(cast.process(process)),
            text: format!("{alone}{near}"),
        },
        Target::Thread(process, thread) => {
            let who = Who { process, thread };
            let short = cast.short(who).map(|short| format!("{short} ")).unwrap_or_default();
            Told {
                process: Some(process),
                sentence: of(cast.who(who)),
                text: format!("{short}{alone}{near}"),
            }
        }
        Target::Message(way) => message(way, &format!("{alone}{near}"), cast),
        Target::Server(server) | Target::Words(_, server) => about_all(of(cast.server(server))),
        Target::Leader => about_all(of("the leader")),
        Target::Sides | Target::All => about_all(format!("{alone}{near}")),
    }
}

/// What happens to a message.
fn message(way: Way, what: &str, cast: &Cast) -> Told {
    let (process, server) = (cast.process(way.process), cast.server(way.server));
    let (text, sentence) = match way.direction {
        Direction::Up => {
            (format!("its request to {server}"), format!("{process}'s request to {server}"))
        }
        Direction::Down => {
            (format!("the reply of {server} to it"), format!("the reply of {server} to {process}"))
        }
    };
    Told {
        process: Some(way.process),
        text: format!("{text} {what}"),
        sentence: format!("{sentence} {what}"),
    }
}
