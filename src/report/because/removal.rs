//! Why a request took away what is another's.

use super::evidence::Evidence;
use super::link::{Link, Took};

/// Of the last request that took away what is another's: what had become of its sender's own.
pub(super) fn link(evidence: &Evidence<'_>) -> Option<Link> {
    let holdings = &evidence.known.holdings;
    let taken = holdings.iter().filter(|it| !evidence.is_directory(it)).filter_map(|it| {
        let end = it.end?;
        let by = end.by.thread().filter(|by| it.owner.is_some_and(|owner| owner != *by))?;
        Some((it, end.at, by))
    });
    let (taken, at, by) = taken.max_by_key(|it| it.1)?;
    let request = evidence.last_request(by, at)?;
    let own = holdings.iter().rev().find(|it| {
        it.owner == Some(by) && it.placed < taken.placed && it.is(taken.server, &taken.item)
    });
    let own = own.and_then(|it| evidence.gone(it, None));
    let before = evidence.last_request(by, request).filter(|_| own.is_none());
    if own.is_none() && before.is_none() {
        return None;
    }
    Some(Link::Took(Took { by, taken: taken.clone(), request, own, before }))
}
