//! A picture as an SVG: lanes with bars and messages on an axis of steps, and the steps in words below it.
//!
//! It stands alone, in a report, in a README, on paper: it has a background of its own, and what colours say is written
//! too.

mod axis;
mod marks;

use std::fmt::Write as _;
use std::ops::Range;

use super::html::escape;
use super::layout::wrap;
use super::picture::{LaneKind, Picture, Tone};
use super::words;
use axis::Axis;

/// Left of the axis stand the names.
const GUTTER: f64 = 104.0;
/// Above the lanes stand times and the numbers of steps.
const TOP: f64 = 46.0;
/// The whole drawing, in pixels.
const WIDTH: f64 = 1000.0;
/// So many steps at most are drawn.
const MOST: usize = 120;
/// So many characters stand in a line of words.
const LINE: usize = 124;

/// One colour a process, told apart also by those who see fewer (Okabe and Ito); red is kept for what is wrong.
const HUES: [&str; 8] =
    ["#0072b2", "#d98200", "#009e73", "#b8579b", "#3aa0d8", "#8c6d31", "#7a68b8", "#3f9d8f"];

fn hue(process: Option<u16>) -> &'static str {
    process.map_or("#7d8791", |it| HUES[usize::from(it) % HUES.len()])
}

const STYLE: &str = "text{font:12px system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#1b1f24}\
.soft{fill:#57606a}.name{font-weight:600;font-size:13px}.no{font-size:11px;font-weight:600}\
.bad{fill:#b3261e}.fault{fill:#8a5a00}.arrow{stroke:#57606a;stroke-width:1.2;fill:none}\
.reply{stroke-dasharray:5 3}.notice{stroke-dasharray:1.5 2.5}";

/// The drawing, as an `svg` element.
pub fn drawing(picture: &Picture) -> String {
    drawing_titled(picture, "")
}

/// The same with a title above it.
pub fn drawing_titled(picture: &Picture, title: &str) -> String {
    let shown = shown(picture);
    let above = if title.is_empty() { 0.0 } else { 30.0 };
    let (tops, lanes_end) = lanes(picture, above);
    let sheet = Sheet { picture, axis: Axis::of(picture, shown.clone()), tops, lanes_end, above };
    let words = steps_in_words(picture, &shown);
    let height = lanes_end + 34.0 + words.len() as f64 * 17.0 + 14.0;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\"><title>"
    );
    escape(if title.is_empty() { "a run as a picture" } else { title }, &mut out);
    let _ = write!(
        out,
        "</title><style>{STYLE}</style>\
         <defs><pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect width=\"3.4\" height=\"8\" fill=\"#fff\" opacity=\".78\"/></pattern>\
         <marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" \
         orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#57606a\"/></marker></defs>\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"10\" fill=\"#fff\"/>"
    );
    if !title.is_empty() {
        let _ = write!(out, "<text x=\"16\" y=\"24\" style=\"font-size:15px;font-weight:650\">");
        escape(&words::clipped(title.to_owned(), 118), &mut out);
        out.push_str("</text>");
    }
    sheet.draw(&mut out);
    legend(lanes_end + 18.0, &mut out);
    for (number, line) in words.iter().enumerate() {
        let y = lanes_end + 44.0 + number as f64 * 17.0;
        line.draw(y, &mut out);
    }
    out.push_str("</svg>");
    out
}

struct Sheet<'a> {
    picture: &'a Picture,
    axis: Axis<'a>,
    /// Where each lane begins and how high it is, in pixels.
    tops: Vec<(f64, f64)>,
    lanes_end: f64,
    above: f64,
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Fault => "fault",
        Tone::Bad => "bad",
    }
}

/// Which steps are drawn: all of a short run, else those before the last that is wrong and a few after it.
fn shown(picture: &Picture) -> Range<usize> {
    let all = picture.steps.len();
    if all <= MOST {
        return 0..all;
    }
    let wrong = picture.steps.iter().rposition(|it| it.tone == Tone::Bad).unwrap_or(0);
    let to = (wrong + 10).max(MOST).min(all);
    to - MOST..to
}

fn lanes(picture: &Picture, above: f64) -> (Vec<(f64, f64)>, f64) {
    let many = picture.lanes.len() > 16;
    let mut y = TOP + above;
    let mut tops = Vec::new();
    for (number, lane) in picture.lanes.iter().enumerate() {
        let rows = picture.bars.iter().filter(|it| it.lane == number).map(|it| it.row + 1).max();
        let height = match lane.kind {
            LaneKind::Thread | LaneKind::Crowd if many => 22.0,
            LaneKind::Thread | LaneKind::Crowd => 44.0,
            _ => (24.0 + 18.0 * rows.unwrap_or(0) as f64).max(38.0),
        };
        tops.push((y, height));
        y += height;
    }
    (tops, y)
}

fn legend(y: f64, out: &mut String) {
    let _ = write!(
        out,
        "<g class=\"soft\"><rect x=\"16\" y=\"{0}\" width=\"22\" height=\"10\" rx=\"2\" fill=\"#0072b2\"/>\
         <text x=\"43\" y=\"{1}\" class=\"soft\">in its critical section</text>\
         <rect x=\"186\" y=\"{0}\" width=\"22\" height=\"10\" rx=\"2\" fill=\"#0072b2\"/>\
         <rect x=\"186\" y=\"{0}\" width=\"22\" height=\"10\" fill=\"url(#hatch)\"/>\
         <text x=\"213\" y=\"{1}\" class=\"soft\">paused</text>\
         <path d=\"M272 {2}h22\" stroke=\"#0072b2\" stroke-width=\"2\" stroke-dasharray=\"2 4\"/>\
         <text x=\"299\" y=\"{1}\" class=\"soft\">wants the lock</text>\
         <path d=\"M398 {2}h22\" stroke=\"#0072b2\" stroke-width=\"3\" opacity=\".75\"/>\
         <text x=\"425\" y=\"{1}\" class=\"soft\">its lease or session</text>\
         <rect x=\"554\" y=\"{0}\" width=\"22\" height=\"10\" rx=\"2\" fill=\"#0072b2\" fill-opacity=\".22\" stroke=\"#0072b2\"/>\
         <text x=\"581\" y=\"{1}\" class=\"soft\">the lock's key or node, coloured by owner</text>\
         <text x=\"886\" y=\"{1}\" class=\"soft\">! fault   ✗ wrong</text></g>",
        y - 9.0,
        y,
        y - 4.0
    );
}

/// A line of the steps in words.
struct Line {
    tone: Tone,
    /// The step, its time and its sign; nothing where a step goes on in another line.
    head: [String; 3],
    text: String,
}

impl Line {
    fn draw(&self, y: f64, out: &mut String) {
        let class = class(self.tone);
        let places = [("52", "end", &*self.head[0]), ("128", "end", &self.head[1])];
        let places = places.into_iter().chain([("138", "start", &*self.head[2])]);
        for (x, anchor, text) in places.chain([("156", "start", &*self.text)]) {
            if text.is_empty() {
                continue;
            }
            let soft = if anchor == "end" && class.is_empty() { "soft" } else { class };
            let _ = write!(
                out,
                "<text x=\"{x}\" y=\"{y:.0}\" class=\"{soft}\" text-anchor=\"{anchor}\">"
            );
            escape(text, out);
            out.push_str("</text>");
        }
    }
}

/// The steps in words.
fn steps_in_words(picture: &Picture, shown: &Range<usize>) -> Vec<Line> {
    let mut lines = Vec::new();
    let all = picture.steps.len();
    if shown.len() < all {
        let (from, to, all) = (shown.start + 1, shown.end, words::count(all as u64));
        let text = format!("the {from}th to the {to}th of {all} steps");
        lines.push(Line { tone: Tone::Plain, head: Default::default(), text });
    }
    let mut before = None;
    for step in &picture.steps[shown.clone()] {
        let at = if before == Some(step.at) { String::new() } else { words::time(step.at) };
        before = Some(step.at);
        let sign = match step.tone {
            Tone::Plain => "",
            Tone::Fault => "!",
            Tone::Bad => "✗",
        };
        let mut head = [step.name(), at, sign.to_owned()];
        for line in wrap(&step.words(&picture.lanes), LINE) {
            let (tone, head) = (step.tone, std::mem::take(&mut head));
            lines.push(Line { tone, head, text: line.trim_start().to_owned() });
        }
    }
    lines
}
