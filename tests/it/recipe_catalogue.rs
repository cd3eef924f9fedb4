//! Every recipe and every workload, in worlds without faults and with them.

use std::collections::BTreeSet;
use std::path::Path;

use lockstep::choice::{Nominal, Seeded};
use lockstep::json::Document;
use lockstep::locks::field::FIELD;
use lockstep::model::{Model, Verdict};
use lockstep::run::End;
use lockstep::{locks, workload};
use serde_json::Value;

use super::recipe_world::{SAMPLED, run, world, world_of};
use super::tidy::files;

/// Every recipe with its default parameters, but for `none`.
fn recipes() -> Vec<String> {
    let names = locks::catalogue().iter().map(|entry| entry.about.name);
    let text = |name: &str| match name {
        // A lease is not given back before it is over.
        "kazoo-lease" => r#"{"kazoo-lease": {"duration": "100ms"}}"#.to_owned(),
        _ => format!("{{\"{name}\": {{}}}}"),
    };
    names.filter(|name| *name != "none").map(text).collect()
}

const WORK: &str = r#"{"counter": {"work": "10ms", "rounds": 2}}"#;

#[test]
fn without_faults_everybody_gets_the_lock_and_nobody_is_disturbed() {
    for recipe in recipes() {
        // A mutex of one process is for threads of one process.
        let threads: &[usize] = if recipe.contains("local") { &[3] } else { &[1, 2] };
        let setup = world_of(&recipe, WORK, threads);
        // Those who look, come and look again meet for ever if nothing ever differs: catalogue entry F19.
        if !recipe.contains("presence") {
            let (end, story) = run(&setup, &mut Nominal);
            assert_eq!((end, story.entries, story.together), (End::Done, 6, 0), "{recipe}");
            assert_eq!((story.lost_updates, story.notes["counted"]), (0, 6), "{recipe}");
        }
        let sampled = setup.with_timing(SAMPLED);
        for seed in 0..100 {
            let (end, story) = run(&sampled, &mut Seeded::new(seed));
            assert_eq!((end, story.entries, story.together), (End::Done, 6, 0), "{recipe} {seed}");
            assert_eq!(story.lost_updates, 0, "{recipe} {seed}");
        }
    }
}

#[test]
fn without_a_lock_updates_are_lost() {
    let (_, story) = run(&world(r#"{"none": {}}"#, WORK), &mut Nominal);
    assert_eq!((story.entries, story.notes["counted"]), (6, 6));
    assert!(story.together > 0 && story.lost_updates > 0, "{story:?}");
}

#[test]
fn a_mutex_of_one_process_does_not_hold_back_another() {
    let (end, story) = run(&world(r#"{"local": {}}"#, WORK), &mut Nominal);
    assert_eq!(end, End::Done);
    assert!(story.lost_updates > 0, "{story:?}");
}

#[test]
fn red_packets_add_up_under_a_lock_and_not_without() {
    let work = r#"{"red-packets": {"packets": 4, "largest": 5, "work": "5ms"}}"#;
    let (mut right, mut wrong) = (0, 0);
    for seed in 0..50 {
        for (recipe, adds_up) in [(r#"{"set-nx-px": {}}"#, true), (r#"{"none": {}}"#, false)] {
            let setup = world_of(recipe, work, &[2, 2]).with_timing(SAMPLED);
            let (end, story) = run(&setup, &mut Seeded::new(seed));
            assert_eq!(end, End::Done);
            // There are 20 to begin with.
            let handed_out = story.notes["handed out"];
            if adds_up {
                assert!(handed_out <= 20, "{story:?}");
                assert_eq!((story.together, story.lost_updates), (0, 0));
                right += 1;
            } else if handed_out > 20 {
                wrong += 1;
            }
        }
    }
    assert!(right == 50 && wrong > 10, "{right} {wrong}");
}

#[test]
fn what_a_catalogue_says_of_itself_is_true() {
    for entry in locks::catalogue() {
        assert!(!entry.about.title.is_empty() && !entry.about.source.is_empty());
        refuses_what_it_does_not_name(entry.about.params, |json| {
            let document = Document::parse("lock.json", json).unwrap();
            entry.build(&document.root()).map(|_| ()).map_err(|problem| problem.to_string())
        });
    }
    for entry in workload::catalogue() {
        refuses_what_it_does_not_name(entry.about.params, |json| {
            let document = Document::parse("work.json", json).unwrap();
            entry.build(&document.root()).map(|_| ()).map_err(|problem| problem.to_string())
        });
    }
    let document = Document::parse("lock.json", "{\"redlok\": {}}").unwrap();
    let member = document.root().only_member().unwrap();
    let problem = locks::build(&member.name, &member.value).unwrap_err().to_string();
    assert!(problem.contains("did you mean `redlock`?"), "{problem}");
}

/// The file of a recipe: what it is called, in the directory of its store.
fn file_of(about: &locks::About) -> String {
    let store = match about.store {
        locks::Store::Redis => "redis/",
        locks::Store::ZooKeeper => "zookeeper/",
        locks::Store::None | locks::Store::OfParts | locks::Store::OfScript => "",
    };
    format!("src/locks/{store}{}.rs", about.name.replace('-', "_"))
}

#[test]
fn a_recipe_is_one_short_file_and_a_line_of_the_catalogue() {
    let sources = files("src/locks", &["rs"]);
    let mut recipes: BTreeSet<&str> = sources
        .iter()
        .filter(|(_, text)| text.contains("const ABOUT: About = About {"))
        .map(|(name, _)| name.as_str())
        .collect();
    for entry in locks::catalogue() {
        let file = file_of(entry.about);
        let (_, text) = sources.iter().find(|(name, _)| *name == file).expect(&file);
        assert!(text.lines().count() <= 120, "{file} has more than 120 lines");
        assert!(recipes.remove(file.as_str()), "{file} is in the catalogue twice");
    }
    // A user's own lock is no recipe of the field: there is nothing to run without a file.
    assert!(recipes.remove("src/locks/script/mod.rs"));
    assert!(recipes.is_empty(), "not in the catalogue: {recipes:?}");
}

#[test]
fn all_recipes_of_the_field_are_here() {
    let numbers: BTreeSet<&str> = FIELD.iter().map(|known| known.id).collect();
    let redis = (1..=23).map(|number| format!("R{number}"));
    let zookeeper = (1..=15).map(|number| format!("Z{number}"));
    let missing: Vec<String> =
        redis.chain(zookeeper).filter(|id| !numbers.contains(&**id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for known in FIELD {
        let document = Document::parse("lock.json", format!("{{{}}}", known.with)).unwrap();
        if let Err(problem) = locks::build(known.recipe, &document.root()) {
            panic!("{}: {problem}", known.id);
        }
    }
}

/// What no model with these verdicts can be written for: without a lock nothing is kept apart.
const NEVER_HOLDS: &str = "none";

#[test]
fn every_recipe_has_a_model_that_holds_and_one_that_breaks() {
    let (mut hold, mut broken) = (BTreeSet::new(), BTreeSet::new());
    for (name, text) in files("models", &["json"]) {
        let model = Model::parse(Path::new(&name), text.as_str()).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        match model.expect().map(|expect| expect.verdict) {
            Some(Verdict::Violated) => recipes_in(&json, &mut broken),
            Some(Verdict::Holds) => recipes_in(&json, &mut hold),
            _ => {}
        }
    }
    let missing = |found: &BTreeSet<String>| -> Vec<&str> {
        let names = locks::catalogue().iter().map(|entry| entry.about.name);
        names.filter(|name| !found.contains(*name)).collect()
    };
    assert_eq!(missing(&hold), [NEVER_HOLDS], "without a model that holds");
    assert!(missing(&broken).is_empty(), "without a model that breaks: {:?}", missing(&broken));
}

/// The names under `lock`, `locks` and `roles`.
fn recipes_in(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(fields) => {
            for (field, value) in fields {
                match (field.as_str(), value) {
                    ("lock", Value::Object(lock)) => found.extend(lock.keys().cloned()),
                    ("locks", Value::Array(locks)) => {
                        let locks = locks.iter().filter_map(Value::as_object);
                        found.extend(locks.flat_map(|lock| lock.keys().cloned()));
                    }
                    _ => {}
                }
                recipes_in(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| recipes_in(value, found)),
        _ => {}
    }
}

fn refuses_what_it_does_not_name(
    params: &[(&str, &str)],
    build: impl Fn(&str) -> Result<(), String>,
) {
    build("{}").unwrap();
    let problem = build("{\"nonsense\": 1}").unwrap_err();
    assert!(problem.contains("unknown field `nonsense`"), "{problem}");
    for (param, _) in params {
        // The field is known: what is wrong is its value.
        let problem = build(&format!("{{\"{param}\": [[]]}}")).unwrap_err();
        assert!(!problem.contains("unknown field"), "{param}: {problem}");
    }
}
