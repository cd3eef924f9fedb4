//! Every recording of a real Redis replays without a difference.

use std::fmt::Write;
use std::path::Path;

use lockstep::trace::Trace;
use lockstep::trace::recorded::{self, Tally};

use super::tidy::files;

#[test]
fn all_recordings_are_equal() {
    let mut whole = Tally::default();
    let mut report = String::new();
    for (name, _) in files("traces/recorded/redis", &["jsonl"]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
        let trace = Trace::open(&path).unwrap();
        let tally = recorded::replay(&trace.header, &trace.events).unwrap();
        whole.add(&tally);
        if tally.different > 0 {
            let _ = writeln!(report, "{name}: {} of {}", tally.different, tally.compared);
            for difference in tally.differences.iter().take(5) {
                let _ = writeln!(report, "  {difference:?}");
            }
        }
    }
    assert!(report.is_empty(), "{} of {}\n{report}", whole.different, whole.compared);
    assert!(whole.equal > 60_000, "only {} comparisons", whole.equal);
}

/// Members of the header's `config` that are not known tell of the recorder. Line ends may be those of Windows.
#[test]
fn other_recorders_have_other_members_and_line_ends() {
    let text = [
        r#"{"trace":"lockstep","version":1,"origin":"recorded","store":"redis","server":"redis 7.0.15","title":"t","tool":"t","config":{"epoch_us":0,"proxy":"none","hz":10}}"#,
        r#"{"at":1,"client":"c1","connect":true}"#,
        r#"{"at":2,"client":"c1","call":["SET","k","v"],"reply":{"ok":"OK"}}"#,
        r#"{"at":3,"client":"c1","call":["GET","k"],"reply":"v"}"#,
        r#"{"at":4,"client":"c1","call":["GET","k"],"reply":"w"}"#,
        "",
    ];
    let trace = Trace::read(text.join("\r\n").as_bytes()).unwrap();
    assert!(trace.events.iter().all(|line| !line.text.contains('\r')));
    let tally = recorded::replay(&trace.header, &trace.events).unwrap();
    assert_eq!((tally.equal, tally.different), (2, 1));
}

/// A line about a server that the header does not name is no difference: it is no line of this recording.
#[test]
fn a_line_names_one_of_the_servers_of_the_header() {
    let header = r#"{"trace":"lockstep","version":1,"origin":"recorded","store":"redis","config":{"nodes":["r1","r2"]}}"#;
    let replay = |node: &str| {
        let line = format!(r#"{{"at":1,{node}"client":"c1","connect":true}}"#);
        let trace = Trace::read([header, &line].join("\n").as_bytes()).unwrap();
        recorded::replay(&trace.header, &trace.events).map_err(|bad| (bad.line, bad.message))
    };
    assert_eq!(replay(r#""node":"r2","#).unwrap().different, 0);
    let (line, message) = replay(r#""node":"r3","#).unwrap_err();
    assert_eq!((line, &*message), (2, "the header's \"config\" names no server \"r3\""));
    assert!(replay("").unwrap_err().1.starts_with("\"node\" is missing"));
}
