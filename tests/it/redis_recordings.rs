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
