//! A script's text: its name, its shebang line, its flags.

use std::fmt;

use sha1::{Digest, Sha1};

use super::Host;
use crate::store::redis::{Bytes, Reply};

/// A script as the server keeps it: checked, compiled on first use, named by the SHA1 of its text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Script {
    text: Bytes,
    sha1: Bytes,
    flags: Flags,
}

/// What the shebang line of a script promises (`#!lua flags=no-writes`), for the host to enforce.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
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
        let sha1 = Self::sha1_of(text);
        Ok(Self { text: text.clone(), sha1, flags: Flags::default() })
    }

    /// Runs the script. Whatever goes wrong is the reply, not a panic; what the script wrote before stays
    /// written.
    pub fn eval(&self, keys: &[Bytes], args: &[Bytes], host: &mut dyn Host) -> Reply {
        let _ = (keys, args, host);
        Reply::Error("ERR lockstep: scripts do not run yet".into())
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
