//! What a replay tells.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::super::quoted;
use super::{Outcome, Replayed, monitor, own};
use crate::trace::recorded::monitor::Counts;
use crate::trace::recorded::{Difference, RuleUse, Tally};
use crate::visible;

/// Writes the row of one file, and its first difference.
pub(super) fn file(replayed: &Replayed, output: &mut Output<'_>) -> Result<(), Failure> {
    let path = quoted::path(&replayed.path);
    match &replayed.outcome {
        Outcome::Compared { tally, .. } => {
            counts(tally, &path, output)?;
            if let Some(difference) = tally.differences.first() {
                show_difference(difference, output)?;
            }
        }
        Outcome::Own { replayed, crlf, .. } => own::show(&path, *crlf, replayed, output)?,
        Outcome::Driven { driven, named } => {
            if *named {
                monitor::show(driven, output)?;
            }
            monitor::counts(driven, &path, output)?;
            if let Some(difference) = driven.counts.differences.first() {
                show_difference(difference, output)?;
            }
        }
        Outcome::Bad(bad) => writeln!(output.err(), "{BAD}error:{BAD:#} {bad}")?,
    }
    Ok(())
}

fn counts(tally: &Tally, name: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    let Tally { compared, equal, different, rules, .. } = tally;
    let style = if *different > 0 { BAD } else { GOOD };
    write!(output.out(), "{compared:>7} compared {equal:>7} equal ")?;
    write!(output.out(), "{style}{different:>5} different{style:#}  {name}")?;
    let rules: Vec<String> = rules
        .iter()
        .map(|(rule, RuleUse { used, eligible })| format!("{rule} {used}/{eligible}"))
        .collect();
    if !rules.is_empty() {
        write!(output.out(), "  {FAINT}{}{FAINT:#}", rules.join(", "))?;
    }
    writeln!(output.out())?;
    Ok(())
}

pub(super) fn show_difference(
    difference: &Difference,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let Difference { line, at, what, recorded, model } = difference;
    let [what, recorded, model] = [what, recorded, model].map(|text| visible::line(text));
    writeln!(output.out(), "        first in line {line}, at {at}: {what}")?;
    writeln!(output.out(), "          recorded  {recorded}")?;
    writeln!(output.out(), "          model     {BAD}{model}{BAD:#}")?;
    Ok(())
}

/// Writes the sums.
pub(super) fn total(replayed: &[Replayed], output: &mut Output<'_>) -> Result<(), Failure> {
    let sums = Sums::of(replayed);
    if sums.files > 0 {
        let name = format!("total of {}", files(sums.files));
        counts(&sums.tally, &name, output)?;
    }
    if sums.logs > 1 {
        monitor::total(&sums.counts, sums.logs, output)?;
    }
    if sums.own > 0 {
        let (own, different) = (sums.own, sums.own_different);
        writeln!(output.out(), "own traces: {own}, of which {different} are another run now")?;
    }
    if sums.bad > 0 {
        writeln!(output.out(), "{BAD}{} could not be read{BAD:#}", files(sums.bad))?;
    }
    Ok(())
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

struct Sums {
    files: usize,
    logs: usize,
    counts: Counts,
    own: usize,
    own_different: usize,
    bad: usize,
    tally: Tally,
}

impl Sums {
    fn of(replayed: &[Replayed]) -> Self {
        let (tally, counts) = (Tally::default(), Counts::default());
        let mut sums = Self { files: 0, logs: 0, counts, own: 0, own_different: 0, bad: 0, tally };
        for one in replayed {
            match &one.outcome {
                Outcome::Compared { tally, .. } => {
                    sums.files += 1;
                    sums.tally.add(tally);
                }
                Outcome::Driven { driven, .. } => {
                    sums.logs += 1;
                    sums.counts.add(&driven.counts);
                }
                Outcome::Own { replayed, .. } => {
                    sums.own += 1;
                    sums.own_different += usize::from(replayed.difference.is_some());
                }
                Outcome::Bad(_) => sums.bad += 1,
            }
        }
        sums
    }
}

/// Writes everything as one JSON object.
pub(super) fn json(
    replayed: &[Replayed],
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let sums = Sums::of(replayed);
    for one in replayed {
        if let Outcome::Bad(bad) = &one.outcome {
            writeln!(output.err(), "{BAD}error:{BAD:#} {bad}")?;
        }
    }
    output.write_json(&JsonReplay {
        command: "replay",
        files: replayed.iter().map(JsonFile::of).collect(),
        total: JsonTotal {
            files: sums.files,
            logs: (sums.logs > 0).then(|| monitor::JsonCounts::of(&sums.counts)),
            own: sums.own,
            own_different: sums.own_different,
            not_understood: sums.bad,
            counts: JsonCounts::of(&sums.tally),
        },
        exit: exit.code(),
    })
}

#[derive(Serialize)]
struct JsonReplay<'r> {
    command: &'static str,
    files: Vec<JsonFile<'r>>,
    total: JsonTotal<'r>,
    exit: u8,
}

#[derive(Serialize)]
struct JsonTotal<'r> {
    files: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    logs: Option<monitor::JsonCounts>,
    own: usize,
    own_different: usize,
    not_understood: usize,
    #[serde(flatten)]
    counts: JsonCounts<'r>,
}

#[derive(Serialize)]
struct JsonFile<'r> {
    path: String,
    #[serde(flatten)]
    outcome: JsonOutcome<'r>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum JsonOutcome<'r> {
    Compared {
        store: &'r str,
        #[serde(flatten)]
        counts: JsonCounts<'r>,
        first_difference: Option<JsonDifference<'r>>,
    },
    Own(own::Json<'r>),
    Driven {
        store: &'static str,
        #[serde(flatten)]
        counts: monitor::JsonCounts,
        unreadable: monitor::JsonSkipped<'r>,
        first_difference: Option<JsonDifference<'r>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        log: Vec<serde_json::Value>,
    },
    Bad {
        error: JsonBad<'r>,
    },
}

#[derive(Serialize)]
pub(super) struct JsonBad<'r> {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: &'r str,
}

#[derive(Serialize)]
struct JsonDifference<'r> {
    line: usize,
    at_us: i64,
    what: &'r str,
    recorded: &'r str,
    model: &'r str,
}

#[derive(Serialize)]
struct JsonCounts<'r> {
    compared: u64,
    equal: u64,
    different: u64,
    rules: BTreeMap<&'r str, JsonRule>,
}

#[derive(Serialize)]
struct JsonRule {
    used: u64,
    eligible: u64,
}

impl<'r> JsonFile<'r> {
    fn of(replayed: &'r Replayed) -> Self {
        let outcome = match &replayed.outcome {
            Outcome::Compared { store, tally } => JsonOutcome::Compared {
                store,
                counts: JsonCounts::of(tally),
                first_difference: tally.differences.first().map(JsonDifference::of),
            },
            Outcome::Own { origin, replayed, .. } => {
                JsonOutcome::Own(own::Json::of(origin, replayed))
            }
            Outcome::Driven { driven, named } => JsonOutcome::Driven {
                store: "redis",
                counts: monitor::JsonCounts::of(&driven.counts),
                unreadable: monitor::JsonSkipped::of(&driven.skipped),
                first_difference: driven.counts.differences.first().map(JsonDifference::of),
                log: if *named { monitor::json(driven) } else { Vec::new() },
            },
            Outcome::Bad(bad) => JsonOutcome::Bad {
                error: JsonBad { line: bad.line, column: bad.column, message: &bad.message },
            },
        };
        Self { path: replayed.path.display().to_string(), outcome }
    }
}

impl<'r> JsonDifference<'r> {
    fn of(it: &'r Difference) -> Self {
        let Difference { line, at, what, recorded, model } = it;
        Self { line: *line, at_us: at.0, what, recorded, model }
    }
}

impl<'r> JsonCounts<'r> {
    fn of(tally: &'r Tally) -> Self {
        let rules = tally
            .rules
            .iter()
            .map(|(rule, &RuleUse { used, eligible })| (*rule, JsonRule { used, eligible }));
        let Tally { compared, equal, different, .. } = *tally;
        Self { compared, equal, different, rules: rules.collect() }
    }
}
