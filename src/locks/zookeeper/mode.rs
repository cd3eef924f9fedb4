//! Whether a lock's nodes end with their session.

use serde::Deserialize;

use crate::store::zookeeper::CreateMode;

/// Whether a lock's nodes end with their session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mode {
    #[default]
    Ephemeral,
    Persistent,
}

impl Mode {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) =
        ("mode", "\"ephemeral\", gone with its session, or \"persistent\": \"ephemeral\"");

    pub(super) const fn plain(self) -> CreateMode {
        match self {
            Self::Ephemeral => CreateMode::Ephemeral,
            Self::Persistent => CreateMode::Persistent,
        }
    }

    pub(super) const fn numbered(self) -> CreateMode {
        match self {
            Self::Ephemeral => CreateMode::EphemeralSequential,
            Self::Persistent => CreateMode::PersistentSequential,
        }
    }
}
