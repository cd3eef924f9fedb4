//! Strict JSON with positions.

use lockstep::json::{Document, Duration, Problem};
use lockstep::time::Micros;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::Deserialize;

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Workload {
    rounds: u32,
    #[serde(default)]
    work: Duration,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Deserialize, Debug, PartialEq, Default)]
#[serde(rename_all = "kebab-case")]
enum Order {
    #[default]
    FirstCome,
    Random,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Step {
    count: u8,
}

fn document(text: &str) -> Document {
    Document::parse("m.json", text).unwrap_or_else(|problem| panic!("{problem}"))
}

/// What is wrong with `text`, which is no strict JSON.
fn refused(text: &str) -> Problem {
    match Document::parse("m.json", text) {
        Ok(_) => panic!("{text} was taken for JSON"),
        Err(problem) => *problem,
    }
}

/// What is wrong with `text` as a workload in the field `workload`, after another line.
fn wrong(workload: &str) -> Problem {
    let document = document(&format!("{{\n  \"workload\": {workload}\n}}"));
    *document.root().field("workload").unwrap().to::<Workload>().unwrap_err()
}

fn place(problem: &Problem) -> (usize, usize, &str) {
    (problem.line, problem.column, &problem.json_path)
}

#[test]
fn a_section_is_understood_by_itself() {
    let document = document(r#"{"title": "t", "workload": {"rounds": 3, "work": "1.5ms"}}"#);
    let fields = document.root().fields(&["title", "why", "workload"]).unwrap();
    assert_eq!(fields.to::<String>("title").unwrap(), "t");
    assert_eq!(fields.optional::<String>("why").unwrap(), None);
    let workload: Workload = fields.to("workload").unwrap();
    assert_eq!((workload.rounds, workload.work.0), (3, Micros(1500)));
    let problem = fields.field("why").unwrap_err();
    assert_eq!((&*problem.message, place(&problem)), ("missing field `why`", (1, 1, "")));
}

#[test]
fn an_unknown_field_is_shown_with_its_line_and_the_likely_name() {
    let document = document("{\n  \"title\": \"t\",\n  \"clinets\": 2\n}");
    let problem = document.root().fields(&["title", "clients"]).unwrap_err();
    let text = "m.json:3:3: unknown field `clinets`
   |
 3 |   \"clinets\": 2
   |   ^^^^^^^^^
   = at clinets
   = help: did you mean `clients`?";
    assert_eq!(problem.to_string(), text);
}

#[test]
fn unknown_names_inside_a_section_keep_the_position_in_the_file() {
    let problem = wrong(r#"{"rounds": 1, "steps": [{"count": 1}, {"cuont": 1}]}"#);
    assert_eq!(place(&problem), (2, 54, "workload.steps[1].cuont"));
    assert_eq!(problem.help.as_deref(), Some("did you mean `count`?"));

    let problem = wrong(r#"{"rounds": 1, "order": "randon"}"#);
    assert_eq!(&*problem.message, "unknown name `randon`");
    assert_eq!(place(&problem), (2, 38, "workload.order"));
    assert_eq!(problem.help.as_deref(), Some("did you mean `random`?"));

    let problem = wrong(r#"{"rounds": 1, "order": "zigzag"}"#);
    assert_eq!(problem.help.as_deref(), Some("known are `first-come`, `random`"));
}

#[test]
fn a_wrong_type_names_what_was_expected_at_the_value() {
    for (text, message, column, path) in [
        (
            r#"{"rounds": "3"}"#,
            "expected a whole number, not negative, found the text \"3\"",
            26,
            "workload.rounds",
        ),
        (
            r#"{"rounds": -3}"#,
            "expected a whole number, not negative, found the number -3",
            26,
            "workload.rounds",
        ),
        (
            r#"{"rounds": 1.5}"#,
            "expected a whole number, not negative, found the number 1.5",
            26,
            "workload.rounds",
        ),
        (
            r#"{"rounds": {"a": 1}}"#,
            "expected a whole number, not negative, found an object",
            26,
            "workload.rounds",
        ),
        (
            r#"{"rounds": [1]}"#,
            "expected a whole number, not negative, found a list",
            26,
            "workload.rounds",
        ),
        (
            r#"{"rounds": null}"#,
            "expected a whole number, not negative, found null",
            26,
            "workload.rounds",
        ),
        (
            r#"{"rounds": 99999999999}"#,
            "expected a whole number, not negative, found the number 99999999999",
            26,
            "workload.rounds",
        ),
        (
            r#"{"rounds": 1, "steps": 7}"#,
            "expected a list, found the number 7",
            38,
            "workload.steps",
        ),
        (
            r#"{"rounds": 1, "steps": [{"count": 300}]}"#,
            "expected a whole number from 0 to 255, found the number 300",
            49,
            "workload.steps[0].count",
        ),
        (
            r#"{"rounds": 1, "steps": [[]]}"#,
            "expected an object, found a list",
            39,
            "workload.steps[0]",
        ),
        (
            r#"{"rounds": 1, "steps": [{"count": 1}, {}]}"#,
            "missing field `count`",
            53,
            "workload.steps[1]",
        ),
        (
            r#"{"rounds": 1, "work": 10}"#,
            "expected a duration such as \"10s\", found the number 10",
            37,
            "workload.work",
        ),
        (
            r#"{"rounds": 1, "work": "10 y"}"#,
            "\"10 y\" is no duration: the unit \"y\" is none of us, ms, s, m, h, d",
            37,
            "workload.work",
        ),
        ("{}", "missing field `rounds`", 15, "workload"),
        ("7", "expected an object, found the number 7", 15, "workload"),
        ("[]", "expected an object, found a list", 15, "workload"),
    ] {
        let problem = wrong(text);
        assert_eq!(problem.message, message, "{text}");
        assert_eq!(place(&problem), (2, column, path), "{text}: {problem}");
    }
}

#[test]
fn what_is_no_strict_json_is_refused_where_it_goes_wrong() {
    for (text, line, column, message) in [
        ("", 0, 0, "the file is empty"),
        (" \n ", 0, 0, "the file is empty"),
        ("{\"a\": 1", 1, 7, "the file ends in the middle of a JSON value"),
        ("{\"a\": 1} 2", 1, 10, "something follows the end of the JSON value"),
        ("{\"a\": 1,}", 1, 9, "a comma before the closing bracket"),
        ("{\"é\": 1,\n\"b\": 1, \"b\": 2}", 2, 9, "the field `b` is there twice"),
        ("{\"a\": {\"b\": 1, \"b\": 2}}", 1, 16, "the field `b` is there twice"),
        (
            "\u{feff}{}",
            0,
            0,
            "the file begins with a byte order mark; save it as UTF-8 without one",
        ),
    ] {
        let problem = refused(text);
        assert_eq!((problem.line, problem.column), (line, column), "{text}: {problem}");
        assert_eq!(problem.message, message, "{text}");
    }
    assert!(refused("{\"a\": 1} // b").message.contains("something follows"));
    assert_eq!(
        refused("{ // no\n}").help.as_deref(),
        Some("JSON has no comments; use the field `why`")
    );
    assert_eq!(refused("{'a': 1}").help.as_deref(), Some("texts stand in double quotes"));
    for text in [
        "{\"a\" 1}",
        "{a: 1}",
        "nul",
        "[1 2]",
        "{\"a\": 01}",
        "{\"a\": NaN}",
        "\"\u{1}\"",
        "\"\\ud800\"",
    ] {
        refused(text);
    }
}

#[test]
fn a_depth_bomb_is_refused() {
    for open in ["[", "{\"a\":"] {
        let problem = refused(&open.repeat(100_000));
        assert_eq!(problem.message, "nested more than 127 deep");
    }
    let deep = format!("{}{}", "[".repeat(120), "]".repeat(120));
    document(&deep);
}

#[test]
fn a_long_line_is_shown_around_the_caret_only() {
    let document = document(&format!("{{\"a\": [{} \"x\"]}}", "1, ".repeat(5000)));
    let problem = document.root().field("a").unwrap().to::<Vec<u32>>().unwrap_err();
    assert_eq!((&*problem.json_path, problem.column), ("a[5000]", 15_009));
    assert!(problem.to_string().lines().all(|line| line.len() < 120), "{problem}");
}

#[test]
fn a_thing_named_by_the_only_member_of_an_object() {
    let document = document(r#"[{"redlok": {}}, {}, {"a": 1, "b": 2}, 3]"#);
    let elements = document.root().elements().unwrap();
    let member = elements[0].only_member().unwrap();
    let problem = member.unknown("recipe", ["redlock", "set-nx-px"]);
    assert_eq!(problem.message, "unknown recipe `redlok`");
    assert_eq!(problem.help.as_deref(), Some("did you mean `redlock`?"));
    assert_eq!((problem.column, &*problem.json_path), (3, "[0].redlok"));
    assert!(elements[1].only_member().unwrap_err().message.contains("empty"));
    assert_eq!(elements[2].only_member().unwrap_err().json_path, "[2].b");
    assert_eq!(
        elements[3].only_member().unwrap_err().message,
        "expected an object, found a number"
    );
    let problem = document.root().fields(&[]).unwrap_err();
    assert_eq!(problem.message, "expected an object, found a list");
}

#[test]
fn keys_with_escapes_and_odd_spacing_are_found() {
    let document = document("{ \"a\\\"b\" : 1 ,\n\t\"\\u0063\"\t:\t[ true ]\n}");
    let members = document.root().members().unwrap();
    let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["a\"b", "c"]);
    let problem = members[1].error("no");
    assert_eq!((problem.line, problem.column, &*problem.json_path), (2, 2, "c"));
    let element = members[1].value.elements().unwrap()[0];
    assert_eq!(element.error("no").json_path, "c[0]");
}

#[test]
fn durations_are_read_exactly() {
    for (text, micros) in [
        ("0s", 0),
        ("20us", 20),
        ("1500ms", 1_500_000),
        ("1.5s", 1_500_000),
        ("0.000001s", 1),
        ("2m", 120_000_000),
        ("1h", 3_600_000_000),
        ("36500.5h", 131_401_800_000_000),
        ("30 s", 30_000_000),
        ("1d", 86_400_000_000),
    ] {
        assert_eq!(text.parse::<Duration>().map(|it| it.0), Ok(Micros(micros)), "{text}");
    }
    for (micros, text) in [(0, "0s"), (20, "20us"), (1_500_000, "1500ms"), (60_000_000, "60s")] {
        assert_eq!(Duration(Micros(micros)).to_string(), text);
    }
    for (text, why) in [
        ("", "it begins with a number"),
        ("s", "it begins with a number"),
        (" 1s", "it begins with a number"),
        ("+1s", "it begins with a number"),
        ("-1s", "it cannot be negative"),
        ("10", "the unit is missing"),
        ("10 y", "none of us, ms, s, m, h, d"),
        ("1 0s", "none of us, ms, s, m, h, d"),
        ("1e3s", "none of us, ms, s, m, h"),
        ("10S", "none of us, ms, s, m, h"),
        ("1.5.2s", "one point"),
        (".5s", "one point"),
        ("5.s", "one point"),
        ("0.5us", "finer than a microsecond"),
        ("0.0000001s", "finer than a microsecond"),
        ("1.00000000000000000000001h", "finer than a microsecond"),
        ("876001h", "longer than 100 years"),
        ("99999999999999999999999999999s", "longer than 100 years"),
        ("9223372036854775807h", "longer than 100 years"),
    ] {
        let error = text.parse::<Duration>().unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

/// Whatever the bytes are, there is an answer or a problem that can be shown.
#[test]
fn no_text_makes_it_panic() {
    let text = "{\n  \"title\": \"é\", \"workload\": {\"rounds\": 3, \"work\": \"10s\",\r\n\t\"steps\": [{\"count\": 1}, {}]}}";
    let pieces = [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\\",
        "é",
        "\u{1f512}",
        "0",
        "-",
        "null",
        "\t",
        "e9",
        " ",
    ];
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut pick = |n: usize| random.next_u64() as usize % n;
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=pick(3) {
            let at = pick(chars.len());
            let until = (at + pick(4)).min(chars.len());
            chars.splice(at..until, pieces[pick(pieces.len())].chars());
        }
        let text: String = chars.into_iter().collect();
        let result = Document::parse("m.json", &*text).and_then(|document| {
            let fields = document.root().fields(&["title", "workload"])?;
            fields.optional::<String>("title")?;
            fields.field("workload")?.to::<Workload>().map(|_| ())
        });
        if let Err(problem) = result {
            refused += 1;
            assert!(!problem.to_string().is_empty());
            assert!(problem.line <= text.lines().count() + 1, "{problem}");
        }
    }
    assert!(refused > 15_000, "{refused}");
}
