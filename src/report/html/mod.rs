//! A run as one page that needs nothing else: no network, no server, no other file.
//!
//! The page is a form with holes (`page.html`), its style and four scripts; the run is in it as JSON. Texts of models,
//! keys and values of others are in it too: none of them can end the element that it stands in.

use std::fmt::Write as _;

use super::picture::Picture;
use super::svg;

/// What a page shows.
#[derive(Debug)]
pub struct Page<'a> {
    /// What it is about.
    pub title: &'a str,
    /// What came of it, in a line.
    pub verdict: &'a str,
    /// How that is meant.
    pub tone: VerdictTone,
    /// Why it came to that, and what it shows: each with its name.
    pub causes: &'a [(&'a str, String)],
    /// What else a reader wants to know, each with its name: what was covered, the command that does it again.
    pub facts: &'a [(&'a str, String)],
    /// The story in numbered steps, without colours.
    pub story: &'a str,
    /// The model's own text.
    pub model: &'a str,
    /// The program and its version.
    pub program: &'a str,
}

/// How a verdict is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VerdictTone {
    /// Something is wrong with the lock.
    Bad,
    /// Nothing is.
    Good,
    /// It is not known.
    Open,
}

const FORM: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPTS: [&str; 4] = [
    include_str!("axis.js"),
    include_str!("draw.js"),
    include_str!("walk.js"),
    include_str!("page.js"),
];

/// A picture of more steps than this is not printed with the page: it would be too small to read.
const PRINTED: usize = 120;

impl Page<'_> {
    /// The page, with `picture` in it.
    pub fn text(&self, picture: &Picture) -> String {
        let mut out = String::with_capacity(FORM.len() + STYLE.len() + (1 << 16));
        let mut rest = FORM;
        while let Some((before, hole, after)) = next_hole(rest) {
            out.push_str(before);
            self.fill(hole, picture, &mut out);
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn fill(&self, hole: &str, picture: &Picture, out: &mut String) {
        match hole {
            "title" => escape(self.title, out),
            "program" => escape(self.program, out),
            "verdict" => escape(self.verdict, out),
            "tone" => out.push_str(match self.tone {
                VerdictTone::Bad => "bad",
                VerdictTone::Good => "good",
                VerdictTone::Open => "open",
            }),
            "causes" => {
                for (name, text) in self.causes {
                    out.push_str("<p class=\"cause\"><b>");
                    escape(name, out);
                    out.push_str("</b> ");
                    escape(text, out);
                    out.push_str("</p>\n");
                }
            }
            "facts" => {
                out.push_str("<dl>");
                for (name, text) in self.facts {
                    out.push_str("<dt>");
                    escape(name, out);
                    out.push_str("</dt><dd>");
                    escape(text, out);
                    out.push_str("</dd>");
                }
                out.push_str("</dl>");
            }
            "story" => escape(self.story, out),
            "model" => escape(self.model, out),
            "alternative" => escape(&alternative(picture), out),
            "text" => {
                for step in &picture.steps {
                    let at = super::words::time(step.at);
                    escape(&format!("{:<6} {at:<12} ", step.name()), out);
                    escape(&step.words(&picture.lanes), out);
                    out.push('\n');
                }
            }
            "svg" if picture.steps.len() <= PRINTED => out.push_str(&svg::drawing(picture)),
            "css" => out.push_str(STYLE),
            "js" => SCRIPTS.iter().for_each(|script| out.push_str(script)),
            "data" => out.push_str(&data(picture)),
            _ => {}
        }
    }
}

/// The text before the next hole, the name of the hole, and the text after it.
fn next_hole(form: &str) -> Option<(&str, &str, &str)> {
    let from = form.find("{{")?;
    let to = from + form[from..].find("}}")?;
    Some((&form[..from], &form[from + 2..to], &form[to + 2..]))
}

/// What the picture shows, for who cannot see it.
fn alternative(picture: &Picture) -> String {
    let names: Vec<String> = picture.lanes.iter().take(12).map(|it| it.name.clone()).collect();
    let more = match picture.lanes.len().saturating_sub(12) {
        0 => String::new(),
        more => format!(" and {more} more lanes"),
    };
    format!(
        "{} of {}{more}, until {}; the list below tells all of them",
        super::words::counted(picture.steps.len() as u64, "step"),
        super::words::list(&names),
        super::words::time(picture.end)
    )
}

/// The picture as JSON in which nothing ends a script element.
fn data(picture: &Picture) -> String {
    // A picture is plain data: writing it cannot fail.
    let json = serde_json::to_string(picture).unwrap_or_default();
    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out
}

/// Adds a text to a page or a drawing such that it is nothing but a text.
pub(super) fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
}
