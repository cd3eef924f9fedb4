//! Requests of Redis clients in the form in which they are compared.

use lockstep::store::redis::Bytes;

/// A request in the form in which requests are compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Shape {
    /// The words.
    pub(super) words: Vec<Bytes>,
    /// The script's text or hash, if it is one.
    pub(super) script: Option<Bytes>,
}

impl Shape {
    /// The name in capitals, options of `SET` in one order, a script by its keys and arguments.
    pub(super) fn of(argv: &[Bytes]) -> Self {
        let name = argv[0].to_ascii_uppercase();
        let mut words: Vec<Bytes> = argv.to_vec();
        words[0] = Bytes::from(name.clone());
        if (&*name == b"EVAL" || &*name == b"EVALSHA") && argv.len() > 2 {
            words[0] = Bytes::from("script");
            let script = words.remove(1);
            return Self { words, script: Some(script) };
        }
        if &*name == b"SCRIPT" && argv.len() > 1 {
            words[1] = Bytes::from(argv[1].to_ascii_uppercase());
        }
        if &*name == b"SET" && argv.len() > 3 {
            let mut flags = Vec::new();
            let mut spans = Vec::new();
            let mut rest = argv[3..].iter();
            while let Some(word) = rest.next() {
                let option = word.to_ascii_uppercase();
                if matches!(&*option, b"EX" | b"PX" | b"EXAT" | b"PXAT") {
                    spans.push(Bytes::from(option));
                    spans.extend(rest.next().cloned());
                } else {
                    flags.push(Bytes::from(option));
                }
            }
            flags.sort();
            words.truncate(3);
            words.extend(flags);
            words.extend(spans);
        }
        Self { words, script: None }
    }

    /// What names the acquisition: the value of a `SET`, the first argument of a script.
    pub(super) fn token(&self) -> String {
        let keys = self.words.get(1).and_then(|keys| keys.to_text().parse::<usize>().ok());
        let at = if self.script.is_some() { 2 + keys.unwrap_or_default() } else { 2 };
        self.words.get(at).map(Bytes::to_text).unwrap_or_default()
    }
}
