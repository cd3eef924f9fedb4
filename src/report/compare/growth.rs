//! How something grows: named by what fits, and measured by the slope between logarithms.

/// How something grows with a number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Growth {
    /// It stays within half as much again.
    Constant,
    /// It becomes less, by this power.
    Falling(f64),
    /// A fixed part and one that grows in proportion.
    Linear,
    /// A fixed part and one that grows with the square.
    Quadratic,
    /// Neither: with this power.
    Power(f64),
}

/// What a fit may be wrong by at any point, as a part of the value there.
const TOLERANCE: f64 = 0.2;
/// What is called constant may be so many times as large at one point as at another.
const CONSTANT: f64 = 1.5;

impl Growth {
    /// How the second number of these points grows with the first. Of fewer than three points, or of points close
    /// together, nothing is said.
    pub fn of(points: &[(f64, f64)]) -> Option<Self> {
        let (least, most) = range(points.iter().map(|it| it.0))?;
        if points.len() < 3 || least <= 0.0 || most / least < 4.0 {
            return None;
        }
        if points.iter().all(|it| it.1 == 0.0) {
            return Some(Self::Constant);
        }
        let (low, high) = range(points.iter().map(|it| it.1))?;
        if low <= 0.0 {
            return None;
        }
        if high / low <= CONSTANT {
            return Some(Self::Constant);
        }
        let slope = slope(points)?;
        if slope < 0.0 {
            return Some(Self::Falling(slope));
        }
        let fits =
            [(Self::Linear, 1), (Self::Quadratic, 2)].map(|(it, power)| (it, error(points, power)));
        let best = fits.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(if best.1 <= TOLERANCE { best.0 } else { Self::Power(slope) })
    }

    /// In a word or a few.
    pub fn name(self) -> String {
        match self {
            Self::Constant => "constant".to_owned(),
            Self::Falling(_) => "falling".to_owned(),
            Self::Linear => "linear".to_owned(),
            Self::Quadratic => "quadratic".to_owned(),
            Self::Power(power) => format!("as n^{power:.1}"),
        }
    }

    /// How it grows, after "grows".
    pub(super) fn manner(self) -> String {
        match self {
            Self::Linear => "linearly".to_owned(),
            Self::Quadratic => "quadratically".to_owned(),
            Self::Constant | Self::Falling(_) => "not".to_owned(),
            Self::Power(power) => format!("with the power {power:.1}"),
        }
    }
}

fn range(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    let least = values.clone().min_by(f64::total_cmp)?;
    Some((least, values.max_by(f64::total_cmp)?))
}

/// The slope of the line through the logarithms that is nearest to all points.
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let logs: Vec<(f64, f64)> = points
        .iter()
        .filter(|(x, y)| *x > 0.0 && *y > 0.0)
        .map(|(x, y)| (x.ln(), y.ln()))
        .collect();
    let count = logs.len() as f64;
    let (sx, sy) = logs.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    let (mx, my) = (sx / count, sy / count);
    let (mut over, mut under) = (0.0, 0.0);
    for (x, y) in &logs {
        over += (x - mx) * (y - my);
        under += (x - mx) * (x - mx);
    }
    (logs.len() >= 2 && under > 0.0).then(|| over / under)
}

/// The largest relative error of the best `a + b x^power`, where neither part is negative.
fn error(points: &[(f64, f64)], power: i32) -> f64 {
    // Relative errors are what counts: each point weighs as the inverse square of its value.
    let (mut s, mut sx, mut sxx, mut sy, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y) in points {
        let (x, weight) = (x.powi(power), 1.0 / (y * y));
        s += weight;
        sx += weight * x;
        sxx += weight * x * x;
        sy += weight * y;
        sxy += weight * x * y;
    }
    let determinant = s * sxx - sx * sx;
    let (a, b) = ((sy * sxx - sx * sxy) / determinant, (s * sxy - sx * sy) / determinant);
    let (a, b) = if a < 0.0 { (0.0, sxy / sxx) } else { (a, b) };
    if b.is_nan() || b <= 0.0 {
        return f64::INFINITY;
    }
    points.iter().map(|(x, y)| ((a + b * x.powi(power)) / y - 1.0).abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(f: impl Fn(f64) -> f64) -> Growth {
        Growth::of(&[10.0, 100.0, 1000.0, 5000.0].map(|x| (x, f(x)))).unwrap()
    }

    #[test]
    fn growth_is_named_by_what_fits() {
        assert_eq!(of(|_| 0.9), Growth::Constant);
        assert_eq!(of(|x| 3.0 + 0.1 * x / x), Growth::Constant);
        assert_eq!(of(|x| 0.5 * x + 0.5), Growth::Linear);
        assert_eq!(of(|x| 300.0 + 0.067 * x), Growth::Linear);
        assert_eq!(of(|x| x * (x - 1.0) / 2.0), Growth::Quadratic);
        assert!(matches!(of(f64::sqrt), Growth::Power(power) if (power - 0.5).abs() < 0.01));
        assert!(matches!(of(|x| 1.0 / x), Growth::Falling(_)));
        assert_eq!(Growth::of(&[(1.0, 1.0), (2.0, 4.0)]), None);
        assert_eq!(Growth::of(&[(10.0, 1.0), (11.0, 1.0), (12.0, 2.0)]), None);
    }
}
