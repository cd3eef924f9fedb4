//! The verdicts as a CI service reads them: a `JUnit` report, or annotations of `GitHub`.

use std::path::Path;

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::interrupt::Interrupt;
use super::super::models;
use super::super::output::Output;
use super::{Arguments, Row, check, witness};
use crate::report::{cover, expected, words};
use crate::visible;

/// How verdicts are written.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Format {
    /// For people: a story, or a table
    #[default]
    Text,
    /// A `JUnit` report, as most CI services read it: a test case a model
    Junit,
    /// Workflow commands of `GitHub` Actions: an annotation for each model that is not as expected
    Github,
}

/// What came of a model.
struct Case {
    /// The model's file.
    path: String,
    title: String,
    /// How long (ms) the search took.
    took_ms: u64,
    exit: Exit,
    /// In a line.
    headline: String,
    /// In several.
    told: Vec<String>,
}

pub(super) fn show(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let mut cases = Vec::new();
    let interrupt = Interrupt::watched();
    let mut left = 0;
    for (path, model) in models::find(&arguments.paths) {
        if interrupt.is_pressed() {
            left += 1;
            continue;
        }
        // What only `run` can judge is no case of `check`.
        if model.as_ref().is_ok_and(|it| it.expect().is_none() && it.expect_run().is_some()) {
            continue;
        }
        let row = model.and_then(|model| check(&path, model, arguments, output));
        cases.push(row.map_or_else(|failure| bad(&path, failure), |row| case(&row, arguments)));
    }
    let exit = cases.iter().map(|case| case.exit).max().unwrap_or_default();
    let exit = if left > 0 { exit.max(Exit::Inconclusive) } else { exit };
    match arguments.format {
        Format::Github => github(&cases, output)?,
        _ => junit(&cases, output)?,
    }
    if left > 0 {
        writeln!(
            output.err(),
            "stopped by Ctrl-C: {} not searched",
            words::counted(left, "model")
        )?;
    }
    Ok(exit)
}

fn case(row: &Row, arguments: &Arguments) -> Case {
    let checked = &row.checked;
    let mut told = Vec::new();
    if let crate::explore::Verdict::Violated { violation, .. } = &checked.outcome.verdict {
        told.push(violation.why.clone());
    }
    if let Some(because) = checked.recording().as_ref().and_then(witness::told) {
        told.push(format!("because: {because}"));
    }
    if let Some(expect) = checked.model.expect().filter(|_| row.exit() != Exit::Expected) {
        told.push(format!("expected: {}", expected::in_words(expect)));
    }
    let setup = checked.model.abstract_setup();
    told.push(format!("covers: {}", cover::covers(&setup, &checked.outcome)));
    told.extend(cover::unused_notes(&setup, &checked.outcome));
    told.push(format!("again: {}", witness::command(row, arguments)));
    Case {
        path: row.path.display().to_string(),
        title: visible::line(checked.model.title()).into_owned(),
        took_ms: row.took.0,
        exit: row.exit(),
        headline: witness::headline(row).1,
        told,
    }
}

/// A file that is no model.
fn bad(path: &Path, failure: Failure) -> Case {
    Case {
        path: path.display().to_string(),
        title: String::new(),
        took_ms: 0,
        exit: Exit::Wrong,
        headline: "not understood".to_owned(),
        told: vec![failure.text()],
    }
}

/// One `testsuite` with a `testcase` a model: <https://github.com/testmoapp/junitxml>.
fn junit(cases: &[Case], output: &mut Output<'_>) -> Result<(), Failure> {
    let count = |exits: &[Exit]| cases.iter().filter(|case| exits.contains(&case.exit)).count();
    let failures = count(&[Exit::Violated, Exit::Inconclusive]);
    let errors = count(&[Exit::Wrong]);
    let seconds = |ms: u64| format!("{}.{:03}", ms / 1000, ms % 1000);
    let all = seconds(cases.iter().map(|case| case.took_ms).sum());
    let counts =
        format!(r#"tests="{}" failures="{failures}" errors="{errors}" time="{all}""#, cases.len());
    let out = output.out();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="lockstep check" {counts}>"#)?;
    writeln!(out, r#"  <testsuite name="lockstep check" {counts}>"#)?;
    for case in cases {
        let (path, time) = (xml(&case.path), seconds(case.took_ms));
        let class =
            Path::new(&case.path).parent().map_or_else(String::new, |it| it.display().to_string());
        let class = xml(&class.replace(['/', '\\'], "."));
        let name = if case.title.is_empty() { path.clone() } else { xml(&case.title) };
        write!(
            out,
            r#"    <testcase name="{name}" classname="{class}" file="{path}" time="{time}">"#
        )?;
        let (headline, told) = (xml(&case.headline), xml(&case.told.join("\n")));
        match case.exit {
            Exit::Expected => {
                writeln!(out, "<system-out>{headline}\n{told}</system-out></testcase>")?;
            }
            Exit::Wrong => {
                writeln!(out, r#"<error message="{headline}">{told}</error></testcase>"#)?;
            }
            exit => {
                let kind = if exit == Exit::Violated { "violated" } else { "inconclusive" };
                writeln!(
                    out,
                    r#"<failure type="{kind}" message="{headline}">{told}</failure></testcase>"#
                )?;
            }
        }
    }
    writeln!(out, "  </testsuite>\n</testsuites>")?;
    Ok(())
}

/// `::error file=…,title=…::…`: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.
fn github(cases: &[Case], output: &mut Output<'_>) -> Result<(), Failure> {
    let out = output.out();
    for case in cases.iter().filter(|case| case.exit != Exit::Expected) {
        let level = if case.exit == Exit::Inconclusive { "warning" } else { "error" };
        let (file, title) = (command_property(&case.path), command_property(&case.headline));
        let title_of_model =
            if case.title.is_empty() { String::new() } else { format!("{}\n", case.title) };
        let text = command_data(&format!("{title_of_model}{}", case.told.join("\n")));
        writeln!(out, "::{level} file={file},line=1,title={title}::{text}")?;
    }
    let good = cases.iter().filter(|case| case.exit == Exit::Expected).count();
    writeln!(out, "{}: {good} as expected", words::counted(cases.len() as u64, "model"))?;
    Ok(())
}

/// As text or as the value of an attribute of XML.
fn xml(text: &str) -> String {
    let lines = visible::lines(text);
    let mut escaped = String::with_capacity(lines.len());
    for char in lines.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            char => escaped.push(char),
        }
    }
    escaped
}

fn command_data(text: &str) -> String {
    let text = visible::lines(text).replace('%', "%25");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}
