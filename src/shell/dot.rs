//! Lines that begin with a dot: what is said to the shell itself, not to the store.

use crate::json::Duration;
use crate::suggest;
use crate::time::Micros;

/// A dot command of one of the shells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Dot {
    /// `.advance 1500ms`
    Advance(Micros),
    /// `.time`
    Time,
    /// `.help`
    Help,
    /// One of the shell's own.
    Own(&'static str, Vec<String>),
}

/// A dot command that only one of the shells has: its name, how many arguments it takes, at least and at most,
/// and how it is written.
pub(super) type Own = (&'static str, usize, usize, &'static str);

const SHARED: [Own; 3] = [
    ("advance", 1, 1, ".advance DURATION, as in \".advance 1500ms\""),
    ("time", 0, 0, ".time"),
    ("help", 0, 0, ".help"),
];

/// Reads `line`, which begins with a dot.
pub(super) fn parse(line: &str, own: &[Own]) -> Result<Dot, String> {
    let mut words = line.trim_start_matches('.').split_whitespace();
    let given = words.next().unwrap_or_default();
    let arguments: Vec<String> = words.map(str::to_owned).collect();
    let all = || SHARED.iter().chain(own);
    let Some((name, least, most, usage)) = all().find(|(name, ..)| *name == given) else {
        return Err(match suggest::nearest(given, all().map(|(name, ..)| *name)) {
            Some(meant) => format!("there is no \".{given}\"; did you mean \".{meant}\"?"),
            None => format!("there is no \".{given}\"; \".help\" lists what there is"),
        });
    };
    if arguments.len() < *least || arguments.len() > *most {
        return Err(format!("it is {usage}"));
    }
    match (*name, arguments.first()) {
        ("advance", Some(span)) => {
            let span: Duration = span.parse().map_err(|bad| format!("{bad}"))?;
            Ok(Dot::Advance(span.into()))
        }
        ("time", _) => Ok(Dot::Time),
        ("help", _) => Ok(Dot::Help),
        _ => Ok(Dot::Own(name, arguments)),
    }
}
