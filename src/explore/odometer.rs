//! All answers to the questions inside one step, one list after the other.

use crate::choice::{Choices, Question};

/// Answers with a list, then nominally, and remembers how many alternatives there were.
#[derive(Clone, Debug, Default)]
pub(super) struct Odometer {
    /// The answers with the number of alternatives, of questions that have more than one.
    digits: Vec<(u32, u32)>,
    place: usize,
}

impl Odometer {
    /// The answers of the pass that has ended.
    pub(super) fn answers(&self) -> impl Iterator<Item = u32> + '_ {
        self.digits[..self.place].iter().map(|(answer, _)| *answer)
    }

    /// Goes to the next list of answers; whether there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.digits.truncate(self.place);
        self.place = 0;
        while let Some((answer, n)) = self.digits.pop() {
            if answer + 1 < n {
                self.digits.push((answer + 1, n));
                return true;
            }
        }
        false
    }
}

impl Choices for Odometer {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        if question.n < 2 {
            return 0;
        }
        if self.place == self.digits.len() {
            self.digits.push((0, question.n));
        }
        let (answer, _) = self.digits[self.place];
        self.place += 1;
        answer
    }
}
