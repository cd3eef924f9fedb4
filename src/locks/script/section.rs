//! `{"script": {"file": "mylock.lua", "ttl": "30s"}}`: the section of a model, and what is wrong with it.

use serde_json::Value;

use super::plain::Plain;
use super::source::{Found, Source};
use super::words::CALLED;
use super::{Program, check, vm};
use crate::json::{Problem, Section};
use crate::locks::Retry;

/// Fields that are no parameters.
const OWN: [&str; 5] = ["file", "source", "files", "place", "retry"];

/// The name of a script that has none.
const INLINE: &str = "source";

/// Reads a section.
pub(super) fn program(section: &Section<'_>) -> Result<Program, Box<Problem>> {
    let members = section.members()?;
    let field = |name: &str| members.iter().find(|it| it.name == name).map(|it| it.value);
    let (file, source) = (field("file"), field("source"));
    let (name, text, at) = match (file, source) {
        // A trace has both: the file's name, and what was in it.
        (file, Some(source)) => {
            let name = file.map(|file| file.to::<String>()).transpose()?;
            (name.unwrap_or_else(|| INLINE.to_owned()), lines(&source)?, source)
        }
        (Some(file), None) => {
            let name: String = file.to()?;
            let text = read(section, &name).map_err(|why| file.error(why))?;
            (name, text, file)
        }
        (None, None) => {
            let message = "no script: write \"file\": \"mylock.lua\", or \"source\" and its text";
            return Err(section.error(message));
        }
    };
    let wrong = |message: String| {
        let is_placed = message.starts_with(&name);
        at.error(if is_placed { message } else { format!("{name}: {message}") })
    };
    let params = members.iter().filter(|it| !OWN.contains(&&*it.name));
    let params = params.map(|it| Ok((it.name.clone(), parameter(&it.value)?)));
    let params = params.collect::<Result<Vec<_>, Box<Problem>>>()?;
    let source = Source::new(name.clone(), text.clone(), Vec::new(), params.clone());
    let mut found = vm::read(&source.into()).map_err(wrong)?;
    let files = files(section, field("files"), &name, &found)?;
    let source = std::rc::Rc::new(Source::new(name.clone(), text, files, params));
    if !source.files.is_empty() {
        found = vm::read(&source).map_err(wrong)?;
    }
    if found.stores == (true, true) {
        let message = "it has words for Redis and for ZooKeeper, and a model has one store";
        return Err(wrong(format!("{name}: {message}")));
    }
    for function in ["acquire", "release"] {
        if !found.has(function) {
            let known = found.functions.iter().map(|known| &**known);
            let known = known.filter(|known| !CALLED.contains(known));
            let help = check::nearest(function, known).replace("did you mean", "is it");
            return Err(wrong(format!("{name}: no function `{function}(lock)`{help}")));
        }
    }
    if found.has("renew") && found.renew_every.is_none() {
        let message =
            "it has `renew(lock)` and does not say how often: write renew_every = \"10s\"";
        return Err(wrong(format!("{name}: {message}")));
    }
    for member in members.iter().filter(|it| !OWN.contains(&&*it.name)) {
        if !found.texts.contains(&member.name) {
            let known = found.texts.iter().map(String::as_str).chain(OWN);
            let help = check::nearest(&member.name, known);
            let message = format!("{name} has no param(\"{}\", ...){help}", member.name);
            return Err(member.error(message));
        }
    }
    let places = match field("place") {
        Some(place) if place.raw().starts_with('[') => place.to()?,
        Some(place) => vec![place.to()?],
        None => found.place.clone().unwrap_or_else(|| {
            vec![if found.stores == (false, true) { "/lock" } else { "lock" }.to_owned()]
        }),
    };
    if places.is_empty() {
        return Err(section.error("`place` is empty"));
    }
    let retry = match field("retry") {
        Some(retry) => retry.to::<Retry>()?.span(),
        None => found.retry.unwrap_or_else(|| Retry::default().span()),
    };
    Ok(Program { source, found, places, retry })
}

/// What stands in the place of `"file": "mylock.lua"` where the file may not be: its texts as well. The first is the
/// value that it stands in the place of; none if the texts are there.
pub(super) fn inlined<'d>(
    section: &Section<'d>,
) -> Result<Option<(Section<'d>, String)>, Box<Problem>> {
    let members = section.members()?;
    let field = |name: &str| members.iter().find(|it| it.name == name).map(|it| it.value);
    let (Some(file), None) = (field("file"), field("source")) else { return Ok(None) };
    let source = program(section)?.source;
    let lines = |text: &str| {
        let lines = text.split('\n').map(Value::from).collect();
        Value::Array(lines)
    };
    let mut text = format!("{}, \"source\": {}", file.raw(), lines(&source.text));
    if !source.files.is_empty() && field("files").is_none() {
        let files = source.files.iter().map(|(name, text)| (name.clone(), lines(text)));
        let files = Value::Object(files.collect());
        text.push_str(&format!(", \"files\": {files}"));
    }
    Ok(Some((file, text)))
}

/// The text of the file `name` beside the model.
fn read(section: &Section<'_>, name: &str) -> Result<String, String> {
    section.document().text_beside(name).map_err(|problem| problem.to_string())
}

/// A text, or a list of lines.
fn lines(source: &Section<'_>) -> Result<String, Box<Problem>> {
    if source.raw().starts_with('[') {
        let lines: Vec<String> = source.to()?;
        return Ok(lines.join("\n"));
    }
    source.to()
}

/// The scripts that the file names: given, or read beside it.
fn files(
    section: &Section<'_>,
    given: Option<Section<'_>>,
    script: &str,
    found: &Found,
) -> Result<Vec<(String, String)>, Box<Problem>> {
    let given = match given {
        Some(given) => given
            .members()?
            .iter()
            .map(|it| Ok((it.name.clone(), lines(&it.value)?)))
            .collect::<Result<Vec<_>, Box<Problem>>>()?,
        None => Vec::new(),
    };
    let mut files = given;
    for name in &found.files {
        if files.iter().any(|(known, _)| known == name) {
            continue;
        }
        let parts = name.split(['/', '\\']);
        if name.starts_with('/') || parts.clone().any(|part| part == "..") {
            let message = format!(
                "{script} names \"{name}\": the scripts that it names stand beside it, or below"
            );
            return Err(section.error(message));
        }
        let beside = match script.rsplit_once('/') {
            Some((directory, _)) => format!("{directory}/{name}"),
            None => name.clone(),
        };
        // A text that is no name of a file is a text.
        if let Ok(text) = read(section, &beside) {
            files.push((name.clone(), text));
        }
    }
    files.sort();
    Ok(files)
}

/// The value of a parameter.
fn parameter(section: &Section<'_>) -> Result<Plain, Box<Problem>> {
    let value: Value = section.to()?;
    Ok(plain(&value))
}

fn plain(value: &Value) -> Plain {
    match value {
        Value::Null => Plain::Nil,
        Value::Bool(flag) => Plain::Bool(*flag),
        Value::Number(number) => Plain::number(number.as_f64().unwrap_or_default()),
        Value::String(text) => Plain::text(text.as_str()),
        Value::Array(items) => Plain::list(items.iter().map(plain)),
        Value::Object(members) => Plain::table(
            members
                .iter()
                .map(|(name, value)| (Plain::text(name.as_str()), plain(value)))
                .collect(),
        ),
    }
}
