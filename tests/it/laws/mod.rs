//! What must be so of every model, whatever it says: each law makes cases of its own from all of them.
//!
//! At each push a law is judged of a fixed sample. Of all models it is judged by
//! `cargo test --release --test it laws -- --ignored`, which takes minutes.

mod bounds;
mod names;
mod places;
mod runs;

use std::path::Path;

use lockstep::model::Model;
use lockstep::run::{Asked, Found, check};
use serde_json::{Value, json};

use crate::tidy::files;

/// More than the largest case needs.
const STATES: u64 = 300_000;

/// Which models a law is judged of: each so-manieth, from one on.
#[derive(Clone, Copy)]
struct Sample {
    first: usize,
    step: usize,
}

const ALL: Sample = Sample { first: 0, step: 1 };

/// The models of a sample that `check` searches, with their names.
fn models(sample: Sample) -> impl Iterator<Item = (String, Value)> {
    let read = |(name, text): (String, String)| {
        let document: Value = serde_json::from_str(&text).unwrap();
        (document.get("expect").is_some() && !name.contains("scripts/")).then_some((name, document))
    };
    files("models", &["json"]).into_iter().filter_map(read).skip(sample.first).step_by(sample.step)
}

/// What the model expects of `check`.
fn expected<'d>(document: &'d Value, member: &str) -> Option<&'d Value> {
    document["expect"].get(member)
}

fn parse(name: &str, text: String) -> Model {
    Model::parse(Path::new(name), text).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

fn found(name: &str, document: &Value) -> Found {
    found_within(name, document, STATES)
}

fn found_within(name: &str, document: &Value, states: u64) -> Found {
    let asked = Asked { states: Some(states), ..Asked::default() };
    check(parse(name, document.to_string()), asked, &mut lockstep::explore::to_the_end).found()
}

/// The model without what it expects and without its place in the catalogue.
fn bare(document: &Value) -> Value {
    let mut document = document.clone();
    let members = document.as_object_mut().unwrap();
    members.remove("expect");
    members.remove("case");
    document
}

/// The kind and the parameters of each fault that a model lists.
fn faults(document: &Value) -> Vec<(String, Value)> {
    let listed = document.get("faults").and_then(Value::as_array).into_iter().flatten();
    let read = |fault: &Value| match fault {
        Value::String(kind) => Some((kind.clone(), json!({}))),
        Value::Object(fault) => fault.iter().next().map(|(kind, it)| (kind.clone(), it.clone())),
        _ => None,
    };
    listed.filter_map(read).collect()
}

/// How many cases have an answer, and of which the law is untrue.
#[derive(Default)]
struct Judged {
    answered: u32,
    cut: u32,
    wrong: Vec<String>,
}

impl Judged {
    /// The law is true of every case, and at least six in ten have an answer, of at least so many.
    #[track_caller]
    fn is_true(&self, least: u32) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        let of = self.answered + self.cut;
        assert!(
            self.answered * 10 >= of * 6,
            "only {} of {of} cases have an answer",
            self.answered
        );
        assert!(self.answered >= least, "only {} cases", self.answered);
    }
}
