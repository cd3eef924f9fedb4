//! What a client of a read/write lock wants.

use serde::Deserialize;

/// What a client of a read/write lock wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Role {
    /// To read: others may, too.
    Read,
    /// To write: nobody else may do anything.
    #[default]
    Write,
}

impl Role {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) =
        ("role", "whether this client wants to \"read\" or to \"write\": \"write\"");
}
