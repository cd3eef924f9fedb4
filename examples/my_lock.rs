//! A lock of one's own: SET NX PX, searched in a model, with work that ends in time and with work that does not.

use lockstep::cx::{Cx, Grant, Lock, LockError, Script, Token};
use lockstep::time::Micros;

/// A key with a time to live.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct MyLock {
    ttl: Micros,
    token: Option<Token>,
}

const UNLOCK: Script = Script(
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0",
);

impl Lock for MyLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let token = cx.unique_token();
        let asked_at = cx.now(); // the lease counts from before the request
        if !cx.redis(0).set(&"my-lock", &token).nx().px(self.ttl).await? {
            return Err(LockError::Busy);
        }
        self.token = Some(token);
        Ok(Grant { until: Some(asked_at + self.ttl), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        if let Some(token) = self.token.take() {
            cx.redis(0).eval(UNLOCK, &[&"my-lock"], &[&token]).await?;
        }
        Ok(())
    }

    fn place(&self) -> String {
        "my-lock".to_owned()
    }
}

/// Two clients whose sections last so long.
fn model(work: &str) -> String {
    format!(
        r#"{{
            "title": "my lock", "why": "an example, 2026",
            "store": {{"redis": {{}}}},
            "lock": {{"none": {{}}}},
            "clients": {{"processes": 2}},
            "work": {{"section": {{"work": "{work}"}}}},
            "faults": ["crash"],
            "properties": ["mutual-exclusion"]
        }}"#
    )
}

fn main() -> Result<(), lockstep::Untried> {
    let lock = || MyLock { ttl: Micros::from_ms(10_000), token: None };
    lockstep::assert_holds!(&model("4s"), lock());
    lockstep::assert_violated!(&model("20s"), lock(), "mutual-exclusion");
    #[expect(clippy::print_stdout, reason = "an example shows what it finds")]
    {
        println!("{}", lockstep::check(&model("20s"), lock())?);
    }
    Ok(())
}
