//! Where the recipes of the catalogue of the field (R1 to R23 on Redis, Z1 to Z15 on ZooKeeper) are here.

/// A recipe of the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known {
    /// Its number in the catalogue.
    pub id: &'static str,
    /// The recipe here.
    pub recipe: &'static str,
    /// The parameters that make it that one; none if it is that one by default, or in each of its forms.
    pub with: &'static str,
}

const fn known(id: &'static str, recipe: &'static str, with: &'static str) -> Known {
    Known { id, recipe, with }
}

/// All, in the order of the catalogue; where it describes several locks under one number, each of them.
pub const FIELD: &[Known] = &[
    known("R1", "setnx", ""),
    known("R2", "setnx-expire", ""),
    known("R2b", "setnx-expire", r#""repair": "expire""#),
    known("R3", "timestamp", r#""takeover": "del", "release": "always""#),
    known("R4", "timestamp", ""),
    known("R5", "set-nx-px", r#""release": "del""#),
    known("R6", "set-nx-px", ""),
    known("R7", "set-nx-px-watch", ""),
    known("R8", "redis-py", ""),
    known("R9", "watchdog", ""),
    known("R10", "redisson", ""),
    known("R11", "redisson-fair", ""),
    known("R12", "redisson-read-write", ""),
    known("R13", "redisson-multi-lock", ""),
    known("R13", "redisson-faster-multi-lock", ""),
    known("R14", "redisson-spin", ""),
    known("R15", "redisson-fenced", ""),
    known("R16", "redisson-redlock", ""),
    known("R17", "python-redis-lock", ""),
    known("R18", "redlock", ""),
    known("R19", "redlock-library", ""),
    known("R20", "replicated", ""),
    known("R21", "fenced", ""),
    known("R22", "shedlock", ""),
    known("R23", "spring", ""),
    known("Z1", "znode", ""),
    known("Z2", "znode", r#""mode": "persistent""#),
    known("Z2", "sequential", r#""mode": "persistent""#),
    known("Z3", "sequential", r#""watch": "all""#),
    known("Z4", "sequential", ""),
    known("Z5", "guid", ""),
    known("Z6", "read-write", ""),
    known("Z7", "revocable", ""),
    known("Z8", "write-lock", ""),
    known("Z9", "curator", ""),
    known("Z10", "curator-read-write", ""),
    known("Z11", "semaphore", ""),
    known("Z11", "curator-multi-lock", ""),
    known("Z12", "election", ""),
    known("Z12", "leader-latch", ""),
    known("Z12", "leader-selector", ""),
    known("Z13", "kazoo", ""),
    known("Z14", "kazoo-semaphore", ""),
    known("Z14", "kazoo-lease", ""),
    known("Z15", "guid", r#""fence": "czxid""#),
];

/// The numbers of a recipe in the catalogue, each with the parameters that it stands for.
pub fn numbers(recipe: &str) -> impl Iterator<Item = String> {
    FIELD.iter().filter(move |known| known.recipe == recipe).map(|known| match known.with {
        "" => known.id.to_owned(),
        with => format!("{} with {with}", known.id),
    })
}
