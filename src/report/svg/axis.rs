//! Where a step stands: one unit after the one before it, and more where time passes.

use std::ops::Range;

use super::super::picture::{Picture, Spot};
use super::{GUTTER, WIDTH};

/// The axis of the steps that are drawn.
pub(super) struct Axis<'a> {
    picture: &'a Picture,
    shown: Range<usize>,
    /// The place of each step that is drawn, in units.
    at: Vec<f64>,
    /// How wide a unit is, in pixels.
    unit: f64,
}

impl<'a> Axis<'a> {
    pub(super) fn of(picture: &'a Picture, shown: Range<usize>) -> Self {
        let mut at = Vec::with_capacity(shown.len());
        let before = shown.start == 0 && picture.steps.first().is_some_and(|it| it.at.0 > 0);
        let mut x = if before { 2.0 } else { 0.7 };
        for place in shown.clone() {
            if place > shown.start {
                let gap = picture.steps[place].at - picture.steps[place - 1].at;
                x += 1.0 + wider(gap.0);
            }
            at.push(x);
        }
        let unit = ((WIDTH - GUTTER - 24.0) / (x + 0.9)).min(84.0);
        Self { picture, shown, at, unit }
    }

    /// The steps that are drawn, each with its place in pixels.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.shown.clone().zip(self.at.iter().map(|x| GUTTER + x * self.unit))
    }

    /// How wide a step is, in pixels.
    pub(super) fn unit(&self) -> f64 {
        self.unit
    }

    /// Where the drawing ends, in pixels.
    pub(super) fn end(&self) -> f64 {
        GUTTER + (self.at.last().copied().unwrap_or(0.0) + 0.9) * self.unit
    }

    /// The place of a spot, in pixels; at an edge if it is not among the steps that are drawn.
    pub(super) fn place(&self, Spot(step, at): Spot) -> f64 {
        if step < self.shown.start || self.at.is_empty() {
            return GUTTER;
        }
        let place = step - self.shown.start;
        let Some(&here) = self.at.get(place) else { return self.end() };
        let steps = &self.picture.steps;
        let from = steps[step].at;
        // Before the first step.
        if at < from && step == 0 {
            return GUTTER + here * (at.0.max(0) as f64 / from.0 as f64) * self.unit;
        }
        let next = self.at.get(place + 1).zip(steps.get(step + 1));
        let units = match next {
            Some((&next, to)) if to.at > from && at > from => {
                let part = (at - from).0 as f64 / (to.at - from).0 as f64;
                here + part.min(1.0) * (next - here)
            }
            None if at > from => here + 0.8,
            _ => here,
        };
        GUTTER + units * self.unit
    }

    /// Whether a spot is before, or after, all that is drawn.
    pub(super) fn is_outside(&self, from: Spot, to: Spot) -> bool {
        to.0 < self.shown.start || from.0 >= self.shown.end
    }
}

/// How much wider (units) a step is before which so much time (µs) passes.
fn wider(gap: i64) -> f64 {
    if gap <= 0 {
        return 0.0;
    }
    let ms = gap as f64 / 1000.0;
    (0.35 + (1.0 + ms).log10() * 0.5).min(2.5)
}
