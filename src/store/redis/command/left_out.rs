//! Commands of Redis that the model does not have: each says so, once it passed the checks that stand before every
//! command.

use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::reply::{Bytes, Reply};
use super::{Command, Flags};

const PLAIN: Flags = Flags::NONE;
const READS: Flags = Flags::READ_ONLY;
const WRITES: Flags = Flags::WRITE;
const GROWS: Flags = Flags::WRITE.with(Flags::DENY_OOM);
const RUNS: Flags = Flags::NO_SCRIPT;
const RUNS_READING: Flags = Flags::NO_SCRIPT.with(Flags::READ_ONLY);
const ADMIN: Flags = Flags::NO_SCRIPT.with(Flags::ADMIN);
const ALONE: Flags = ADMIN.with(Flags::NO_MULTI);

macro_rules! left_out {
    ($($name:literal $arity:literal $flags:ident,)*) => {
        pub(super) const COMMANDS: &[Command] = &[
            $(Command::new($name, $arity, left_out).flags($flags.with(Flags::LEFT_OUT)),)*
            Command::new("asking", 1, no_cluster),
            Command::new("cluster", -2, no_cluster),
            Command::new("readonly", 1, no_cluster),
            Command::new("readwrite", 1, no_cluster),
        ];
    };
}

left_out! {
    "acl" -2 PLAIN,
    "bgrewriteaof" 1 ADMIN,
    "bgsave" -1 ADMIN,
    "dump" 2 READS,
    "failover" -1 ADMIN,
    "fcall" -3 RUNS,
    "fcall_ro" -3 RUNS_READING,
    "function" -2 PLAIN,
    "geoadd" -5 GROWS,
    "geodist" -4 READS,
    "geohash" -2 READS,
    "geopos" -2 READS,
    "georadius" -6 GROWS,
    "georadius_ro" -6 READS,
    "georadiusbymember" -5 GROWS,
    "georadiusbymember_ro" -5 READS,
    "geosearch" -7 READS,
    "geosearchstore" -8 GROWS,
    "latency" -2 PLAIN,
    "lolwut" -1 READS,
    "memory" -2 PLAIN,
    "migrate" -6 WRITES,
    "module" -2 PLAIN,
    "pfadd" -2 GROWS,
    "pfcount" -2 READS,
    "pfdebug" 3 GROWS,
    "pfmerge" -2 GROWS,
    "pfselftest" 1 PLAIN,
    "psync" -3 ALONE,
    "replconf" -1 ADMIN,
    "restore" -4 GROWS,
    "restore-asking" -4 GROWS,
    "save" 1 ALONE,
    "shutdown" -1 ALONE,
    "slowlog" -2 PLAIN,
    "sync" 1 ALONE,
    "xack" -4 WRITES,
    "xadd" -5 GROWS,
    "xautoclaim" -6 WRITES,
    "xclaim" -6 WRITES,
    "xdel" -3 WRITES,
    "xgroup" -2 PLAIN,
    "xinfo" -2 PLAIN,
    "xlen" 2 READS,
    "xpending" -3 READS,
    "xrange" -4 READS,
    "xread" -4 READS,
    "xreadgroup" -7 WRITES,
    "xrevrange" -4 READS,
    "xsetid" -3 GROWS,
    "xtrim" -4 WRITES,
}

fn left_out(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let name = argv[0].to_text().to_lowercase();
    Err(Error::not_modelled(&format!("the '{name}' command")))
}

/// What a server answers that is not part of a cluster.
fn no_cluster(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::fixed("ERR This instance has cluster support disabled"))
}
