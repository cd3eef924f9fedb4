//! Many times in little room: to three digits, and the same in whatever order they come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How often each time came; times are kept to three digits, rounded up.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Histogram(BTreeMap<i64, u64>);

impl Histogram {
    pub(super) fn add(&mut self, us: i64) {
        *self.0.entry(rounded(us)).or_default() += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (us, count) in &other.0 {
            *self.0.entry(*us).or_default() += count;
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// So many of a thousand are no larger; none if there are none.
    pub(super) fn per_mille(&self, of: u64) -> Option<i64> {
        let count = u128::from(self.count());
        let wanted = (count * u128::from(of)).div_ceil(1000).max(1);
        let mut seen = 0_u128;
        self.0.iter().find_map(|(us, count)| {
            seen += u128::from(*count);
            (seen >= wanted).then_some(*us)
        })
    }
}

/// To three digits, upwards.
fn rounded(us: i64) -> i64 {
    let mut unit = 1;
    while us / unit >= 1000 {
        unit *= 10;
    }
    (us + unit - 1) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_samples_to_three_digits() {
        let mut all = Histogram::default();
        let mut parts = [Histogram::default(), Histogram::default()];
        for us in 1..=10_000 {
            all.add(us);
            parts[(us % 2) as usize].add(us);
        }
        assert_eq!(
            [0, 500, 990, 1000].map(|it| all.per_mille(it)),
            [Some(1), Some(5000), Some(9900), Some(10_000)]
        );
        let [mut one, other] = parts;
        one.merge(&other);
        assert_eq!(one, all);
        assert_eq!([999, 1000, 1001, 12_345].map(rounded), [999, 1000, 1010, 12_400]);
        assert_eq!(Histogram::default().per_mille(500), None);
    }
}
