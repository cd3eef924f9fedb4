//! Every recording of a real ZooKeeper, compared with the model.

use std::path::Path;

use lockstep::trace::Trace;
use lockstep::trace::recorded::{self, Tally};

#[test]
fn every_recording_replays_without_a_difference() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/recorded/zookeeper");
    let mut files: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut total = Tally::default();
    let mut failed = Vec::new();
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let trace = Trace::open(file).unwrap_or_else(|bad| panic!("{bad}"));
        let tally = recorded::replay(&trace.header, &trace.events)
            .unwrap_or_else(|bad| panic!("{name}: {bad}"));
        if tally.different > 0 {
            let first = &tally.differences[0];
            failed.push(format!(
                "{name}:{}: {} of {} differ; {}\n    recorded {}\n    model    {}",
                first.line,
                tally.different,
                tally.compared,
                first.what,
                first.recorded,
                first.model
            ));
        }
        total.add(&tally);
    }
    assert_eq!(files.len(), 165);
    assert!(failed.is_empty(), "{} files differ:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(total.equal, total.compared);
    assert!(total.compared > 38_000, "only {} comparisons", total.compared);
    let uses: Vec<_> = total.rules.iter().map(|(rule, uses)| format!("{rule}: {uses:?}")).collect();
    assert_eq!(
        total.rules.len(),
        // Those of the format, and that a session may live half a tick longer in an ensemble (fact E1).
        12,
        "a tolerance more or less than those of the format:\n{}",
        uses.join("\n")
    );
}
