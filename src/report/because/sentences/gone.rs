//! How something that stood where the lock lives went, in words.

use std::fmt::Write as _;

use super::super::evidence::is_ensemble;
use super::super::link::Gone;
use super::super::stays::{Life, life};
use super::{Speaker, moment, name};
use crate::choice::ServerId;
use crate::event::{By, Event};
use crate::report::cast::Kind;
use crate::report::chronicle::{At, Holding, HoldingEnd};
use crate::report::words;
use crate::store::effect::Change;

impl Speaker<'_> {
    /// How it went, as the rest of a sentence after "because".
    pub(super) fn gone(&self, gone: &Gone) -> String {
        let holding = &gone.holding;
        let (owner, what, on) =
            (self.owner(holding), name(&holding.item), self.cast.on(holding.server));
        let Some(HoldingEnd { at: end, by }) = holding.end else { return String::new() };
        let (at, since) = (self.time(end), self.time(holding.placed));
        let is_redis = self.cast.kind(holding.server) == Kind::Redis;
        match by {
            By::Thread(_) => self.taken(gone, by, end),
            By::Session => format!(
                "{} had ended the session of {owner} at {at}, and {what} with it{}",
                self.service(holding.server),
                self.silence(gone)
            ),
            By::Fault(_) if !is_redis => {
                let blow = gone.blow.map(|blow| format!(" ({})", self.blow(blow)));
                format!(
                    "{} had ended the session of {owner} at {at}, and {what} with it{}",
                    self.service(holding.server),
                    blow.unwrap_or_default()
                )
            }
            By::Housekeeping if !is_redis => {
                format!(
                    "{} had removed {what} at {at}, which nobody used",
                    self.service(holding.server)
                )
            }
            By::Copy => {
                let blow =
                    gone.blow.map(|blow| format!(" ({}, at {})", self.blow(blow), self.time(blow)));
                format!(
                    "{} no longer had {owner}'s {what} of {since}{}",
                    self.cast.server(holding.server),
                    blow.unwrap_or_default()
                )
            }
            By::Time | By::Fault(_) | By::Housekeeping => {
                let timed = gone.key.as_ref().unwrap_or(holding);
                let set_by = self.owner(timed);
                let Life { span, .. } = self.life(timed);
                let due = timed.until.filter(|due| by == By::Time && *due <= self.at(end));
                let at = due.map_or(at, moment);
                let how = if by == By::Time && !gone.early { "had expired" } else { "was gone" };
                let span = span.map(|span| format!(" for {}", moment(span))).unwrap_or_default();
                let renewed = self.renewed(timed);
                let refused = gone.refused.map(|at| {
                    format!(
                        "; what it asked for at {} was refused ({})",
                        self.time(at),
                        self.request(at)
                    )
                });
                format!(
                    "key {}{on} {how} at {at}: {set_by} had set it at {}{span}{renewed}{}{}",
                    name(&timed.item),
                    self.time(timed.placed),
                    refused.unwrap_or_default(),
                    self.early(gone, timed)
                )
            }
        }
    }

    /// That a request removed it.
    fn taken(&self, gone: &Gone, by: By, end: At) -> String {
        let holding = &gone.holding;
        let (owner, what, on) =
            (self.owner(holding), name(&holding.item), self.cast.on(holding.server));
        let at = self.time(end);
        let call = gone.request.map(|it| format!(" ({})", self.call(it))).unwrap_or_default();
        let remover = by.thread();
        if remover == holding.owner {
            return format!("{owner} itself had removed {what}{on} at {at}{call}");
        }
        let remover = remover.map(|it| self.who(it)).unwrap_or_default();
        let itself = if gone.by_newcomer { " itself" } else { "" };
        let mut text = format!("{remover}{itself} had removed {owner}'s {what}{on} at {at}{call}");
        // A newcomer removes what has not been renewed for too long.
        if gone.by_newcomer && holding.item.part.is_some() {
            let (since, renewed) = (self.time(holding.placed), self.renewed(holding));
            let _ = write!(text, ": {owner} had put it there at {since}{renewed}");
        }
        text
    }

    fn life(&self, holding: &Holding) -> Life {
        let change = |at: At| match &self.events[at].event {
            Event::Kept(kept) => Some(&kept.change),
            _ => None,
        };
        life(holding, change, |at| self.at(at))
    }

    fn renewed(&self, holding: &Holding) -> String {
        match self.life(holding).renewed.as_slice() {
            [] => " and never renewed it".to_owned(),
            [.., last] => {
                let by = holding.renewed.iter().find(|(at, _)| at == last);
                let others =
                    by.and_then(|(_, by)| by.thread()).filter(|by| Some(*by) != holding.owner);
                let at = self.time(*last);
                match (others, by.map(|it| it.1)) {
                    (Some(other), _) => {
                        format!(", and {} set its time anew at {at}", self.who(other))
                    }
                    (None, Some(By::Fault(_))) => {
                        format!(", and its time was changed at {at} by a fault")
                    }
                    _ => format!(" and renewed it last at {at}"),
                }
            }
        }
    }

    /// What made it go before its time.
    fn early(&self, gone: &Gone, timed: &Holding) -> String {
        let blow = gone.blow.map(|at| format!(" ({}, at {})", self.blow(at), self.time(at)));
        let blow = blow.unwrap_or_default();
        match self.life(timed).due {
            Some(due) if gone.early => {
                format!("; its time was not over until {}{blow}", words::time(due))
            }
            _ => blow,
        }
    }

    /// A ZooKeeper service: an ensemble is one.
    fn service(&self, server: ServerId) -> String {
        if is_ensemble(self.cast, server) {
            "the ensemble".to_owned()
        } else {
            self.cast.server(server).to_owned()
        }
    }

    /// Since when a service had not heard of the owner of a session, and why.
    fn silence(&self, gone: &Gone) -> String {
        let Some(owner) = gone.holding.owner else { return String::new() };
        let process = self.process(owner.process);
        match (gone.blow, gone.heard) {
            (Some(blow), _) => format!(
                ": it had not heard of {process} since {} ({})",
                self.time(blow),
                self.blow(blow)
            ),
            (None, Some(heard)) => {
                format!(": it had last heard of {process} at {}", self.time(heard))
            }
            (None, None) => String::new(),
        }
    }

    /// How long it is to live, as far as that is told of something that stands there.
    pub(super) fn to_live(&self, holding: &Holding) -> String {
        if self.cast.kind(holding.server) != Kind::Redis || holding.item.part.is_some() {
            return String::new();
        }
        let Life { span, renewed, due } = self.life(holding);
        let without = matches!(
            holding.renewed.last().and_then(|(at, _)| match &self.events[*at].event {
                Event::Kept(kept) => Some(&kept.change),
                _ => None,
            }),
            Some(Change::Renewed { until: None, .. })
        );
        match (span, renewed.last()) {
            (_, Some(last)) if without => {
                format!(", and its time to live was taken away at {}", self.time(*last))
            }
            (None, None) => ", without a time to live".to_owned(),
            (Some(span), None) => format!(", to live for {}", moment(span)),
            (_, Some(last)) => {
                let until = due.map(|due| format!(", until {}", moment(due))).unwrap_or_default();
                let often = match renewed.len() {
                    1 => "once,".to_owned(),
                    times => format!("{times} times, last"),
                };
                format!(", and it was renewed {often} at {}{until}", self.time(*last))
            }
        }
    }
}
