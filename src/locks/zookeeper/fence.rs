//! Fencing tokens that a lock's node gives.

use serde::Deserialize;

use super::Directory;
use super::number::value_of;
use crate::cx::{CallError, Cx};

/// Which number of the node, or of its session, is the token (Kleppmann 2016).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fence {
    /// None.
    #[default]
    None,
    /// The transaction that created the node: it grows with every write of the whole service.
    Czxid,
    /// The number in the node's name: it begins anew with the directory, and runs over.
    Sequence,
    /// The session: an older one may get the lock after a newer one.
    Session,
}

impl Fence {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "fence",
        "the fencing token: \"none\", or of the lock's node the \"czxid\", the \"sequence\" number or the \"session\": \
         \"none\"",
    );

    /// The token of the node `me`.
    pub(super) async fn token(
        self,
        cx: &Cx,
        directory: &Directory,
        me: &str,
    ) -> Result<Option<i64>, CallError> {
        Ok(match self {
            Self::None => None,
            Self::Czxid => Some(cx.zk().czxid(&directory.child(me)).await?),
            Self::Sequence => Some(value_of(me).into()),
            Self::Session => Some(cx.zk().session_id()),
        })
    }
}
