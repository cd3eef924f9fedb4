//! Scripts by their names, as client libraries send them: the text follows only where the server does not know it.

use super::redis::RedisClient;
use super::{Arg, CallError, Script};
use crate::store::redis::script::Script as Text;
use crate::store::redis::{Bytes, Reply};

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
}
