//! Rules that every source file keeps.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file under the directory `under` of the package with one of `extensions`, sorted, with its text.
pub(crate) fn files(under: &str, extensions: &[&str]) -> Vec<(String, String)> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(under), &mut found);
    found.sort();
    let wanted = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extensions.iter().any(|it| *it == extension))
    };
    found
        .into_iter()
        .filter(wanted)
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Every source file of the package.
fn sources() -> Vec<(String, String)> {
    let mut sources = files("src", &["rs", "lua"]);
    sources.extend(files("tests", &["rs"]));
    assert!(sources.len() > 20, "the walk found only {} files", sources.len());
    sources
}

#[track_caller]
fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > 400)
        .map(|(name, lines)| format!("{name}: {lines}"))
        .collect();
    none("longer than 400 lines", &long);
}

#[test]
fn no_module_is_named_after_nothing() {
    let banned = ["util", "utils", "common", "helper", "helpers", "types", "misc"];
    let named = |name: &&String| {
        let parts = name.trim_end_matches(".rs").split('/');
        parts.into_iter().any(|part| banned.contains(&part))
    };
    let sources = sources();
    let found: Vec<String> = sources.iter().map(|(name, _)| name).filter(named).cloned().collect();
    none("a module is named after what it holds", &found);
}

/// The lines of the sources with one of the words; what is forbidden is put together from two halves, so
/// that this file passes too.
fn lines_with(forbidden: &[(&str, &str)], files: &[(String, String)]) -> Vec<String> {
    let words: Vec<String> = forbidden.iter().map(|(a, b)| format!("{a}{b}")).collect();
    let mut found = Vec::new();
    for (name, text) in files {
        for (number, line) in text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn nothing_is_left_for_later() {
    let forbidden = [
        ("FIX", "ME"),
        ("TO", "DO"),
        ("XX", "X:"),
        ("to", "do!("),
        ("unim", "plemented!("),
        ("#[ig", "nore]"),
        ("d", "bg!("),
    ];
    none("left for later", &lines_with(&forbidden, &sources()));
}

#[test]
fn no_path_of_a_machine_is_in_the_sources() {
    let forbidden = [
        ("/wo", "rk/"),
        ("/t", "mp/"),
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("/Us", "ers/"),
        ("C:", "\\\\Users"),
    ];
    let mut files_of_all_kinds = sources();
    for (directory, extensions) in [("models", &["json"][..]), (".ci", &["run", "toml", "yml"])] {
        if Path::new(env!("CARGO_MANIFEST_DIR")).join(directory).is_dir() {
            files_of_all_kinds.extend(files(directory, extensions));
        }
    }
    none("a machine's path", &lines_with(&forbidden, &files_of_all_kinds));
}

#[test]
fn main_only_calls_the_command_line() {
    let (_, main) =
        files("src", &["rs"]).into_iter().find(|(name, _)| name == "src/main.rs").unwrap();
    assert!(main.lines().count() <= 30, "main.rs has {} lines", main.lines().count());
}

#[test]
fn every_integration_test_is_compiled() {
    let tests = files("tests/it", &["rs"]);
    let (_, main) = tests.iter().find(|(name, _)| name == "tests/it/main.rs").unwrap();
    let missing: Vec<String> = tests
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("tests/it/")?.strip_suffix(".rs"))
        .map(|name| name.strip_suffix("/mod").unwrap_or(name))
        .filter(|name| *name != "main" && !name.contains('/'))
        .filter(|name| !main.contains(&format!("mod {name};")))
        .map(str::to_owned)
        .collect();
    none("not in tests/it/main.rs", &missing);
}

/// Calls that take a text apart.
const TAKES_APART: [&str; 10] = [
    ".starts_with(",
    ".ends_with(",
    ".contains(\"",
    ".contains('",
    ".strip_prefix(",
    ".strip_suffix(",
    ".split(",
    ".split_once(",
    ".rsplit_once(",
    ".rfind(",
];

/// Where a text is taken apart that is nobody's sentence: how names, paths and documents are written.
const TAKEN_APART: [(&str, &str, &str); 12] = [
    ("property/catalogue.rs", "raw().starts_with", "a document's member"),
    ("property/parameters.rs", "raw().starts_with", "a document's member"),
    ("sim/fault/entry.rs", "raw().starts_with", "a document's member"),
    ("sim/fault/catalogue.rs", "raw().starts_with", "a document's member"),
    ("sim/fault/operator.rs", "NO_SUCH_KEY", "what Redis answers"),
    ("sim/receive.rs", "READONLY", "what Redis answers"),
    ("trace/own/replay.rs", "run.starts_with(&line.text)", "a line that was cut off"),
    ("report/layout.rs", "text.split(' ')", "where a line may be broken"),
    ("report/because/evidence.rs", "strip_prefix(&*of.item.place)", "a path below another"),
    (
        "report/because/token.rs",
        r#"ends_with(&format!("{token:010}"))"#,
        "the name of a numbered node",
    ),
    ("report/words.rs", r#"mode.contains(""#, "a mode as recordings write it"),
    ("report/words.rs", r#"noun.ends_with("ry")"#, "how a plural is written"),
];

#[test]
fn nobody_takes_our_own_sentences_apart() {
    let rooms = ["choice", "event", "property", "sim", "explore", "run", "trace/own", "report"];
    let mut found = Vec::new();
    let mut allowed = std::collections::BTreeSet::new();
    for (name, text) in files("src", &["rs"]) {
        if !rooms.iter().any(|room| name.starts_with(&format!("src/{room}/"))) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if !TAKES_APART.iter().any(|call| line.contains(call)) {
                continue;
            }
            let place = TAKEN_APART
                .iter()
                .position(|(file, part, _)| name.ends_with(file) && line.contains(part));
            match place {
                Some(place) => drop(allowed.insert(place)),
                None => found.push(format!("{name}:{}: {}", number + 1, line.trim())),
            }
        }
    }
    none("a sentence is data before it is words: read the data", &found);
    let idle: Vec<String> = TAKEN_APART
        .iter()
        .enumerate()
        .filter(|(place, _)| !allowed.contains(place))
        .map(|(_, (file, part, _))| format!("{file}: {part}"))
        .collect();
    none("no longer there, and still allowed", &idle);
}
