//! Patterns of Lua 5.1 (`match` of `lstrlib.c`), without recursion: what is still to be tried stands in a list, so that no
//! pattern is too deep for the stack, and every step is counted.

/// How many captures a pattern may have (`LUA_MAXCAPTURES`).
const MOST_CAPTURES: usize = 32;
/// Bytes that are looked at in the time of a step.
const BYTES: u64 = 16;

/// What is wrong with a pattern, in the words of Lua.
pub(super) type Malformed = &'static str;

/// A capture of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Capture {
    /// Its parenthesis is still open.
    Open(usize),
    /// `()`: a place, from 0.
    Place(usize),
    /// From the first byte up to the second.
    Text(usize, usize),
}

/// A text and what is looked for in it.
pub(super) struct Matcher<'a> {
    text: &'a [u8],
    pattern: &'a [u8],
    /// The captures of the match that was found.
    pub(super) captures: Vec<Capture>,
    /// How many steps were made.
    pub(super) steps: u64,
    most_steps: u64,
    untried: Vec<Untried>,
}

/// What to do if the rest does not match.
enum Untried {
    /// Take one byte less, down to none.
    Fewer { from: usize, count: usize, rest: usize },
    /// Take one byte more, if it is one of the class.
    More { at: usize, class: usize, end: usize },
    /// Go on from there.
    Instead { at: usize, rest: usize },
    /// Forget the last capture.
    Begun,
    /// Open this capture again.
    Closed { number: usize, start: usize },
}

impl<'a> Matcher<'a> {
    /// `pattern` is without an anchor. It ends as without a match after so many steps.
    pub(super) fn new(text: &'a [u8], pattern: &'a [u8], most_steps: u64) -> Self {
        Self { text, pattern, captures: Vec::new(), steps: 0, most_steps, untried: Vec::new() }
    }

    /// Whether it made as many steps as it may.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps >= self.most_steps
    }

    /// Where the match that begins at the byte `at` ends, if there is one.
    pub(super) fn at(&mut self, at: usize) -> Result<Option<usize>, Malformed> {
        self.captures.clear();
        self.untried.clear();
        let (mut at, mut place) = (at, 0);
        loop {
            self.steps += 1;
            if self.is_exhausted() {
                return Ok(None);
            }
            let Some(&byte) = self.pattern.get(place) else { return Ok(Some(at)) };
            let next = match byte {
                b'(' => self.open(at, place)?,
                b')' => self.close(at, place)?,
                b'$' if place + 1 == self.pattern.len() => {
                    (at == self.text.len()).then_some((at, place + 1))
                }
                b'%' => match self.pattern.get(place + 1) {
                    Some(b'b') => self.balanced(at, place + 2)?.map(|at| (at, place + 4)),
                    Some(b'f') => self.frontier(at, place + 2)?,
                    Some(digit @ b'0'..=b'9') => self.again(at, *digit)?.map(|at| (at, place + 2)),
                    _ => self.class(at, place)?,
                },
                _ => self.class(at, place)?,
            };
            match next.or_else(|| self.go_back()) {
                Some(next) => (at, place) = next,
                None => return Ok(None),
            }
        }
    }

    /// The next place to go on from.
    fn go_back(&mut self) -> Option<(usize, usize)> {
        while let Some(untried) = self.untried.pop() {
            self.steps += 1;
            match untried {
                Untried::Fewer { from, count, rest } => {
                    if let Some(fewer) = count.checked_sub(1) {
                        self.untried.push(Untried::Fewer { from, count: fewer, rest });
                        return Some((from + fewer, rest));
                    }
                }
                Untried::More { at, class, end } => {
                    if self.is_one(at, class, end) {
                        self.untried.push(Untried::More { at: at + 1, class, end });
                        return Some((at + 1, end + 1));
                    }
                }
                Untried::Instead { at, rest } => return Some((at, rest)),
                Untried::Begun => drop(self.captures.pop()),
                Untried::Closed { number, start } => self.captures[number] = Capture::Open(start),
            }
        }
        None
    }

    fn open(&mut self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Malformed> {
        if self.captures.len() >= MOST_CAPTURES {
            return Err("too many captures");
        }
        self.untried.push(Untried::Begun);
        if self.pattern.get(place + 1) == Some(&b')') {
            self.captures.push(Capture::Place(at));
            return Ok(Some((at, place + 2)));
        }
        self.captures.push(Capture::Open(at));
        Ok(Some((at, place + 1)))
    }

    fn close(&mut self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Malformed> {
        let open = self.captures.iter().rposition(|it| matches!(it, Capture::Open(_)));
        let Some((number, Capture::Open(start))) = open.map(|it| (it, self.captures[it])) else {
            return Err("invalid pattern capture");
        };
        self.captures[number] = Capture::Text(start, at);
        self.untried.push(Untried::Closed { number, start });
        Ok(Some((at, place + 1)))
    }

    /// A class with what may follow it: `*`, `+`, `-` or `?`.
    fn class(&mut self, at: usize, class: usize) -> Result<Option<(usize, usize)>, Malformed> {
        let end = self.class_end(class)?;
        let is_one = self.is_one(at, class, end);
        Ok(match self.pattern.get(end) {
            Some(b'?') if is_one => {
                self.untried.push(Untried::Instead { at, rest: end + 1 });
                Some((at + 1, end + 1))
            }
            Some(b'?') => Some((at, end + 1)),
            Some(b'*') => Some(self.most(at, class, end)),
            Some(b'+') if is_one => Some(self.most(at + 1, class, end)),
            Some(b'+') => None,
            Some(b'-') => {
                self.untried.push(Untried::More { at, class, end });
                Some((at, end + 1))
            }
            _ => is_one.then_some((at + 1, end)),
        })
    }

    /// As many bytes of the class as there are.
    fn most(&mut self, from: usize, class: usize, end: usize) -> (usize, usize) {
        let mut count = 0;
        while self.is_one(from + count, class, end) {
            count += 1;
        }
        self.steps += count as u64 / BYTES;
        self.untried.push(Untried::Fewer { from, count, rest: end + 1 });
        (from + count, end + 1)
    }

    /// `%bxy`.
    fn balanced(&mut self, at: usize, place: usize) -> Result<Option<usize>, Malformed> {
        let (Some(&begin), Some(&end)) = (self.pattern.get(place), self.pattern.get(place + 1))
        else {
            return Err("unbalanced pattern");
        };
        if self.text.get(at) != Some(&begin) {
            return Ok(None);
        }
        let mut depth = 1_usize;
        let rest = &self.text[at + 1..];
        let found = rest.iter().position(|byte| {
            if *byte == end {
                depth -= 1;
            } else if *byte == begin {
                depth += 1;
            }
            depth == 0
        });
        self.steps += found.unwrap_or(rest.len()) as u64 / BYTES;
        Ok(found.map(|found| at + found + 2))
    }

    /// `%f[set]`.
    fn frontier(&self, at: usize, place: usize) -> Result<Option<(usize, usize)>, Malformed> {
        if self.pattern.get(place) != Some(&b'[') {
            return Err("missing '[' after '%f' in pattern");
        }
        let end = self.class_end(place)?;
        let before = at.checked_sub(1).map_or(0, |before| self.text[before]);
        let here = self.text.get(at).copied().unwrap_or(0);
        let is_frontier = !self.in_set(before, place, end - 1) && self.in_set(here, place, end - 1);
        Ok(is_frontier.then_some((at, end)))
    }

    /// `%1`: the same text as that capture.
    fn again(&mut self, at: usize, digit: u8) -> Result<Option<usize>, Malformed> {
        let number = usize::from(digit).checked_sub(usize::from(b'1'));
        match number.and_then(|number| self.captures.get(number)) {
            None | Some(Capture::Open(_)) => Err("invalid capture index"),
            Some(Capture::Place(_)) => Ok(None),
            Some(&Capture::Text(start, end)) => {
                let captured = &self.text[start..end];
                self.steps += captured.len() as u64 / BYTES;
                Ok(self.text[at..].starts_with(captured).then(|| at + captured.len()))
            }
        }
    }

    /// Behind the class that begins at a place.
    fn class_end(&self, place: usize) -> Result<usize, Malformed> {
        let pattern = self.pattern;
        match pattern[place] {
            b'%' if place + 1 >= pattern.len() => Err("malformed pattern (ends with '%')"),
            b'%' => Ok(place + 2),
            b'[' => {
                let mut at = place + 1;
                at += usize::from(pattern.get(at) == Some(&b'^'));
                // The first bracket in a set stands for itself.
                loop {
                    let Some(&byte) = pattern.get(at) else {
                        return Err("malformed pattern (missing ']')");
                    };
                    at += 1 + usize::from(byte == b'%' && at + 1 < pattern.len());
                    if pattern.get(at) == Some(&b']') {
                        return Ok(at + 1);
                    }
                }
            }
            _ => Ok(place + 1),
        }
    }

    /// Whether the byte at a place of the text is one of the class.
    fn is_one(&self, at: usize, class: usize, end: usize) -> bool {
        let Some(&byte) = self.text.get(at) else { return false };
        match self.pattern[class] {
            b'.' => true,
            b'%' => is_of(byte, self.pattern[class + 1]),
            b'[' => self.in_set(byte, class, end - 1),
            own => own == byte,
        }
    }

    /// Whether a byte is in the set from `[` up to `]`.
    fn in_set(&self, byte: u8, open: usize, close: usize) -> bool {
        let pattern = self.pattern;
        let mut at = open + 1;
        let wanted = pattern[at] != b'^';
        at += usize::from(!wanted);
        while at < close {
            if pattern[at] == b'%' {
                at += 1;
                if at < close && is_of(byte, pattern[at]) {
                    return wanted;
                }
                at += 1;
            } else if at + 2 < close && pattern[at + 1] == b'-' {
                if (pattern[at]..=pattern[at + 2]).contains(&byte) {
                    return wanted;
                }
                at += 3;
            } else {
                if pattern[at] == byte {
                    return wanted;
                }
                at += 1;
            }
        }
        !wanted
    }
}

/// Whether a byte is of the class that a letter names; a capital is its opposite, and what names none stands for itself.
fn is_of(byte: u8, class: u8) -> bool {
    let is = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        // The vertical tab is a blank for C.
        b's' => byte.is_ascii_whitespace() || byte == 0x0b,
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return class == byte,
    };
    is == class.is_ascii_lowercase()
}
