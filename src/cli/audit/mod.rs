//! `lockstep audit`: who held which lock when, in logs of production.

mod json;
mod moments;
mod table;

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;
use super::files;
use super::output::{BAD, Output};
use crate::audit::{Audit, Confidence, Kind, Options, Time, Window};
use crate::trace::recorded::monitor;
use crate::trace::{BadFile, BadRecording, Content, Origin, Trace, packed};

/// Say who held which lock when in a log of redis-cli MONITOR: holds that overlap, releases of another's lock, holds
/// longer than their TTL
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Exit codes:
  0  nothing is wrong
  1  two held a lock at once, or something that leads to it
  2  wrong use, or nothing in the file can be read
  3  inconclusive: no lock was found, or what is wrong is only one explanation among others")]
pub(super) struct Arguments {
    /// Logs of redis-cli MONITOR or recordings of real servers, whatever their names, packed with gzip or not; `-` is standard
    /// input
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,

    /// Only locks with this in their keys
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,

    /// Only clients with this in their addresses
    #[arg(long, value_name = "TEXT")]
    client: Option<String>,

    /// From this time on: seconds as in the log (1700000000.5), a time in UTC (2023-11-14T22:13:20), or since the log
    /// began (+90s)
    #[arg(long, value_name = "TIME", value_parser = moments::time)]
    from: Option<Time>,

    /// Up to this time, written alike
    #[arg(long, value_name = "TIME", value_parser = moments::time)]
    to: Option<Time>,

    /// Only these lines, as in 100-250
    #[arg(long, value_name = "LINES", value_parser = moments::lines)]
    lines: Option<(usize, usize)>,

    /// Show every hold in the order in which they began
    #[arg(long)]
    timeline: bool,

    /// Show everything that was found, not only the worst
    #[arg(long)]
    all: bool,
}

/// One file, and what it comes to.
struct Audited {
    path: PathBuf,
    audit: Result<Audit, BadFile>,
}

impl Audited {
    fn exit(&self) -> Exit {
        let Ok(audit) = &self.audit else { return Exit::Wrong };
        let wrong = Kind::ALL.iter().filter(|kind| kind.is_wrong());
        let mut wrong = wrong.flat_map(|kind| audit.findings.of(*kind)).peekable();
        let unsure = wrong.peek().is_some();
        if wrong.any(|finding| finding.confidence > Confidence::Possible) {
            Exit::Violated
        } else if unsure || audit.sum().holds() == 0 {
            Exit::Inconclusive
        } else {
            Exit::Expected
        }
    }
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let window = Window {
        key: arguments.key.clone(),
        client: arguments.client.clone(),
        from: arguments.from,
        to: arguments.to,
        lines: arguments.lines,
    };
    let options = Options { window };
    let mut all = Vec::new();
    for file in files::find(&arguments.paths, &["log", "gz", "jsonl"]) {
        let (path, audit) = match file {
            Err(bad) => (bad.path.clone(), Err(bad)),
            Ok(path) => {
                let audit = audit(&path, &options, output);
                (path, audit)
            }
        };
        let one = Audited { path, audit };
        match &one.audit {
            Err(bad) => writeln!(output.err(), "{BAD}error:{BAD:#} {bad}")?,
            Ok(audit) if !output.json => {
                if !all.is_empty() {
                    writeln!(output.out())?;
                }
                table::show(&one.path, audit, arguments.all, arguments.timeline, output)?;
            }
            Ok(_) => {}
        }
        all.push(one);
    }
    let exit = all.iter().map(Audited::exit).max().unwrap_or_default();
    if output.json {
        json::write(&all, exit, output)?;
    }
    Ok(exit)
}

fn audit(path: &Path, options: &Options, output: &mut Output<'_>) -> Result<Audit, BadFile> {
    let opened = packed::open(path)?;
    let name = path.display().to_string();
    match opened.content {
        Some(Content::Trace) => return recording(path, opened.source, options),
        Some(Content::Json) => {
            let message = format!(
                "this is a JSON document, no log; a model is checked: lockstep check {name}"
            );
            return Err(BadFile::whole(path, message));
        }
        Some(Content::Monitor) | None => {}
    }
    let size = opened.size.filter(|_| !opened.packed);
    let mut shown = 0;
    let audit = Audit::of_monitor(opened.source, options, &mut |read| {
        if read >> 23 == shown {
            return;
        }
        shown = read >> 23;
        let read = read >> 20;
        match size {
            Some(size) => output.progress(format_args!("{name}: {read} of {} MiB", size >> 20)),
            None => output.progress(format_args!("{name}: {read} MiB")),
        }
    });
    let audit = audit.map_err(|error| BadFile::unreadable(path, &error))?;
    if audit.commands == 0 {
        let BadRecording { line, column, message } = monitor::nothing(&audit.skipped);
        return Err(BadRecording { line, column, message }.of(path));
    }
    Ok(audit)
}

fn recording(path: &Path, source: impl BufRead, options: &Options) -> Result<Audit, BadFile> {
    let trace = Trace::read(source).map_err(|bad| bad.of(path))?;
    let name = path.display();
    if trace.header.origin != Origin::Recorded {
        let message =
            format!("this is the trace of a run: lockstep replay {name} tells what happened in it");
        return Err(BadFile::whole(path, message));
    }
    let audit = match trace.header.text("store").map_err(|bad| bad.of(path))? {
        "redis" => Audit::of_redis_recording(&trace.header, &trace.events, options),
        "zookeeper" => Audit::of_zookeeper_recording(&trace.header, &trace.events, options),
        other => {
            let message = format!("no audit of recordings of the store \"{other}\"");
            return Err(BadFile::whole(path, message));
        }
    };
    audit.map_err(|bad| bad.of(path))
}
