//! Dependencies point one way.

use std::collections::BTreeMap;

use super::tidy::files;

/// What each top-level module may use of the crate, besides itself.
///
/// `cli` stands over all; then `report`; then traces, runs and the search; then `sim`; then the client libraries; then
/// the stores. Recipes and workloads know `cx`, and of the stores the types it hands on. `registry` joins
/// recipes and simulator, which do not know each other.
const MAY_USE: &[(&str, &[&str])] = &[
    // The bottom: each of these stands on nothing, or on what is named here.
    ("time", &[]),
    ("choice", &["time"]),
    ("suggest", &[]),
    ("visible", &[]),
    ("json", &["suggest", "time", "visible"]),
    ("store", &["choice", "time"]),
    // `json` for how a duration is written.
    ("shell", &["json", "store", "suggest", "time", "visible"]),
    // Recipes.
    ("cx", &["choice", "store", "time"]),
    ("locks", &["cx", "json", "store", "suggest", "time"]),
    ("workload", &["cx", "json", "locks", "store", "time"]),
    // What happens in a run, for all that follows.
    ("event", &["choice", "store", "time"]),
    ("property", &["choice", "cx", "event", "json", "store", "time"]),
    // The simulator.
    // Also the names that recipes know sessions and watches by.
    ("client", &["choice", "cx", "store", "time"]),
    ("sim", &["choice", "client", "cx", "event", "json", "property", "store", "time"]),
    (
        "registry",
        &["cx", "json", "locks", "property", "sim", "store", "suggest", "time", "workload"],
    ),
    (
        "model",
        &[
            "client", "cx", "json", "locks", "property", "registry", "sim", "store", "suggest",
            "time", "workload",
        ],
    ),
    // Searches and runs.
    ("explore", BELOW_EXPLORE),
    ("run", BELOW_RUN),
    // Recordings need only the stores; traces of own runs make the run again that they tell of.
    (
        "trace",
        &[
            "choice", "event", "json", "model", "property", "registry", "run", "sim", "store",
            "suggest", "time", "visible",
        ],
    ),
    // Logs of production need only the stores and how they are driven.
    ("audit", &["store", "time", "trace"]),
    // The top: whatever is below.
    ("report", BELOW_REPORT),
];

const BELOW_EXPLORE: &[&str] = &[
    "choice", "client", "cx", "event", "json", "locks", "model", "property", "registry", "sim",
    "store", "suggest", "time", "workload",
];
const BELOW_RUN: &[&str] = &[
    "choice", "cx", "event", "explore", "json", "model", "property", "registry", "sim", "store",
    "time",
];
const BELOW_REPORT: &[&str] = &[
    "audit", "choice", "cx", "event", "explore", "json", "model", "property", "registry", "run",
    "sim", "store", "time", "trace", "visible",
];

/// These may use whatever they like; nothing below the top may use them.
const TOP: &[&str] = &["cli", "lib", "main", "trial"];

/// The top-level module of a source file.
fn module(name: &str) -> &str {
    let inner = name.trim_start_matches("src/").trim_end_matches(".rs");
    inner.split('/').next().unwrap_or(inner)
}

/// The top-level modules that the file `name` names, each with its line.
fn used(name: &str, text: &str) -> Vec<(usize, String)> {
    // As many `super::` as the file is deep lead to the root just as well.
    let inner = name.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let climb = "super::".repeat(inner.split('/').count());
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let roots = code.match_indices("crate::").chain(code.match_indices(&climb));
        for (at, root) in roots {
            let rest = &code[at + root.len()..];
            let names = rest.strip_prefix('{').map_or_else(
                || vec![rest],
                // `use crate::{a, b::c}` on one line; deeper groups belong to the first name's module.
                |group| group.split(',').map(str::trim).collect(),
            );
            for name in names {
                let name: String = name
                    .chars()
                    .take_while(|char| char.is_alphanumeric() || *char == '_')
                    .collect();
                if !name.is_empty() {
                    found.push((number + 1, name));
                }
            }
        }
    }
    found
}

#[test]
fn no_module_uses_one_above_it() {
    let rules: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let sources = files("src", &["rs"]);
    let modules: Vec<&str> = sources.iter().map(|(name, _)| module(name)).collect();
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for (name, text) in &sources {
        let from = module(name);
        if TOP.contains(&from) {
            continue;
        }
        let Some(allowed) = rules.get(from) else {
            wrong.push(format!("{name}: the module `{from}` has no place in the layers"));
            continue;
        };
        for (line, to) in used(name, text) {
            // A macro or a re-export at the root is no module.
            if !modules.contains(&&*to) {
                continue;
            }
            looked_at += 1;
            if to != from && !allowed.contains(&&*to) {
                wrong.push(format!("{name}:{line}: `{from}` must not use `{to}`"));
            }
        }
    }
    assert!(looked_at > 0, "no use was found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_layers_have_no_cycle() {
    let rules: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    // Whoever only uses what is done is done next.
    let mut done: Vec<&str> = TOP.to_vec();
    while done.len() < rules.len() + TOP.len() {
        let next = rules.iter().find(|(module, uses)| {
            !done.contains(module) && uses.iter().all(|used| done.contains(used))
        });
        let (module, _) = next.unwrap_or_else(|| panic!("a cycle; done are {done:?}"));
        done.push(module);
    }
    assert!(!rules["sim"].contains(&"locks") && !rules["locks"].contains(&"sim"));
}
