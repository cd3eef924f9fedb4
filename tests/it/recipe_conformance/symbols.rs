//! What is the same in a recording and in a run of a recipe, although it is written otherwise.

/// Which text of the recipe stands for which text of the recording: tokens, and deadlines by a wall clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    /// Unique texts: what the recipe calls it, what the recording calls it, and whether it may be called anew.
    tokens: Vec<(Vec<u8>, Vec<u8>, bool)>,
    /// Times that were sent, likewise.
    times: Vec<(Vec<u8>, Vec<u8>)>,
}

/// How far apart (ms) two readings of one wall clock may be: the recording dates a request when it is executed.
const CLOCK: i64 = 60;

impl Symbols {
    /// Whether the recipe's word is the recorded one, with what was learnt so far; learns what is new.
    pub(super) fn same(&mut self, ours: &[u8], recorded: &[u8]) -> bool {
        ours == recorded || self.same_token(ours, recorded) || self.same_time(ours, recorded)
    }

    fn same_token(&mut self, ours: &[u8], recorded: &[u8]) -> bool {
        let Some((start, end)) = token_in(ours) else { return false };
        let (before, token, after) = (&ours[..start], &ours[start..end], &ours[end..]);
        let Some(rest) = recorded.strip_prefix(before) else { return false };
        let known = self.tokens.iter().find(|(name, ..)| name == token);
        if let Some((_, name, _)) = known {
            return rest.strip_prefix(&**name).is_some_and(|rest| rest == after);
        }
        let Some(name) = rest.strip_suffix(after) else { return false };
        let taken = self.tokens.iter().any(|(_, other, again)| other == name && !again);
        if name.is_empty() || taken {
            return false;
        }
        self.tokens.push((token.to_vec(), name.to_vec(), false));
        true
    }

    fn same_time(&mut self, ours: &[u8], recorded: &[u8]) -> bool {
        let (Some(mine), Some(theirs)) = (wall_ms(ours), wall_ms(recorded)) else { return false };
        if (mine - theirs).abs() > CLOCK {
            return false;
        }
        self.times.push((ours.to_vec(), recorded.to_vec()));
        true
    }

    /// The next acquisition may use a token again, or a new one: the last one was refused.
    pub(super) fn may_rename(&mut self) {
        for (.., again) in &mut self.tokens {
            *again = true;
        }
    }

    /// What the recipe would read where the recording has `recorded`.
    pub(super) fn translate(&self, recorded: &[u8]) -> Vec<u8> {
        if let Some((ours, _)) = self.times.iter().rev().find(|(_, time)| time == recorded) {
            return ours.clone();
        }
        let mut text = recorded.to_vec();
        for (ours, name, _) in self.tokens.iter().rev() {
            let mut from = 0;
            while let Some(at) = find(&text[from..], name) {
                text.splice(from + at..from + at + name.len(), ours.iter().copied());
                from += at + ours.len();
            }
        }
        text
    }
}

/// Where a token such as `c1-0007` stands.
fn token_in(text: &[u8]) -> Option<(usize, usize)> {
    let start = find(text, b"c1-")?;
    let digits = text[start + 3..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    // Tokens have four digits, or more where there were many; a node's number follows after a letter or a dash.
    (digits >= 4).then_some((start, start + 3 + digits))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1)).position(|window| window == part)
}

/// A time in ms since 1970, of this century.
fn wall_ms(text: &[u8]) -> Option<i64> {
    let ms: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (1_000_000_000_000..4_000_000_000_000).contains(&ms).then_some(ms)
}
