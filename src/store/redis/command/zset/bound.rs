//! Which members a range of scores or of members selects.

use std::ops::Range;

use crate::store::redis::error::Error;
use crate::store::redis::number::read_double_prefix;
use crate::store::redis::reply::Bytes;
use crate::store::redis::value::Entry;

/// A range as `ZRANGEBYSCORE` and its kin take it: `1.5`, `(1.5`, `-inf`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct ScoreRange {
    min: f64,
    min_open: bool,
    max: f64,
    max_open: bool,
}

impl ScoreRange {
    pub(super) fn read(min: &[u8], max: &[u8]) -> Result<Self, Error> {
        let read = |text: &[u8]| match text.strip_prefix(b"(") {
            Some(rest) => read_double_prefix(rest).map(|score| (score, true)),
            None => read_double_prefix(text).map(|score| (score, false)),
        };
        let (Some((min, min_open)), Some((max, max_open))) = (read(min), read(max)) else {
            return Err(Error::fixed("ERR min or max is not a float"));
        };
        Ok(Self { min, min_open, max, max_open })
    }

    /// The ranks of the members in the range.
    pub(super) fn ranks(self, entries: &[Entry]) -> Range<usize> {
        let below = |score: f64| score < self.min || (self.min_open && score <= self.min);
        let above = |score: f64| score > self.max || (self.max_open && score >= self.max);
        let start = entries.partition_point(|entry| below(entry.score.value()));
        let end = entries.partition_point(|entry| !above(entry.score.value()));
        start..end.max(start)
    }
}

/// A range as `ZRANGEBYLEX` and its kin take it: `[a`, `(a`, `-`, `+`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LexRange {
    min: Bound,
    max: Bound,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Bound {
    /// Before everything.
    Lowest,
    /// The member itself is in.
    Closed(Bytes),
    /// The member itself is out.
    Open(Bytes),
    /// Behind everything.
    Highest,
}

impl LexRange {
    pub(super) fn read(min: &[u8], max: &[u8]) -> Result<Self, Error> {
        match (Bound::read(min), Bound::read(max)) {
            (Some(min), Some(max)) => Ok(Self { min, max }),
            _ => Err(Error::fixed("ERR min or max not valid string range item")),
        }
    }

    /// The ranks of the members in the range, looked for from the front or, `reverse`, from the back.
    ///
    /// The commands are only specified for members of one score. With others a server answers what its
    /// search happens upon; so does this one, by the same steps as a listpack's.
    pub(super) fn ranks(&self, entries: &[Entry], reverse: bool) -> Range<usize> {
        let none = 0..0;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return none };
        if !self.reaches_up_to(&last.member)
            || !self.reaches_down_to(&first.member)
            || self.is_empty()
        {
            return none;
        }
        let in_min = |entry: &Entry| self.reaches_up_to(&entry.member);
        let in_max = |entry: &Entry| self.reaches_down_to(&entry.member);
        if reverse {
            let Some(end) = entries.iter().rposition(in_max) else { return none };
            let taken = entries[..=end].iter().rev().take_while(|entry| in_min(entry)).count();
            end + 1 - taken..end + 1
        } else {
            let Some(start) = entries.iter().position(in_min) else { return none };
            let taken = entries[start..].iter().take_while(|entry| in_max(entry)).count();
            start..start + taken
        }
    }

    /// Whether `member` is not before the range.
    fn reaches_up_to(&self, member: &[u8]) -> bool {
        match &self.min {
            Bound::Lowest => true,
            Bound::Closed(min) => *member >= **min,
            Bound::Open(min) => *member > **min,
            Bound::Highest => false,
        }
    }

    /// Whether `member` is not behind the range.
    fn reaches_down_to(&self, member: &[u8]) -> bool {
        match &self.max {
            Bound::Lowest => false,
            Bound::Closed(max) => *member <= **max,
            Bound::Open(max) => *member < **max,
            Bound::Highest => true,
        }
    }

    fn is_empty(&self) -> bool {
        match (&self.min, &self.max) {
            (Bound::Highest, _) | (_, Bound::Lowest) => true,
            (Bound::Lowest, _) | (_, Bound::Highest) => false,
            (Bound::Closed(min), Bound::Closed(max)) => min > max,
            (Bound::Closed(min) | Bound::Open(min), Bound::Closed(max) | Bound::Open(max)) => {
                min >= max
            }
        }
    }
}

impl Bound {
    fn read(text: &[u8]) -> Option<Self> {
        let (sign, rest) = text.split_first()?;
        // The server looks for the zero byte that ends a C string, so one in the text ends it too.
        let is_alone = rest.first().is_none_or(|byte| *byte == 0);
        match sign {
            b'-' if is_alone => Some(Self::Lowest),
            b'+' if is_alone => Some(Self::Highest),
            b'[' => Some(Self::Closed(rest.into())),
            b'(' => Some(Self::Open(rest.into())),
            _ => None,
        }
    }
}
