//! Where one is in a run, and what one can do there. Both forms of `step` are faces of this.

use super::super::subject::Subject;
use super::branch::{self, Ways};
use crate::report::{Cast, Picture, alternative, picture::Tone, state, words};
use crate::run::{Recording, States};

/// A walk through a run.
pub(super) struct Walk {
    pub(super) subject: Subject,
    /// The run as it was in the beginning.
    first: Recording,
    pub(super) cast: Cast,
    pub(super) picture: Picture,
    /// The step of the picture at which one is.
    pub(super) at: usize,
    /// Where one has gone another way, in words.
    pub(super) turns: Vec<String>,
}

impl Walk {
    pub(super) fn new(subject: Subject) -> Self {
        let first = subject.recording.clone();
        let cast = Cast::of(&first.setup);
        let picture = drawn(&cast, &first);
        Self { subject, first, cast, picture, at: 0, turns: Vec::new() }
    }

    /// The run that one walks through.
    pub(super) fn recording(&self) -> &Recording {
        &self.subject.recording
    }

    /// The last step of the picture.
    pub(super) fn last(&self) -> usize {
        self.picture.steps.len().saturating_sub(1)
    }

    /// Goes on by so many steps, or back.
    pub(super) fn go(&mut self, by: i64) {
        let to = self.at as i64 + by;
        self.at = to.clamp(0, self.last() as i64) as usize;
    }

    /// Goes to the step of this name, `12` or `12.2`, or to the last one before it; whether the name is one.
    pub(super) fn go_to(&mut self, name: &str) -> bool {
        let (step, part) = name.split_once('.').unwrap_or((name, "1"));
        let (Ok(step), Ok(part)) = (step.parse::<u64>(), part.parse::<usize>()) else {
            return false;
        };
        let before = |it: &crate::report::picture::Step| (it.step, it.part) <= (step, part);
        self.at = self.picture.steps.partition_point(before).saturating_sub(1);
        true
    }

    /// Goes to what is wrong, which is told last; whether anything is.
    pub(super) fn go_to_violation(&mut self) -> bool {
        let wrong = self.picture.steps.iter().rposition(|it| it.tone == Tone::Bad);
        self.at = wrong.unwrap_or(self.at);
        wrong.is_some()
    }

    /// Goes to the next step after this one, and then from the first one on, that `is` it; whether there is one.
    fn find(&mut self, is: impl Fn(&Self, usize) -> bool) -> bool {
        let count = self.picture.steps.len();
        let found = (1..=count).map(|by| (self.at + by) % count).find(|at| is(self, *at));
        self.at = found.unwrap_or(self.at);
        found.is_some()
    }

    /// Goes to the next step with this text.
    pub(super) fn search(&mut self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.find(|it, at| it.words(at).to_lowercase().contains(&text))
    }

    /// Goes to the next step of this client, thread or server.
    pub(super) fn go_to_next_of(&mut self, name: &str) -> bool {
        self.find(|it, at| {
            let step = &it.picture.steps[at];
            let lanes = [&step.process, &step.server].into_iter().flatten();
            let mut names = lanes.map(|(lane, _)| &*it.picture.lanes[*lane].name);
            names.any(|it| it == name)
        })
    }

    /// A step in words, with its number and its time.
    pub(super) fn words(&self, at: usize) -> String {
        self.picture.steps.get(at).map(|it| it.words(&self.picture.lanes)).unwrap_or_default()
    }

    /// The last step of the run that belongs to where one is.
    pub(super) fn step(&self) -> u64 {
        self.picture.steps.get(self.at).map_or(0, |it| it.last)
    }

    /// Who is where and what the stores keep.
    pub(super) fn state(&self, width: usize) -> String {
        let from = self.picture.steps.get(self.at).map_or(0, |it| it.step);
        let steps = from..=self.step();
        state(&self.cast, &self.recording().events, &self.picture, steps, width)
    }

    /// What could happen after this step.
    pub(super) fn ways(&self) -> Ways {
        branch::ways(self.recording(), self.step())
    }

    /// A way in words.
    pub(super) fn way(&self, ways: &Ways, number: usize) -> String {
        let taken =
            if ways.taken as usize == number { "  (this is what happens here)" } else { "" };
        let text = match ways.all.get(number) {
            Some(Some(way)) => alternative(way, &self.cast),
            _ => "what is due next, without a fault".to_owned(),
        };
        format!("{text}{taken}")
    }

    /// Goes this way from here on; whether there is one of this number.
    pub(super) fn pick(&mut self, number: usize) -> bool {
        let ways = self.ways();
        if number >= ways.all.len() {
            return false;
        }
        let step = self.step();
        let turn = format!("after step {step}: {}", self.way(&ways, number));
        let recording = branch::take(self.recording(), step, &ways, number as u32);
        self.walk_through(recording);
        self.turns.push(turn);
        let before = self.picture.steps.partition_point(|it| it.step <= step);
        self.at = before.saturating_sub(1);
        true
    }

    /// The run as it was in the beginning.
    pub(super) fn reset(&mut self) {
        let first = self.first.clone();
        self.walk_through(first);
        self.turns.clear();
        self.at = self.at.min(self.last());
    }

    fn walk_through(&mut self, recording: Recording) {
        self.picture = drawn(&self.cast, &recording);
        self.subject.recording = recording;
        // What a search said is of the run that it found.
        self.subject.checked = None;
        self.subject.notes.clear();
    }

    /// Where one is: `step 5 at 10.001 s, 3 of 6`.
    pub(super) fn place(&self) -> String {
        let Some(step) = self.picture.steps.get(self.at) else {
            return "nothing happens in this run".to_owned();
        };
        let (at, count) = (words::time(step.at), self.picture.steps.len());
        format!("step {} at {at}, {} of {count}", step.name(), self.at + 1)
    }
}

fn drawn(cast: &Cast, recording: &Recording) -> Picture {
    let states = States::of(recording, u64::MAX);
    Picture::of(cast, &recording.events, &states)
}
