//! Rates with what is known of them: the interval of Wilson (1927), which is right for few and for rare ones too.

/// The two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// How many of how many.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rate {
    pub(super) part: f64,
    /// The bounds of the 95 % interval.
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Rate {
    /// None of no runs.
    pub(super) fn of(count: u64, runs: u64) -> Option<Self> {
        if runs == 0 {
            return None;
        }
        let (n, p) = (runs as f64, count as f64 / runs as f64);
        let scale = 1.0 + Z * Z / n;
        let middle = (p + Z * Z / (2.0 * n)) / scale;
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
        let low = if count == 0 { 0.0 } else { (middle - half).max(0.0) };
        let high = if count == runs { 1.0 } else { (middle + half).min(1.0) };
        Some(Self { part: p, low, high })
    }

    /// `6.12 % (5.9 % to 6.3 %)`.
    pub(super) fn text(self) -> String {
        format!("{} ({} to {})", percent(self.part), percent(self.low), percent(self.high))
    }
}

/// To three digits.
fn percent(part: f64) -> String {
    let value = part * 100.0;
    if value == 0.0 {
        return "0 %".to_owned();
    }
    let decimals = (2 - value.log10().floor() as i64).clamp(0, 9) as usize;
    format!("{value:.decimals$} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_wilson() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (count, runs, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let rate = Rate::of(count, runs).unwrap();
            assert!((rate.low - low).abs() < 5e-5 && (rate.high - high).abs() < 5e-5, "{rate:?}");
        }
        assert_eq!(Rate::of(0, 0), None);
        assert_eq!(Rate::of(1, 8).unwrap().text(), "12.5 % (2.24 % to 47.1 %)");
    }
}
