//! Replies as `redis-cli` prints them to a terminal (`cliFormatReplyTTY`), and raw.

use std::fmt::Write;

use crate::store::redis::Reply;
use crate::visible;

/// A reply in full: quoted strings, numbered lists.
pub(crate) fn pretty(reply: &Reply) -> String {
    let mut out = String::new();
    write_pretty(reply, 0, &mut out);
    out
}

/// The text of a reply as it is, for commands whose reply is meant to be read (INFO, CLIENT LIST).
pub(super) fn raw(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) | Reply::Bulk(text) => text.to_text(),
        Reply::Error(text) => text.to_text() + "\n",
        Reply::Int(number) => number.to_string(),
        Reply::Nil => String::new(),
        Reply::Array(items) => items.iter().map(raw).collect::<Vec<_>>().join("\n"),
    }
}

/// `indent` is how far the items of a list stand from the left.
fn write_pretty(reply: &Reply, indent: usize, out: &mut String) {
    match reply {
        Reply::Status(text) => out.push_str(&visible::line(&text.to_text())),
        Reply::Error(text) => {
            out.push_str("(error) ");
            out.push_str(&visible::line(&text.to_text()));
        }
        Reply::Int(number) => {
            let _ = write!(out, "(integer) {number}");
        }
        Reply::Bulk(bytes) => quote(bytes, out),
        Reply::Nil => out.push_str("(nil)"),
        Reply::Array(items) if items.is_empty() => out.push_str("(empty array)"),
        Reply::Array(items) => {
            // The longest number, and the parenthesis and space after it.
            let width = items.len().to_string().len();
            for (place, item) in items.iter().enumerate() {
                // The first item stands behind the number of the list itself.
                let before = if place == 0 { 0 } else { indent };
                let _ = write!(out, "{:before$}{:width$}) ", "", place + 1);
                write_pretty(item, indent + width + 2, out);
            }
            return;
        }
    }
    out.push('\n');
}

/// A string in quotes; what is not printable ASCII as `\xNN` (`sdscatrepr`).
fn quote(bytes: &[u8], out: &mut String) {
    out.push('"');
    for byte in bytes {
        match byte {
            b'\\' | b'"' => out.extend(['\\', char::from(*byte)]),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            7 => out.push_str("\\a"),
            8 => out.push_str("\\b"),
            32..=126 => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('"');
}
