//! The number that sections read and write: in the ledger, or in the lock's own store.
//!
//! In ZooKeeper a write in the session that owned the lock's node is not missed by whoever reads in the session that
//! owns the next one: its server has applied the deletion of the first node, and so all that was written before it
//! (<https://zookeeper.apache.org/doc/r3.8.0/zookeeperProgrammers.html#ch_zkGuarantees>). And a write can be one
//! transaction with a check that the lock's node is still there.

use serde::Deserialize;

use crate::cx::{CallError, Cx, Grant, KEPT_AT, Kept};
use crate::store::ledger::Reply;
use crate::store::redis::Bytes;
use crate::store::zookeeper::{Op, ZkError};

/// Where the number is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KeptIn {
    /// In the ledger.
    #[default]
    Ledger,
    /// In the store of the lock.
    Store,
    /// The same, and a write depends on the lock's node.
    StoreWithCheck,
}

impl KeptIn {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "kept_in",
        "where the number is: \"ledger\"; \"store\", the lock's own, read and written by the same client; \
         \"store-with-check\", where ZooKeeper's writes are multi(check(lock node), setData): \"ledger\"",
    );

    /// Where that is for the simulator.
    pub(super) fn place(self) -> Kept {
        match self {
            Self::Ledger => Kept::InLedger,
            Self::Store => Kept::InStore { checked: false },
            Self::StoreWithCheck => Kept::InStore { checked: true },
        }
    }

    /// Reads the number.
    pub(super) async fn read(self, cx: &Cx, grant: &Grant) -> Result<Reply, CallError> {
        if self == Self::Ledger {
            let ledger = cx.ledger().ok_or(CallError::NotSent)?;
            return ledger.read(grant.fence).await;
        }
        let text = if is_redis(cx) {
            cx.redis(0).get(&KEPT_AT).await?.map(|text| text.to_text())
        } else {
            let data = cx.zk().data(&node()).await?;
            data.map(|data| String::from_utf8_lossy(&data).into_owned())
        };
        // What is not there says nothing yet.
        Ok(Reply::Value(text.and_then(|text| text.parse().ok()).unwrap_or(0)))
    }

    /// Writes the number. A write whose reply is lost is an error.
    pub(super) async fn write(
        self,
        cx: &Cx,
        value: i64,
        grant: &Grant,
    ) -> Result<Reply, CallError> {
        let text = value.to_string();
        match (self, &grant.node) {
            (Self::Ledger, _) => {
                let ledger = cx.ledger().ok_or(CallError::NotSent)?;
                return ledger.write(value, grant.fence).await;
            }
            (Self::StoreWithCheck, Some(lock)) => {
                let check = Op::Check { path: lock.clone(), version: 0 };
                let (path, data) = (node().into(), Some(text.as_bytes().into()));
                let set = Op::SetData { path, data, version: -1 };
                match cx.zk().multi(&[check, set]).await {
                    Err(CallError::ZooKeeper(ZkError::NoNode | ZkError::BadVersion)) => {
                        return Ok(Reply::Stale);
                    }
                    result => result?,
                }
            }
            _ if is_redis(cx) => {
                cx.redis(0).set(&KEPT_AT, &Bytes::from(text)).await?;
            }
            _ => cx.zk().set_data(&node(), text.as_bytes()).await?,
        }
        Ok(Reply::Value(value))
    }
}

fn is_redis(cx: &Cx) -> bool {
    !cx.surroundings().redis.is_empty()
}

fn node() -> String {
    format!("/{KEPT_AT}")
}
