//! How far a model is from another verdict, and which of its times add up to that.

use super::words;
use crate::time::Micros;

/// A time of a model, by the name of its field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quantity {
    /// The field, without the path to it where that is clear.
    pub name: String,
    /// How long (µs).
    pub span: Micros,
    /// How far-fetched it is: 1 of a lease, of work and of faults, more of times that decide little.
    pub weight: i64,
}

/// Times that add up to something exactly, each with how often it is taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sum(pub Vec<(i64, Quantity)>);

/// At most so many times are added.
const TERMS: usize = 3;

impl Sum {
    /// The likeliest sum of these times that is exactly `of`: at most three, none more than twice, and of several such
    /// sums the one that is least far-fetched. None if there is none.
    pub fn of(of: Micros, quantities: &[Quantity]) -> Option<Self> {
        let mut best: Option<(i64, Self)> = None;
        for terms in 1..=TERMS {
            search(of.0, quantities, terms, 0, &mut Vec::new(), &mut best);
        }
        best.map(|it| it.1)
    }

    /// In words: `ttl 30 s less work 2 s`.
    pub fn text(&self) -> String {
        let term = |(times, it): &(i64, Quantity)| {
            let span = words::time(it.span);
            match times.abs() {
                1 => format!("{} {span}", it.name),
                many => format!("{many} times {} {span}", it.name),
            }
        };
        let (more, less): (Vec<_>, Vec<_>) = self.0.iter().partition(|it| it.0 > 0);
        let more: Vec<String> = more.into_iter().map(term).collect();
        let less: Vec<String> = less.into_iter().map(term).collect();
        match less.as_slice() {
            [] => words::list(&more),
            less => format!("{} less {}", words::list(&more), words::list(less)),
        }
    }
}

/// Takes `terms` more of the quantities from `from` on; keeps the sum whose factors are smallest.
fn search(
    rest: i64,
    quantities: &[Quantity],
    terms: usize,
    from: usize,
    taken: &mut Vec<(i64, usize)>,
    best: &mut Option<(i64, Sum)>,
) {
    if terms == 0 {
        // Twice is four times as far-fetched as once.
        let weight = taken.iter().map(|(times, at)| times * times * quantities[*at].weight).sum();
        if rest == 0 && best.as_ref().is_none_or(|it| weight < it.0) {
            let sum = taken.iter().map(|(times, at)| (*times, quantities[*at].clone())).collect();
            *best = Some((weight, Sum(sum)));
        }
        return;
    }
    for (at, quantity) in quantities.iter().enumerate().skip(from) {
        for times in [1, -1, 2, -2] {
            taken.push((times, at));
            let rest = rest.saturating_sub(quantity.span.0.saturating_mul(times));
            search(rest, quantities, terms - 1, at + 1, taken, best);
            taken.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(name: &str, ms: i64) -> Quantity {
        let weight = if name == "retry" { 3 } else { 1 };
        Quantity { name: name.to_owned(), span: Micros::from_ms(ms), weight }
    }

    #[test]
    fn only_exact_sums_are_named_and_likely_ones_first() {
        let all = [quantity("ttl", 30_000), quantity("work", 2000), quantity("retry", 1000)];
        let of = |ms| Sum::of(Micros::from_ms(ms), &all).map(|it| it.text());
        assert_eq!(of(28_000).as_deref(), Some("ttl 30 s less work 2 s"));
        assert_eq!(of(30_000).as_deref(), Some("ttl 30 s"));
        assert_eq!(of(33_000).as_deref(), Some("ttl 30 s, work 2 s and retry 1 s"));
        assert_eq!(of(4000).as_deref(), Some("2 times work 2 s"));
        assert_eq!(of(28_001), None);
        // Twice the retry, or the one less the other?
        let all = [quantity("ttl", 10_000), quantity("work", 8000), quantity("retry", 1000)];
        let sum = Sum::of(Micros::from_ms(2000), &all).map(|it| it.text());
        assert_eq!(sum.as_deref(), Some("ttl 10 s less work 8 s"));
    }
}
