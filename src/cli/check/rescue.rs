//! `check --rescue`: what would have saved it? The same clients, work and faults with every other recipe of the store,
//! with fencing, and with the known fixes of the recipe.

use std::path::Path;

use serde_json::{Value, json};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::field::Text;
use super::super::output::{BAD, FAINT, GOOD, Output, TITLE};
use super::super::{instead, quoted, remedies, surroundings};
use super::probe::{Kind, Probed, Prober, Seen};
use super::witness::line;
use super::{Arguments, Row};
use crate::explore::Verdict;
use crate::locks;
use crate::report::{cover, words, wrapped};
use crate::visible;

/// One search of a rescue keeps no more states than this, if nobody says otherwise.
const STATES: u64 = 300_000;

/// What is tried in the place of the lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) enum Way {
    /// A known fix of the recipe or of its store, which a model of the program shows.
    Fix { what: String, shown_by: &'static str },
    /// Tokens, and a resource that refuses old ones.
    Fencing { recipe: String },
    /// Another recipe.
    Recipe(&'static str),
}

/// One way, the model, and what came of it.
pub(in super::super) struct Tried {
    pub(in super::super) way: Way,
    text: Result<Text, String>,
    probed: Option<Probed>,
}

/// A parameter with its value.
type Parameter = (&'static str, &'static str);

/// The recipes whose grants carry tokens, by their store, with the parameter that it takes.
const FENCED: [(&str, &str, Option<Parameter>); 2] =
    [("redis", "fenced", None), ("zookeeper", "guid", Some(("fence", "czxid")))];

/// All ways for the model, in the order in which they are shown.
fn ways(text: &Text) -> Vec<(Way, Result<Text, String>)> {
    let mut text = text.clone();
    text.forget_expectations();
    let mut ways = Vec::new();
    for remedy in remedies::all() {
        // What a model leaves to the default may be the remedy already.
        if let Some(changed) = remedy.on(&text).filter(|it| differs(it, &text)) {
            ways.push((Way::Fix { what: remedy.text(), shown_by: remedy.shown_by }, Ok(changed)));
        }
    }
    let store = instead::store(&text).to_owned();
    if let Some((_, recipe, param)) = FENCED.iter().find(|it| it.0 == store) {
        ways.push((Way::Fencing { recipe: (*recipe).to_owned() }, fenced(&text, recipe, *param)));
    }
    let own = instead::recipe(&text).map(str::to_owned);
    for entry in locks::catalogue() {
        let about = entry.about;
        if instead::runs_on(about, &store) && own.as_deref() != Some(about.name) {
            let other = instead::with_recipe(&text, about).map(|it| it.0);
            ways.push((Way::Recipe(about.name), other));
        }
    }
    ways
}

/// Whether the world is another.
fn differs(one: &Text, other: &Text) -> bool {
    let world = |text: &Text| text.parsed().map(|it| format!("{:?}", it.abstract_setup()));
    match (world(one), world(other)) {
        (Ok(one), Ok(other)) => one != other,
        // Of a store that has no replicas nothing is healed by them.
        _ => false,
    }
}

fn fenced(text: &Text, recipe: &str, param: Option<Parameter>) -> Result<Text, String> {
    let about = locks::find(recipe).ok_or("there is no such recipe")?.about;
    let (mut other, _) = instead::with_recipe(text, about)?;
    if let Some((name, value)) = param {
        other = other.with(&format!("lock.{recipe}.{name}"), &json!(value));
    }
    other = other.with("given.fencing", &json!("both"));
    other.parsed().map(|_| other)
}

/// Searches all ways of the model, as long as Ctrl-C allows.
pub(in super::super) fn tried(
    text: &Text,
    prober: &mut Prober<'_>,
    output: &mut Output<'_>,
) -> Result<Vec<Tried>, Failure> {
    let ways = ways(text);
    let texts: Vec<Result<Text, String>> = ways.iter().map(|it| it.1.clone()).collect();
    let mut probed = prober.all(&texts, "rescue", output)?.into_iter();
    let all = ways.into_iter().map(|(way, text)| Tried { way, text, probed: probed.next() });
    Ok(all.collect())
}

pub(super) fn show(
    row: &Row,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let path = quoted::path(&row.path);
    let exit = row.exit();
    let Verdict::Violated { violation, .. } = &row.checked.outcome.verdict else {
        if output.json {
            let none = json!({"command": "check", "path": path, "rescue": [], "exit": exit.code()});
            output.write_json(&none)?;
            return Ok(exit);
        }
        let found = cover::verdict(&row.checked.outcome.verdict);
        output.text(FAINT, &path)?;
        output.text(GOOD, &format!("{}: there is nothing to rescue", found.to_uppercase()))?;
        return Ok(exit);
    };
    let text = Text::of(&path, &row.checked.model);
    let mut prober = Prober::new(arguments).within(STATES);
    let tried = tried(&text, &mut prober, output)?;
    let exit = if prober.interrupted { Exit::Inconclusive.max(exit) } else { exit };
    if output.json {
        let rows: Vec<Value> = tried.iter().map(Tried::json).collect();
        output.write_json(&json!({
            "command": "check", "path": path, "violated": violation.property,
            "rescue": rows, "exit": exit.code(),
        }))?;
        return Ok(exit);
    }
    super::witness::heading(&row.checked.model, output)?;
    output.text(FAINT, &path)?;
    writeln!(output.out())?;
    let headline = super::witness::headline(row);
    output.text(headline.0, &headline.1)?;
    if let Some(story) = story(&Seen::of(&row.checked)) {
        line("by", &story, output)?;
    }
    writeln!(output.out())?;
    table(&tried, output)?;
    Ok(exit)
}

/// The rows: first what holds, of each kind.
pub(in super::super) fn table(tried: &[Tried], output: &mut Output<'_>) -> Result<(), Failure> {
    let mut last = "";
    let wide = tried.iter().map(|it| it.name().chars().count()).max().unwrap_or(0).min(44);
    let width = surroundings::width();
    for (place, it) in tried.iter().enumerate() {
        let group = it.group();
        if group != last {
            output.text(TITLE, group)?;
            last = group;
        }
        let (style, text) = it.told();
        // Rows in which nothing was searched, for one reason, are one.
        let same = |other: &&Tried| {
            it.seen().is_none() && other.group() == group && other.told().1 == text
        };
        if place > 0 && same(&&tried[place - 1]) {
            continue;
        }
        let more = tried[place + 1..].iter().take_while(same).count() as u64;
        let name = if more > 0 {
            format!("{} and {} others", it.name(), words::count(more))
        } else {
            it.name()
        };
        let name = if name.chars().count() > wide { wrapped(&name, wide) } else { vec![name] };
        let parts = wrapped(&text, width.saturating_sub(wide + 4));
        for at in 0..name.len().max(parts.len()) {
            let name = name.get(at).map_or("", |it| it.trim_start());
            let part = parts.get(at).map_or("", |it| it.trim_start());
            writeln!(output.out(), "  {style}{name:<wide$}  {part}{style:#}")?;
        }
    }
    let saved = tried.iter().filter(|it| it.saves()).count() as u64;
    let searched = tried.iter().filter(|it| it.seen().is_some()).count() as u64;
    writeln!(output.out())?;
    let of = words::counted(searched, "way");
    let text = format!("{} of {of} that can be compared hold", words::count(saved));
    output.text(if saved > 0 { GOOD } else { BAD }, &text)
}

/// The faults of the shortest run that violates something.
fn story(seen: &Seen) -> Option<String> {
    (!seen.story.is_empty()).then(|| seen.story.join("; "))
}

impl Tried {
    /// Whether nothing is violated in this way.
    pub(in super::super) fn saves(&self) -> bool {
        self.probed.as_ref().is_some_and(|it| it.kind() == Kind::Holds)
    }

    /// What was searched.
    fn seen(&self) -> Option<&Seen> {
        self.probed.as_ref()?.came.as_ref().ok()
    }

    fn group(&self) -> &'static str {
        match self.way {
            Way::Fix { .. } => "known fixes of this lock and its store",
            Way::Fencing { .. } => "fencing",
            Way::Recipe(_) => "other recipes of this store",
        }
    }

    fn name(&self) -> String {
        match &self.way {
            Way::Fix { what, .. } => visible::line(what).into_owned(),
            Way::Fencing { recipe } => format!("`{recipe}`, and the ledger refuses old tokens"),
            Way::Recipe(name) => (*name).to_owned(),
        }
    }

    fn told(&self) -> (anstyle::Style, String) {
        let why = |why: &str| (FAINT, format!("cannot be compared: {}", visible::line(why)));
        let seen = match (&self.text, &self.probed) {
            (Err(error), _) | (_, Some(Probed { came: Err(error) })) => return why(error),
            (_, None) => return (FAINT, "not searched: Ctrl-C".to_owned()),
            (_, Some(Probed { came: Ok(seen) })) => seen,
        };
        let faults = |number: u32| words::counted(u64::from(number), "fault");
        match (seen.kind, seen.within) {
            (Kind::Holds, None) => (GOOD, format!("holds{}", self.note())),
            (Kind::Holds, Some(within)) => {
                (GOOD, format!("holds within {}{}", faults(within), self.note()))
            }
            (Kind::Violated, _) => {
                let story = story(seen).map(|it| format!(": {it}")).unwrap_or_default();
                (BAD, format!("violated {} with {}{story}", seen.names, faults(seen.deviations)))
            }
            (Kind::Cut, _) => {
                let states = words::counted(seen.states as u64, "state");
                let complete = seen
                    .complete
                    .map_or(String::new(), |it| format!(", none with {} or fewer", faults(it)));
                (
                    FAINT,
                    format!(
                        "not known: no violation in {states}{complete}; --states N looks at more"
                    ),
                )
            }
            _ => why(&format!("nothing to judge: {}", seen.names)),
        }
    }

    fn note(&self) -> String {
        match &self.way {
            Way::Fix { shown_by, .. } => {
                format!(", as in {}", Path::new(shown_by).file_stem().unwrap_or_default().display())
            }
            _ => String::new(),
        }
    }

    fn json(&self) -> Value {
        let (way, source) = match &self.way {
            Way::Fix { shown_by, .. } => ("fix", Some(*shown_by)),
            Way::Fencing { .. } => ("fencing", None),
            Way::Recipe(_) => ("recipe", None),
        };
        let mut fields = json!({"way": way, "name": self.name()});
        if let Some(source) = source {
            fields["shown_by"] = json!(source);
        }
        match (&self.text, &self.probed) {
            (Err(why), _) | (_, Some(Probed { came: Err(why) })) => {
                fields["not_compared"] = json!(why);
            }
            (_, None) => fields["not_compared"] = json!("Ctrl-C"),
            (_, Some(Probed { came: Ok(seen) })) => {
                fields["verdict"] = json!(seen.verdict);
                fields["states"] = json!(seen.states);
                if seen.kind == Kind::Violated {
                    fields["property"] = json!(seen.names);
                    fields["deviations"] = json!(seen.deviations);
                    fields["steps"] = json!(seen.steps);
                    fields["story"] = json!(seen.story);
                }
            }
        }
        fields
    }
}
