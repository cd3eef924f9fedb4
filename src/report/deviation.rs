//! Deviations in words, with the process that they hit.

use super::cast::Cast;
use super::words;

/// A deviation as a reader should see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Told {
    /// The process that it hits.
    pub(super) process: Option<String>,
    /// What happens to it, as the rest of a sentence about the process.
    pub(super) text: String,
    /// A message that is held from now on, as its sender and receiver.
    pub(super) held: Option<(String, String)>,
}

/// What `take` at `site` means.
pub(super) fn tell(site: &str, take: &str, cast: &Cast) -> Told {
    let about = |process: &str, text: String| Told {
        process: Some(process.to_owned()),
        text,
        held: None,
    };
    if let Some((process, span)) = take.strip_prefix("pause ").and_then(|it| it.split_once(" for ")) {
        return about(process, format!("stands still for {}", words::span(span)));
    }
    if let Some(rest) = take.strip_prefix("crash ") {
        return match rest.split_once(", restart after ") {
            Some((process, span)) => about(process, format!("dies; a new one begins after {}", words::span(span))),
            None => about(rest, "dies".to_owned()),
        };
    }
    if let Some(way) = take.strip_prefix("release ")
        && let Some(way) = Way::of(way, cast)
    {
        return about(&way.process, format!("{} goes on", way.message()));
    }
    let Some(way) = Way::of(site, cast) else {
        return Told { process: None, text: format!("{take} at {site}"), held: None };
    };
    let message = way.message();
    if take.starts_with("hold") {
        let text = if take.ends_with("time passes") {
            format!("{message} is held up on the way")
        } else {
            format!("{message} is overtaken by others")
        };
        return Told { held: Some((way.from.clone(), way.to.clone())), ..about(&way.process, text) };
    }
    if take.starts_with("lose it") {
        return about(&way.process, format!("{message} is lost, and the connection breaks"));
    }
    about(&way.process, format!("{take} ({message})"))
}

/// One way of a connection: `c1>redis`, `redis>c1/2`.
struct Way {
    from: String,
    to: String,
    process: String,
    server: String,
    up: bool,
}

impl Way {
    fn of(text: &str, cast: &Cast) -> Option<Self> {
        let (from, to) = text.split_once('>')?;
        let to = to.split('/').next().unwrap_or(to);
        let up = cast.process(from).is_some();
        let (process, server) = if up { (from, to) } else { (to, from) };
        Some(Self {
            from: from.to_owned(),
            to: to.to_owned(),
            process: process.to_owned(),
            server: server.to_owned(),
            up,
        })
    }

    fn message(&self) -> String {
        let server = &self.server;
        if self.up {
            format!("its request to {server}")
        } else {
            format!("the reply of {server} to it")
        }
    }
}
