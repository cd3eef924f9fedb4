//! A comparison as one HTML file that needs nothing else.

use std::fmt::Write as _;

use super::{Comparison, blocks, plot, sentences};
use crate::visible;

const STYLE: &str = "\
:root{color-scheme:light dark}
body{font:17px/1.5 system-ui,sans-serif;max-width:1000px;margin:2rem auto;padding:0 1rem;\
background:#fefefe;color:#1a1b1e}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid #d9dbdf;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
div{overflow-x:auto}
svg{max-width:100%;height:auto}
@media (prefers-color-scheme: dark){body{background:#15171b;color:#e8e9eb}th,td{border-color:#3a3d44}}";

/// The comparison with its sentences, its plots and its table.
pub fn page(comparison: &Comparison) -> String {
    let title = escaped(&comparison.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n<h1>{title}</h1>\n"
    );
    for sentence in sentences(comparison) {
        let _ = writeln!(html, "<p>{}</p>", escaped(&sentence));
    }
    html.push_str(&plot(comparison).unwrap_or_default());
    for table in blocks(comparison, 110) {
        html.push_str("<div><table>\n");
        let mut row = |tag: &str, cells: &[String]| {
            html.push_str("<tr>");
            for cell in cells {
                let _ = write!(html, "<{tag}>{}</{tag}>", escaped(cell));
            }
            html.push_str("</tr>\n");
        };
        row("th", &table.head);
        table.rows.iter().for_each(|cells| row("td", cells));
        html.push_str("</table></div>\n");
    }
    for (name, why) in
        comparison.rows.iter().filter_map(|row| Some((&row.strategy, row.came.as_ref().err()?)))
    {
        let _ = writeln!(html, "<p>{}: not compared: {}</p>", escaped(name), escaped(why));
    }
    html
}

/// A text in HTML.
fn escaped(text: &str) -> String {
    let text = visible::line(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
