//! Models: those of the repository with parts changed, left out, and put in the place of others.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use lockstep::model::Model;
use lockstep::run::{Asked, Limits, Spec, check, execute};
use lockstep::time::Micros;
use serde_json::Value;

use super::source::{Chance, mutate};
use super::{LONG, SHORT, try_all};

fn corpus() -> Vec<Value> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|it| it == "json") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models"), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    paths.iter().map(read).collect()
}

fn input(number: u64, corpus: &[Value]) -> String {
    let mut chance = Chance::of(number);
    let mut model = chance.one(corpus).clone();
    let mut other = chance.one(corpus).clone();
    for _ in 0..=chance.below(3) {
        mutate(&mut model, &mut other, &mut chance);
    }
    model.to_string()
}

/// Reads a model, searches a little of it and runs a little of it.
fn understand(text: &str) {
    let model = match Model::parse("fuzzed.json", text) {
        Ok(model) => model,
        Err(problem) => {
            let told = problem.to_string();
            let hidden = |char: char| char != '\n' && lockstep::visible::is_hidden(char);
            assert!(!told.chars().any(hidden), "{told:?}");
            for word in ["variant", "nonzero", "u32", "struct ", "trailing", "sequence", "newtype"]
            {
                assert!(!told.lines().next().unwrap().contains(word), "{told}");
            }
            return;
        }
    };
    let setup = model.sampled_setup();
    let threads: usize = setup.processes.iter().map(|it| it.threads.len()).sum();
    if threads > 64 {
        return;
    }
    let mut looks = 0;
    let asked = Asked { states: Some(200), ..Asked::default() };
    let checked = check(model.clone(), asked, &mut |_| {
        looks += 1;
        if looks > 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(checked.outcome.states <= 201, "{}", checked.outcome.states);
    let spec = Spec::sampled(&model, 1);
    let limits = Limits { steps: 500, time: Micros::MAX, stop_at_violation: false };
    let ended = execute(&setup, limits, None, &mut spec.choices(), None);
    assert!(ended.steps <= 500);
}

#[test]
fn models() {
    let corpus = corpus();
    try_all(0, SHORT, |number| input(number, &corpus), understand);
}

#[test]
#[ignore = "a hundred thousand models take half an hour"]
fn many_models() {
    let corpus = corpus();
    try_all(SHORT, LONG, |number| input(number, &corpus), understand);
}
