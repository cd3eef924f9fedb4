//! The recordings of ZooKeeper, and the recipe that runs in the place of their clients.

use super::compare::Clients;
use super::{Case, case};

const ONE: Clients = Clients::Connections;

const KAZOO: &[&str] = &[r#"{"kazoo": {"directory": "/locks/k", "retry": {"after": "0ms"}}}"#];
const CURATOR: &[&str] = &[r#"{"curator": {"directory": "/cm"}}"#];
const LOCK: &[&str] = &["create /lock PERSISTENT", "sync /lock"];
const LK: &[&str] = &["create /lk PERSISTENT", "exists /lk"];
const KAZOO_PATH: &[&str] = &[
    "exists /locks/k",
    "exists /locks",
    "exists /",
    "create /locks PERSISTENT",
    "create /locks/k PERSISTENT",
    "create /res PERSISTENT",
    "getData /res",
    "setData /res",
];
/// The client library takes back a watch that nobody needs.
const CURATOR_OTHER: &[&str] = &["checkWatches"];
const NAMES: &[(&str, &str)] = &[("lock-", "n-")];
/// What the lock guards.
const GUARDED: &[&str] = &[
    "create /lock PERSISTENT",
    "create /res PERSISTENT",
    "getData /res",
    "exists /res",
    "setData /res",
];
const BY_HAND: &str = "the first client is driven by hand: it deletes its node without a look, and looks when all is over";
const BY_HAND_TO_THE_END: &str = "the first client is driven by hand: it deletes its node without a look, and looks when all is over; \
     by then the waiters do nothing any more, although the end of the others' sessions wakes them";
const LOOKS: &str = "the first client is driven by hand, and the waiters look by hand when it is clear that nobody wakes them";
const LAST_LOOKS: &str = "when all is over each waiter looks by hand, and one tries";
const READ_WRITE: &[&str] = &[
    r#"{"read-write": {"directory": "/lock", "role": "read"}}"#,
    r#"{"read-write": {"directory": "/lock"}}"#,
];
const KAZOO_RW: &[&str] = &[
    r#"{"kazoo": {"directory": "/rw", "role": "read", "retry": {"after": "0ms"}}}"#,
    r#"{"kazoo": {"directory": "/rw", "retry": {"after": "0ms"}}}"#,
];
const KAZOO_ELECT: &[&str] = &[r#"{"kazoo": {"directory": "/elect", "retry": {"after": "0ms"}}}"#];
const KAZOO_SEM: &[&str] =
    &[r#"{"kazoo-semaphore": {"directory": "/sem", "leases": 2, "retry": {"after": "0ms"}}}"#];
/// `ensure_path` of the locks.
const KAZOO_OTHER: &[&str] = &[
    "exists /",
    "exists /rw",
    "create /rw PERSISTENT",
    "exists /elect",
    "create /elect PERSISTENT",
    "exists /locks",
    "create /locks PERSISTENT",
    "exists /locks/nb",
    "create /locks/nb PERSISTENT",
];
/// That of the semaphore's lock.
const KAZOO_SEM_LOCK: &[&str] =
    &["exists /", "exists /sem-__lock__", "create /sem-__lock__ PERSISTENT"];
/// `acquire` for ever, without waiting, and for so long.
const KAZOO_NB: &[&str] = &[
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": "not"}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": {"at-most": "200ms"}}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": {"at-most": "100ms"}}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": {"at-most": "50ms"}}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": {"at-most": "30ms"}}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": {"at-most": "20ms"}}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": {"at-most": "10ms"}}}"#,
    r#"{"kazoo": {"directory": "/locks/nb", "retry": {"after": "0ms"}, "waits": {"at-most": "5ms"}}}"#,
];
const BEGAN_BEFORE: &str = "its time runs from before its first request, a create; the recording dates that at its reply, when the server had written it";
const CURATOR_TIMEOUT: &[&str] = &[
    r#"{"curator": {"directory": "/cm"}}"#,
    r#"{"curator": {"directory": "/cm", "waits": "not"}}"#,
    r#"{"curator": {"directory": "/cm", "waits": {"at-most": "5ms"}}}"#,
    r#"{"curator": {"directory": "/cm", "waits": {"at-most": "10ms"}}}"#,
    r#"{"curator": {"directory": "/cm", "waits": {"at-most": "20ms"}}}"#,
    r#"{"curator": {"directory": "/cm", "waits": {"at-most": "30ms"}}}"#,
    r#"{"curator": {"directory": "/cm", "waits": {"at-most": "50ms"}}}"#,
    r#"{"curator": {"directory": "/cm", "waits": {"at-most": "100ms"}}}"#,
    r#"{"curator": {"directory": "/cm", "waits": {"at-most": "200ms"}}}"#,
];
const CURATOR_RW: &[&str] = &[
    r#"{"curator-read-write": {"directory": "/crw", "role": "read"}}"#,
    r#"{"curator-read-write": {"directory": "/crw", "role": "downgrade-own-number"}}"#,
    r#"{"curator-read-write": {"directory": "/crw"}}"#,
];
/// What `Revoker` writes.
const REVOKER: &[&str] = &["checkWatches", "setData"];
const ASKS: &str = "the program lists the contenders itself before it revokes; a holder's own delete wakes the recipe's listener";
const AIOZK_SHARED: &[&str] =
    &[r#"{"aiozk": {"directory": "/sl", "role": "read"}}"#, r#"{"aiozk": {"directory": "/sl"}}"#];

#[rustfmt::skip]
pub(super) const ZOOKEEPER: &[Case] = &[
    case("zookeeper/hand-pred-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (5, 98, 20)).named(NAMES),
    case("zookeeper/hand-pred-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (4, 78, 16)).named(NAMES),
    case("zookeeper/hand-all-1", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (5, 126, 20)).named(NAMES),
    case("zookeeper/hand-all-2", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (4, 81, 16)).named(NAMES),
    case("zookeeper/hand-eph-1", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (5, 144, 20)),
    case("zookeeper/hand-eph-2", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (4, 96, 16)),
    case("zookeeper/hand-crash-holder-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (5, 22, 5)).named(NAMES),
    case("zookeeper/hand-crash-holder-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (4, 17, 4)).named(NAMES),
    case("zookeeper/node-pred-1", &[r#"{"sequential": {"directory": "/lk"}}"#], ONE, LK, (4, 58, 12)).named(NAMES),
    case("zookeeper/node-pred-2", &[r#"{"sequential": {"directory": "/lk"}}"#], ONE, LK, (5, 73, 15)).named(NAMES),
    case("zookeeper/node-pred-cuts-1", &[r#"{"sequential": {"directory": "/lk"}}"#], ONE, LK, (4, 78, 16)).named(NAMES),
    case("zookeeper/node-pred-cuts-2", &[r#"{"sequential": {"directory": "/lk"}}"#], ONE, LK, (5, 98, 20)).named(NAMES),
    case("zookeeper/herd-pred-5", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (5, 23, 5)).named(NAMES),
    case("zookeeper/herd-pred-10", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (10, 48, 10)).named(NAMES),
    case("zookeeper/herd-pred-50", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (50, 248, 50)).named(NAMES),
    case("zookeeper/herd-all-5", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (5, 25, 5)).named(NAMES),
    case("zookeeper/herd-all-10", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (10, 75, 10)).named(NAMES),
    case("zookeeper/ensemble-lock-pred-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (6, 88, 18)).named(NAMES),
    case("zookeeper/ensemble-lock-pred-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (6, 88, 18)).named(NAMES),
    case("zookeeper/kazoo-lock-1", KAZOO, ONE, KAZOO_PATH, (4, 90, 16)),
    case("zookeeper/kazoo-lock-2", KAZOO, ONE, KAZOO_PATH, (6, 136, 24)),
    case("zookeeper/kazoo-cuts-1", KAZOO, ONE, KAZOO_PATH, (4, 46, 7)).differs(3, "kazoo tells listeners of the new connection from a thread of its own: once it came before the waiter listened again"),
    case("zookeeper/kazoo-cuts-2", KAZOO, ONE, KAZOO_PATH, (4, 53, 8)),
    case("zookeeper/kazoo-cut-create-reply-1", KAZOO, ONE, KAZOO_PATH, (2, 18, 4)),
    case("zookeeper/kazoo-cut-create-reply-2", KAZOO, ONE, KAZOO_PATH, (2, 20, 4)),
    case("zookeeper/kazoo-cut-create-request-1", KAZOO, ONE, KAZOO_PATH, (2, 18, 4)),
    case("zookeeper/kazoo-cut-create-request-2", KAZOO, ONE, KAZOO_PATH, (2, 16, 4)),
    case("zookeeper/kazoo-partition-1", KAZOO, ONE, KAZOO_PATH, (3, 10, 3)).differs(1, "the old node is deleted by a client without a lock"),
    case("zookeeper/kazoo-partition-2", KAZOO, ONE, KAZOO_PATH, (3, 10, 3)).differs(1, "the old node is deleted by a client without a lock"),
    case("zookeeper/kazoo-kill-lock-1", KAZOO, ONE, KAZOO_PATH, (4, 25, 5)),
    case("zookeeper/kazoo-kill-lock-2", KAZOO, ONE, KAZOO_PATH, (4, 32, 7)),
    case("zookeeper/kazoo-paused-holder-1", KAZOO, ONE, KAZOO_PATH, (6, 7, 2)).differs(2, "an observer and a cleaner without a lock"),
    case("zookeeper/kazoo-paused-holder-2", KAZOO, ONE, KAZOO_PATH, (5, 6, 2)).differs(1, "an observer and a cleaner without a lock"),
    case("zookeeper/curator-mutex-1", CURATOR, ONE, CURATOR_OTHER, (4, 89, 16)),
    case("zookeeper/curator-mutex-2", CURATOR, ONE, CURATOR_OTHER, (5, 113, 20)),
    case("zookeeper/curator-mutex-cuts-1", CURATOR, ONE, CURATOR_OTHER, (4, 112, 20)),
    case("zookeeper/curator-mutex-cuts-2", CURATOR, ONE, CURATOR_OTHER, (5, 139, 25)),
    case("zookeeper/curator-kill-1", CURATOR, ONE, CURATOR_OTHER, (4, 35, 7)),
    case("zookeeper/curator-kill-2", CURATOR, ONE, CURATOR_OTHER, (4, 35, 7)),
    case("zookeeper/zkrecipe-writelock-1", &[r#"{"write-lock": {"directory": "/wl"}}"#], ONE, &["exists /wl", "create /wl PERSISTENT"], (4, 94, 16)),
    case("zookeeper/zkrecipe-writelock-2", &[r#"{"write-lock": {"directory": "/wl"}}"#], ONE, &["exists /wl", "create /wl PERSISTENT"], (5, 118, 20)),
    case("zookeeper/hand-preddata-1", &[r#"{"sequential": {"directory": "/lock", "watch": "predecessor-data"}}"#], ONE, LOCK, (5, 98, 20)).named(NAMES),
    case("zookeeper/hand-preddata-2", &[r#"{"sequential": {"directory": "/lock", "watch": "predecessor-data"}}"#], ONE, LOCK, (4, 76, 16)).named(NAMES),
    case("zookeeper/hand-crash-mid-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (6, 24, 4)).named(NAMES),
    case("zookeeper/hand-crash-mid-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (5, 19, 3)).named(NAMES).differs(1, "a client is killed before its first look: it had stopped there for that"),
    case("zookeeper/hand-believed-fenced-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, GUARDED, (4, 7, 2)).named(NAMES),
    case("zookeeper/hand-believed-fenced-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, GUARDED, (4, 7, 2)).named(NAMES),
    case("zookeeper/hand-believed-unfenced-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, GUARDED, (4, 7, 2)).named(NAMES),
    case("zookeeper/hand-believed-unfenced-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, GUARDED, (4, 7, 2)).named(NAMES),
    case("zookeeper/hand-race-correct-exists-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (3, 10, 2)).named(NAMES).differs(3, BY_HAND),
    case("zookeeper/hand-race-correct-exists-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (3, 10, 2)).named(NAMES).differs(3, BY_HAND),
    case("zookeeper/hand-race-correct-getdata-1", &[r#"{"sequential": {"directory": "/lock", "watch": "predecessor-data"}}"#], ONE, LOCK, (3, 10, 2)).named(NAMES).differs(3, BY_HAND),
    case("zookeeper/hand-race-correct-getdata-2", &[r#"{"sequential": {"directory": "/lock", "watch": "predecessor-data"}}"#], ONE, LOCK, (3, 10, 2)).named(NAMES).differs(3, BY_HAND),
    case("zookeeper/hand-reconnect-setwatches-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (3, 9, 2)).named(NAMES).differs(2, BY_HAND),
    case("zookeeper/hand-reconnect-setwatches-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (3, 9, 2)).named(NAMES).differs(2, BY_HAND),
    case("zookeeper/hand-rw-1", READ_WRITE, ONE, LOCK, (5, 84, 20)),
    case("zookeeper/hand-rw-2", READ_WRITE, ONE, LOCK, (4, 70, 16)),
    case("zookeeper/node-kill-1", &[r#"{"sequential": {"directory": "/lk"}}"#], ONE, LK, (5, 42, 9)).named(NAMES),
    case("zookeeper/node-kill-2", &[r#"{"sequential": {"directory": "/lk"}}"#], ONE, LK, (6, 52, 11)).named(NAMES),
    case("zookeeper/herd1by1-pred-5", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (5, 23, 5)).named(NAMES),
    case("zookeeper/herd1by1-pred-10", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (10, 48, 10)).named(NAMES),
    case("zookeeper/herd1by1-all-5", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (5, 31, 5)).named(NAMES),
    case("zookeeper/herd1by1-all-10", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (10, 111, 10)).named(NAMES),
    case("zookeeper/herd-eph-5", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (5, 30, 5)),
    case("zookeeper/herd-eph-10", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (10, 110, 10)),
    case("zookeeper/herd-eph-50", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (50, 782, 9)),
    case("zookeeper/herd1by1-eph-5", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (5, 30, 5)),
    case("zookeeper/herd1by1-eph-10", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (10, 110, 10)),
    case("zookeeper/ensemble-lock-all-1", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (6, 125, 18)).named(NAMES),
    case("zookeeper/ensemble-lock-all-2", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (6, 132, 18)).named(NAMES),
    case("zookeeper/kazoo-rw-1", KAZOO_RW, ONE, KAZOO_OTHER, (4, 70, 16)),
    case("zookeeper/kazoo-rw-2", KAZOO_RW, ONE, KAZOO_OTHER, (6, 118, 24)),
    case("zookeeper/kazoo-elect-1", KAZOO_ELECT, ONE, KAZOO_OTHER, (4, 78, 16)),
    case("zookeeper/kazoo-elect-2", KAZOO_ELECT, ONE, KAZOO_OTHER, (6, 118, 24)),
    case("zookeeper/kazoo-kill-elect-1", KAZOO_ELECT, ONE, KAZOO_OTHER, (4, 25, 5)),
    case("zookeeper/kazoo-kill-elect-2", KAZOO_ELECT, ONE, KAZOO_OTHER, (4, 32, 7)),
    case("zookeeper/kazoo-sem-1", KAZOO_SEM, ONE, KAZOO_SEM_LOCK, (4, 198, 16)),
    case("zookeeper/kazoo-sem-2", KAZOO_SEM, ONE, KAZOO_SEM_LOCK, (6, 297, 24)),
    case("zookeeper/kazoo-kill-sem-1", KAZOO_SEM, ONE, KAZOO_SEM_LOCK, (5, 70, 6)),
    case("zookeeper/kazoo-kill-sem-2", KAZOO_SEM, ONE, KAZOO_SEM_LOCK, (5, 89, 8)),
    case("zookeeper/kazoo-locknb-1", KAZOO_NB, ONE, KAZOO_OTHER, (4, 269, 27)),
    case("zookeeper/kazoo-locknb-2", KAZOO_NB, ONE, KAZOO_OTHER, (6, 338, 22)),
    case("zookeeper/curator-mutextimeout-1", CURATOR_TIMEOUT, ONE, CURATOR_OTHER, (4, 182, 15)),
    case("zookeeper/curator-mutextimeout-2", CURATOR_TIMEOUT, ONE, CURATOR_OTHER, (5, 184, 9)).differs(3, BEGAN_BEFORE),
    case("zookeeper/curator-rw-1", CURATOR_RW, ONE, CURATOR_OTHER, (4, 108, 16)),
    case("zookeeper/curator-rw-2", CURATOR_RW, ONE, CURATOR_OTHER, (5, 142, 20)),
    case("zookeeper/curator-semmutex-1", &[r#"{"semaphore": {"directory": "/csm"}}"#], ONE, CURATOR_OTHER, (4, 154, 16)),
    case("zookeeper/curator-semmutex-2", &[r#"{"semaphore": {"directory": "/csm"}}"#], ONE, CURATOR_OTHER, (5, 198, 20)),
    case("zookeeper/curator-latch-1", &[r#"{"leader-latch": {"directory": "/ll", "owner": "unchecked"}}"#], ONE, CURATOR_OTHER, (4, 94, 16)),
    case("zookeeper/curator-latch-2", &[r#"{"leader-latch": {"directory": "/ll", "owner": "unchecked"}}"#], ONE, CURATOR_OTHER, (5, 114, 20)),
    case("zookeeper/curator-revoke-1", &[r#"{"curator": {"directory": "/cv", "revocation": "heeded"}}"#], ONE, REVOKER, (4, 148, 16)).differs(12, ASKS),
    case("zookeeper/curator-revoke-2", &[r#"{"curator": {"directory": "/cv", "revocation": "heeded"}}"#], ONE, REVOKER, (5, 185, 20)).differs(15, ASKS),
    case("zookeeper/aiozk-lock-1", &[r#"{"aiozk": {"directory": "/al"}}"#], ONE, &[], (4, 66, 12)).named(&[("write-", "lock-")]),
    case("zookeeper/aiozk-lock-2", &[r#"{"aiozk": {"directory": "/al"}}"#], ONE, &[], (5, 83, 15)).named(&[("write-", "lock-")]),
    case("zookeeper/aiozk-shared-1", AIOZK_SHARED, ONE, &[], (4, 66, 12)),
    case("zookeeper/aiozk-shared-2", AIOZK_SHARED, ONE, &[], (5, 83, 15)),
    case("zookeeper/hand-race-naive-exists-1", &[r#"{"sequential": {"directory": "/lock", "defect": "waits-for-missing"}}"#], ONE, LOCK, (3, 6, 0)).named(NAMES).differs(4, BY_HAND_TO_THE_END),
    case("zookeeper/hand-race-naive-exists-2", &[r#"{"sequential": {"directory": "/lock", "defect": "waits-for-missing"}}"#], ONE, LOCK, (3, 6, 0)).named(NAMES).differs(4, BY_HAND_TO_THE_END),
    case("zookeeper/hand-race-naive-getdata-1", &[r#"{"sequential": {"directory": "/lock", "watch": "predecessor-data", "defect": "waits-for-missing"}}"#], ONE, LOCK, (3, 6, 0)).named(NAMES).differs(4, BY_HAND_TO_THE_END),
    case("zookeeper/hand-race-naive-getdata-2", &[r#"{"sequential": {"directory": "/lock", "watch": "predecessor-data", "defect": "waits-for-missing"}}"#], ONE, LOCK, (3, 6, 0)).named(NAMES).differs(4, BY_HAND_TO_THE_END),
    case("zookeeper/hand-reconnect-lostwakeup-1", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (3, 4, 1)).named(NAMES).differs(5, LOOKS),
    case("zookeeper/hand-persistent-deadlock-1", &[r#"{"znode": {"path": "/lock", "mode": "persistent"}}"#], ONE, &[], (4, 8, 1)).differs(7, LAST_LOOKS),
    case("zookeeper/node-all-1", &[r#"{"sequential": {"directory": "/lk", "watch": "all-listed-again"}}"#], ONE, LK, (4, 96, 12)).named(NAMES),
    case("zookeeper/hand-reconnect-lostwakeup-2", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (3, 4, 1)).named(NAMES).differs(5, LOOKS),
    case("zookeeper/hand-persistent-deadlock-2", &[r#"{"znode": {"path": "/lock", "mode": "persistent"}}"#], ONE, &[], (4, 8, 1)).differs(7, LAST_LOOKS),
    case("zookeeper/node-all-2", &[r#"{"sequential": {"directory": "/lk", "watch": "all-listed-again"}}"#], ONE, LK, (5, 141, 15)).named(NAMES),
    case("zookeeper/herd-pred-100", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (100, 141, 1)).named(NAMES),
    case("zookeeper/herd-all-100", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (100, 144, 1)).named(NAMES),
    case("zookeeper/herd-eph-100", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (100, 383, 2)),
    case("zookeeper/herd-pred-200", &[r#"{"sequential": {"directory": "/lock"}}"#], ONE, LOCK, (200, 214, 1)).named(NAMES),
    case("zookeeper/herd-all-200", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (200, 212, 1)).named(NAMES),
    case("zookeeper/herd-eph-200", &[r#"{"znode": {"path": "/lock"}}"#], ONE, &[], (200, 384, 1)),
    case("zookeeper/herd-all-50", &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#], ONE, LOCK, (50, 244, 3)).named(NAMES),
];
