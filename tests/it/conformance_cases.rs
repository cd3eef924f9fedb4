//! The recordings, and the recipe that runs in the place of their clients.

use lockstep::trace::conform::Clients;

use super::conformance::{Case, case};

const ONE: Clients = Clients::Connections;
const TOKENS: Clients = Clients::Tokens;

const SET_NX_PX: &[&str] = &[r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms"}}"#];
/// For ever, or with one of the limits that the recorded program had.
const REDIS_PY: &[&str] = &[
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms"}}"#,
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms", "blocking_timeout": "300ms"}}"#,
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms", "blocking_timeout": "800ms"}}"#,
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms", "blocking_timeout": "0ms"}}"#,
];
const REDLOCK_PY: &[&str] = &[
    r#"{"redlock-library": {"library": "redlock-py", "key": "$1", "ttl": "$5ms", "but": {"delay": {"after": "1ms", "jitter": "0ms"}}}}"#,
];
/// The time between two tries is drawn by the library.
const KAZOO: &[&str] = &[r#"{"kazoo": {"directory": "/locks/k", "retry": {"after": "0ms"}}}"#];
const CURATOR: &[&str] = &[r#"{"curator": {"directory": "/cm"}}"#];

/// What the recorded programs did while they held the lock, or to look at it.
const INSIDE: &[&str] = &["INCR inside", "DECR inside", "INCR violations", "PUBLISH freed"];
const N: &[&str] = &["GET n", "SET n", "TTL lock", "EXISTS lock"];
/// Also redis-py's `extend`, `reacquire` and `owned`.
const STOCK: &[&str] =
    &["GET stock", "SET stock", "INCRBY n", "GET lock:stock", "script with pexpire"];
/// Also `get_owner_id`, `extend`, `reset`, `reset_all` and `locked`.
const PYTHON_REDIS_LOCK: &[&str] = &[
    "INCRBY n",
    "GET lock:stock",
    "EXISTS lock:stock",
    "script with ttl",
    "script with string.sub",
    "script with return redis.call('del'",
];
/// `extend` and `locked`.
const POTTERY: &[&str] = &["script with pexpire", "script with pttl"];
/// Also the `sync` before the first round.
const LOCK: &[&str] = &["create /lock PERSISTENT", "sync /lock"];
const LK: &[&str] = &["create /lk PERSISTENT", "exists /lk"];
/// `ensure_path`: the recipe creates the directory when it is missing. `/res` is what the lock guards.
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
/// The client library looks after the ensemble's configuration, and looks before it creates the directory.
const CURATOR_OTHER: &[&str] = &["exists /cm", "checkWatches"];
const NAMES: &[(&str, &str)] = &[("lock-", "n-")];

pub(super) const CASES: &[Case] = &[
    case("redis/recipe-setnx-bare-1", &[r#"{"setnx": {"key": "$1"}}"#], ONE, N, (4, 340, 68)).unread(),
    case("redis/recipe-setnx-expire-1", &[r#"{"setnx-expire": {"ttl": "1s"}}"#, r#"{"setnx-expire": {"ttl": "80ms", "unit": "milliseconds"}}"#, r#"{"setnx-expire": {"ttl": "120ms", "unit": "milliseconds"}}"#], ONE, N, (4, 522, 91)).unread(),
    case("redis/recipe-set-nx-px-cad-1", SET_NX_PX, ONE, INSIDE, (5, 800, 98)),
    case("redis/recipe-set-nx-px-naive-del-1", &[r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "del"}}"#], ONE, INSIDE, (5, 629, 90)),
    case("redis/recipe-set-nx-px-naive-del-3", &[r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "del"}}"#], ONE, INSIDE, (5, 566, 90)),
    case("redis/recipe-set-nx-px-get-del-1", &[r#"{"set-nx-px-watch": {"key": "$1", "ttl": "$5ms", "release": "get-del"}}"#], ONE, INSIDE, (5, 1551, 110)),
    case("redis/recipe-watch-release-1", &[r#"{"set-nx-px-watch": {"key": "$1", "ttl": "$5ms"}}"#], ONE, INSIDE, (5, 1083, 74)),
    case("redis/recipe-setnx-timestamp-del-1", &[r#"{"timestamp": {"timeout": "1s", "takeover": "del", "release": "always"}}"#, r#"{"timestamp": {"timeout": "40ms", "takeover": "del", "release": "always"}}"#], ONE, &["INCR inside", "DECR inside", "INCR violations", "SET lock"], (6, 595, 93)).late(30),
    case("redis/recipe-setnx-timestamp-del-3", &[r#"{"timestamp": {"timeout": "1s", "takeover": "del", "release": "always"}}"#, r#"{"timestamp": {"timeout": "40ms", "takeover": "del", "release": "always"}}"#], ONE, &["INCR inside", "DECR inside", "INCR violations", "SET lock"], (6, 502, 93)).late(30),
    case("redis/recipe-getset-timestamp-1", &[r#"{"timestamp": {"timeout": "44ms", "release": "always"}}"#], ONE, INSIDE, (4, 915, 85)).late(30),
    case("redis/recipe-getset-timestamp-3", &[r#"{"timestamp": {"timeout": "44ms", "release": "always"}}"#], ONE, INSIDE, (4, 839, 84)).late(30).differs(1, "another client's deadline is by chance one that this client had sent"),
    case("redis/recipe-fencing-1", &[r#"{"fenced": {"key": "lock", "ttl": "40ms"}}"#, r#"{"fenced": {"key": "lock", "ttl": "40ms", "count": "after"}}"#], ONE, &["script with STALE"], (4, 448, 74)).named(&[("lock:fence", "fence")]),
    case("redis/recipe-fencing-3", &[r#"{"fenced": {"key": "lock", "ttl": "40ms"}}"#, r#"{"fenced": {"key": "lock", "ttl": "40ms", "count": "after"}}"#], ONE, &["script with STALE"], (4, 471, 74)).named(&[("lock:fence", "fence")]),
    case("redis/redis-py-lock-contended-1", REDIS_PY, ONE, STOCK, (5, 717, 82)),
    case("redis/redis-py-lock-contended-3", REDIS_PY, ONE, STOCK, (5, 714, 78)),
    case("redis/redis-py-asyncio-lock-1", REDIS_PY, TOKENS, STOCK, (72, 872, 71)),
    case("redis/redis-py-asyncio-lock-3", REDIS_PY, TOKENS, STOCK, (72, 698, 72)),
    case("redis/python-redis-lock-1", &[r#"{"python-redis-lock": {"name": "stock", "expire": "1s"}}"#, r#"{"python-redis-lock": {"name": "stock", "expire": "1s", "timeout": "1s"}}"#], ONE, PYTHON_REDIS_LOCK, (6, 218, 49)),
    case("redis/python-redis-lock-3", &[r#"{"python-redis-lock": {"name": "stock", "expire": "1s"}}"#, r#"{"python-redis-lock": {"name": "stock", "expire": "1s", "timeout": "1s"}}"#], ONE, PYTHON_REDIS_LOCK, (6, 216, 51)),
    case("redis/redlock-py-3n-1", REDLOCK_PY, TOKENS, &[], (36, 450, 29)),
    case("redis/redlock-py-5n-3", REDLOCK_PY, TOKENS, &[], (24, 507, 16)).differs(3, "a server that starts again while the locks are removed one after the other: the recipe removes them at once"),
    case("redis/pottery-redlock-3n-1", &[r#"{"redlock": {"key": "$1", "ttl": "$5ms", "node_timeout": "1s"}}"#], TOKENS, POTTERY, (59, 348, 20)),
    case("redis/pottery-redlock-3n-3", &[r#"{"redlock": {"key": "$1", "ttl": "$5ms", "node_timeout": "1s"}}"#], TOKENS, POTTERY, (35, 196, 20)).differs(3, "a release whose outcome on a server that was killed is not known"),
    case("redis/npm-redis-semaphore-mutex-1", SET_NX_PX, ONE, &["script with pexpire"], (4, 329, 45)),
    case("redis/npm-redis-semaphore-mutex-5", SET_NX_PX, ONE, &["script with pexpire"], (4, 264, 51)),
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
    case("zookeeper/kazoo-cuts-1", KAZOO, ONE, KAZOO_PATH, (4, 18, 4)).differs(9, "kazoo's waiter looks again also when its connection is back, the recipe only when it is gone"),
    case("zookeeper/kazoo-cuts-2", KAZOO, ONE, KAZOO_PATH, (4, 40, 7)).differs(3, "kazoo's waiter looks again also when its connection is back, the recipe only when it is gone"),
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
    case("zookeeper/curator-mutex-1", CURATOR, ONE, CURATOR_OTHER, (4, 84, 16)).differs(1, "ZKPaths.mkdirs looks whether the directory exists before it creates it: the recipe creates it at once"),
    case("zookeeper/curator-mutex-2", CURATOR, ONE, CURATOR_OTHER, (5, 108, 20)),
    case("zookeeper/curator-mutex-cuts-1", CURATOR, ONE, CURATOR_OTHER, (4, 101, 19)).differs(3, "Curator's waiter looks again when its connection is gone: the recipe waits for the watch"),
    case("zookeeper/curator-mutex-cuts-2", CURATOR, ONE, CURATOR_OTHER, (5, 127, 24)).differs(3, "Curator's waiter looks again when its connection is gone: the recipe waits for the watch"),
    case("zookeeper/curator-kill-1", CURATOR, ONE, CURATOR_OTHER, (4, 34, 7)),
    case("zookeeper/curator-kill-2", CURATOR, ONE, CURATOR_OTHER, (4, 34, 7)),
    case("zookeeper/zkrecipe-writelock-1", &[r#"{"write-lock": {"directory": "/wl"}}"#], ONE, &["exists /wl", "create /wl PERSISTENT"], (4, 94, 16)),
    case("zookeeper/zkrecipe-writelock-2", &[r#"{"write-lock": {"directory": "/wl"}}"#], ONE, &["exists /wl", "create /wl PERSISTENT"], (5, 118, 20)),
];
