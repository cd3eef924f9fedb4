//! Known fixes of locks: what the models of the program that are called `-fixed` say otherwise than their broken forms.

use serde_json::Value;

use super::field::Text;
use super::models;

/// What heals a lock, by a pair of models of the program.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Remedy {
    /// The fields, each with its value; none: it is left out.
    pub(super) changes: Vec<Change>,
    /// The model that shows it.
    pub(super) shown_by: &'static str,
}

/// One field of a remedy.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Change {
    /// The recipe whose parameter it is; none: the path begins at the root.
    pub(super) recipe: Option<String>,
    /// The steps of the path, below the recipe's parameters if it is one's.
    pub(super) path: Vec<String>,
    /// The value.
    pub(super) value: Option<Value>,
}

/// What pairs may differ in that heals nothing.
const NO_REMEDY: [&str; 8] =
    ["title", "why", "case", "expect", "expect_run", "bounds", "properties", "faults"];

/// All of them, in the order of their models, each once.
pub(super) fn all() -> Vec<Remedy> {
    let mut found: Vec<Remedy> = Vec::new();
    for (path, text) in models::ALL {
        let Some(broken) = path.strip_suffix("-fixed.json").map(|it| format!("{it}.json")) else {
            continue;
        };
        let Some((_, broken)) = models::ALL.iter().find(|it| it.0 == broken) else { continue };
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let (broken, fixed) = (parsed(broken), parsed(text));
        let (before, after) = (leaves(&broken), leaves(&fixed));
        let gone = before.iter().filter(|(path, _)| after.iter().all(|it| it.0 != *path));
        let gone = gone.map(|(path, _)| (path.clone(), None));
        let new = after.iter().filter(|it| !before.contains(it));
        let new = new.map(|(path, value)| (path.clone(), Some(value.clone())));
        let all = gone.chain(new).filter(|it| !NO_REMEDY.contains(&it.0[0].as_str()));
        let mut changes: Vec<Change> = Vec::new();
        for (path, value) in all {
            let change = change(path, value);
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
        let recipe = |at: &Change| at.recipe.clone();
        let swaps = changes.iter().any(|it| {
            recipe(it).is_some_and(|it| !has_lock(&broken, &it) || !has_lock(&fixed, &it))
        });
        if changes.is_empty() || swaps || found.iter().any(|it| it.changes == changes) {
            continue;
        }
        found.push(Remedy { changes, shown_by: path });
    }
    found
}

fn change(path: Vec<String>, value: Option<Value>) -> Change {
    // `lock.NAME.…` and `clients.roles.ROLE.lock.NAME.…` are parameters of a recipe.
    match path.iter().position(|step| step == "lock") {
        Some(at) if path.len() > at + 2 => {
            Change { recipe: Some(path[at + 1].clone()), path: path[at + 2..].to_vec(), value }
        }
        _ => Change { recipe: None, path, value },
    }
}

/// The locks of a model, each with the path to its parameters.
fn locks(model: &Value) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut of = |lock: Option<&Value>, before: &[&str]| {
        let names = lock.and_then(Value::as_object).into_iter().flat_map(|it| it.keys());
        for name in names {
            let path = before.iter().map(|it| (*it).to_owned());
            found.push((name.clone(), path.chain(["lock".to_owned(), name.clone()]).collect()));
        }
    };
    of(model.get("lock"), &[]);
    let roles = model.get("clients").and_then(|it| it.get("roles")).and_then(Value::as_object);
    for (role, fields) in roles.into_iter().flatten() {
        of(fields.get("lock"), &["clients", "roles", role]);
    }
    found
}

fn has_lock(model: &Value, recipe: &str) -> bool {
    locks(model).iter().any(|it| it.0 == recipe)
}

/// What is no object, with its path; also an empty object.
fn leaves(value: &Value) -> Vec<(Vec<String>, Value)> {
    fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Value)>) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                for (name, value) in fields {
                    path.push(name.clone());
                    walk(value, path, found);
                    path.pop();
                }
            }
            Value::Object(_) => {}
            _ => found.push((path.clone(), value.clone())),
        }
    }
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut found);
    found
}

impl Remedy {
    /// The model with the remedy; none if it is of another recipe or store, or changes nothing.
    pub(super) fn on(&self, text: &Text) -> Option<Text> {
        let mut changed = text.clone();
        for Change { recipe, path, value } in &self.changes {
            let places: Vec<Vec<String>> = match recipe {
                Some(recipe) => locks(&text.value)
                    .into_iter()
                    .filter(|it| it.0 == *recipe)
                    .map(|it| it.1)
                    .collect(),
                // The section must be there, and of the same kind: a store's name, a work's name.
                None => {
                    let section = &path[..path.len().min(2) - usize::from(path[0] == "given")];
                    let there = section.iter().try_fold(&text.value, |at, step| at.get(step));
                    there.map(|_| Vec::new()).into_iter().collect()
                }
            };
            if places.is_empty() && !(recipe.is_none() && path[0] == "given") {
                return None;
            }
            let places = if places.is_empty() { vec![Vec::new()] } else { places };
            for place in places {
                let whole: Vec<String> = place.iter().chain(path).cloned().collect();
                changed = changed.with_steps(&whole, value.as_ref());
            }
        }
        (changed.value != text.value).then_some(changed)
    }

    /// The fields with their values: `release=compare-and-delete`.
    pub(super) fn text(&self) -> String {
        let one = |it: &Change| {
            let skipped =
                if it.recipe.is_some() { 0 } else { it.path.len().min(2).min(it.path.len() - 1) };
            let name = it.path[skipped..].join(".");
            match &it.value {
                Some(value) => format!("{name}={}", super::field::shown(value)),
                None => format!("without {name}"),
            }
        };
        self.changes.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}
