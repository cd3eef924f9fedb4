//! What an audit came to, as JSON.

use serde_json::{Map, Value, json};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::Output;
use super::Audited;
use crate::audit::{Audit, Finding, Hold, Kind, Lock, Moment, Stats};
use crate::report::audit as words;

/// Writes everything as one JSON object.
pub(super) fn write(all: &[Audited], exit: Exit, output: &mut Output<'_>) -> Result<(), Failure> {
    let files: Vec<Value> = all.iter().map(file).collect();
    output.write_json(&json!({"command": "audit", "files": files, "exit": exit.code()}))
}

fn file(one: &Audited) -> Value {
    let path = one.path.display().to_string();
    match &one.audit {
        Err(bad) => json!({
            "path": path,
            "error": {"line": bad.line, "column": bad.column, "message": bad.message},
        }),
        Ok(audit) => whole(&path, audit),
    }
}

fn whole(path: &str, audit: &Audit) -> Value {
    let findings: Vec<Value> =
        Kind::ALL.iter().flat_map(|kind| audit.findings.of(*kind)).map(finding).collect();
    let counts = Kind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), Value::from(audit.findings.count(*kind))));
    let unreadable: Vec<Value> = audit
        .skipped
        .first
        .iter()
        .map(|bad| json!({"line": bad.line, "column": bad.column, "message": bad.message}))
        .collect();
    let model = &audit.counts;
    json!({
        "path": path,
        "begins": audit.span.map(|(first, _)| moment(first)),
        "ends": audit.span.map(|(_, last)| moment(last)),
        "commands": audit.commands,
        "executed": model.executed,
        "not_modelled": model.not_modelled,
        "not_shown": model.not_shown,
        "lua_equal": model.lua_equal,
        "lua_applied": model.lua_applied,
        "different": model.different,
        "clock_went_back": model.went_back,
        "unreadable": {"lines": audit.skipped.count, "first": unreadable},
        "sum": stats(&audit.sum()),
        "counts": counts.collect::<Map<String, Value>>(),
        "findings": findings,
        "locks": audit.locks.iter().map(lock).collect::<Vec<_>>(),
        "locks_not_listed": audit.others.0,
        "holds": audit.holds.iter().map(|(key, it)| hold(key, it)).collect::<Vec<_>>(),
        "holds_left_out": audit.holds_left_out,
    })
}

fn moment(it: Moment) -> Value {
    let line = (it.line > 0).then_some(it.line);
    json!({"line": line, "clock": words::clock(it), "at_us": it.at.0})
}

fn finding(it: &Finding) -> Value {
    let other = it
        .other
        .as_ref()
        .map(|(client, since)| json!({"client": **client, "since": moment(*since)}));
    json!({
        "kind": it.kind.name(),
        "wrong": it.kind.is_wrong(),
        "key": *it.key,
        "at": moment(it.moment),
        "client": *it.client,
        "since": it.since.map(moment),
        "other": other,
        "amount_us": it.amount.map(|amount| amount.0),
        "ttl_us": it.ttl.map(|ttl| ttl.0),
        "confidence": words::confidence(it.confidence),
        "text": words::finding(it),
    })
}

fn lock(it: &Lock) -> Value {
    let limit = (it.limit < usize::MAX).then_some(it.limit);
    json!({"key": *it.key, "limit": limit, "stats": stats(&it.stats)})
}

fn stats(it: &Stats) -> Value {
    json!({
        "holds": it.holds(),
        "completed": it.completed,
        "left_behind": it.left_behind,
        "open": it.open,
        "overlaps": it.overlaps,
        "longest_hold_us": it.longest_hold.0,
        "held_us": it.held.0,
        "waits": it.waits,
        "longest_wait_us": it.longest_wait.0,
        "waited_us": it.waited.0,
        "refused": it.refused,
        "asked_again": it.asked_again,
        "asked_again_us": it.asked_for.0,
        "renewals": it.renewals,
        "without_ttl": it.no_ttl,
        "ttl_with_a_second_command": it.late_ttl,
        "idle_releases": it.idle_releases,
        "held_before": it.held_before,
        "shortest_ttl_us": it.ttl.map(|(least, _)| least.0),
        "longest_ttl_us": it.ttl.map(|(_, most)| most.0),
        "most_at_once": it.most_at_once,
    })
}

fn hold(key: &str, it: &Hold) -> Value {
    json!({
        "key": key,
        "client": *it.client,
        "token": *it.token,
        "begin": moment(it.begin),
        "end": it.end.map(|(at, _)| moment(at)),
        "how": words::end(it),
        "waited_us": it.waited.map(|waited| waited.0),
        "ttl_us": it.ttl.map(|ttl| ttl.0),
        "renewals": it.renewals,
        "shared": it.shared,
        "lost": it.lost.as_ref().map(|(at, _)| moment(*at)),
        "confidence": words::confidence(it.confidence),
    })
}
