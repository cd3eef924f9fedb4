//! Commands of Redis that the model does not have: each says so.

use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::reply::{Bytes, Reply};
use super::Command;

macro_rules! left_out {
    ($($name:literal)*) => {
        pub(super) const COMMANDS: &[Command] = &[
            $(Command::new($name, -1, left_out),)*
            Command::new("asking", 1, no_cluster),
            Command::new("cluster", -2, no_cluster),
            Command::new("readonly", 1, no_cluster),
            Command::new("readwrite", 1, no_cluster),
        ];
    };
}

left_out! {
    "acl" "bgrewriteaof" "bgsave" "dump" "failover" "fcall" "fcall_ro" "function"
    "geoadd" "geodist" "geohash" "geopos" "georadius" "georadius_ro" "georadiusbymember"
    "georadiusbymember_ro" "geosearch" "geosearchstore" "latency" "lolwut" "memory" "migrate" "module"
    "pfadd" "pfcount" "pfdebug" "pfmerge" "pfselftest" "psync" "replconf"
    "restore" "restore-asking" "save" "shutdown" "slowlog" "sync" "xack" "xadd"
    "xautoclaim" "xclaim" "xdel" "xgroup" "xinfo" "xlen" "xpending" "xrange" "xread" "xreadgroup"
    "xrevrange" "xsetid" "xtrim"
}

fn left_out(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let name = argv[0].to_text().to_lowercase();
    Err(Error::not_modelled(&format!("the '{name}' command")))
}

/// What a server answers that is not part of a cluster.
fn no_cluster(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::fixed("ERR This instance has cluster support disabled"))
}
