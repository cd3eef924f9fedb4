//! When something happens that a server does only at the ends of intervals.

use crate::time::Micros;

use super::config::Moment;

/// From when and until when at the latest something happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window {
    pub(super) from: Micros,
    pub(super) to: Micros,
}

impl Moment {
    /// When that happens which is due at `due`.
    pub(super) fn window(self, due: Micros, interval: Micros) -> Window {
        let just_after = due + Micros(1);
        match self {
            Self::Phase(phase) => {
                let interval = interval.0.max(1);
                let into = (due - phase).0.rem_euclid(interval);
                let end = due + Micros(interval - into);
                Window { from: end, to: end }
            }
            Self::Drawn => Window { from: just_after, to: due + interval },
            Self::Free { early, late } => Window { from: due - early, to: due + interval + late },
        }
    }

    /// The instant at which the server has to be woken for it.
    pub(super) fn wake(self, due: Micros, interval: Micros, asked: bool) -> Micros {
        let window = self.window(due, interval);
        if self == Self::Drawn && !asked { window.from } else { window.to }
    }

    /// Whether it happens at `now` for certain, perhaps (to be asked), or not.
    pub(super) fn at(self, now: Micros, due: Micros, interval: Micros, asked: bool) -> Happens {
        let window = self.window(due, interval);
        if now >= window.to {
            Happens::Yes
        } else if now < window.from || (asked && self == Self::Drawn) {
            Happens::No
        } else {
            Happens::Perhaps
        }
    }

    /// Moves the origin of time.
    pub(super) fn rebase(&mut self, dt: Micros, interval: Micros) {
        if let Self::Phase(phase) = self {
            *phase = Micros((*phase - dt).0.rem_euclid(interval.0.max(1)));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Happens {
    No,
    Perhaps,
    Yes,
}
