//! CONFIG.

use std::rc::Rc;

use super::super::config::{BAD_EVENT_CLASS, Config, Eviction, NotifyFlags, Persistence};
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::execute::c_text;
use super::super::glob::matches;
use super::super::number::read_integer;
use super::super::reply::{Bytes, Reply};
use super::settings::{Access, FIXED};
use super::{Command, Flags};

const ADMIN: Flags = Flags::NO_SCRIPT.with(Flags::ADMIN);

pub(super) const COMMANDS: &[Command] = &[Command::container("config", CONFIG).flags(ADMIN)];

const CONFIG: &[Command] = &[
    Command::new("config|get", -3, get).flags(ADMIN),
    Command::new("config|help", 2, |_, _| Err(Error::not_modelled("HELP"))).flags(ADMIN),
    Command::new("config|resetstat", 2, |_, _| Ok(Reply::OK)).flags(ADMIN),
    Command::new("config|rewrite", 2, |_, _| {
        Err(Error::fixed("ERR The server is running without a config file"))
    })
    .flags(ADMIN),
    Command::new("config|set", -4, set).flags(ADMIN),
];

/// A setting that the model acts on: its name and how it prints.
type Setting = (&'static str, fn(&Config) -> Bytes);

/// The settings that the model acts on. All others stand in [`FIXED`].
const SETTINGS: &[Setting] = &[
    ("appendfsync", |config| {
        let always = config.persistence == Persistence::Always;
        if always { "always" } else { "everysec" }.into()
    }),
    ("appendonly", |config| {
        let off = config.persistence == Persistence::None;
        if off { "no" } else { "yes" }.into()
    }),
    ("databases", |config| config.databases.to_string().into()),
    ("maxmemory", |config| config.maxmemory.to_string().into()),
    ("maxmemory-policy", |config| config.eviction.name().into()),
    ("min-replicas-max-lag", |config| config.min_replicas_max_lag.to_string().into()),
    ("min-replicas-to-write", |config| config.min_replicas_to_write.to_string().into()),
    ("min-slaves-max-lag", |config| config.min_replicas_max_lag.to_string().into()),
    ("min-slaves-to-write", |config| config.min_replicas_to_write.to_string().into()),
    ("notify-keyspace-events", |config| config.notify.print()),
    ("port", |config| config.port.to_string().into()),
    ("save", |_| "".into()),
];

/// Name and value of every setting.
fn settings(config: &Config) -> impl Iterator<Item = (&'static str, Bytes)> {
    let fixed = FIXED.iter().map(|(name, value, _)| (*name, Bytes::from(*value)));
    SETTINGS.iter().map(|(name, print)| (*name, print(config))).chain(fixed)
}

/// A name without wildcards is repeated as it was written. What several patterns name comes once.
fn get(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (mut shown, mut pairs) = (Vec::new(), Vec::new());
    for pattern in &argv[2..] {
        let wild = pattern.iter().any(|byte| b"*?[".contains(byte));
        let lower = pattern.to_ascii_lowercase();
        for (name, value) in settings(&ctx.core.config) {
            if matches(&lower, name.as_bytes()) && !shown.contains(&name) {
                shown.push(name);
                pairs.extend([if wild { name.into() } else { pattern.clone() }, value]);
            }
        }
    }
    Ok(Reply::bulks(pairs))
}

/// All names are judged before the first value.
fn set(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let mut config = (*ctx.core.config).clone();
    if !argv.len().is_multiple_of(2) {
        return Err(Error::SYNTAX);
    }
    let mut named: Vec<(&str, &Bytes)> = Vec::new();
    for pair in argv[2..].chunks_exact(2) {
        let (written, value) = (&pair[0], &pair[1]);
        let mut names = settings(&config).map(|(name, _)| name);
        let found = names.find(|name| name.as_bytes().eq_ignore_ascii_case(written));
        let Some(name) = found else {
            let text =
                [b"ERR Unknown option or number of arguments for CONFIG SET - '", &**written, b"'"];
            return Err(Error::text(c_text(&text)));
        };
        // These errors name the setting as it was written, those of values as it is called.
        match access(name) {
            Access::Open => {}
            Access::Immutable => {
                return Err(failed(&written.to_text(), "can't set immutable config"));
            }
            Access::Protected => {
                return Err(failed(&written.to_text(), "can't set protected config"));
            }
        }
        if named.iter().any(|(other, _)| *other == name) {
            return Err(failed(&written.to_text(), "duplicate parameter"));
        }
        named.push((name, value));
    }
    for (name, value) in named {
        change(&mut config, name, value)?;
    }
    ctx.core.config = Rc::new(config);
    ctx.ask_for_heartbeats();
    Ok(Reply::OK)
}

fn access(name: &str) -> Access {
    if name == "databases" {
        return Access::Immutable;
    }
    let fixed = FIXED.iter().find(|(other, ..)| *other == name);
    fixed.map_or(Access::Open, |(_, _, access)| *access)
}

fn failed(name: &str, why: &str) -> Error {
    Error::text(format!("ERR CONFIG SET failed (possibly related to argument '{name}') - {why}"))
}

fn change(config: &mut Config, name: &str, value: &[u8]) -> Result<(), Error> {
    match name {
        "notify-keyspace-events" => {
            let why = BAD_EVENT_CLASS.0.to_text();
            config.notify = NotifyFlags::parse(value).ok_or_else(|| failed(name, &why))?;
        }
        "maxmemory" => {
            let bytes =
                memory(value).ok_or_else(|| failed(name, "argument must be a memory value"))?;
            config.maxmemory = bytes;
        }
        "maxmemory-policy" => {
            let policy = Eviction::from_name(value).ok_or_else(|| {
                let names = Eviction::names().collect::<Vec<_>>().join(", ");
                failed(name, &format!("argument(s) must be one of the following: {names}"))
            })?;
            config.eviction = policy;
        }
        "min-replicas-to-write" | "min-slaves-to-write" => {
            config.min_replicas_to_write = count(value).map_err(|why| failed(name, why))?;
        }
        "min-replicas-max-lag" | "min-slaves-max-lag" => {
            config.min_replicas_max_lag = count(value).map_err(|why| failed(name, why))?;
        }
        _ if settings(config).any(|(other, now)| other == name && *now == *value) => {}
        _ => return Err(Error::not_modelled(&format!("other values of '{name}'"))),
    }
    Ok(())
}

/// A number that is not negative and fits into the C `int` that the server keeps it in.
fn count(text: &[u8]) -> Result<u32, &'static str> {
    let number = read_integer(text).ok_or("argument couldn't be parsed into an integer")?;
    let number = i32::try_from(number).ok().and_then(|number| u32::try_from(number).ok());
    number.ok_or("argument must be between 0 and 2147483647 inclusive")
}

/// A number of bytes, as `100mb`.
fn memory(text: &[u8]) -> Option<u64> {
    const UNITS: [(&str, u64); 8] = [
        ("", 1),
        ("b", 1),
        ("k", 1000),
        ("kb", 1 << 10),
        ("m", 1_000_000),
        ("mb", 1 << 20),
        ("g", 1_000_000_000),
        ("gb", 1 << 30),
    ];
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    // No digits at all are a zero to `strtoull`.
    let number: u64 = match std::str::from_utf8(digits).ok()? {
        "" => 0,
        digits => digits.parse().ok()?,
    };
    let unit = UNITS.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(unit))?;
    number.checked_mul(unit.1)
}
