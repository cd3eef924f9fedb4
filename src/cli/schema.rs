//! `lockstep schema`: what a model file may say, for editors.

use std::io;

use serde_json::{Map, Value, json};

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use crate::model::fields::SECTIONS;
use crate::registry::{self, About};

/// Print the JSON Schema (2020-12) of model files, for editors that complete and check as one writes
///
/// It knows every field with what it means. Of values it knows what is one thing of a list: recipes, workloads, faults
/// and properties with their own fields. `lockstep check` tells the rest.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {}

pub(super) fn execute(output: &mut Output<'_>) -> Result<Exit, Failure> {
    // It is a document of its own, and no result of this program with a version.
    serde_json::to_writer_pretty(output.out(), &schema()).map_err(io::Error::from)?;
    writeln!(output.out())?;
    Ok(Exit::Expected)
}

/// Sections that are lists of objects.
const LISTS: [&str; 3] = ["store.clocks", "clients.clocks", "network.far"];

fn schema() -> Value {
    let mut schema = object(section("model"));
    let properties = &mut schema["properties"];
    let store = properties["store"]["description"].take();
    properties["store"] = json!({
        "description": store,
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
        "properties": {
            "redis": nested("store.redis"),
            "zookeeper": nested("store.zookeeper"),
            "none": {"type": "object"},
        },
    });
    let mut put = |field: &str, of: Value| {
        for (name, value) in of.as_object().into_iter().flatten() {
            properties[field][name] = value.clone();
        }
    };
    put("lock", json!({"$ref": "#/$defs/lock"}));
    put("work", json!({"$ref": "#/$defs/work"}));
    put("faults", json!({"type": "array", "items": one_of(&registry::faults(), true)}));
    put("properties", json!({"type": "array", "items": one_of(&registry::properties(), true)}));
    put("clients", clients());
    for field in ["given", "network", "costs", "bounds", "expect"] {
        put(field, nested(field));
    }
    put("expect_run", nested("expect"));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("a model of lockstep");
    schema["$defs"] = json!({
        "lock": one_of(&registry::recipes(), false),
        "work": one_of(&registry::workloads(), false),
    });
    schema
}

fn section(name: &str) -> &'static About {
    SECTIONS.iter().find(|about| about.name == name).expect("a section of model files")
}

/// A section with those below it.
fn nested(name: &str) -> Value {
    let mut schema = object(section(name));
    let below =
        |about: &&About| about.name.strip_prefix(name).is_some_and(|it| it.starts_with('.'));
    for about in SECTIONS.iter().filter(below) {
        let field = &about.name[name.len() + 1..];
        if schema["properties"].get(field).is_none() {
            continue;
        }
        let inner = object(about);
        let is_list = LISTS.contains(&about.name);
        let inner = if is_list { json!({"type": "array", "items": inner}) } else { inner };
        for (name, value) in inner.as_object().into_iter().flatten() {
            if name != "description" {
                schema["properties"][field][name] = value.clone();
            }
        }
    }
    // A list of clocks belongs to servers of both stores.
    if name == "store.redis" || name == "store.zookeeper" {
        schema["properties"]["clocks"]["items"] = object(section("store.clocks"));
    }
    schema
}

/// Clients that are alike, or roles; a role may have a lock and work of its own.
fn clients() -> Value {
    let mut schema = nested("clients");
    let mut role = object(section("clients.roles"));
    for (field, reference) in [("lock", "#/$defs/lock"), ("work", "#/$defs/work")] {
        role["properties"][field] = json!({"$ref": reference});
    }
    role["properties"].as_object_mut().expect("it is one").remove("clocks");
    schema["properties"]["roles"] = json!({"type": "object", "additionalProperties": role});
    schema
}

/// An object with the fields of a thing, and no others.
fn object(about: &About) -> Value {
    let field = |(name, text): &(&str, &str)| ((*name).to_owned(), json!({"description": text}));
    let properties: Map<String, Value> = about.params.iter().map(field).collect();
    json!({
        "description": about.title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// `{"name": {…}}` with one of these, or just its name where that is enough.
fn one_of(list: &[About], by_name: bool) -> Value {
    let whole = |about: &About| {
        let mut inner = object(about);
        let source =
            if about.source.is_empty() { String::new() } else { format!(" {}", about.source) };
        // A script's own parameters stand beside those of the recipe.
        if about.name == "script" {
            inner["additionalProperties"] = json!(true);
        }
        inner["description"] = json!(format!("{}{source}", about.title));
        (about.name.to_owned(), inner)
    };
    let properties: Map<String, Value> = list.iter().map(whole).collect();
    let object = json!({
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": properties,
        "additionalProperties": false,
    });
    if !by_name {
        return object;
    }
    let names: Vec<&str> = list.iter().map(|about| about.name).collect();
    json!({"anyOf": [{"enum": names}, object]})
}
