//! What is compared: strategies, and the values of what is varied.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::failure::Failure;
use super::super::field::{Text, Varied, shown};
use super::super::{instead, models, quoted};
use super::{Arguments, herd};
use crate::json::Duration;
use crate::model::Model;
use crate::report::compare::short;

/// One row before it is run: a strategy with its values, and the model, or why there is none.
pub(super) struct Subject {
    pub(super) strategy: String,
    pub(super) values: Vec<String>,
    pub(super) x: Option<f64>,
    pub(super) text: Result<Text, String>,
}

/// All rows of the question.
pub(super) struct Question {
    pub(super) title: String,
    pub(super) fields: Vec<String>,
    pub(super) axis: Option<usize>,
    pub(super) subjects: Vec<Subject>,
}

/// More rows than this are a mistake.
const MOST: usize = 10_000;

/// A strategy by name, with its model, or why there is none.
type Strategy = (String, Result<Text, String>);

/// The title, and all strategies.
fn strategies(arguments: &Arguments) -> Result<(String, Vec<Strategy>), Failure> {
    if let [herd] = arguments.models.as_slice()
        && herd.as_os_str() == "herd"
        && !herd.exists()
    {
        if !arguments.recipes.is_empty() {
            let message =
                "--recipes: `compare herd` has its two strategies; name a model to compare others";
            return Err(Failure::Wrong(message.to_owned()));
        }
        let all = herd::strategies().into_iter().map(|(name, text)| (name, Ok(text)));
        return Ok((herd::TITLE.to_owned(), all.collect()));
    }
    let mut found = Vec::new();
    let mut titles = Vec::new();
    for (path, model) in models::find(&arguments.models) {
        let model = model?;
        titles.push(model.title().to_owned());
        let mut text = Text::of(&quoted::path(&path), &model);
        text.forget_expectations();
        found.push((path, text));
    }
    if found.is_empty() {
        return Err(Failure::Wrong("there is no model in what was named".to_owned()));
    }
    let names = names(found.iter().map(|it| it.0.as_path()));
    let title = match titles.as_slice() {
        [title] if !title.is_empty() => title.clone(),
        _ => names.join(", "),
    };
    let title = if title.chars().count() > 200 { format!("{} models", names.len()) } else { title };
    if arguments.recipes.is_empty() {
        let all = names.into_iter().zip(found).map(|(name, (_, text))| (name, Ok(text)));
        return Ok((title, all.collect()));
    }
    let recipes = instead::recipes(&arguments.recipes).map_err(Failure::Wrong)?;
    let several = found.len() > 1;
    let mut all = Vec::new();
    for (name, (_, text)) in names.iter().zip(&found) {
        for about in &recipes {
            let label =
                if several { format!("{name}: {}", about.name) } else { about.name.to_owned() };
            all.push((label, instead::with_recipe(text, about).map(|(text, _)| text)));
        }
    }
    Ok((title, all))
}

/// The shortest names that tell the files apart.
fn names<'p>(paths: impl Iterator<Item = &'p Path>) -> Vec<String> {
    let paths: Vec<PathBuf> = paths.map(|path| path.with_extension("")).collect();
    let last = |path: &Path, parts: usize| {
        let all: Vec<_> = path.components().collect();
        let kept: PathBuf = all[all.len().saturating_sub(parts)..].iter().collect();
        quoted::path(&kept)
    };
    for parts in 1..8 {
        let names: Vec<String> = paths.iter().map(|path| last(path, parts)).collect();
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        if sorted.len() == names.len() {
            return names;
        }
    }
    // One file named twice is a row twice.
    paths.iter().map(|path| last(path, 8)).collect()
}

/// What is varied: `--clients` first, then each `--vary`.
fn varied(arguments: &Arguments) -> Vec<Varied> {
    let mut all = Vec::new();
    let is_herd = arguments.models.iter().any(|it| it.as_os_str() == "herd" && !it.exists());
    let named =
        arguments.vary.iter().any(|it| short(&it.field) == "clients" || it.field == "processes");
    let clients = match arguments.clients.as_slice() {
        [] if is_herd && !named => &herd::SIZES,
        given => given,
    };
    if !clients.is_empty() {
        let values = clients.iter().map(|it| Value::from(*it)).collect();
        all.push(Varied { field: "clients.processes".to_owned(), values });
    }
    all.extend(arguments.vary.iter().cloned());
    all
}

/// The number that a value is on an axis: itself, or of a duration its seconds.
fn number(value: &Value) -> Option<f64> {
    let duration = |text: &str| text.parse::<Duration>().ok().map(|it| it.0.0 as f64 / 1e6);
    value.as_f64().or_else(|| duration(value.as_str()?))
}

pub(super) fn question(arguments: &Arguments) -> Result<Question, Failure> {
    let (title, strategies) = strategies(arguments)?;
    let varied = varied(arguments);
    let grid: usize = varied.iter().map(|it| it.values.len()).product();
    if grid.saturating_mul(strategies.len()) > MOST {
        let message = format!("that would be {} rows, more than {MOST}", grid * strategies.len());
        return Err(Failure::Wrong(message));
    }
    // The axis: the varied field whose values are numbers, and the more of them the better.
    let numeric =
        |it: &Varied| it.values.iter().all(|value| number(value).is_some_and(|it| it > 0.0));
    let axis = (0..varied.len())
        .filter(|place| numeric(&varied[*place]) && varied[*place].values.len() > 1)
        .max_by_key(|place| (varied[*place].values.len(), usize::MAX - place));
    let mut fields: Vec<String> = varied.iter().map(|it| it.field.clone()).collect();
    let mut subjects = Vec::new();
    for (strategy, text) in &strategies {
        let mut paths = Vec::new();
        if let Ok(text) = text {
            for it in &varied {
                paths.push(find(text, &it.field)?);
            }
            fields.clone_from(&paths);
        }
        for place in 0..grid {
            subjects.push(subject(strategy, text, (&varied, &paths), axis, place)?);
        }
    }
    Ok(Question { title, fields, axis, subjects })
}

fn find(text: &Text, field: &str) -> Result<String, Failure> {
    if field == "clients.processes" && text.get("clients.roles").is_some() {
        return Err(Failure::Wrong(format!(
            "{}: its clients have roles: vary one of them, as in --vary clients.roles.NAME.processes=10,100",
            text.path
        )));
    }
    text.find(field)
}

fn subject(
    strategy: &str,
    text: &Result<Text, String>,
    (varied, paths): (&[Varied], &[String]),
    axis: Option<usize>,
    mut place: usize,
) -> Result<Subject, Failure> {
    // The last field changes fastest.
    let mut picked = vec![0; varied.len()];
    for (field, it) in varied.iter().enumerate().rev() {
        picked[field] = place % it.values.len();
        place /= it.values.len();
    }
    let value = |field: usize| &varied[field].values[picked[field]];
    let values: Vec<String> = (0..varied.len()).map(|field| shown(value(field))).collect();
    let mut changed = text.clone();
    if let Ok(text) = &mut changed {
        for (field, path) in paths.iter().enumerate() {
            *text = text.with(path, value(field));
        }
        let what: Vec<String> =
            paths.iter().zip(&values).map(|(path, value)| format!("{path}={value}")).collect();
        let _: Model = text.read(&what.join(" "))?;
    }
    let x = axis.and_then(|axis| number(value(axis)));
    Ok(Subject { strategy: strategy.to_owned(), values, x, text: changed })
}
