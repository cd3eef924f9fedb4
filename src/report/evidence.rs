//! What a verdict can be believed by, in words: how often that was reached which locks break at, and what never was.

use super::words;
use crate::explore::{Outcome, Verdict};
use crate::sim::{AnyServer, Reach, Setup};

/// What of a model makes something worth to be told even if it never happened.
struct Relevant<'s> {
    setup: &'s Setup,
}

impl Relevant<'_> {
    fn has_store(&self, is: fn(&AnyServer) -> bool) -> bool {
        self.setup.servers.iter().any(|server| is(&server.state))
    }

    fn has_fault(&self, names: &[&str]) -> bool {
        self.setup.faults.iter().any(|fault| names.contains(&fault.name()))
    }

    /// Whether a reader would take the verdict to be about it.
    fn is(&self, reach: Reach) -> bool {
        match reach {
            Reach::Entered | Reach::KeptOut => true,
            Reach::LeaseOver => self.has_store(|it| matches!(it, AnyServer::Redis(_))),
            Reach::SessionOver => self.has_store(|it| matches!(it, AnyServer::ZooKeeper(_))),
            Reach::StoodStill => self.has_fault(&["pause"]),
            Reach::Died => self.has_fault(&["crash", "restart"]),
            Reach::LostConnection => {
                self.has_fault(&["lose-request", "lose-reply", "disconnect", "restart-server"])
            }
            Reach::Removed | Reach::TooLate | Reach::Fenced | Reach::Woken | Reach::GaveUp => false,
        }
    }
}

/// What happens, as the end of a sentence about steps.
fn happens(reach: Reach) -> &'static str {
    match reach {
        Reach::Entered => "somebody entered a section",
        Reach::KeptOut => "somebody asked or was refused while another was inside",
        Reach::LeaseOver => "a time to live ran out while somebody was inside",
        Reach::SessionOver => "a session ended while somebody was inside",
        Reach::Removed => {
            "a key or node of the lock was removed by another while somebody was inside"
        }
        Reach::StoodStill => "a process stood still in its section",
        Reach::Died => "a process died in its section",
        Reach::TooLate => "somebody got the lock too late to begin",
        Reach::Fenced => "the resource refused a token",
        Reach::Woken => "a change woke somebody who waited",
        Reach::LostConnection => "a connection was lost",
        Reach::GaveUp => "somebody gave up",
    }
}

/// The name of it in JSON.
pub fn name(reach: Reach) -> &'static str {
    match reach {
        Reach::Entered => "entered",
        Reach::KeptOut => "asked_or_refused_while_another_was_inside",
        Reach::LeaseOver => "time_to_live_ran_out_inside",
        Reach::SessionOver => "session_ended_inside",
        Reach::Removed => "removed_by_another_inside",
        Reach::StoodStill => "stood_still_inside",
        Reach::Died => "died_inside",
        Reach::TooLate => "too_late_to_begin",
        Reach::Fenced => "token_refused",
        Reach::Woken => "woken",
        Reach::LostConnection => "connection_lost",
        Reach::GaveUp => "gave_up",
    }
}

/// What was reached, and what never was although the model is about it: a text each, nothing where there is nothing.
///
/// After a violation the rest was not looked at: then there is none.
pub fn evidence(setup: &Setup, outcome: &Outcome) -> Vec<String> {
    if matches!(outcome.verdict, Verdict::Violated { .. }) {
        return Vec::new();
    }
    let relevant = Relevant { setup };
    let times = |reach: &Reach| outcome.seen.reached.times(*reach);
    let mut lines = Vec::new();
    let reached: Vec<String> = Reach::ALL
        .iter()
        .filter(|reach| times(reach) > 0)
        .map(|reach| format!("{} in {}", happens(*reach), words::counted(times(reach), "step")))
        .collect();
    if !reached.is_empty() {
        lines.push(reached.join("; "));
    }
    let never: Vec<&str> = Reach::ALL
        .into_iter()
        .filter(|reach| times(reach) == 0 && relevant.is(*reach))
        .map(happens)
        .collect();
    if !never.is_empty() {
        lines.push(format!("never in any run: {}. Nothing is said about that", never.join("; ")));
    }
    lines
}
