//! What stands on the sheet: names, bars, messages, and what is wrong.

use std::fmt::Write as _;

use super::super::html::escape;
use super::super::picture::{Arrow, ArrowKind, Bar, BarKind, LaneKind, Tone};
use super::super::words;
use super::{GUTTER, Sheet, TOP, hue};

/// How wide a character is, about, in pixels.
const CHARACTER: f64 = 6.6;

impl Sheet<'_> {
    pub(super) fn draw(&self, out: &mut String) {
        self.lanes(out);
        self.tones(out);
        for kind in [
            BarKind::Down,
            BarKind::Gone,
            BarKind::Wants,
            BarKind::Session,
            BarKind::Lease,
            BarKind::Held,
            BarKind::Inside,
            BarKind::Paused,
        ] {
            let bars = self.picture.bars.iter().filter(|it| it.kind == kind);
            for bar in bars.filter(|it| !self.axis.is_outside(it.from, it.to)) {
                self.bar(bar, out);
            }
        }
        let arrows = self.picture.arrows.iter();
        for arrow in arrows.filter(|it| !self.axis.is_outside(it.sent, it.arrived)) {
            self.arrow(arrow, out);
        }
        self.numbers(out);
    }

    fn is_client(&self, lane: usize) -> bool {
        matches!(self.picture.lanes[lane].kind, LaneKind::Thread | LaneKind::Crowd)
    }

    fn middle(&self, lane: usize) -> f64 {
        let (top, height) = self.tops[lane];
        top + height / 2.0
    }

    /// Half the height of the bar of a section.
    fn half(&self) -> f64 {
        if self.picture.lanes.len() > 16 { 7.0 } else { 10.0 }
    }

    fn lanes(&self, out: &mut String) {
        let end = self.axis.end();
        for (number, lane) in self.picture.lanes.iter().enumerate() {
            let (top, height) = self.tops[number];
            let (bottom, middle) = (top + height, self.middle(number));
            let _ = write!(out, "<path d=\"M12 {bottom}H{end:.0}\" stroke=\"#e1e5ea\"/>");
            let client = self.is_client(number);
            let (fill, y) =
                if client { (hue(lane.process), middle) } else { ("#57606a", top + 13.0) };
            if client {
                let _ = write!(out, "<path d=\"M{GUTTER} {middle}H{end:.0}\" stroke=\"#e1e5ea\"/>");
            }
            let radius = if client { 3 } else { 0 };
            let _ = write!(
                out,
                "<rect x=\"16\" y=\"{:.1}\" width=\"10\" height=\"10\" rx=\"{radius}\" fill=\"{fill}\"/>\
                 <text x=\"32\" y=\"{:.1}\" class=\"name\">",
                y - 5.0,
                y + 4.5
            );
            escape(&words::clipped(lane.name.clone(), 10), out);
            out.push_str("</text>");
        }
    }

    fn bar(&self, bar: &Bar, out: &mut String) {
        let from = self.axis.place(bar.from);
        let to = if bar.open { self.axis.end() } else { self.axis.place(bar.to) };
        let (width, colour, half) = ((to - from).max(2.0), hue(bar.process), self.half());
        let (top, height) = self.tops[bar.lane];
        let y = self.middle(bar.lane);
        let faint = if self.picture.lanes[bar.lane].kind == LaneKind::Crowd { ".35" } else { "1" };
        let _ = match bar.kind {
            BarKind::Wants => write!(
                out,
                "<path d=\"M{from:.1} {y}H{:.1}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"2 4\" \
                 opacity=\"{faint}\"/>",
                from + width
            ),
            BarKind::Inside => write!(
                out,
                "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"4\" fill=\"{colour}\" \
                 opacity=\"{faint}\"/>",
                y - half,
                half * 2.0
            ),
            BarKind::Paused => {
                let (above, tall) = (y - half - 3.0, half * 2.0 + 6.0);
                let _ = write!(
                    out,
                    "<rect x=\"{from:.1}\" y=\"{above:.1}\" width=\"{width:.1}\" height=\"{tall:.1}\" \
                     fill=\"url(#hatch)\"/><rect x=\"{from:.1}\" y=\"{above:.1}\" width=\"{width:.1}\" \
                     height=\"{tall:.1}\" fill=\"none\" stroke=\"#8a5a00\" stroke-width=\"1.4\" stroke-dasharray=\"4 3\"/>"
                );
                if width > 60.0 {
                    let _ = write!(
                        out,
                        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"52\" height=\"16\" rx=\"3\" fill=\"#fff4dc\"/>\
                         <text x=\"{:.1}\" y=\"{:.1}\" class=\"fault no\">paused</text>",
                        from + 4.0,
                        y - 8.0,
                        from + 9.0,
                        y + 4.0
                    );
                }
                Ok(())
            }
            BarKind::Gone => write!(
                out,
                "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"#fff\"/>\
                 <path d=\"M{from:.1} {y}h{width:.1}\" stroke=\"#57606a\" stroke-width=\"10\" stroke-dasharray=\"1.5 6\"/>",
                top + 2.0,
                height - 4.0
            ),
            BarKind::Lease => write!(
                out,
                "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"4\" fill=\"{colour}\" opacity=\".75\"/>",
                y + half + 3.0
            ),
            BarKind::Session => write!(
                out,
                "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"3\" fill=\"{colour}\" opacity=\".75\"/>",
                y - half - 7.0
            ),
            BarKind::Held => {
                let above = top + 20.0 + bar.row as f64 * 18.0;
                let _ = write!(
                    out,
                    "<rect x=\"{from:.1}\" y=\"{above:.1}\" width=\"{width:.1}\" height=\"15\" rx=\"3\" fill=\"{colour}\" \
                     fill-opacity=\".22\" stroke=\"{colour}\" stroke-width=\"1.4\"/>"
                );
                self.label(&bar.label, (from + 5.0, above + 12.0, width - 8.0), "", out);
                Ok(())
            }
            BarKind::Down => {
                let _ = write!(
                    out,
                    "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"#fdeceb\"/>",
                    top + 1.0,
                    height - 2.0
                );
                self.label("down", (from + 4.0, top + 13.0, width - 6.0), "bad", out);
                Ok(())
            }
        };
    }

    /// As much of a text as fits.
    #[expect(clippy::unused_self, reason = "it reads as the others do")]
    fn label(&self, text: &str, (x, y, room): (f64, f64, f64), class: &str, out: &mut String) {
        let most = (room / CHARACTER) as usize;
        if most < 3 {
            return;
        }
        let _ = write!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">");
        escape(&words::clipped(text.to_owned(), most), out);
        out.push_str("</text>");
    }

    fn arrow(&self, arrow: &Arrow, out: &mut String) {
        let port = |lane: usize, other: usize| {
            let away = if self.is_client(lane) { self.half() } else { 0.0 };
            self.middle(lane) + if other > lane { away } else { -away }
        };
        let (from, to) = (port(arrow.from, arrow.to), port(arrow.to, arrow.from));
        let kind = match arrow.kind {
            ArrowKind::Request => "",
            ArrowKind::Reply => " reply",
            ArrowKind::Notice => " notice",
        };
        let _ = write!(
            out,
            "<path class=\"arrow{kind}\" marker-end=\"url(#head)\" d=\"M{:.1} {from:.1}L{:.1} {to:.1}\"><title>",
            self.axis.place(arrow.sent),
            self.axis.place(arrow.arrived)
        );
        escape(&arrow.label, out);
        out.push_str("</title></path>");
    }

    /// Faults and what is wrong, from top to bottom.
    fn tones(&self, out: &mut String) {
        for (place, x) in self.axis.steps() {
            let (colour, dash, sign) = match self.picture.steps[place].tone {
                Tone::Plain => continue,
                Tone::Fault => ("#8a5a00", "4 4", "!"),
                Tone::Bad => ("#b3261e", "none", "✗"),
            };
            let top = TOP + self.above;
            let _ = write!(
                out,
                "<path d=\"M{x:.1} {:.1}V{:.1}\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-dasharray=\"{dash}\" \
                 opacity=\".55\"/><text x=\"{:.1}\" y=\"{:.1}\" style=\"fill:{colour};font-weight:700\">{sign}</text>",
                top - 2.0,
                self.lanes_end,
                x - 4.0,
                top - 4.0
            );
        }
    }

    /// Times where they change, and below them the numbers of steps.
    fn numbers(&self, out: &mut String) {
        let (mut before, mut right, mut numbered) = (None, f64::MIN, f64::MIN);
        for (place, x) in self.axis.steps() {
            let step = &self.picture.steps[place];
            if before != Some(step.at) {
                let text = words::time(step.at);
                let width = text.chars().count() as f64 * CHARACTER;
                if x - 4.0 > right + 8.0 {
                    let y = 13.0 + self.above;
                    let _ = write!(
                        out,
                        "<text x=\"{:.1}\" y=\"{y}\" class=\"soft\">{text}</text>",
                        x - 4.0
                    );
                    right = x - 4.0 + width;
                }
                before = Some(step.at);
            }
            let name = step.name();
            let width = name.chars().count() as f64 * CHARACTER + 4.0;
            if x - width / 2.0 > numbered && self.axis.unit() > 9.0 {
                let y = 28.0 + self.above;
                let _ = write!(
                    out,
                    "<text x=\"{x:.1}\" y=\"{y}\" class=\"no soft\" text-anchor=\"middle\">{name}</text>"
                );
                numbered = x + width / 2.0;
            }
        }
    }
}
