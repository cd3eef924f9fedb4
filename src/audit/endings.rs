//! How holds end, and what comes of it.

use std::rc::Rc;

use super::book::{Book, MOST_OPEN, host};
use super::finding::{Finding, Findings, Kind};
use super::hold::{Confidence, End, Hold, Lost, Moment};
use super::stats::Stats;
use crate::time::Micros;

/// How long (µs) a client that was silent since it lost its grant may still be at work: ten times its time to live, and
/// at least this.
const PATIENCE: Micros = Micros(600_000_000);

impl Book {
    /// Its client asks for the release of what somebody else had released.
    pub(super) fn tells_who(&mut self, at: usize, findings: &mut Findings) {
        let hold = &self.open[at];
        if let Some((removed, Lost::RemovedBy(other))) = &hold.lost
            && !hold.told
        {
            let (removed, other) = (*removed, other.clone());
            let kind = Kind::ReleasedAnothers;
            self.takes(at, kind, other, removed, None, Confidence::Certain, findings);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a finding has as many parts")]
    pub(super) fn takes(
        &mut self,
        at: usize,
        kind: Kind,
        client: Rc<str>,
        moment: Moment,
        since: Option<Moment>,
        confidence: Confidence,
        findings: &mut Findings,
    ) {
        let hold = &mut self.open[at];
        hold.told = true;
        findings.add(Finding {
            kind,
            key: self.key.clone(),
            moment,
            client,
            other: Some((hold.client.clone(), hold.begin)),
            since,
            amount: hold.until.map(|until| until - moment.at),
            ttl: hold.ttl,
            confidence,
        });
    }

    /// A hold ends whose client never asked for its release.
    pub(super) fn without_release(&mut self, at: usize, findings: &mut Findings) {
        let hold = &self.open[at];
        if let (Some(looked), Some((_, Lost::Expired))) = (hold.looked, &hold.lost) {
            return self.close(at, looked, End::TooLate, findings);
        }
        let Some((moment, lost)) = hold.lost.clone() else { return };
        let how = match &lost {
            _ if hold.before => End::Unseen,
            Lost::RemovedBy(_) if hold.told => End::TakenAway,
            Lost::RemovedBy(by) if host(by) == host(&hold.client) => End::Pooled,
            Lost::RemovedBy(by) => {
                let (kind, by) = (Kind::ReleasedAnothers, by.clone());
                self.takes(at, kind, by, moment, None, Confidence::Likely, findings);
                End::TakenAway
            }
            Lost::ReplacedBy(_) | Lost::Gone => End::TakenAway,
            Lost::Expired | Lost::Released => End::LeftBehind,
        };
        self.close(at, moment, how, findings);
    }

    /// Who was silent for long will not come back.
    pub(super) fn give_up(&mut self, now: Micros, findings: &mut Findings) {
        for at in (0..self.open.len()).rev() {
            let hold = &self.open[at];
            let Some((lost, _)) = &hold.lost else { continue };
            let ttl = hold.ttl.unwrap_or(Micros::ZERO);
            let patience = PATIENCE.max(Micros(ttl.0.saturating_mul(10)));
            if now - lost.at > patience || self.open.len() > MOST_OPEN {
                self.without_release(at, findings);
            }
        }
    }

    /// A hold is over.
    pub(super) fn close(&mut self, at: usize, moment: Moment, how: End, findings: &mut Findings) {
        let mut hold = self.open.remove(at);
        hold.end = Some((moment, how));
        let length = moment.at - hold.begin.at;
        let is_open = matches!(how, End::Open | End::Unseen);
        let wanted = findings.wants(&hold.client, hold.begin);
        let mut passed_over = Stats::default();
        let stats = if wanted { &mut self.stats } else { &mut passed_over };
        match how {
            End::Released | End::TooLate | End::Pooled => {
                stats.completed += 1;
                stats.held += length;
                stats.longest_hold = stats.longest_hold.max(length);
            }
            End::LeftBehind | End::TakenAway => stats.left_behind += 1,
            End::Open => stats.open += 1,
            End::Unseen => {}
        }
        if !is_open && hold.ttl.is_none() && !hold.session {
            stats.no_ttl += 1;
        }
        if wanted && !is_open && hold.ttl.is_none() && !hold.session {
            self.first_without_ttl.get_or_insert((hold.begin, hold.client.clone()));
        }
        let finding = |kind, amount| Finding {
            kind,
            key: self.key.clone(),
            moment,
            client: hold.client.clone(),
            other: None,
            since: Some(hold.begin),
            amount: Some(amount),
            ttl: hold.ttl,
            confidence: hold.confidence,
        };
        if let Some(until) = hold.until.filter(|until| how == End::TooLate && moment.at > *until) {
            findings.add(finding(Kind::LongerThanTtl, moment.at - until));
        }
        if how == End::LeftBehind {
            findings.add(finding(Kind::LeftBehind, length));
        }
        let mut with: Vec<&Hold> = self.closed.iter().filter(|it| it.overlaps(&hold)).collect();
        if self.limit > 1 {
            with.retain(|other| other.begin.at <= hold.begin.at);
            with.drain(..with.len().min(self.limit - 1));
        }
        for other in with {
            if other.shared && hold.shared {
                continue;
            }
            let (first, second) =
                if other.begin <= hold.begin { (other, &hold) } else { (&hold, other) };
            self.stats.overlaps += u64::from(findings.wants(&second.client, second.begin));
            let together = first.ended().min(second.ended()) - second.begin.at;
            findings.add(Finding {
                kind: Kind::Overlap,
                key: self.key.clone(),
                moment: second.begin,
                client: second.client.clone(),
                other: Some((first.client.clone(), first.begin)),
                since: None,
                amount: Some(together),
                ttl: first.ttl,
                confidence: first.confidence.min(second.confidence),
            });
        }
        if wanted {
            self.over.push(hold.clone());
        }
        self.closed.push(hold);
        let oldest = self.open.iter().map(|hold| hold.begin.at).min().unwrap_or(Micros::MAX);
        self.closed.retain(|hold| hold.ended() > oldest);
    }

    /// The log is over.
    pub fn finish(&mut self, moment: Moment, findings: &mut Findings) {
        while let Some(at) = self.open.iter().position(|hold| !hold.is_granted()) {
            self.without_release(at, findings);
        }
        while let Some(hold) = self.open.last() {
            let length = moment.at - hold.begin.at;
            let wanted = self.waits.values().any(|wait| wait.last > hold.begin.at);
            let long = length > Micros(self.stats.longest_hold.0.saturating_mul(10).max(1_000_000));
            if hold.ttl.is_none() && !hold.session && !hold.before && wanted && long {
                findings.add(Finding {
                    kind: Kind::LeftForEver,
                    key: self.key.clone(),
                    moment: hold.begin,
                    client: hold.client.clone(),
                    other: None,
                    since: Some(hold.begin),
                    amount: Some(length),
                    ttl: None,
                    confidence: Confidence::Likely,
                });
            }
            self.close(self.open.len() - 1, moment, End::Open, findings);
        }
        if let Some((moment, client)) = self.first_without_ttl.take() {
            findings.add(Finding {
                kind: Kind::NoTtl,
                key: self.key.clone(),
                moment,
                client,
                other: None,
                since: None,
                amount: None,
                ttl: None,
                confidence: Confidence::Certain,
            });
        }
    }
}
