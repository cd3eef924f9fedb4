//! A script's text: its name, its shebang line, its flags.

use std::fmt;

use sha1::{Digest, Sha1};

use super::exchange::Task;
use super::run::failure;
use super::{Host, engine};
use crate::store::redis::{Bytes, Reply};

/// A script as the server keeps it: checked, compiled on first use, named by the SHA1 of its text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Script {
    text: Bytes,
    /// The text without its shebang line.
    body: Bytes,
    sha1: Bytes,
    flags: Flags,
}

/// What the shebang line of a script promises (`#!lua flags=no-writes`), for the host to enforce.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own in Redis")]
pub struct Flags {
    /// There is a shebang line. Without one a script runs in the compatible mode of old versions.
    pub shebang: bool,
    /// `no-writes`: no command that writes.
    pub no_writes: bool,
    /// `allow-oom`: may run when memory is short.
    pub allow_oom: bool,
    /// `allow-stale`: may run on a replica that lost its master.
    pub allow_stale: bool,
    /// `no-cluster`: must not run in cluster mode.
    pub no_cluster: bool,
    /// `allow-cross-slot-keys`: may use keys of several slots.
    pub allow_cross_slot_keys: bool,
}

impl Script {
    /// Checks and compiles `text`, as SCRIPT LOAD and the first EVAL do. The error is the client's reply.
    pub fn load(text: &Bytes) -> Result<Self, Reply> {
        let (flags, shebang) = Flags::parse(text)?;
        let body = if shebang == 0 { text.clone() } else { Bytes::from(&text[shebang..]) };
        let script = Self { text: text.clone(), body, sha1: Self::sha1_of(text), flags };
        engine::load(script.task())?;
        Ok(script)
    }

    /// Runs the script. Whatever goes wrong is the reply, not a panic; what the script wrote before stays
    /// written.
    pub fn eval(&self, keys: &[Bytes], args: &[Bytes], host: &mut dyn Host) -> Reply {
        engine::eval(&self.task(), keys, args, host)
    }

    fn task(&self) -> Task {
        Task { sha1: self.sha1.clone(), body: self.body.clone() }
    }

    /// The SHA1 of a text in lower-case hexadecimal digits, which is its name for EVALSHA.
    pub fn sha1_of(text: &[u8]) -> Bytes {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digest = Sha1::digest(text);
        let hex: Vec<u8> = digest
            .iter()
            .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
            .collect();
        Bytes::from(hex)
    }

    /// The name of the script.
    pub fn sha1(&self) -> &Bytes {
        &self.sha1
    }

    /// The text, as the client sent it.
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    /// What the shebang line says.
    pub fn flags(&self) -> Flags {
        self.flags
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({})", self.sha1.to_text())
    }
}

impl Flags {
    /// The flags of a script, and the length of its shebang line.
    fn parse(text: &[u8]) -> Result<(Self, usize), Reply> {
        if !text.starts_with(b"#!") {
            return Ok((Self::default(), 0));
        }
        let Some(length) = text.iter().position(|byte| *byte == b'\n') else {
            return Err(failure(b"Invalid script shebang"));
        };
        let mut parts = text[..length].split(|byte| *byte == b' ');
        let engine = parts.next().unwrap_or_default();
        if engine != b"#!lua" {
            return Err(failure(&[b"Unexpected engine in script shebang: ", engine].concat()));
        }
        let mut flags = Self { shebang: true, ..Self::default() };
        for part in parts {
            let Some(names) = part.strip_prefix(b"flags=") else {
                return Err(failure(&[b"Unknown lua shebang option: ", part].concat()));
            };
            for name in names.split(|byte| *byte == b',').filter(|_| !names.is_empty()) {
                match name {
                    b"no-writes" => flags.no_writes = true,
                    b"allow-oom" => flags.allow_oom = true,
                    b"allow-stale" => flags.allow_stale = true,
                    b"no-cluster" => flags.no_cluster = true,
                    b"allow-cross-slot-keys" => flags.allow_cross_slot_keys = true,
                    name => {
                        return Err(failure(
                            &[b"Unexpected flag in script shebang: ", name].concat(),
                        ));
                    }
                }
            }
        }
        Ok((flags, length))
    }
}
