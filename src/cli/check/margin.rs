//! `check --margin FIELD`: where a field of the model, changed alone, changes the verdict, to its own unit.

use serde_json::{Value, json};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::field::{Text, shown};
use super::super::instead;
use super::super::output::Output;
use super::Arguments;
use super::probe::{Kind, Probed, Prober};
use super::quantities::quantities;
use crate::json::Duration;
use crate::report::margin::{Quantity, Sum};
use crate::report::words;
use crate::time::Micros;

/// What the values of a field are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Measure {
    /// A duration, in steps of so many microseconds (µs): a millisecond, where the model says nothing finer.
    Time(i64),
    /// A number of things.
    Count,
}

/// A field, its values, and what it says now.
pub(super) struct Varied {
    pub(super) path: String,
    pub(super) measure: Measure,
    /// In steps of the measure; none where the model does not say.
    pub(super) now: Option<i64>,
}

/// Two neighbouring values with different verdicts, or as near as was looked.
pub(super) struct Flip {
    pub(super) below: (i64, Kind),
    pub(super) above: (i64, Kind),
    /// What is violated, with how many faults, on the side where something is.
    pub(super) violated: Option<(String, u32)>,
    /// The side that adds up.
    pub(super) sum: Option<Adds>,
}

/// A value, and what it is the sum of.
pub(super) struct Adds {
    pub(super) value: i64,
    pub(super) sum: Sum,
    /// How many of the milliseconds through which Redis keeps a key come to that.
    pub(super) last: i64,
}

/// What was found of one field.
pub(super) struct Margin {
    pub(super) varied: Varied,
    /// The values that were tried, in their order.
    pub(super) tried: Vec<(i64, Kind)>,
    pub(super) flips: Vec<Flip>,
    /// How many values more a limit ended the searches of.
    pub(super) unknown: usize,
    /// Whether it is on Redis, which keeps a key through the millisecond at which its time is over.
    pub(super) on_redis: bool,
}

/// A thousand times a value that is not said: pauses of 1 s, numbers of 2.
const UNSAID: (i64, i64) = (1_000_000, 2);
/// A search at one value keeps no more states than this, if nobody says otherwise.
const STATES: u64 = 300_000;
/// Values between two that differ, which are searched at once.
const BETWEEN: i64 = 3;
/// No duration beyond this is tried (µs): a year.
const LONGEST: i64 = 365 * 24 * 3_600_000_000;

impl Measure {
    pub(super) fn value(self, steps: i64) -> Value {
        match self {
            Self::Count => json!(steps),
            Self::Time(step) => json!(Duration(Micros(steps * step)).to_string()),
        }
    }

    pub(super) fn text(self, steps: i64) -> String {
        match self {
            Self::Count => words::count(steps.unsigned_abs()),
            Self::Time(step) => words::time(Micros(steps * step)),
        }
    }

    /// Values around `now`, wide apart, with the smallest there are.
    fn around(self, now: i64) -> Vec<i64> {
        let mut all = match self {
            Self::Count => vec![0, 1, 2, 3, 4, now - 1, now, now + 1, now.saturating_mul(2)],
            Self::Time(step) => {
                let parts = [64, 16, 8, 4, 2, 1].map(|part| now / part);
                let times = [2, 4, 8, 16].map(|times| now.saturating_mul(times));
                let mut all = vec![0, 1];
                all.extend(parts.into_iter().chain(times).filter(|it| *it <= LONGEST / step));
                all
            }
        };
        all.retain(|it| *it >= 0);
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Varied {
    /// The field `name` of the model: what its values are is what the model takes there.
    pub(super) fn of(text: &Text, name: &str) -> Result<Self, Failure> {
        let path = text.find(name)?;
        match text.get(&path) {
            Some(Value::Number(number)) if number.as_i64().is_some_and(|it| it >= 0) => {
                Ok(Self { path, measure: Measure::Count, now: number.as_i64() })
            }
            Some(Value::String(said)) if said.parse::<Duration>().is_ok() => {
                let Duration(span) = said.parse().unwrap_or_default();
                let step = if span.0 % 1000 == 0 { 1000 } else { 1 };
                Ok(Self { path, measure: Measure::Time(step), now: Some(span.0 / step) })
            }
            None | Some(Value::Null) => {
                let takes = |value: Value| text.with(&path, &value).parsed().is_ok();
                let measure = if takes(json!("1s")) {
                    Measure::Time(1000)
                } else if takes(json!(2)) || takes(json!(1)) {
                    Measure::Count
                } else {
                    return Err(text.read_with(&path, &json!("1s")));
                };
                Ok(Self { path, measure, now: None })
            }
            Some(other) => Err(Failure::Wrong(format!(
                "{}: `{path}` is {}, and neither a number nor a duration",
                text.path,
                shown(other)
            ))),
        }
    }

    fn start(&self, quantities: &[Quantity]) -> i64 {
        match (self.now, self.measure) {
            (Some(now), _) if now > 0 => now,
            (_, Measure::Count) => UNSAID.1,
            // The longest time of the model: what is compared with it matters.
            (_, Measure::Time(step)) => {
                let longest = quantities.iter().map(|it| it.span.0).max();
                longest.unwrap_or(UNSAID.0).max(step) / step
            }
        }
    }

    fn texts(&self, text: &Text, values: &[i64]) -> Vec<Result<Text, String>> {
        values.iter().map(|it| Ok(text.with(&self.path, &self.measure.value(*it)))).collect()
    }
}

/// Looks for the values at which the verdict changes.
pub(super) fn find(
    text: &Text,
    varied: Varied,
    prober: &mut Prober<'_>,
    output: &mut Output<'_>,
) -> Result<Margin, Failure> {
    let quantities = quantities(text, &varied.path);
    let values = varied.measure.around(varied.start(&quantities));
    let probed = prober.all(&varied.texts(text, &values), &varied.path, output)?;
    let mut tried: Vec<(i64, Probed)> = values.into_iter().zip(probed).collect();
    if tried.iter().all(|(_, probed)| probed.kind() == Kind::Refused)
        && let Some((_, Probed { came: Err(why) })) = tried.first()
        && !prober.interrupted
    {
        return Err(Failure::Wrong(format!(
            "{}: `{}` takes none of the values: {why}",
            text.path, varied.path
        )));
    }
    // What is no model, or not known, is no side of anything.
    let is_side = |it: &(i64, Probed)| !matches!(it.1.kind(), Kind::Refused | Kind::Cut);
    let cut = |all: &[(i64, Probed)]| all.iter().filter(|it| it.1.kind() == Kind::Cut).count();
    let mut unknown = cut(&tried);
    tried.retain(is_side);
    let on_redis = instead::store(text) == "redis";
    let mut flips = Vec::new();
    let mut place = 0;
    while place + 1 < tried.len() {
        let (low, high) = (&tried[place], &tried[place + 1]);
        if low.1.kind() == high.1.kind() {
            place += 1;
            continue;
        }
        if high.0 - low.0 <= 1 {
            flips.push(flip(low, high, (varied.measure, &quantities, on_redis)));
            place += 1;
            continue;
        }
        let between = between(low.0, high.0);
        let probed = prober.all(&varied.texts(text, &between), &varied.path, output)?;
        if probed.len() < between.len() {
            // Ctrl-C: the flip is somewhere between.
            flips.push(flip(&tried[place], &tried[place + 1], (varied.measure, &[], on_redis)));
            place += 1;
            continue;
        }
        let at = place + 1;
        let mut more: Vec<(i64, Probed)> = between.into_iter().zip(probed).collect();
        unknown += cut(&more);
        more.retain(is_side);
        if more.is_empty() {
            flips.push(flip(&tried[place], &tried[place + 1], (varied.measure, &[], on_redis)));
            place += 1;
            continue;
        }
        tried.splice(at..at, more);
    }
    let tried = tried.iter().map(|(value, probed)| (*value, probed.kind())).collect();
    Ok(Margin { varied, tried, flips, unknown, on_redis })
}

/// Values that part the range evenly.
fn between(low: i64, high: i64) -> Vec<i64> {
    let mut all: Vec<i64> =
        (1..=BETWEEN).map(|part| low + (high - low) * part / (BETWEEN + 1)).collect();
    all.retain(|it| *it > low && *it < high);
    if all.is_empty() {
        all.push(low + (high - low) / 2);
    }
    all.dedup();
    all
}

fn flip(
    low: &(i64, Probed),
    high: &(i64, Probed),
    (measure, quantities, on_redis): (Measure, &[Quantity], bool),
) -> Flip {
    let side = |it: &(i64, Probed)| (it.0, it.1.kind());
    let violated = [&low.1, &high.1].into_iter().find(|it| it.kind() == Kind::Violated);
    let violated = violated.and_then(|it| {
        let seen = it.came.as_ref().ok()?;
        Some((seen.names.clone(), seen.deviations))
    });
    let is_between_neighbours = high.0 - low.0 <= 1;
    let sum = match measure {
        Measure::Time(step) if is_between_neighbours => {
            // A key is there through its last millisecond: that may be part of what adds up.
            let offsets: &[i64] = if on_redis && step == 1000 { &[0, 1, -1] } else { &[0] };
            offsets.iter().find_map(|offset| {
                [low.0, high.0].into_iter().find_map(|value| {
                    let sum = Sum::of(Micros((value - offset) * step), quantities)?;
                    Some(Adds { value, sum, last: *offset })
                })
            })
        }
        _ => None,
    };
    Flip { below: side(low), above: side(high), violated, sum }
}

/// Shows where the verdict of a model changes with one field, or with two.
pub(super) fn show(
    text: &Text,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let mut prober = Prober::new(arguments).within(STATES);
    let mut text = text.clone();
    text.forget_expectations();
    let [first, others @ ..] = arguments.margin.as_slice() else { return Ok(Exit::Expected) };
    let margins = match others {
        [] => vec![(None, find(&text, Varied::of(&text, first)?, &mut prober, output)?)],
        [second] => {
            let other = Varied::of(&text, second)?;
            let mut margins = Vec::new();
            for value in other.few(&quantities(&text, &other.path)) {
                let changed = text.with(&other.path, &other.measure.value(value));
                if changed.parsed().is_err() {
                    continue;
                }
                let margin = find(&changed, Varied::of(&changed, first)?, &mut prober, output)?;
                margins.push((Some(other.measure.text(value)), margin));
            }
            if margins.is_empty() && !prober.interrupted {
                let message =
                    format!("{}: no other value of `{}` fits the model", text.path, other.path);
                return Err(Failure::Wrong(message));
            }
            margins
        }
        _ => return Err(Failure::Wrong("--margin takes one field, or two".to_owned())),
    };
    let cut = margins.iter().any(|it| it.1.unknown > 0);
    let exit = if prober.interrupted || cut { Exit::Inconclusive } else { Exit::Expected };
    super::margin_told::tell(&text, &margins, others.first(), (exit, prober.made), output)?;
    Ok(exit)
}

impl Varied {
    /// A few values of the second field.
    fn few(&self, quantities: &[Quantity]) -> Vec<i64> {
        let now = self.start(quantities);
        let mut all = match self.measure {
            Measure::Count => vec![1, 2, 3, now, now + 1],
            Measure::Time(_) => vec![now / 4, now / 2, now, now * 2, now * 4],
        };
        all.sort_unstable();
        all.dedup();
        all
    }
}
