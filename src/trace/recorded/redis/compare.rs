//! Whether a reply is equal to the recorded one, and by which rule.

use super::rule;
use super::settings::Settings;
use crate::store::redis::{Bytes, Reply};

/// The rules that a comparison came under, and whether each was needed.
pub(super) type Rules = Vec<(&'static str, bool)>;

/// What the comparison of a reply depends on.
pub(super) struct Comparison<'a> {
    pub(super) settings: &'a Settings,
    /// The commands of the transaction, if the call is its EXEC.
    pub(super) transaction: &'a [&'a [Bytes]],
    /// The remaining times (ms) or deadlines that the model read for this reply, in order.
    pub(super) times: &'a [i64],
}

impl Comparison<'_> {
    /// The rules by which the replies are equal, or `None` if they are not.
    pub(super) fn compare(
        &mut self,
        argv: &[Bytes],
        model: &Reply,
        recorded: &Reply,
    ) -> Option<Rules> {
        let is = |name: &str| argv[0].eq_ignore_ascii_case(name.as_bytes());
        if is("exec")
            && let (Reply::Array(ours), Reply::Array(theirs)) = (model, recorded)
            && ours.len() == self.transaction.len()
        {
            if ours.len() != theirs.len() {
                return None;
            }
            let mut rules = Vec::new();
            for (argv, (ours, theirs)) in
                self.transaction.iter().zip(ours.iter().zip(theirs.iter()))
            {
                rules.extend(self.compare(argv, ours, theirs)?);
            }
            return Some(rules);
        }
        if self.settings.is_masked(argv) {
            let used = model != recorded;
            return (!used || same_shape(model, recorded)).then(|| vec![(rule::MASKED, used)]);
        }
        if self.settings.is_unordered(argv) && matches!(model, Reply::Array(_)) {
            let used = model != recorded;
            let pairs = is("hgetall");
            return (!used || same_items(model, recorded, pairs))
                .then(|| vec![(rule::UNORDERED, used)]);
        }
        if is("pttl") || is("pexpiretime") || is("ttl") || is("expiretime") {
            let seconds = is("ttl") || is("expiretime");
            return self.compare_time(seconds, model, recorded);
        }
        let scripted = ["eval", "evalsha", "eval_ro", "evalsha_ro"].iter().any(|name| is(name));
        if scripted && !self.times.is_empty() {
            let mut rules = Vec::new();
            return self.compare_scripted(model, recorded, &mut rules).then_some(rules);
        }
        (model == recorded).then(Vec::new)
    }

    /// A remaining time or a deadline, in ms or rounded to seconds.
    fn compare_time(&mut self, seconds: bool, model: &Reply, recorded: &Reply) -> Option<Rules> {
        let (Reply::Int(ours), Reply::Int(theirs)) = (model, recorded) else {
            return (model == recorded).then(Vec::new);
        };
        let ms = match self.times {
            [first, rest @ ..] if *ours >= 0 => {
                self.times = rest;
                *first
            }
            _ => return (model == recorded).then(Vec::new),
        };
        let shown = |ms: i128| if seconds { (ms + 500) / 1000 } else { ms };
        let within = |below: i64, above: i64| {
            let (low, high) =
                (i128::from(ms) - i128::from(below), i128::from(ms) + i128::from(above));
            (shown(low)..=shown(high)).contains(&i128::from(*theirs)) && *theirs >= 0
        };
        let tolerance = self.settings.ttl_tolerance_ms;
        if within(tolerance, tolerance) {
            Some(vec![(rule::TTL, ours != theirs), (rule::SKEW, false)])
        } else if within(0, self.settings.skew_ms) {
            Some(vec![(rule::TTL, false), (rule::SKEW, true)])
        } else {
            None
        }
    }

    /// The reply of a script that read a remaining time: its integers may be made of it.
    fn compare_scripted(&self, model: &Reply, recorded: &Reply, rules: &mut Rules) -> bool {
        match (model, recorded) {
            (Reply::Int(ours), Reply::Int(theirs)) if *ours > 0 && *theirs > 0 => {
                let over = i128::from(*theirs) - i128::from(*ours);
                let near = over.abs() <= i128::from(self.settings.ttl_tolerance_ms);
                rules.push((rule::TTL, near && over != 0));
                rules.push((rule::SKEW, !near));
                near || (0..=i128::from(self.settings.skew_ms)).contains(&over)
            }
            (Reply::Array(ours), Reply::Array(theirs)) => {
                ours.len() == theirs.len()
                    && ours
                        .iter()
                        .zip(theirs.iter())
                        .all(|(a, b)| self.compare_scripted(a, b, rules))
            }
            _ => model == recorded,
        }
    }
}

/// Whether both are of the same kind: lists of the same length, item by item. Errors must be equal.
fn same_shape(model: &Reply, recorded: &Reply) -> bool {
    match (model, recorded) {
        (Reply::Array(ours), Reply::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs.iter()).all(|(a, b)| same_shape(a, b))
        }
        (Reply::Error(_), Reply::Error(_)) => model == recorded,
        _ => std::mem::discriminant(model) == std::mem::discriminant(recorded),
    }
}

/// Whether both lists have the same items, or pairs of items, in any order. A list in the place of an item
/// (SCAN) is such a list itself.
fn same_items(model: &Reply, recorded: &Reply, pairs: bool) -> bool {
    let (Reply::Array(ours), Reply::Array(theirs)) = (model, recorded) else {
        return model == recorded;
    };
    if let ([Reply::Bulk(cursor), Reply::Array(ours)], [Reply::Bulk(other), Reply::Array(theirs)]) =
        (&**ours, &**theirs)
    {
        return cursor == other && sorted(ours, 1) == sorted(theirs, 1);
    }
    let size = if pairs { 2 } else { 1 };
    sorted(ours, size) == sorted(theirs, size)
}

fn sorted(items: &[Reply], size: usize) -> Vec<String> {
    let mut texts: Vec<_> = items.chunks(size).map(|chunk| format!("{chunk:?}")).collect();
    texts.sort();
    texts
}
