//! Deviations in words, with the process that they hit.

use super::cast::Cast;
use super::words;
use crate::sim::{DEFERRED, LATE};

/// A deviation as a reader should see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Told {
    /// The process that it hits.
    pub(super) process: Option<String>,
    /// What happens to it, in the process's own column.
    pub(super) text: String,
    /// The same as a sentence that names the process, without its full stop.
    pub(super) sentence: String,
    /// A message that is held from now on, as its sender and receiver.
    pub(super) held: Option<(String, String)>,
}

/// What `take` at `site` means.
pub(super) fn tell(site: &str, take: &str, cast: &Cast) -> Told {
    // When it is late is seen from its time.
    let take = take.strip_suffix(LATE).unwrap_or(take);
    let near = [", before ", ", after "].iter().find_map(|near| take.rfind(near));
    if let Some(place) = near {
        let (take, near) = take.split_at(place);
        let told = tell(site, take, cast);
        let (text, sentence) = (told.text + near, told.sentence + near);
        return Told { text, sentence, ..told };
    }
    let about = |process: &str, text: String| Told {
        process: Some(process.to_owned()),
        sentence: format!("{process} {text}"),
        text,
        held: None,
    };
    let message = |way: &Way, what: &str| Told {
        process: Some(way.process.clone()),
        text: format!("{} {what}", way.message("its", "it")),
        sentence: format!("{} {what}", way.message(&format!("{}'s", way.process), &way.process)),
        held: None,
    };
    if let Some((process, span)) = take.strip_prefix("pause ").and_then(|it| it.split_once(" for "))
    {
        return about(process, format!("stands still for {}", words::span(span)));
    }
    if let Some(rest) = take.strip_prefix("crash ") {
        return match rest.split_once(", restart after ") {
            Some(("all servers", span)) => {
                let text = format!("all servers die, and start again after {}", words::span(span));
                Told { process: None, sentence: text.clone(), text, held: None }
            }
            Some((process, span)) => {
                about(process, format!("dies; a new one begins after {}", words::span(span)))
            }
            None => about(rest, "dies".to_owned()),
        };
    }
    if let Some(rest) = take.strip_prefix("operator runs ")
        && let Some((command, server)) = rest.rsplit_once(" on ")
    {
        let text = format!("an operator runs {command} on {server}");
        return Told { process: None, sentence: text.clone(), text, held: None };
    }
    if let Some(told) = about_node(take, cast) {
        return told;
    }
    if let Some(way) = take.strip_prefix("release ")
        && let Some(way) = Way::of(way, cast)
    {
        return message(&way, "goes on");
    }
    if let Some((replica, rest)) = take.split_once(" lags behind ") {
        let (master, span) = rest.split_once(" for ").unwrap_or((rest, "a time"));
        let span = words::span(span);
        let text = format!("{replica} does not hear what {master} says for {span}");
        return Told { process: None, sentence: text.clone(), text, held: None };
    }
    if let Some((who, rest)) = take.strip_prefix("cut ").and_then(|it| it.split_once(" off")) {
        let are = if who.contains(", ") { "are" } else { "is" };
        let (from, span) = rest.rsplit_once(" for ").unwrap_or((rest, "a time"));
        let text = format!("{who} {are} cut off{from} for {}", words::span(span));
        return Told { process: None, sentence: text.clone(), text, held: None };
    }
    let Some(way) = Way::of(site, cast) else {
        let text = format!("{take} at {site}");
        return Told { process: None, sentence: text.clone(), text, held: None };
    };
    if take.starts_with("hold") {
        let what = if take.ends_with("time passes") {
            "is held up on the way"
        } else {
            "is overtaken by others"
        };
        return Told { held: Some((way.from.clone(), way.to.clone())), ..message(&way, what) };
    }
    if take.starts_with("lose it") {
        return message(&way, "is lost, and the connection breaks");
    }
    message(&way, &format!("is hit: {take}"))
}

/// A sentence that begins with whom it is about: `c1 is interrupted`, `redis's wall clock is set back by 5000 ms`.
fn about_node(take: &str, cast: &Cast) -> Option<Told> {
    let (name, _) = take.split_once([' ', '\''])?;
    let sentence = ["by", "for"].iter().find_map(|word| {
        let (rest, span) = take.rsplit_once(&format!(" {word} "))?;
        Some(format!("{rest} {word} {}", words::span(span)))
    });
    let sentence = sentence.unwrap_or_else(|| take.to_owned());
    let process =
        cast.processes.iter().find(|it| it.name == name || it.threads.iter().any(|it| it == name));
    let Some(process) = process else {
        cast.server(name)?;
        return Some(Told { process: None, text: sentence.clone(), sentence, held: None });
    };
    let text = match sentence.strip_prefix(&process.name) {
        Some(rest) => rest.strip_prefix("'s").unwrap_or(rest).trim_start().to_owned(),
        None => sentence.clone(),
    };
    Some(Told { process: Some(process.name.clone()), text, sentence, held: None })
}

/// Whether the deviation is none to a reader: while a message is held, letting the others go on is one, which costs
/// nothing, and so is the end of a fault after what else is due at that instant, which the order shows.
pub(super) fn is_silent(take: &str) -> bool {
    take == "go on" || take == DEFERRED
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

    /// The message, of the process that is called `whose` or `whom`.
    fn message(&self, whose: &str, whom: &str) -> String {
        let server = &self.server;
        if self.up {
            format!("{whose} request to {server}")
        } else {
            format!("the reply of {server} to {whom}")
        }
    }
}
