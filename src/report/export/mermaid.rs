//! A sequence diagram as text.

use std::fmt::Write as _;
use std::ops::Range;

use super::super::picture::{ArrowKind, Picture, Tone};
use super::{Exported, Happens, all, note};
use crate::report::words;

pub(super) fn write(picture: &Picture, title: &str, most: usize) -> Exported {
    let shown = shown(picture, most);
    let mut out = String::new();
    let _ = writeln!(out, "sequenceDiagram");
    let (count, of) = (shown.len(), picture.steps.len());
    let left_out = (count < of).then_some((count, of));
    if left_out.is_some() {
        let _ = writeln!(
            out,
            "    %% {count} of {} steps: those before the last that is wrong",
            words::count(of as u64)
        );
    }
    if !title.is_empty() {
        let _ = writeln!(out, "    accTitle: {}", clean(title));
    }
    for (number, lane) in picture.lanes.iter().enumerate() {
        let _ = writeln!(out, "    participant p{number} as {}", clean(&lane.name));
    }
    let last = picture.lanes.len().saturating_sub(1);
    for it in all(picture) {
        match it {
            Happens::Arrives(place) if shown.contains(&picture.arrows[place].arrived.0) => {
                let arrow = &picture.arrows[place];
                let line = match arrow.kind {
                    ArrowKind::Request => "->>",
                    ArrowKind::Reply => "-->>",
                    ArrowKind::Notice => "--)",
                };
                let (from, to, label) = (arrow.from, arrow.to, clean(&arrow.label));
                let _ = writeln!(out, "    p{from}{line}p{to}: {label}");
            }
            Happens::Step(place) if shown.contains(&place) => {
                let Some((lane, text)) = note(picture, place) else { continue };
                let step = &picture.steps[place];
                let sign = match step.tone {
                    Tone::Plain => "",
                    Tone::Fault => "! ",
                    Tone::Bad => "✗ ",
                };
                let over = lane.map_or(format!("p0,p{last}"), |lane| format!("p{lane}"));
                let at = words::time(step.at);
                let _ = writeln!(out, "    Note over {over}: {at} {sign}{}", clean(&text));
            }
            _ => {}
        }
    }
    Exported { text: out, left_out }
}

/// The steps that are shown: the last `most` up to the last that is wrong, or the first ones.
fn shown(picture: &Picture, most: usize) -> Range<usize> {
    let all = picture.steps.len();
    if all <= most {
        return 0..all;
    }
    let wrong = picture.steps.iter().rposition(|it| it.tone == Tone::Bad);
    let to = wrong.map_or(most, |it| (it + 1).max(most));
    to - most..to
}

/// A text that ends no statement: the signs that do are written as the codes that Mermaid reads.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '#' | ';' | '<' | '>' | '%' | '"' | '{' | '}' => {
                let _ = write!(out, "#{};", u32::from(char));
            }
            char => out.push(char),
        }
    }
    // The word alone ends a block, whatever stands around it.
    if out.trim() == "end" { "end#32;".to_owned() } else { out }
}
