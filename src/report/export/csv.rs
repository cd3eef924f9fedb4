//! A table of the steps, as spreadsheets read it (RFC 4180).

use super::super::picture::{Picture, Tone};

pub(super) fn write(picture: &Picture) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let name = |lane: usize| picture.lanes.get(lane).map_or("", |it| &it.name);
    // Writing to memory cannot fail.
    let _ = table.write_record([
        "step",
        "at_us",
        "tone",
        "process",
        "does",
        "server",
        "executes",
        "everybody",
    ]);
    for step in &picture.steps {
        let tone = match step.tone {
            Tone::Plain => "plain",
            Tone::Fault => "fault",
            Tone::Bad => "bad",
        };
        let (process, does) =
            step.process.as_ref().map_or(("", ""), |(it, text)| (name(*it), text));
        let (server, executes) =
            step.server.as_ref().map_or(("", ""), |(it, text)| (name(*it), text));
        let _ = table.write_record([
            &*step.name(),
            &step.at.0.to_string(),
            tone,
            process,
            does,
            server,
            executes,
            step.whole.as_deref().unwrap_or_default(),
        ]);
    }
    let bytes = table.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
