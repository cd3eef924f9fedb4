//! What an audit came to, for people: a summary with the worst that was found, then a table of locks.

use std::path::Path;

use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output, TITLE};
use crate::audit::{Audit, End, Finding, Kind, Lock};
use crate::report::audit as words;
use crate::time::Micros;

/// How many of each kind are shown if not all are wanted.
const WORST: usize = 3;
/// How many locks the table has if not all are wanted.
const LOCKS: usize = 20;
/// The longest key that is shown whole.
const LONGEST_KEY: usize = 48;

pub(super) fn show(
    path: &Path,
    audit: &Audit,
    all: bool,
    timeline: bool,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    summary(path, audit, output)?;
    for kind in Kind::ALL {
        findings(audit, kind, all, output)?;
    }
    locks(audit, all, output)?;
    if timeline {
        holds(audit, output)?;
    }
    Ok(())
}

fn number(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn summary(path: &Path, audit: &Audit, output: &mut Output<'_>) -> Result<(), Failure> {
    let span = audit.span.map_or(Micros::ZERO, |(first, last)| last.at - first.at);
    let commands = number(audit.commands, "command", "commands");
    writeln!(
        output.out(),
        "{TITLE}{}{TITLE:#}: {commands} in {}",
        path.display(),
        span.in_seconds()
    )?;
    let sum = audit.sum();
    let locks = audit.locks.len() as u64 + audit.others.0;
    if sum.holds() == 0 {
        writeln!(
            output.out(),
            "No lock was found: no key that is given out only if nobody has it."
        )?;
    } else {
        write!(
            output.out(),
            "{}, {}",
            number(locks, "lock", "locks"),
            number(sum.completed, "hold", "holds")
        )?;
        for (count, what) in [(sum.left_behind, "never released"), (sum.open, "held at the end")] {
            if count > 0 {
                write!(output.out(), ", {count} {what}")?;
            }
        }
        writeln!(output.out())?;
    }
    let found = |wrong: bool| {
        Kind::ALL
            .iter()
            .copied()
            .filter(move |kind| kind.is_wrong() == wrong && audit.findings.count(*kind) > 0)
    };
    for kind in found(true) {
        let text = words::count(kind, audit.findings.count(kind));
        writeln!(output.out(), "  {BAD}wrong{BAD:#}  {text}")?;
    }
    for kind in found(false) {
        let text = words::count(kind, audit.findings.count(kind));
        writeln!(output.out(), "  also   {text}")?;
    }
    if sum.late_ttl > 0 {
        let (count, longest) = (sum.late_ttl, sum.longest_without.in_seconds());
        let text = number(count, "lock got its TTL", "locks got their TTL");
        writeln!(output.out(), "  also   {text} with a second command, after up to {longest}")?;
    }
    if sum.idle_releases > 0 {
        let text = number(sum.idle_releases, "release", "releases");
        writeln!(output.out(), "  also   {text} of a key that was not there, by nobody's holder")?;
    }
    if found(true).next().is_none() && sum.holds() > 0 {
        writeln!(output.out(), "  {GOOD}Nothing is wrong.{GOOD:#}")?;
    }
    reading(audit, output)
}

/// What was not read, or not executed.
fn reading(audit: &Audit, output: &mut Output<'_>) -> Result<(), Failure> {
    let counts = &audit.counts;
    for (count, one, more) in [
        (counts.not_modelled, "command is not modelled", "commands are not modelled"),
        (
            counts.lua_applied,
            "line of a script that is not in the log was executed as it stands",
            "lines of scripts that are not in the log were executed as they stand",
        ),
        (
            counts.different,
            "line of a script differs from what the model runs",
            "lines of scripts differ from what the model runs",
        ),
        (counts.went_back, "time the clock goes back", "times the clock goes back"),
    ] {
        if count > 0 {
            writeln!(output.out(), "  {FAINT}note   {}{FAINT:#}", number(count, one, more))?;
        }
    }
    if audit.skipped.count > 0 {
        let lines = number(audit.skipped.count, "line was", "lines were");
        writeln!(output.out(), "  {FAINT}note   {lines} passed over:{FAINT:#}")?;
        for bad in audit.skipped.first.iter().take(WORST) {
            writeln!(output.out(), "  {FAINT}         line {bad}{FAINT:#}")?;
        }
        let more = audit.skipped.count.saturating_sub(WORST as u64);
        if more > 0 {
            writeln!(output.out(), "  {FAINT}         and {more} more{FAINT:#}")?;
        }
    }
    Ok(())
}

fn findings(audit: &Audit, kind: Kind, all: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    let count = audit.findings.count(kind);
    if count == 0 {
        return Ok(());
    }
    let shown: Vec<&Finding> =
        if all { audit.findings.of(kind) } else { audit.findings.worst(kind, WORST) };
    let heading = words::count(kind, count);
    let which = match (all, count > shown.len() as u64) {
        (false, true) => format!(", the worst {} of them (--all shows more)", shown.len()),
        (true, true) => format!(", {} of them", shown.len()),
        _ => String::new(),
    };
    writeln!(output.out(), "\n{TITLE}{heading}{TITLE:#}{which}")?;
    for it in shown {
        let (line, clock) = (it.moment.line, words::clock(it.moment));
        let line = if line == 0 { "-".to_owned() } else { line.to_string() };
        let (text, sure) = (words::finding(it), words::confidence(it.confidence));
        writeln!(
            output.out(),
            "  {line:>7}  {FAINT}{clock}{FAINT:#}  {text} {FAINT}({sure}){FAINT:#}"
        )?;
    }
    Ok(())
}

fn shortened(key: &str) -> String {
    let key: String = key.chars().flat_map(char::escape_debug).collect();
    match key.char_indices().nth(LONGEST_KEY) {
        Some((end, _)) => format!("{}...", &key[..end]),
        None => key,
    }
}

fn locks(audit: &Audit, all: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    if audit.locks.is_empty() {
        return Ok(());
    }
    let shown = if all { audit.locks.len() } else { audit.locks.len().min(LOCKS) };
    let mut rows = vec![
        std::iter::once("lock".to_owned())
            .chain(words::COLUMNS.iter().map(|(name, _)| (*name).to_owned()))
            .collect::<Vec<_>>(),
    ];
    for Lock { key, limit, stats } in &audit.locks[..shown] {
        let key = match limit {
            1 => shortened(key),
            &usize::MAX => format!("{} (permits)", shortened(key)),
            limit => format!("{} (up to {limit})", shortened(key)),
        };
        let cells = words::COLUMNS.iter().map(|(_, cell)| cell(stats));
        rows.push(std::iter::once(key).chain(cells).collect());
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..rows[0].len()).filter_map(width).collect();
    writeln!(output.out())?;
    for (at, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        if at == 0 {
            writeln!(output.out(), "{TITLE}{line}{TITLE:#}")?;
        } else {
            writeln!(output.out(), "{line}")?;
        }
    }
    let more = audit.locks.len() - shown;
    if more > 0 {
        writeln!(output.out(), "and {more} more (--all shows them, --key some of them)")?;
    }
    if audit.others.0 > 0 {
        let (count, stats) = &audit.others;
        writeln!(
            output.out(),
            "and {count} more at rest, with {} holds in all, which are counted only",
            stats.holds()
        )?;
    }
    Ok(())
}

/// Every hold, with who else held the lock meanwhile.
fn holds(audit: &Audit, output: &mut Output<'_>) -> Result<(), Failure> {
    writeln!(output.out(), "\n{TITLE}Holders{TITLE:#}")?;
    for (at, (key, hold)) in audit.holds.iter().enumerate() {
        let line = hold.begin.line;
        let line = if line == 0 { "-".to_owned() } else { line.to_string() };
        let clock = words::clock(hold.begin);
        let length = hold.length().map_or_else(String::new, Micros::in_seconds);
        // Those who began before stand above; a few thousand are looked at.
        let before = audit.holds[at.saturating_sub(2000)..at].iter();
        let with = before.filter(|(other, it)| other == key && it.overlaps(hold)).count();
        let limit = audit.locks.iter().find(|lock| lock.key == *key).map_or(1, |lock| lock.limit);
        let bad = with >= limit && !hold.shared;
        let mark = if bad { format!("{BAD}!{BAD:#}") } else { " ".to_owned() };
        let waited = hold
            .waited
            .filter(|waited| *waited > Micros::ZERO)
            .map_or_else(String::new, |waited| {
                format!(", after a wait of {}", waited.in_seconds())
            });
        let late = matches!(hold.end, Some((_, End::TooLate)));
        let end = words::end(hold);
        let end = if late { format!("{BAD}{end}{BAD:#}") } else { end };
        writeln!(
            output.out(),
            "{mark} {line:>7}  {FAINT}{clock}{FAINT:#}  {}  {}  {length}{waited}, {end}",
            shortened(key),
            hold.client
        )?;
    }
    if audit.holds_left_out > 0 {
        writeln!(output.out(), "and {} more", audit.holds_left_out)?;
    }
    Ok(())
}
