//! `lockstep new`: a model, and a script that says all that a script can, to begin with.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::exit::Exit;
use super::failure::Failure;
use super::output::{FAINT, Output};
use crate::locks::{self, Store};
use crate::suggest;

/// Write a model, and a lock of your own as a Lua file, to begin with
///
/// `redis` and `zookeeper` write a script with a comment a line; the name of a recipe writes a model of that recipe.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// `redis`, `zookeeper`, or a recipe: see `lockstep list recipes`
    #[arg(value_name = "WHAT")]
    what: String,

    /// The directory to write to, which is made if it is not there
    #[arg(short, long, value_name = "DIR", default_value = "mylock")]
    output: PathBuf,
}

/// The scripts, by their stores.
const SCRIPTS: [(&str, &str); 2] =
    [("redis", include_str!("redis.lua")), ("zookeeper", include_str!("zookeeper.lua"))];

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let what = &*arguments.what;
    let directory = &*arguments.output;
    let script = SCRIPTS.iter().find(|(store, _)| *store == what);
    let mut files = Vec::new();
    let (store, lock) = match (script, locks::find(what)) {
        (Some((store, text)), _) => {
            files.push((directory.join("mylock.lua"), (*text).to_owned()));
            (*store, json!({"script": {"file": "mylock.lua"}}))
        }
        (None, Some(entry)) if entry.about.store != Store::OfScript => {
            let store = match entry.about.store {
                Store::ZooKeeper => "zookeeper",
                Store::None => "none",
                _ => "redis",
            };
            (store, json!({what: {}}))
        }
        _ => return Err(unknown(what)),
    };
    let given = if store == "zookeeper" { Some(json!({"nodes": {"/lock": ""}})) } else { None };
    let why = "what is tried here, and where that is known from: https://example.org, 2026";
    let mut lines = vec![
        ("title", json!(format!("Two clients and a {what} lock"))),
        ("why", json!(why)),
        ("store", json!({store: {}})),
        ("lock", lock),
        ("clients", json!({"processes": 2})),
        ("work", json!({"section": {"work": "4s"}})),
    ];
    lines.extend(given.map(|given| ("given", given)));
    lines.push(("faults", json!(["crash"])));
    lines.push(("properties", json!(["mutual-exclusion"])));
    let lines: Vec<String> =
        lines.iter().map(|(name, value)| format!("  \"{name}\": {value}")).collect();
    let model = directory.join("model.json");
    files.insert(0, (model.clone(), format!("{{\n{}\n}}\n", lines.join(",\n"))));
    write(directory, &files)?;
    for (path, _) in &files {
        writeln!(output.out(), "wrote {}", path.display())?;
    }
    writeln!(output.out(), "{FAINT}next:{FAINT:#} lockstep check {}", model.display())?;
    Ok(Exit::Expected)
}

/// Writes the files; nothing that is there is written over.
fn write(directory: &Path, files: &[(PathBuf, String)]) -> Result<(), Failure> {
    let wrong = |path: &Path, why: &dyn std::fmt::Display| {
        Failure::Wrong(format!("{}: {why}", path.display()))
    };
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(wrong(path, &"there is such a file; -o names another directory"));
    }
    fs::create_dir_all(directory).map_err(|error| wrong(directory, &error))?;
    for (path, text) in files {
        fs::write(path, text).map_err(|error| wrong(path, &error))?;
    }
    Ok(())
}

fn unknown(what: &str) -> Failure {
    let known = SCRIPTS.iter().map(|(store, _)| *store).chain(locks::names());
    let help = match suggest::nearest(what, known.filter(|name| *name != "script")) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "write `redis`, `zookeeper`, or a recipe of `lockstep list recipes`".to_owned(),
    };
    Failure::Wrong(format!("nothing to begin with is called `{what}`; {help}"))
}
