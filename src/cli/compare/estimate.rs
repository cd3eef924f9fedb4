//! How long a comparison will take, said beforehand where that is long.

use super::super::failure::Failure;
use super::super::field::Text;
use super::super::output::{FAINT, Output};
use super::super::surroundings::Stopwatch;
use super::super::workers;
use super::Arguments;
use super::subjects::Question;
use crate::report::words;
use crate::run::Measured;

/// So many clients are no crowd: nothing is said of them.
const CROWD: u64 = 2000;
/// Trials of these sizes tell how steps grow.
const TRIALS: [u64; 2] = [100, 200];
/// What takes less than this is not worth a line (s).
const SHORT: f64 = 20.0;
/// A step of a large world takes so many times as long as one of a small one: its memory is far away.
const FARTHER: f64 = 2.0;

/// Says on standard error how long rows with many clients will take, if that is long.
pub(super) fn tell(
    question: &Question,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let mut all = 0.0;
    let mut longest = (0.0, String::new());
    let mut tried: Vec<(&str, Option<Trial>)> = Vec::new();
    for subject in &question.subjects {
        let Ok(text) = &subject.text else { continue };
        let Some(clients) = text.get("clients.processes").and_then(serde_json::Value::as_u64)
        else {
            continue;
        };
        if clients < CROWD {
            continue;
        }
        let known = tried.iter().find(|it| it.0 == subject.strategy).map(|it| it.1);
        let trial = known.unwrap_or_else(|| {
            let trial = trial(text);
            tried.push((&subject.strategy, trial));
            trial
        });
        let Some((steps, power, rate)) = trial else { continue };
        let seconds = steps * (clients as f64 / TRIALS[1] as f64).powf(power) / rate * FARTHER;
        let seconds = seconds * arguments.seeds as f64;
        all += seconds;
        if seconds > longest.0 {
            let clients = words::count(clients);
            longest = (seconds, format!("{} with {clients} clients", subject.strategy));
        }
    }
    let all = (all / workers::threads(arguments.threads) as f64).max(longest.0);
    if all > SHORT {
        let text = format!(
            "this will take {}, most of it {}; Ctrl-C shows what is known by then",
            roughly(all),
            longest.1
        );
        writeln!(output.err(), "{FAINT}{text}{FAINT:#}")?;
    }
    Ok(())
}

/// How many steps the larger trial has, with which power they grow, and how many are made in a second.
type Trial = (f64, f64, f64);

fn trial(text: &Text) -> Option<Trial> {
    let watch = Stopwatch::start();
    let steps = TRIALS.map(|clients| {
        let text = text.with("clients.processes", &clients.into());
        text.read("").ok().map(|model| Measured::of(&model, 1).steps as f64)
    });
    let [Some(few), Some(many)] = steps else { return None };
    let seconds = watch.took().0.max(1) as f64 / 1000.0;
    let ratio = TRIALS[1] as f64 / TRIALS[0] as f64;
    Some((many, (many / few).ln() / ratio.ln(), (few + many) / seconds))
}

/// `about 40 s`, `about 5 minutes`, `about 3 hours`.
fn roughly(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("about {:.0} s", (s / 10.0).round() * 10.0),
        s if s < 5400.0 => format!("about {:.0} minutes", s / 60.0),
        s => format!("about {:.0} hours", s / 3600.0),
    }
}
