//! Chrome's Trace Event Format: slices on tracks, and flows between them.

use serde_json::{Value, json};

use super::super::picture::{BarKind, LaneKind, Picture, Tone};

/// The groups of tracks.
const CLIENTS: u32 = 1;
const SERVERS: u32 = 2;

pub(super) fn write(picture: &Picture, title: &str) -> String {
    let mut events: Vec<Value> = Vec::new();
    let group = |lane: usize| match picture.lanes[lane].kind {
        LaneKind::Thread | LaneKind::Crowd => CLIENTS,
        _ => SERVERS,
    };
    for (pid, name) in [(CLIENTS, "clients"), (SERVERS, "servers")] {
        events.push(json!({"ph": "M", "name": "process_name", "pid": pid, "args": {"name": name}}));
    }
    for (number, lane) in picture.lanes.iter().enumerate() {
        events.push(json!({
            "ph": "M", "name": "thread_name", "pid": group(number), "tid": number + 1, "args": {"name": lane.name}
        }));
    }
    for bar in &picture.bars {
        let name = match bar.kind {
            BarKind::Wants => "wants the lock",
            BarKind::Inside => "in its critical section",
            BarKind::Lease => "lease",
            BarKind::Paused => "paused",
            BarKind::Gone => "crashed or ended",
            BarKind::Session => "session",
            BarKind::Held => &bar.label,
            BarKind::Down => "down",
        };
        // Slices of one track must lie within each other, and leases do not: these are asynchronous.
        let id = format!("{}.{}.{}", bar.lane, bar.from.0, name);
        let both = json!({"cat": "bars", "name": name, "pid": group(bar.lane), "tid": bar.lane + 1, "id": id});
        for (ph, at) in [("b", bar.from.1), ("e", if bar.open { picture.end } else { bar.to.1 })] {
            let mut event = both.clone();
            (event["ph"], event["ts"]) = (json!(ph), json!(at.0));
            events.push(event);
        }
    }
    for (number, arrow) in picture.arrows.iter().enumerate() {
        for (ph, lane, at) in [("s", arrow.from, arrow.sent.1), ("f", arrow.to, arrow.arrived.1)] {
            let slice = json!({
                "ph": "X", "cat": "messages", "name": arrow.label, "ts": at.0, "dur": 1, "pid": group(lane), "tid": lane + 1
            });
            let mut flow = json!({
                "ph": ph, "cat": "messages", "name": "message", "id": number + 1, "ts": at.0, "pid": group(lane),
                "tid": lane + 1
            });
            if ph == "f" {
                flow["bp"] = json!("e");
            }
            events.extend([slice, flow]);
        }
    }
    for step in &picture.steps {
        let lane = step.process.as_ref().or(step.server.as_ref()).map_or(0, |(lane, _)| *lane);
        let scope = if step.tone == Tone::Bad { "g" } else { "t" };
        events.push(json!({
            "ph": "i", "cat": "steps", "name": step.words(&picture.lanes), "ts": step.at.0, "s": scope,
            "pid": group(lane), "tid": lane + 1, "args": {"step": step.name()}
        }));
    }
    let trace = json!({
        "displayTimeUnit": "ms", "otherData": {"title": title, "program": concat!("lockstep ", env!("CARGO_PKG_VERSION"))},
        "traceEvents": events,
    });
    format!("{trace}\n")
}
