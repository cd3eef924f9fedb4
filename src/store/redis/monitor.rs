//! MONITOR: every command as it runs.

use std::fmt::Write;

use super::Message;
use super::client::Client;
use super::ctx::{Ctx, Inside};
use super::reply::{Bytes, Reply};
use crate::store::Outbound;

/// Shows a command that ran to all who monitor: `1700000000.000123 [0 127.0.0.1:1] "get" "k"`. A connection's
/// address is its link's number; commands of scripts come from `lua`.
pub(super) fn show(ctx: &mut Ctx<'_>, argv: &[Bytes]) {
    let now = ctx.now_us();
    let (seconds, micros) = (now.div_euclid(1_000_000), now.rem_euclid(1_000_000));
    let mut line = format!("{seconds}.{micros:06} [{} ", ctx.db);
    match ctx.inside {
        Inside::Script => line.push_str("lua"),
        Inside::Request | Inside::Exec => {
            let _ = write!(line, "127.0.0.1:{}", ctx.link.0);
        }
    }
    line.push(']');
    for argument in redacted(argv) {
        line.push_str(" \"");
        for byte in argument.iter() {
            match byte {
                b'\\' | b'"' => line.extend(['\\', char::from(*byte)]),
                b'\n' => line.push_str("\\n"),
                b'\r' => line.push_str("\\r"),
                b'\t' => line.push_str("\\t"),
                7 => line.push_str("\\a"),
                8 => line.push_str("\\b"),
                32..=126 => line.push(char::from(*byte)),
                _ => {
                    let _ = write!(line, "\\x{byte:02x}");
                }
            }
        }
        line.push('"');
    }
    let line = Reply::Status(line.into());
    for link in ctx.core.monitors.clone() {
        if ctx.core.client(link).is_some_and(Client::is_muted) {
            continue;
        }
        ctx.core.send(link, Outbound::Message(Message::Push(line.clone())));
    }
}

/// Names and passwords are not shown.
fn redacted(argv: &[Bytes]) -> impl Iterator<Item = Bytes> + '_ {
    let is = |place: usize, name: &[u8]| {
        argv.get(place).is_some_and(|argument| argument.eq_ignore_ascii_case(name))
    };
    let secrets = if is(0, b"auth") {
        1..argv.len()
    } else if is(0, b"hello") {
        let auth = (2..argv.len()).find(|place| is(*place, b"auth")).unwrap_or(argv.len());
        auth + 1..auth + 3
    } else {
        0..0
    };
    argv.iter().enumerate().map(move |(place, argument)| {
        if secrets.contains(&place) { Bytes::from_static(b"(redacted)") } else { argument.clone() }
    })
}
