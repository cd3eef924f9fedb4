//! Small plots for a terminal: a bar for each row, on a logarithmic scale.

use super::{Comparison, Figure, of_key};
use crate::visible;

/// The figures that are plotted.
pub(super) const PLOTTED: [&str; 2] = ["handover_p50_us", "notifications_per_section"];

/// More lines than this are no small plot.
const MOST: usize = 24;
/// The longest bar, in characters.
const LONGEST: usize = 40;
/// Eighths of a character.
const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The figures that plots show, of which these rows have numbers.
pub(super) fn plotted(comparison: &Comparison) -> Vec<Figure> {
    let has = |figure: &Figure| {
        let values = comparison.rows.iter().filter_map(|row| (figure.of)(row.measured()?));
        values.fold(0, |count, value| count + usize::from(value > 0.0)) > 1
    };
    PLOTTED.iter().map(|key| of_key(key)).filter(has).collect()
}

/// Plots of the main figures, as lines no wider than `width` characters; none of what would be too long.
pub fn bars(comparison: &Comparison, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if comparison.rows.len() > MOST || comparison.rows.len() < 2 {
        return lines;
    }
    let label = |row: &super::Row| {
        let mut words = vec![row.strategy.clone()];
        words.extend(row.values.iter().cloned());
        visible::line(&words.join(" ")).into_owned()
    };
    let named = comparison.rows.iter().map(|row| label(row).chars().count()).max().unwrap_or(0);
    let room = width.saturating_sub(named + 14).min(LONGEST);
    if room < 10 {
        return lines;
    }
    for figure in plotted(comparison) {
        let of = |row: &super::Row| row.measured().and_then(|it| (figure.of)(it));
        let positive = comparison.rows.iter().filter_map(of).filter(|it| *it > 0.0);
        let (least, most) = positive.fold((f64::MAX, 0.0_f64), |(a, b), it| (a.min(it), b.max(it)));
        // Half a decade below the least, so that the least has a bar too.
        let from = (least / 3.0).ln();
        let scale = (most.ln() - from).max(f64::EPSILON);
        lines.push(format!("{} (logarithmic)", figure.title));
        for row in &comparison.rows {
            let Some(value) = of(row) else { continue };
            let part =
                if value > 0.0 { ((value.ln() - from) / scale).clamp(0.0, 1.0) } else { 0.0 };
            let eighths = (part * (room * 8) as f64).round() as usize;
            let bar = format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8]);
            lines.push(format!("  {:<named$}  {bar} {}", label(row), figure.unit.shown(value)));
        }
    }
    lines
}
