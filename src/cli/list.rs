//! `lockstep list`: what models say and can name, and the models of this program.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::cases::Cases;
use super::exit::Exit;
use super::failure::Failure;
use super::models;
use super::output::{FAINT, Output, TITLE};
use super::surroundings;
use crate::locks::field;
use crate::model::Model;
use crate::model::fields::SECTIONS;
use crate::property;
use crate::registry::{self, About};
use crate::report::wrapped;
use crate::suggest;
use crate::visible;

/// List recipes, models, properties, faults, workloads and the fields of model files, each with a line and a source
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Which of them; without it, all
    #[arg(value_name = "KIND")]
    kind: Option<Kind>,

    /// The name of one of them, or words that must stand in what is said of each
    #[arg(value_name = "WORD")]
    words: Vec<String>,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Ways to take a lock
    Recipes,
    /// The models in the directory `models`; without one, the same in this program
    Models,
    /// What must hold
    Properties,
    /// What may go wrong
    Faults,
    /// What clients do while they have the lock
    Workloads,
    /// What a model file says: its sections with their fields
    Fields,
}

/// One thing of a list.
#[derive(Serialize)]
struct Entry {
    /// Its name in model files; of a model, its file.
    name: String,
    /// One line.
    title: String,
    /// Where it comes from; empty where it is only described here.
    source: String,
    /// What it needs: a store, or the ledger; empty if nothing.
    #[serde(skip_serializing_if = "String::is_empty")]
    needs: String,
    /// Of a property: what is so in all runs where it has nothing to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    vacuous: Option<&'static str>,
    /// Its parameters, each with what it means and its default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Parameter>,
    /// Of a recipe: its numbers in the catalogue of the field, with the parameters that make it that one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<String>,
    /// Of a recipe: the failures of the catalogue that a model shows of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<String>,
    /// Of a recipe: the failures, and the settings in which nothing may be found, that it stands in a model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stands: Vec<String>,
}

impl Entry {
    /// The name without the end of a file's.
    fn stem(&self) -> &str {
        self.name.strip_suffix(".json").unwrap_or(&self.name)
    }

    /// Whether each of `words` stands somewhere in what is said of it.
    fn has(&self, words: &[String]) -> bool {
        let mut texts = vec![&*self.name, &*self.title, &*self.source, &*self.needs];
        texts.extend(self.parameters.iter().flat_map(|it| [it.name, it.meaning]));
        texts.extend(self.numbers.iter().map(String::as_str));
        let has = |word: &String| {
            let word = word.to_lowercase();
            let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
            let bare = plain(&word);
            let has = |text: &&str| {
                text.to_lowercase().contains(&word)
                    || (bare.len() > 2 && plain(text).contains(&bare))
            };
            texts.iter().any(has)
        };
        words.iter().all(has)
    }

    /// Whether it is a model's file, of which the source is a paragraph.
    fn is_file(&self) -> bool {
        Path::new(&self.name).extension().is_some_and(|extension| extension == "json")
    }
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    meaning: &'static str,
}

/// `{"command": "list", "recipes": […], …}` with the kinds that were asked for.
#[derive(Serialize)]
struct List {
    command: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipes: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    faults: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workloads: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<Entry>>,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let wants = |kind| arguments.kind.is_none_or(|wanted| wanted == kind);
    let of = |kind: Kind, all: fn() -> Vec<About>| wants(kind).then(|| entries(all()));
    let mut recipes = of(Kind::Recipes, registry::recipes);
    if let Some(recipes) = recipes.as_mut().filter(|_| arguments.kind.is_some()) {
        show_cases(recipes)?;
    }
    let mut properties = of(Kind::Properties, registry::properties);
    for property in properties.iter_mut().flatten() {
        let known = property::catalogue().iter().find(|known| known.about.name == property.name);
        property.vacuous = known.map(|known| known.about.vacuous);
    }
    let models = if wants(Kind::Models) { Some(models()?) } else { None };
    let mut list = List {
        command: "list",
        recipes,
        models,
        properties,
        faults: of(Kind::Faults, registry::faults),
        workloads: of(Kind::Workloads, registry::workloads),
        fields: of(Kind::Fields, || SECTIONS.to_vec()),
    };
    if !arguments.words.is_empty() {
        list.keep(&arguments.words)?;
    }
    if output.json {
        output.write_json(&list)?;
        return Ok(Exit::Expected);
    }
    let mut is_first = true;
    for (name, entries) in list.kinds() {
        let Some(entries) = entries else { continue };
        if !std::mem::take(&mut is_first) {
            writeln!(output.out())?;
        }
        writeln!(output.out(), "{TITLE}{name}{TITLE:#}")?;
        // A list of one kind has room for everything.
        show(entries, arguments.kind.is_some(), output)?;
    }
    Ok(Exit::Expected)
}

impl List {
    fn kinds(&mut self) -> [(&'static str, &mut Option<Vec<Entry>>); 6] {
        [
            ("recipes", &mut self.recipes),
            ("models", &mut self.models),
            ("properties", &mut self.properties),
            ("faults", &mut self.faults),
            ("workloads", &mut self.workloads),
            ("fields", &mut self.fields),
        ]
    }

    /// Leaves what `words` name, or else what has all of them.
    fn keep(&mut self, words: &[String]) -> Result<(), Failure> {
        let name = words.join(" ");
        let mut names = Vec::new();
        for (_, entries) in self.kinds() {
            let Some(all) = entries else { continue };
            names.extend(all.iter().map(|entry| entry.name.clone()));
            // A word that is a model's whole name is in the names of others: only a path names one file.
            let stem = name.strip_suffix(".json").unwrap_or(&name);
            let is_named = |entry: &Entry| {
                let before = entry.stem().strip_suffix(stem);
                entry.name == name
                    || entry.is_file()
                        && stem.contains('/')
                        && before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
            };
            let one = all.iter().any(is_named);
            all.retain(|entry| if one { is_named(entry) } else { entry.has(words) });
            if all.is_empty() {
                *entries = None;
            }
        }
        if self.kinds().iter().any(|(_, entries)| entries.is_some()) {
            return Ok(());
        }
        let near = suggest::nearest(&name, names.iter().map(String::as_str));
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let name = visible::line(&name);
        Err(Failure::Wrong(format!("nothing here has the name `{name}` or these words{near}")))
    }
}

fn entries(all: Vec<About>) -> Vec<Entry> {
    let entry = |about: About| Entry {
        name: about.name.to_owned(),
        title: about.title.to_owned(),
        source: about.source.to_owned(),
        needs: about.needs.to_owned(),
        vacuous: None,
        parameters: about
            .params
            .iter()
            .map(|&(name, meaning)| Parameter { name, meaning })
            .collect(),
        numbers: Vec::new(),
        breaks: Vec::new(),
        stands: Vec::new(),
    };
    all.into_iter().map(entry).collect()
}

/// Puts in what the models of the catalogue say of each recipe.
fn show_cases(recipes: &mut [Entry]) -> Result<(), Failure> {
    let mut cases = Cases::default();
    for (_, model) in found() {
        cases.add(&model?);
    }
    for recipe in recipes {
        recipe.numbers = field::numbers(&recipe.name).collect();
        recipe.breaks = cases.of(&recipe.name, true);
        recipe.stands = cases.of(&recipe.name, false);
    }
    Ok(())
}

/// Those of the directory `models`, if it is here; else those of the program.
fn found() -> Vec<(PathBuf, Result<Model, Failure>)> {
    models::find(&[PathBuf::from("models")])
}

fn models() -> Result<Vec<Entry>, Failure> {
    let entry = |(path, model): (PathBuf, Result<Model, Failure>)| {
        let model = model?;
        Ok(Entry {
            name: path.display().to_string(),
            title: model.title().to_owned(),
            source: model.why().to_owned(),
            needs: String::new(),
            vacuous: None,
            parameters: Vec::new(),
            numbers: Vec::new(),
            breaks: Vec::new(),
            stands: Vec::new(),
        })
    };
    found().into_iter().map(entry).collect()
}

/// The narrowest column of texts beside the names; where it does not fit, texts stand below.
const BESIDE: usize = 30;

fn show(entries: &[Entry], details: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    let names = entries.iter().map(|entry| entry.name.chars().count()).max().unwrap_or(0);
    let width = surroundings::width();
    let below = width < names + 4 + BESIDE;
    let indent = if below { 6 } else { names + 4 };
    let width = width.saturating_sub(indent);
    for entry in entries {
        let needs =
            if entry.needs.is_empty() { String::new() } else { format!(" [{}]", entry.needs) };
        let title = format!("{}{needs}", entry.title);
        let name = visible::line(&entry.name);
        if below {
            writeln!(output.out(), "  {name}")?;
        }
        for (number, line) in wrapped(&visible::line(&title), width).iter().enumerate() {
            let line = line.trim_start();
            if number == 0 && !below {
                writeln!(output.out(), "{}", format!("  {name:<names$}  {line}").trim_end())?;
            } else if !line.is_empty() {
                writeln!(output.out(), "{:indent$}{line}", "")?;
            }
        }
        // Of models it is a paragraph.
        if !entry.source.is_empty() && (details || !entry.is_file()) {
            for line in wrapped(&visible::line(&entry.source), width) {
                let line = line.trim_start();
                writeln!(output.out(), "{:indent$}{FAINT}{line}{FAINT:#}", "")?;
            }
        }
        for Parameter { name, meaning } in entry.parameters.iter().filter(|_| details) {
            for (number, line) in
                wrapped(&format!("{name}: {meaning}"), width - 2).iter().enumerate()
            {
                let bullet = if number == 0 { "- " } else { "  " };
                writeln!(output.out(), "{:indent$}{bullet}{}", "", line.trim_start())?;
            }
        }
        if let Some(vacuous) = entry.vacuous.filter(|_| details) {
            for line in wrapped(&format!("vacuous where {vacuous}"), width) {
                writeln!(output.out(), "  {:<names$}  {}", "", line.trim_start())?;
            }
        }
        for (what, cases) in
            [("is", &entry.numbers), ("breaks in", &entry.breaks), ("stands", &entry.stands)]
        {
            if cases.is_empty() {
                continue;
            }
            for line in wrapped(&format!("{what} {}", cases.join(", ")), width) {
                writeln!(output.out(), "{:indent$}{}", "", line.trim_start())?;
            }
        }
    }
    Ok(())
}
