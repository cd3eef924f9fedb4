//! Who is where and what the stores keep after a step, in words, with what that step changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use anstyle::{AnsiColor, Style};

use super::cast::{Cast, Kind};
use super::chronicle::{Chronicle, Place};
use super::layout::wrap;
use super::picture::{Change, LaneKind, Picture};
use super::style::{BAD, FAINT, FAULT, TITLE};
use super::words;
use crate::event::Record;
use crate::time::Micros;

/// What is there since this step.
const NEW: Style = AnsiColor::Green.on_default();

/// The state after the steps `steps` of the run, and what they changed, in lines of at most `width` characters, with colours that may be stripped.
pub fn state(
    cast: &Cast,
    events: &[Record],
    picture: &Picture,
    steps: RangeInclusive<u64>,
    width: usize,
) -> String {
    let mut out = String::new();
    let (from, step) = steps.into_inner();
    let known = events.partition_point(|it| it.step <= step);
    let now = events[..known].last().map_or(Micros::ZERO, |it| it.at);
    let _ = writeln!(out, "{TITLE}after step {step}, at {}{TITLE:#}", words::time(now));
    for told in picture.steps.iter().filter(|it| (from..=step).contains(&it.step)) {
        line(&told.words(&picture.lanes), 2, width, Style::new(), &mut out);
    }
    clients(cast, &events[..known], width, &mut out);
    let lanes = picture.lanes.iter().enumerate();
    let lanes = lanes.filter(|(_, it)| !matches!(it.kind, LaneKind::Thread | LaneKind::Crowd));
    for ((lane, it), server) in lanes.zip(&cast.servers) {
        let _ = writeln!(out, "{TITLE}{}{TITLE:#}", it.name);
        kept(picture, lane, (from, step, now), server.kind, width, &mut out);
    }
    out
}

fn line(text: &str, indent: usize, width: usize, style: Style, out: &mut String) {
    for (number, line) in wrap(text, width.saturating_sub(indent)).iter().enumerate() {
        let more = if number == 0 { "" } else { "  " };
        let _ = writeln!(out, "{:indent$}{more}{style}{}{style:#}", "", line.trim_start());
    }
}

fn clients(cast: &Cast, events: &[Record], width: usize, out: &mut String) {
    let chronicle = Chronicle::of(cast, events);
    let _ = writeln!(out, "{TITLE}clients{TITLE:#}");
    let mut elsewhere = Vec::new();
    let mut waiting = Vec::new();
    for (who, stance) in chronicle.threads() {
        let name = cast.who(who).to_owned();
        let person = &chronicle.people[usize::from(who.process)];
        let paused = if person.paused.is_some() { ", paused" } else { "" };
        if person.gone.is_some() {
            line(&format!("{name} has crashed or ended"), 2, width, FAULT, out);
        } else if stance.place == Place::Inside {
            let until = stance.until.map(|it| format!(", lease until {}", words::time(it)));
            let text =
                format!("{name} is in its critical section{}{paused}", until.unwrap_or_default());
            line(&text, 2, width, NEW, out);
        } else if person.paused.is_some() {
            line(&format!("{name} is paused"), 2, width, FAULT, out);
        } else if stance.place == Place::Asking {
            waiting.push(name);
        } else {
            elsewhere.push(name);
        }
    }
    for (names, one, several) in
        [(waiting, "wants the lock", "want the lock"), (elsewhere, "is elsewhere", "are elsewhere")]
    {
        let text = match names.len() {
            0 => continue,
            1 => format!("{} {one}", names[0]),
            2..=12 => format!("{} {several}", words::list(&names)),
            many => format!("{} clients {several}", words::count(many as u64)),
        };
        line(&text, 2, width, FAINT, out);
    }
}

/// More entries than this are counted.
const MOST: usize = 60;

fn kept(
    picture: &Picture,
    lane: usize,
    (from, step, now): (u64, u64, Micros),
    kind: Kind,
    width: usize,
    out: &mut String,
) {
    let mut all: BTreeMap<(&str, &str), &Change> = BTreeMap::new();
    let mut before: BTreeMap<(&str, &str), Option<&Change>> = BTreeMap::new();
    let changes = picture.changes.iter().take_while(|it| it.step <= step);
    for change in changes.filter(|it| it.lane == lane) {
        let key = (change.kind, &*change.name);
        if change.step >= from && change.step > 0 {
            before.entry(key).or_insert_with(|| all.get(&key).copied());
        }
        match change.now {
            Some(_) => drop(all.insert(key, change)),
            None => drop(all.remove(&key)),
        }
    }
    let gone = before.iter().filter(|(key, old)| old.is_some() && !all.contains_key(*key));
    let gone: Vec<&Change> = gone.filter_map(|(_, old)| *old).collect();
    if all.is_empty() && gone.is_empty() {
        line("keeps nothing", 2, width, FAINT, out);
    }
    let mut shown: Vec<_> = all.iter().map(|(key, change)| (*key, *change)).collect();
    // Sessions, and then what they may own.
    shown.sort_by_key(|((kind, name), _)| (*kind != "session", *name, *kind));
    let names = shown.iter().map(|((_, name), _)| name.chars().count()).max().unwrap_or(0).min(34);
    for (key, change) in shown.iter().take(MOST) {
        let (sign, style) = match before.get(key) {
            Some(None) => ('+', NEW),
            Some(Some(_)) => ('~', FAULT),
            None => (' ', Style::new()),
        };
        let was = before.get(key).copied().flatten();
        entry(sign, &told(change, was, now, kind, names), width, style, out);
    }
    if all.len() > MOST {
        line(&format!("… {} more", words::count((all.len() - MOST) as u64)), 2, width, FAINT, out);
    }
    for change in gone {
        entry('-', &told(change, None, now, kind, names), width, BAD, out);
    }
}

fn entry(sign: char, text: &str, width: usize, style: Style, out: &mut String) {
    for (number, line) in wrap(text, width.saturating_sub(2)).iter().enumerate() {
        let sign = if number == 0 { sign } else { ' ' };
        let text = format!("{sign} {line}");
        let _ = writeln!(out, "{style}{}{style:#}", text.trim_end());
    }
}

/// One entry: `lock  c1-0000, until 10.001 s (6 s left)`.
fn told(change: &Change, was: Option<&Change>, now: Micros, kind: Kind, names: usize) -> String {
    let name = match change.kind {
        "session" => format!("session {}", change.name),
        _ => change.name.clone(),
    };
    let mut parts = Vec::new();
    let Some(entry) = &change.now else { return name };
    let old = was.and_then(|it| it.now.as_ref()).filter(|it| it.value != entry.value);
    let was = old.map(|it| format!(" (was {})", it.value)).unwrap_or_default();
    if !entry.value.is_empty() {
        parts.push(format!("{}{was}", entry.value));
    }
    if !matches!(change.kind, "string" | "session" | "number") && kind != Kind::Ledger {
        parts.push(change.kind.to_owned());
    }
    match entry.until {
        Some(until) if until <= now => parts.push("its time is over".to_owned()),
        Some(until) => {
            parts.push(format!("until {} ({} left)", words::time(until), words::time(until - now)));
        }
        None => {}
    }
    match (&entry.owner, &entry.session) {
        (Some(owner), Some(session)) if change.kind == "ephemeral" => {
            parts.push(format!("of {owner} ({session})"));
        }
        (Some(owner), _) => parts.push(format!("of {owner}")),
        _ => {}
    }
    parts.extend(entry.version.filter(|it| *it > 0).map(|it| format!("version {it}")));
    if !entry.watchers.is_empty() {
        let watchers = match entry.watchers.len() {
            0..=6 => words::list(&entry.watchers),
            many => format!("{many} clients"),
        };
        let how = if change.kind == "channel" { "subscribed" } else { "watched by" };
        parts.push(if how == "subscribed" {
            format!("{watchers} subscribed")
        } else {
            format!("{how} {watchers}")
        });
    }
    format!("{name:<names$}  {}", parts.join(", "))
}
