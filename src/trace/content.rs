//! What a file is, by what is in it.

use super::recorded::monitor::{Raw, Told};

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Content {
    /// A log of `redis-cli MONITOR`.
    Monitor,
    /// A trace: of a real server, or of a run.
    Trace,
    /// Another JSON document, as models are.
    Json,
}

impl Content {
    /// What a file is that begins so; none if that cannot be told yet. Lines that tell of nothing are passed over.
    pub fn of(begins: &[u8]) -> Option<Self> {
        let mut is_json = false;
        for (at, line) in begins.split(|byte| *byte == b'\n').enumerate() {
            let text = line.trim_ascii();
            if is_json || at == 0 && text.starts_with(b"{") {
                is_json = true;
                if has(text, b"\"trace\"") && has(text, b"\"lockstep\"") {
                    return Some(Self::Trace);
                }
            }
            let raw = Raw { number: at + 1, bytes: line.to_vec(), ended: true };
            if matches!(Told::of(raw), Told::Command(_)) {
                return Some(Self::Monitor);
            }
        }
        is_json.then_some(Self::Json)
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}
