//! Fields of a model by name: what `--vary` and `--margin` change.

use serde_json::{Map, Value};

use super::failure::Failure;
use crate::locks;
use crate::model::Model;
use crate::suggest;
use crate::visible;

/// A model's text as a value, which can be changed and read again.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The file, as it was named: for messages.
    pub(super) path: String,
    /// The whole object.
    pub(super) value: Value,
}

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    Name(String),
    Index(usize),
}

impl Text {
    /// The text of `model`, with the scripts that it names in it.
    pub(super) fn of(path: &str, model: &Model) -> Self {
        let value = serde_json::from_str(model.text()).unwrap_or_default();
        Self { path: path.to_owned(), value }
    }

    /// The model that this is; `what` was changed in it.
    pub(super) fn read(&self, what: &str) -> Result<Model, Failure> {
        let name =
            if what.is_empty() { self.path.clone() } else { format!("{} with {what}", self.path) };
        Model::parse(&name, self.value.to_string()).map_err(|problem| {
            let at = if problem.json_path.is_empty() {
                String::new()
            } else {
                format!(" (at {})", problem.json_path)
            };
            let help = problem.help.map(|help| format!("; {help}")).unwrap_or_default();
            Failure::Wrong(format!("{name}: {}{at}{help}", problem.message))
        })
    }

    /// What is wrong with the model with `new` at `path`.
    pub(super) fn read_with(&self, path: &str, new: &Value) -> Failure {
        let what = format!("{path}={}", shown(new));
        match self.with(path, new).read(&what) {
            Err(failure) => failure,
            Ok(_) => Failure::Wrong(format!("{}: `{path}` takes no number", self.path)),
        }
    }

    /// The model that this is, or what is wrong with it, without where.
    pub(super) fn parsed(&self) -> Result<Model, String> {
        Model::parse(&self.path, self.value.to_string()).map_err(|problem| problem.message)
    }

    /// What the model expects of `check` and of `run` holds for it as it is, and not for what is made of it.
    pub(super) fn forget_expectations(&mut self) {
        if let Value::Object(fields) = &mut self.value {
            for name in ["case", "expect", "expect_run"] {
                fields.shift_remove(name);
            }
        }
    }

    /// The whole path of the field that `name` means: `lock.set-nx-px.ttl`, `faults[0].pause.for`, or just `ttl` where
    /// only one field is called that.
    pub(super) fn find(&self, name: &str) -> Result<String, Failure> {
        let steps = steps(name);
        let places = places(&self.value);
        let mut ends: Vec<&Vec<Step>> = places.iter().filter(|it| it.ends_with(&steps)).collect();
        // `work` is the time of a section rather than the whole of `work`.
        let is_plain = |it: &&Vec<Step>| self.get(&written(it)).is_some_and(|it| !it.is_object());
        if ends.iter().any(is_plain) {
            ends.retain(is_plain);
        }
        let exact = ends.iter().find(|it| it.len() == steps.len());
        match (exact, ends.as_slice()) {
            (Some(one), _) | (None, [one]) => return Ok(written(one)),
            (None, []) => {}
            (None, several) => {
                let names: Vec<String> = several.iter().map(|it| written(it)).collect();
                return Err(Failure::Wrong(format!(
                    "{}: several fields are called `{}`: name one of {}",
                    self.path,
                    visible::line(name),
                    names.join(", ")
                )));
            }
        }
        let unsaid = self.unsaid();
        if let Some(path) =
            unsaid.iter().find(|path| **path == name || path.ends_with(&format!(".{name}")))
        {
            return Ok(path.clone());
        }
        // A section that has no such field yet: the model's own parser says whether it knows the name.
        if let Some((last, before)) = steps.split_last()
            && !before.is_empty()
            && let [section] = sections(&places, before).as_slice()
        {
            let whole: Vec<Step> = section.iter().chain([last]).cloned().collect();
            return Ok(written(&whole));
        }
        let known: Vec<String> = places.iter().map(|it| written(it)).chain(unsaid).collect();
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        let names: Vec<String> = known.iter().map(|it| last(it)).collect();
        let near = suggest::nearest(name, known.iter().map(String::as_str))
            .or_else(|| suggest::nearest(name, names.iter().map(String::as_str)));
        let help = near.map_or_else(
            || {
                "a field is named by its path, as in lock.set-nx-px.ttl or faults[0].pause.for"
                    .to_owned()
            },
            |near| format!("did you mean `{near}`?"),
        );
        Err(Failure::Wrong(format!("{}: no field `{}`; {help}", self.path, visible::line(name))))
    }

    /// Paths of parameters that the model leaves at their defaults.
    fn unsaid(&self) -> Vec<String> {
        let mut found = Vec::new();
        let Some(Value::Object(lock)) = self.value.get("lock") else { return found };
        for name in lock.keys() {
            let entry = locks::find(name);
            let params = entry.iter().flat_map(|it| it.about.params);
            found.extend(params.map(|(param, _)| format!("lock.{name}.{param}")));
        }
        found
    }

    /// What the field at `path` says, if the model says it.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        steps(path).iter().try_fold(&self.value, |value, step| match step {
            Step::Name(name) => value.get(name),
            Step::Index(index) => value.get(index),
        })
    }

    /// The same with `new` at the end of these names, or without what is there.
    pub(super) fn with_steps(&self, names: &[String], new: Option<&Value>) -> Self {
        let Some((last, before)) = names.split_last() else { return self.clone() };
        let mut text = self.clone();
        let mut at = &mut text.value;
        for name in before {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            let Value::Object(fields) = at else { unreachable!("it was made one") };
            at = fields.entry(name.clone()).or_insert(Value::Null);
        }
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        if let Value::Object(fields) = at {
            match new {
                Some(new) => drop(fields.insert(last.clone(), new.clone())),
                None => drop(fields.shift_remove(last)),
            }
        }
        text
    }

    /// The same with `new` at `path`; what is missing on the way there comes to be.
    pub(super) fn with(&self, path: &str, new: &Value) -> Self {
        let mut text = self.clone();
        let mut at = &mut text.value;
        for step in steps(path) {
            at = match step {
                Step::Name(name) => {
                    if !at.is_object() {
                        *at = Value::Object(named(at));
                    }
                    let Value::Object(fields) = at else { unreachable!("it was made one") };
                    fields.entry(name).or_insert(Value::Null)
                }
                Step::Index(index) => match at {
                    Value::Array(list) if index < list.len() => &mut list[index],
                    _ => return text,
                },
            };
        }
        *at = new.clone();
        text
    }
}

/// The one place of that path, or all that end with it.
fn sections<'p>(places: &'p [Vec<Step>], path: &[Step]) -> Vec<&'p Vec<Step>> {
    match places.iter().find(|it| *it == path) {
        Some(exact) => vec![exact],
        None => places.iter().filter(|it| it.ends_with(path)).collect(),
    }
}

/// `"pause"` is short for `{"pause": {}}`.
fn named(value: &Value) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Value::String(name) = value {
        fields.insert(name.clone(), Value::Null);
    }
    fields
}

/// The steps of a path as it is written: names between points, and numbers in brackets or alone.
fn steps(path: &str) -> Vec<Step> {
    let plain = path.replace('[', ".").replace(']', "");
    let parts = plain.split('.').filter(|part| !part.is_empty());
    let step = |part: &str| match part.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Name(part.to_owned()),
    };
    parts.map(step).collect()
}

fn written(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Name(name) if path.is_empty() => path.push_str(name),
            Step::Name(name) => path.push_str(&format!(".{name}")),
        }
    }
    path
}

/// The paths of all values below this one.
fn places(value: &Value) -> Vec<Vec<Step>> {
    fn walk(value: &Value, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
        let mut below = |step: Step, value: &Value| {
            path.push(step);
            found.push(path.clone());
            walk(value, path, found);
            path.pop();
        };
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| below(Step::Name(name.clone()), value));
            }
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(index, value)| below(Step::Index(index), value));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut found);
    found
}

/// One `FIELD=a,b,c` of the command line.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Varied {
    /// The field, as it was named.
    pub(super) field: String,
    /// The values, in their order.
    pub(super) values: Vec<Value>,
}

impl std::str::FromStr for Varied {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "as in ttl=5s,10s,30s";
        let (field, list) = text
            .split_once('=')
            .ok_or_else(|| format!("\"{text}\" names no values: FIELD=a,b,c, {example}"))?;
        let values: Vec<Value> = split(list).into_iter().map(value).collect();
        if field.trim().is_empty() || values.iter().any(|it| it.as_str() == Some("")) {
            return Err(format!("\"{text}\" names no field, or an empty value: {example}"));
        }
        Ok(Self { field: field.trim().to_owned(), values })
    }
}

/// The parts between commas, those in brackets, braces and quotes left together.
fn split(list: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
    let mut parts = Vec::new();
    for (at, char) in list.char_indices() {
        match char {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            ',' if depth == 0 && !quoted => {
                parts.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts
}

/// A value as JSON has it; what is none is a text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// A value as it is written on the command line.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => visible::line(text).into_owned(),
        other => visible::line(&other.to_string()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Text {
        Text { path: "m.json".to_owned(), value: serde_json::from_str(json).unwrap() }
    }

    #[test]
    fn fields_are_found_by_path_by_name_and_by_default() {
        let text = text(
            r#"{"lock": {"set-nx-px": {"ttl": "10s", "retry": {"after": "1s"}}},
                "faults": ["crash", {"pause": {"for": "9s"}}], "clients": {"processes": 2},
                "work": {"section": {"work": "4s"}}}"#,
        );
        for (name, path) in [
            ("ttl", "lock.set-nx-px.ttl"),
            ("lock.set-nx-px.ttl", "lock.set-nx-px.ttl"),
            ("retry.after", "lock.set-nx-px.retry.after"),
            ("for", "faults[1].pause.for"),
            ("work", "work.section.work"),
            ("pause.phase", "faults[1].pause.phase"),
            ("lock", "lock"),
            ("faults.1.pause.for", "faults[1].pause.for"),
            ("on_unknown", "lock.set-nx-px.on_unknown"),
            ("clients.threads", "clients.threads"),
        ] {
            assert_eq!(text.find(name).ok().as_deref(), Some(path), "{name}");
        }
        for name in ["tll", "", "clients.x.y", "faults[7].for"] {
            assert!(text.find(name).is_err(), "{name}");
        }
        let changed = text.with("clients.threads", &Value::from(3));
        assert_eq!(changed.get("clients.threads"), Some(&Value::from(3)));
        assert_eq!(
            text.with("faults[0].pause.for", &Value::from("1s")).get("faults[1].pause.for"),
            Some(&Value::from("9s"))
        );
    }

    #[test]
    fn lists_of_values_are_taken_apart_at_their_own_commas() {
        let varied: Varied = "latency=[\"1ms\",\"2ms\"],[\"3ms\", \"4ms\"]".parse().unwrap();
        assert_eq!(varied.values.len(), 2);
        let varied: Varied = "ttl=5s,10s".parse().unwrap();
        assert_eq!(varied.values, [Value::from("5s"), Value::from("10s")]);
        assert!("ttl".parse::<Varied>().is_err() && "ttl=5s,,".parse::<Varied>().is_err());
    }
}
