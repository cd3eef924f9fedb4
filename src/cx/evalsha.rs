//! Scripts by their names, as client libraries send them: the text follows only where the server does not know it, or
//! never again.

use serde::Deserialize;

use super::redis::RedisClient;
use super::{Arg, CallError, Script};
use crate::store::redis::script::Script as Text;
use crate::store::redis::{Bytes, Reply};

/// How a client library sends scripts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scripts {
    /// As the recipe does.
    #[default]
    AsWritten,
    /// The text once in the life of a process, and from then on the hash alone: a server that has forgotten the script
    /// answers `NOSCRIPT` (<https://github.com/leandromoreira/redlock-rb/issues/27>).
    HashAfterFirst,
}

impl Script {
    /// The SHA1 of its text in hexadecimal digits.
    pub fn sha1(self) -> Bytes {
        Text::sha1_of(self.0.as_bytes())
    }
}

impl RedisClient<'_> {
    /// `EVALSHA sha1 numkeys key... arg...`, and `EVAL` with the text after `NOSCRIPT`.
    ///
    /// A server forgets its scripts when it restarts, and a promoted replica may never have had them
    /// (<https://redis.io/docs/latest/develop/interact/programmability/eval-intro/>, "Script cache").
    pub async fn evalsha(
        self,
        script: Script,
        keys: &[&dyn Arg],
        args: &[&dyn Arg],
    ) -> Result<Reply, CallError> {
        if self.cx.surroundings().scripts == Scripts::HashAfterFirst {
            return self.eval(script, keys, args).await;
        }
        let (sha1, numkeys) = (script.sha1(), keys.len() as i64);
        let head: [&dyn Arg; 3] = [&"EVALSHA", &sha1, &numkeys];
        let argv: Vec<&dyn Arg> = head.iter().chain(keys).chain(args).copied().collect();
        match self.raw(&argv).await {
            Err(CallError::Refused(text)) if text.starts_with(b"NOSCRIPT") => {
                self.eval(script, keys, args).await
            }
            reply => reply,
        }
    }

    /// `EVAL` and the text, or `EVALSHA` and the hash if that is what the library sends now.
    pub(super) fn names(self, script: Script) -> [Bytes; 2] {
        let text = || ["EVAL".arg(), script.0.arg()];
        if self.cx.surroundings().scripts == Scripts::AsWritten {
            return text();
        }
        let sent = self.cx.cell::<Vec<(u16, &'static str)>>("scripts sent");
        let (mut all, this) = (sent.get(), (self.to.server, script.0));
        if all.contains(&this) {
            return ["EVALSHA".arg(), script.sha1()];
        }
        all.push(this);
        all.sort_unstable();
        sent.set(all);
        text()
    }
}
