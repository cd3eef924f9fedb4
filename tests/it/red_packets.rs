//! The story of the red packets with every recipe of the catalogue.

use lockstep::locks;
use serde_json::Value;

use super::cli::lockstep;

const STORY: &str = "models/red-packets/set-nx-px.json";

#[test]
fn every_recipe_has_a_row_and_the_locks_keep_the_sum() {
    let ran = lockstep(&["run", STORY, "--recipes", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let table: Value = serde_json::from_str(&ran.out).unwrap();
    let rows = table["recipes"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["recipe"].as_str().unwrap()).collect();
    let known: Vec<&str> = locks::catalogue().iter().map(|entry| entry.about.name).collect();
    assert_eq!(names, known);
    for row in rows {
        let (handed_out, left) = (&row["noted"]["handed out"], &row["ledger"]);
        let sum = handed_out.as_i64().unwrap() + left.as_i64().unwrap();
        // What nobody guards is given away twice; a mutex of one process does not hold back another.
        let guards = !matches!(row["recipe"].as_str(), Some("none" | "local"));
        assert_eq!(sum == 10_000, guards, "{row}");
        assert_eq!(row["lost_updates"] == 0, guards, "{row}");
        assert_eq!(row["violated"].is_null(), guards, "{row}");
        assert_eq!(row["done"], true, "{row}");
    }
    let ran = lockstep(&["run", STORY, "--recipes"]);
    assert!(ran.out.lines().any(|line| line.starts_with("redlock ") && line.ends_with("right")));
}

#[test]
fn a_list_of_recipes_says_which_failures_models_show_of_them() {
    let ran = lockstep(&["list", "recipes", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let list: Value = serde_json::from_str(&ran.out).unwrap();
    let of = |name: &str, what: &str| -> Vec<String> {
        let recipes = list["recipes"].as_array().unwrap();
        let entry = recipes.iter().find(|entry| entry["name"] == name).unwrap();
        serde_json::from_value(entry[what].clone()).unwrap()
    };
    for case in ["F09", "F64"] {
        assert!(of("set-nx-px", "breaks").iter().any(|it| it == case), "{case}");
        assert!(of("set-nx-px", "stands").iter().any(|it| it == case), "{case}");
    }
}
