//! The shape of a chain of causes: what it claims, without who, when and how often. Runs of one shape fail alike.

use super::{Because, Cause, Gone, Link};
use crate::event::By;

impl Because {
    /// What the chain claims, one word a claim, in its order: equal for all runs that fail in the same way.
    pub fn shape(&self) -> Vec<String> {
        self.links.iter().flat_map(of_link).collect()
    }
}

fn of_link(link: &Link) -> Vec<String> {
    let one = |word: &str| vec![word.to_owned()];
    match link {
        Link::Got { causes, .. } => {
            let mut causes: Vec<String> = causes.iter().map(of_cause).collect();
            // Of several servers each has its cause: how many of them say the same makes no other failure.
            causes.sort();
            causes.dedup();
            causes
        }
        Link::WentIn { .. } => one("went-in"),
        Link::AskedNobody(_) => one("asked-nobody"),
        Link::LeftNothing { .. } => one("left-nothing"),
        Link::Took(took) => {
            let own = took.own.as_ref().map_or("never-had", how);
            vec![format!("took, own {own}")]
        }
        Link::Late(late) => one(if late.fault.is_some() { "late-by-fault" } else { "late" }),
        Link::Overtaken(it) => {
            vec![format!("overtaken, {}", if it.heard.is_some() { "heard" } else { "not told" })]
        }
        Link::Starved { .. } => one("starved"),
        Link::Token { .. } => one("token"),
        Link::Woke { .. } => one("woke"),
        Link::Asked { .. } => one("asked"),
        Link::Holder { end, .. } => one(if end.is_some() { "holder-left" } else { "holder" }),
        Link::InTheWay(it) => {
            vec![format!(
                "in-the-way, {}",
                if it.died.is_some() { "owner died" } else { "owner lives" }
            )]
        }
        Link::Free(_) => one("free"),
        Link::Blocked { .. } => one("blocked"),
        Link::Meanwhile { .. } => one("meanwhile"),
        Link::Unpublished { .. } => one("unpublished"),
        Link::Lost { .. } => one("connection-lost"),
        Link::NeverHeard { .. } => one("never-heard"),
        // Who waits is whoever happens to, and whether somebody could have known is no cause.
        Link::Waits { .. } | Link::Knew(_) => Vec::new(),
    }
}

fn of_cause(cause: &Cause) -> String {
    match cause {
        Cause::Gone(gone) => format!("gone, {}", how(gone)),
        Cause::Stands(_) => "stands".to_owned(),
        Cause::Rewritten { .. } => "rewritten".to_owned(),
        Cause::Votes(_) => "votes".to_owned(),
    }
}

/// How something went.
fn how(gone: &Gone) -> &'static str {
    let owner = gone.holding.owner;
    match gone.holding.end.map(|end| end.by) {
        Some(By::Thread(who)) if Some(who) == owner => "by its owner",
        Some(By::Thread(_)) => "by another",
        Some(By::Time) if gone.early => "by time, early",
        Some(By::Time) if gone.refused.is_some() => "by time, a renewal refused",
        Some(By::Time) => "by time",
        Some(By::Session) => "with its session",
        Some(By::Housekeeping) => "by housekeeping",
        Some(By::Fault(_)) => "by a fault",
        Some(By::Copy) => "by a copy",
        None if gone.blow.is_some() => "with its server",
        None => "somehow",
    }
}
