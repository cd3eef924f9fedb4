//! What the header says of the server and of the tolerances.

use serde::Deserialize;

use crate::store::redis::{Bytes, Config, Eviction, NotifyFlags, Persistence};
use crate::time::Micros;
use crate::trace::{BadRecording, Header};

/// `config` of the header, as it stands there. Members that are not known here tell of the recorder or of settings
/// that the model does not have; leaving them out can only make the comparison stricter.
#[derive(Deserialize, Default, Debug)]
#[serde(default)]
struct Written {
    epoch_us: i64,
    databases: usize,
    appendonly: String,
    appendfsync: Option<String>,
    maxmemory: u64,
    #[serde(rename = "maxmemory-policy")]
    maxmemory_policy: Option<String>,
    #[serde(rename = "notify-keyspace-events")]
    notify: String,
    nodes: Vec<String>,
    at_skew_upper_us: Skew,
    pttl_tolerance_ms: i64,
    unordered_replies: Vec<String>,
    masked_replies: Vec<String>,
    blocked_timeout_late_ms: i64,
}

/// How much later than its `at` a command may have run.
#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields, default)]
struct Skew {
    #[serde(rename = "p50")]
    _p50: i64,
    #[serde(rename = "p99")]
    _p99: i64,
    max: i64,
}

/// The servers of a recording, and how far it may differ from the model.
#[derive(Debug)]
pub(super) struct Settings {
    /// How each server is configured.
    pub(super) server: Config,
    /// The names of the servers; one without a name if there are no several.
    pub(super) nodes: Vec<String>,
    /// How far (ms) a remaining time may differ.
    pub(super) ttl_tolerance_ms: i64,
    /// How far (ms) it may exceed the model's because a deadline was set late.
    pub(super) skew_ms: i64,
    /// How late a block may time out.
    pub(super) timeout_late: Micros,
    /// Replies without an order, by command.
    pub(super) unordered: Vec<String>,
    /// Replies of which only the shape counts, by command or command and subcommand.
    pub(super) masked: Vec<String>,
}

/// How near to its deadline (ms) a key may be alive or gone.
const DOUBT_MS: i64 = 1;

impl Settings {
    /// Reads the header.
    pub(super) fn of(header: &Header) -> Result<Self, BadRecording> {
        let written: Written = header.member("config")?;
        let bad = |what: String| header.line.bad(format!("the header's \"config\": {what}"));
        let notify = NotifyFlags::parse(written.notify.as_bytes())
            .ok_or_else(|| bad(format!("no set of event classes: \"{}\"", written.notify)))?;
        let persistence = match (&*written.appendonly, written.appendfsync.as_deref()) {
            ("" | "no", _) => Persistence::None,
            ("yes", None | Some("everysec")) => Persistence::EverySecond,
            ("yes", Some("always")) => Persistence::Always,
            (appendonly, fsync) => {
                let fsync = fsync.unwrap_or("everysec");
                return Err(bad(format!("appendonly \"{appendonly}\", appendfsync \"{fsync}\"")));
            }
        };
        let eviction = match &written.maxmemory_policy {
            None => Eviction::default(),
            Some(name) => Eviction::from_name(name.as_bytes())
                .ok_or_else(|| bad(format!("no maxmemory-policy: \"{name}\"")))?,
        };
        let server = Config {
            epoch_us: written.epoch_us,
            databases: if written.databases == 0 { 16 } else { written.databases.min(1 << 16) },
            notify,
            persistence,
            maxmemory: written.maxmemory,
            eviction,
            doubt_ms: DOUBT_MS,
            absolute_time: true,
            client_ids: true,
            ..Config::default()
        };
        let nodes = if written.nodes.is_empty() { vec![String::new()] } else { written.nodes };
        Ok(Self {
            server,
            nodes,
            ttl_tolerance_ms: written.pttl_tolerance_ms.clamp(0, 1),
            skew_ms: written.at_skew_upper_us.max.clamp(0, 1_000_000).saturating_add(999) / 1000,
            timeout_late: Micros::from_ms(written.blocked_timeout_late_ms.clamp(0, 1000)),
            unordered: written.unordered_replies,
            masked: written.masked_replies,
        })
    }

    /// Whether only the shape of the reply to this command counts.
    pub(super) fn is_masked(&self, argv: &[Bytes]) -> bool {
        names(&self.masked, argv)
    }

    /// Whether the reply to this command has no order.
    pub(super) fn is_unordered(&self, argv: &[Bytes]) -> bool {
        names(&self.unordered, argv)
    }
}

/// Whether `names` has this command, or this command with its subcommand.
fn names(names: &[String], argv: &[Bytes]) -> bool {
    names.iter().any(|name| {
        let words: Vec<&str> = name.split(' ').collect();
        words.len() <= argv.len()
            && words
                .iter()
                .zip(argv)
                .all(|(word, argument)| argument.eq_ignore_ascii_case(word.as_bytes()))
    })
}
