//! Which nodes a request names.

use super::request::{Op, Request, SetWatches};

impl Request {
    /// The paths that it names, as the client wrote them.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::Call { op, .. } => op.paths(),
            Self::Connect(_) | Self::Peer(_) => Vec::new(),
        }
    }
}

impl Op {
    /// The paths that it names, as the client wrote them.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::Create(create) => vec![&create.path],
            Self::Delete { path, .. }
            | Self::Exists { path, .. }
            | Self::GetData { path, .. }
            | Self::SetData { path, .. }
            | Self::GetChildren { path, .. }
            | Self::GetChildren2 { path, .. }
            | Self::GetAllChildrenNumber { path }
            | Self::Sync { path }
            | Self::Check { path, .. }
            | Self::AddWatch { path, .. }
            | Self::RemoveWatches { path, .. }
            | Self::CheckWatches { path, .. }
            | Self::GetAcl { path }
            | Self::SetAcl { path, .. }
            | Self::GetEphemerals { prefix: path } => vec![path],
            Self::Multi(ops) | Self::MultiRead(ops) => ops.iter().flat_map(Op::paths).collect(),
            Self::SetWatches(watches) | Self::SetWatches2(watches) => watches.paths(),
            Self::Auth { .. } | Self::Ping | Self::CloseSession => Vec::new(),
        }
    }
}

impl SetWatches {
    fn paths(&self) -> Vec<&str> {
        let Self { relative_zxid: _, data, exist, child, persistent, persistent_recursive } = self;
        let all = [data, exist, child, persistent, persistent_recursive];
        all.into_iter().flat_map(|it| it.iter()).map(|it| &**it).collect()
    }
}
