//! Traces of own runs and recordings of real servers, spoilt.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use lockstep::model::Model;
use lockstep::run::Recording;
use lockstep::trace::{Origin, Trace, own, recorded};
use serde_json::Value;

use super::source::{Chance, mutate, spoil};
use super::{LONG, SHORT, try_all};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn corpus() -> Vec<String> {
    let mut corpus = Vec::new();
    for model in ["models/red-packets/few-none.json", "models/red-packets/few-local.json"] {
        let Ok(model) = Model::parse(model, read(model)) else { continue };
        let mut trace = Vec::new();
        own::write(&Recording::sampled(&model, 4), &mut trace).unwrap();
        corpus.push(String::from_utf8(trace).unwrap());
    }
    for directory in ["redis", "zookeeper"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/recorded").join(directory);
        let Ok(entries) = fs::read_dir(path) else { continue };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.sort();
        let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
        corpus.extend(texts.filter(|text| text.len() < 60_000).take(20));
    }
    assert!(corpus.len() > 1, "there are traces");
    corpus
}

fn input(number: u64, corpus: &[String]) -> String {
    let mut chance = Chance::of(number);
    let text = chance.one(corpus);
    if chance.once_in(3) {
        return spoil(text, &mut chance);
    }
    // One line, the first more often than others, stays JSON.
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = if chance.once_in(2) { 0 } else { chance.below(lines.len()) };
    let other = chance.below(lines.len());
    let read = |line: &String| serde_json::from_str::<Value>(line);
    if let (Ok(mut value), Ok(mut other)) = (read(&lines[at]), read(&lines[other])) {
        mutate(&mut value, &mut other, &mut chance);
        lines[at] = value.to_string();
    }
    lines.join("\n") + "\n"
}

fn understand(text: &str) {
    let trace = match Trace::read(Cursor::new(text)) {
        Ok(trace) => trace,
        Err(bad) => return plain(&bad.to_string()),
    };
    match trace.header.origin {
        Origin::Recorded => {
            if let Err(bad) = recorded::replay(&trace.header, &trace.events) {
                plain(&bad.to_string());
            }
        }
        Origin::Run | Origin::Check => {
            if let Err(bad) = own::replay(&trace) {
                plain(&bad.to_string());
            }
        }
    }
}

fn plain(told: &str) {
    assert!(!told.chars().any(lockstep::visible::is_hidden), "{told:?}");
}

#[test]
fn traces() {
    let corpus = corpus();
    try_all(0, SHORT, |number| input(number, &corpus), understand);
}

#[test]
#[ignore = "a hundred thousand traces take an hour"]
fn many_traces() {
    let corpus = corpus();
    try_all(SHORT, LONG, |number| input(number, &corpus), understand);
}
