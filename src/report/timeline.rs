//! A run as a table: time goes down, a column for each process and each store, a bar where somebody has the lock.

use std::fmt::Write;

use anstyle::Style;

use super::cast::Cast;
use super::layout::{Layout, wrap};
use super::rows::{Life, Row, Signs, Tone, rows};
use super::selection::Selection;
use super::style::{BAD, FAINT, FAULT, HELD, TITLE};
use super::window;
use super::words;
use crate::event::Record;

/// How a timeline is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct View {
    /// The widest line, in characters.
    pub width: usize,
    /// About how many rows are shown at most: those near handovers, faults and what is wrong. `None` shows everything.
    pub rows: Option<usize>,
}

impl Default for View {
    fn default() -> Self {
        Self { width: 100, rows: Some(40) }
    }
}

/// The timeline of `events`, with colours; they may be stripped without a loss.
pub fn timeline(cast: &Cast, events: &[Record], view: View) -> String {
    table(cast, &rows(cast, events), view)
}

/// The same of a part of the run; nothing if there is nothing in it.
pub fn timeline_of(cast: &Cast, events: &[Record], selection: &Selection, view: View) -> String {
    let rows = selection.of(rows(cast, events), cast, events);
    if rows.is_empty() { String::new() } else { table(cast, &rows, view) }
}

fn table(cast: &Cast, rows: &[Row], view: View) -> String {
    let layout = Layout::of(cast, rows, view.width);
    let mut out = String::new();
    header(&layout, &mut out);
    let shown = window::shown(rows, view.rows);
    let mut before = None;
    let mut number = 0;
    while number < rows.len() {
        if !shown[number] {
            let hidden = shown[number..].iter().take_while(|shown| !**shown).count();
            left_out(hidden, &layout, &mut out);
            before = None;
            number += hidden;
            continue;
        }
        let row = &rows[number];
        show(row, before == Some(row.at), &layout, &mut out);
        before = Some(row.at);
        number += 1;
    }
    legend(rows, &layout, &mut out);
    out
}

fn left_out(rows: usize, layout: &Layout, out: &mut String) {
    let text = format!("{} left out; --all shows everything", words::counted(rows as u64, "row"));
    for (number, line) in
        wrap(&text, layout.width.saturating_sub(layout.time + 2)).iter().enumerate()
    {
        let sign = if number == 0 { "⋮" } else { "" };
        let _ = writeln!(out, "{FAINT}{sign:>width$}  {line}{FAINT:#}", width = layout.time);
    }
}

fn header(layout: &Layout, out: &mut String) {
    let mut line = format!("{:>width$}   ", "ms", width = layout.time);
    for column in &layout.processes {
        let width = column.lanes + 1 + column.text;
        let _ = write!(line, "{:<width$}  ", clip(&column.title, width));
    }
    for column in &layout.servers {
        let title = clip(&column.title, column.text);
        let _ = write!(line, "{title:<width$}  ", width = column.text);
    }
    let _ = writeln!(out, "{TITLE}{}{TITLE:#}", line.trim_end());
}

/// As much of a text as fits.
fn clip(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}

fn show(row: &Row, same_time: bool, layout: &Layout, out: &mut String) {
    let time = if same_time { String::new() } else { layout.at(row.at) };
    let (mark, style) = match row.tone {
        Tone::Plain => (' ', Style::new()),
        Tone::Fault => ('!', FAULT),
        Tone::Bad => ('✗', BAD),
    };
    if let Some(whole) = &row.whole {
        let width = layout.width.saturating_sub(layout.time + 3);
        for (number, line) in wrap(whole, width).iter().enumerate() {
            let (time, mark) = if number == 0 { (&*time, mark) } else { ("", ' ') };
            let _ =
                writeln!(out, "{time:>width$} {style}{mark} {line}{style:#}", width = layout.time);
        }
        return;
    }
    let texts = layout.texts(row);
    let height = texts.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1);
    for number in 0..height {
        let (time, mark) = if number == 0 { (&*time, mark) } else { ("", ' ') };
        let mut line = Line::default();
        line.push(&format!("{time:>width$} ", width = layout.time), Style::new());
        line.push(&format!("{mark} "), style);
        for (place, column) in layout.processes.iter().enumerate() {
            for life in &row.lives[column.process] {
                let (bar, style) = bar(*life);
                line.push(&bar.to_string(), style);
            }
            line.blanks += 1;
            line.cell(cell(&texts, place, number), column.text, style);
        }
        for (place, column) in layout.servers.iter().enumerate() {
            let cell = cell(&texts, layout.processes.len() + place, number);
            let repeats = row.tone == Tone::Plain && row.repeats;
            line.cell(cell, column.text, if repeats { FAINT } else { style });
        }
        let _ = writeln!(out, "{}", line.text);
    }
}

/// A line that never ends in blanks.
#[derive(Default)]
struct Line {
    text: String,
    blanks: usize,
}

impl Line {
    fn push(&mut self, text: &str, style: Style) {
        let shown = text.trim_end();
        if !shown.is_empty() {
            let _ = write!(self.text, "{:width$}{style}{shown}{style:#}", "", width = self.blanks);
            self.blanks = 0;
        }
        self.blanks += text.chars().count() - shown.chars().count();
    }

    fn cell(&mut self, text: &str, width: usize, style: Style) {
        self.push(text, style);
        self.blanks += width.saturating_sub(text.chars().count()) + 2;
    }
}

fn cell(texts: &[(usize, Vec<String>)], column: usize, line: usize) -> &str {
    let found = texts.iter().find(|(number, _)| *number == column);
    found.and_then(|(_, lines)| lines.get(line)).map_or("", |text| text)
}

fn bar(life: Life) -> (char, Style) {
    match life {
        Life { gone: true, .. } => (' ', FAINT),
        Life { inside: true, paused: true, .. } => ('╏', HELD),
        Life { inside: true, .. } => ('┃', HELD),
        Life { paused: true, .. } => (':', FAULT),
        _ => ('·', FAINT),
    }
}

fn legend(rows: &[Row], layout: &Layout, out: &mut String) {
    let any =
        |wanted: fn(&Life) -> bool| rows.iter().any(|row| row.lives.iter().flatten().any(wanted));
    let mut parts = vec!["┃ in its section"];
    if any(|life| life.inside && life.paused) {
        parts.push("╏ in it, but standing still");
    }
    if any(|life| !life.inside && life.paused) {
        parts.push(": standing still");
    }
    if rows.iter().any(|row| row.tone == Tone::Fault) {
        parts.push("! fault");
    }
    if rows.iter().any(|row| row.tone == Tone::Bad) {
        parts.push("✗ wrong");
    }
    let has = |sign: fn(&Signs) -> bool| rows.iter().any(|row| sign(&row.signs));
    if has(|signs| signs.script) {
        parts.push("EVAL(…) a script that calls these");
    }
    if has(|signs| signs.ephemeral) {
        parts.push("-e ephemeral");
    }
    if has(|signs| signs.sequential) {
        parts.push("-s sequential");
    }
    if has(|signs| signs.watch) {
        parts.push("-w leaves a watch");
    }
    let room = layout.width.saturating_sub(layout.time + 3);
    // A part is not broken: its blanks are no places to break at.
    let parts: Vec<String> = parts.iter().map(|part| part.replace(' ', "\u{a0}")).collect();
    for line in wrap(&parts.join("   "), room) {
        let line = line.trim().replace('\u{a0}', " ");
        let _ = writeln!(out, "{FAINT}{:>width$}   {line}{FAINT:#}", "", width = layout.time);
    }
    if layout.hidden > 0 {
        let hidden = words::counted(layout.hidden as u64, "process");
        let _ = writeln!(
            out,
            "{FAINT}{:>width$}   {hidden} without a column{FAINT:#}",
            "",
            width = layout.time
        );
    }
}
