//! Where models come from: files, standard input, and the program itself, which has all of `models` inside.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::kind::Kind;
use super::{files, quoted};
use crate::json::{Beside, Document, Problem};
use crate::model::Model;
use crate::suggest;

/// A model of the program: its path in the repository, and its text.
pub(super) type Inside = (&'static str, &'static str);

/// All of them, sorted by their paths.
pub(super) const ALL: &[Inside] = include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// The scripts that they name.
const SCRIPTS: Beside = include!(concat!(env!("OUT_DIR"), "/scripts.rs"));

/// Reads a model of the program.
fn carried((name, text): Inside) -> Result<Model, Box<Problem>> {
    Model::from_document(&Document::parse(name, text)?.with(SCRIPTS))
}

/// The model of the program at `path`.
pub(super) fn inside(path: &'static str) -> Result<Inside, Failure> {
    let found = ALL.iter().find(|(known, _)| *known == path);
    found.copied().ok_or_else(|| Failure::Wrong(format!("{path} is not in this program")))
}

/// Whether `path` is standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether several models are meant: a directory, of this machine or of the program.
pub(super) fn is_directory(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && named(path).is_empty() && !below(path).is_empty())
}

/// Reads the model that `path` names: a file, `-`, or one of the program by its path or its name.
pub(super) fn open(path: &Path) -> Result<Model, Failure> {
    if is_stdin(path) {
        return stdin();
    }
    if path.exists() {
        return of_file(path);
    }
    match named(path).as_slice() {
        [] => Err(missing(path)),
        [inside] => Ok(carried(*inside)?),
        several => {
            let names: Vec<&str> = several.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "{}: several models have this name: {}",
                quoted::path(path),
                names.join(", ")
            );
            Err(Failure::Wrong(message))
        }
    }
}

/// The models that `paths` name, each with what is wrong with it: of a directory all in it and below.
pub(super) fn find(paths: &[PathBuf]) -> Vec<(PathBuf, Result<Model, Failure>)> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            for file in files::find(std::slice::from_ref(path), &["json"]) {
                found.push(match file {
                    Ok(path) => (path.clone(), of_file(&path)),
                    Err(bad) => (bad.path.clone(), Err(bad.into())),
                });
            }
        } else if is_directory(path) {
            let models = below(path).into_iter();
            found.extend(
                models.map(|inside| {
                    (PathBuf::from(inside.0), carried(inside).map_err(Failure::from))
                }),
            );
        } else {
            found.push((path.clone(), open(path)));
        }
    }
    found
}

/// The models of the program that a name stands for: `models/redis/setnx.json`, `redis/setnx` or `setnx`.
fn named(path: &Path) -> Vec<Inside> {
    let name = plain(path);
    let name = name.strip_suffix(".json").unwrap_or(&name);
    let stem = |path: &'static str| path.strip_suffix(".json").unwrap_or(path);
    let whole = ALL.iter().filter(|(path, _)| stem(path) == name);
    let whole: Vec<Inside> = whole.copied().collect();
    if name.is_empty() || !whole.is_empty() {
        return whole;
    }
    let ends =
        |path: &'static str| stem(path).strip_suffix(name).is_some_and(|it| it.ends_with('/'));
    ALL.iter().filter(|(path, _)| ends(path)).copied().collect()
}

/// The models of the program in the directory `models/redis`, or `redis`, and below.
fn below(path: &Path) -> Vec<Inside> {
    let name = plain(path);
    let within = |path: &str| {
        let rest = path.strip_prefix(&name);
        rest.is_some_and(|rest| rest.starts_with('/')) && !name.is_empty()
    };
    let inside = ALL
        .iter()
        .filter(|(path, _)| within(path) || path.strip_prefix("models/").is_some_and(within));
    inside.copied().collect()
}

/// A path as those of the program are written.
fn plain(path: &Path) -> String {
    let name = path.to_string_lossy().replace('\\', "/");
    name.trim_start_matches("./").trim_end_matches('/').to_owned()
}

fn of_file(path: &Path) -> Result<Model, Failure> {
    Model::open(path).map_err(|problem| match Kind::of_file(path) {
        Some(kind @ (Kind::Trace | Kind::Log)) => kind.instead(path, Kind::Model),
        _ => problem.into(),
    })
}

fn stdin() -> Result<Model, Failure> {
    let path = Path::new("-");
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(Document::LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Wrong(format!("standard input could not be read: {error}")))?;
    let kind = Kind::of(&bytes);
    Document::from_bytes(path, bytes).and_then(|document| Model::from_document(&document)).map_err(
        |problem| match kind {
            Some(kind @ (Kind::Trace | Kind::Log)) => kind.instead(path, Kind::Model),
            _ => problem.into(),
        },
    )
}

/// There is neither such a file nor such a model in the program.
fn missing(path: &Path) -> Failure {
    let mut problem = match Document::open(path) {
        Err(problem) => problem,
        // It came to be in the meantime.
        Ok(document) => Box::new(Problem::of_file(document.path(), "there was no such file")),
    };
    problem.help = Some(meant(path).unwrap_or_else(|| {
        "`lockstep list models` lists those of this program, `lockstep list models WORD` some of them".to_owned()
    }));
    problem.into()
}

/// What was probably meant by a path that is not there.
fn meant(path: &Path) -> Option<String> {
    if let Some(near) = near(path) {
        return Some(format!("did you mean `{}`?", quoted::path(&near)));
    }
    let name = plain(path);
    let name = name.strip_suffix(".json").unwrap_or(&name);
    let models: Vec<&str> = ALL.iter().map(|(path, _)| path.trim_end_matches(".json")).collect();
    let stems = models.iter().map(|path| path.rsplit('/').next().unwrap_or(path));
    let last = name.rsplit('/').next().unwrap_or(name);
    if let Some(near) = suggest::nearest(last, stems) {
        return Some(format!("did you mean `{near}`, a model of this program?"));
    }
    let with: Vec<&str> = suggest::with_word(last, &models);
    if with.is_empty() {
        return None;
    }
    let shown: Vec<String> = with.iter().take(5).map(|it| format!("`{it}`")).collect();
    let more = if with.len() > 5 {
        format!("; `lockstep list models {last}` lists all")
    } else {
        String::new()
    };
    Some(format!("models of this program with that word: {}{more}", shown.join(", ")))
}

/// The entry of the same directory whose name is most like the one that is not there.
pub(super) fn near(path: &Path) -> Option<PathBuf> {
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return None,
    };
    let entries = fs::read_dir(parent).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.take(10_000).collect();
    names.sort();
    let name = path.file_name()?.to_str()?;
    let near = suggest::nearest(name, names.iter().map(String::as_str))?;
    Some(path.with_file_name(near))
}
