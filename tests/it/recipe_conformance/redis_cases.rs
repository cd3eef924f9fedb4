//! The recordings of Redis, and the recipe that runs in the place of their clients.

use super::compare::Clients;
use super::{Case, case};

const ONE: Clients = Clients::Connections;
const TOKENS: Clients = Clients::Tokens;

const SET_NX_PX: &[&str] = &[r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms"}}"#];
const REDIS_PY: &[&str] = &[
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms"}}"#,
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms", "blocking_timeout": "300ms"}}"#,
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms", "blocking_timeout": "800ms"}}"#,
    r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms", "blocking_timeout": "0ms"}}"#,
];
/// `retry_count` and `retry_delay` as the recorded program had set them.
const REDLOCK_PY: &[&str] = &[
    r#"{"redlock-library": {"library": "redlock-py", "key": "$1", "ttl": "$5ms", "but": {"tries": 4, "delay": {"after": "30ms", "jitter": "0ms"}}}}"#,
];
const INSIDE: &[&str] = &["INCR inside", "DECR inside", "INCR violations", "PUBLISH freed"];
const N: &[&str] = &["GET n", "SET n", "TTL lock", "EXISTS lock"];
const STOCK: &[&str] =
    &["GET stock", "SET stock", "INCRBY n", "GET lock:stock", "script with pexpire"];
const PYTHON_REDIS_LOCK: &[&str] = &[
    "INCRBY n",
    "GET lock:stock",
    "EXISTS lock:stock",
    "script with ttl",
    "script with string.sub",
    "script with return redis.call('del'",
];
const POTTERY: &[&str] = &["script with pexpire", "script with pttl"];
/// Tries, delays and the moment of the extension as the recorded program had set them: with 60 ms left, but for what a
/// request may take to its server.
const NODE_REDLOCK: &[&str] = &[
    r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "ttl": "160ms", "extends": true, "but": {"tries": 21, "delay": {"after": "0ms"}, "extends_every": "90ms"}}}"#,
    r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "also": ["$3"], "ttl": "160ms", "extends": true, "but": {"tries": 21, "delay": {"after": "0ms"}, "extends_every": "90ms"}}}"#,
    r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "ttl": "$4ms", "but": {"tries": 21, "delay": {"after": "0ms"}}}}"#,
    r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "also": ["$3"], "ttl": "$5ms", "but": {"tries": 21, "delay": {"after": "0ms"}}}}"#,
];
const NODE_REDLOCK_4: &[&str] = &[
    r#"{"redlock-library": {"library": "node-redlock-4", "key": "$2", "ttl": "$4ms", "but": {"tries": 21, "delay": {"after": "0ms"}}}}"#,
    r#"{"redlock-library": {"library": "node-redlock-4", "key": "$2", "also": ["$3"], "ttl": "$5ms", "but": {"tries": 21, "delay": {"after": "0ms"}}}}"#,
];
/// The program sleeps in a way that stops its timers, too.
const LATE: &str = "a process that stood still: it releases before the timer of its extension could fire, or that fires early after a \
     request that was executed late; of a release that began otherwise the recipe sends one request more";
const LATE_OR_DOWN: &str = "a process that stood still, as elsewhere; one that is killed before it is connected again to a server that had \
     restarted";
/// What the program extended itself.
const MANUAL: &[&str] = &["script with different ending 120"];
/// Once or twice by the same thread, waiting for ever or so long.
const REDISSON: &[&str] = &[
    r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true, "reenter": 1}}"#,
    r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true}}"#,
    r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true, "wait": "1500ms"}}"#,
    r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true, "wait": "1500ms", "reenter": 1}}"#,
];
/// `forceUnlock`, and the program's own renewal, which goes on when the lock is gone.
const REDISSON_OTHER: &[&str] =
    &["script with (redis.call('del', KEYS[1]) == 1)", "script with return 1; end; return 0;"];
const LARAVEL: &[&str] = &[r#"{"laravel": {"key": "$1", "seconds": "$5s"}}"#];
/// `forceRelease`.
const FORCED: &[&str] = &["DEL laravel_cache:order"];
const PACKETS: &[&str] = &[
    "MSET packet:money",
    "GET packet:left",
    "GET packet:money",
    "SET packet:money",
    "SET packet:left",
    "RPUSH packet:log",
];

/// redis-py's lock without a timeout: `SET` has four words.
const REDIS_PY_FOR_EVER: &[&str] = &[
    r#"{"redis-py": {"key": "$1", "timeout": null, "sleep": "10ms", "blocking_timeout": "500ms"}}"#,
];
const SEMAPHORE: &[&str] = &[
    r#"{"redis-semaphore": {"key": "$2", "limit": 2, "timeout": "$5ms", "refresh": "60ms"}}"#,
    r#"{"redis-semaphore": {"key": "$2", "limit": 2, "timeout": "$5ms"}}"#,
    r#"{"redis-semaphore": {"key": "$2", "limit": 2, "timeout": "$6ms", "permits": 2}}"#,
];
const NAIVE_DEL: &[&str] = &[r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "del"}}"#];
const PAIRED_OTHER: &[&str] =
    &["INCR inside", "DECR inside", "INCR violations", "script with return 1; end; return 0;"];
const PAIRED: &[&str] = &[
    r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "del"}}"#,
    r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true}}"#,
    r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true, "reenter": 1}}"#,
];

#[rustfmt::skip]
pub(super) const REDIS: &[Case] = &[
    case("redis/recipe-setnx-bare-1", &[r#"{"setnx": {"key": "$1"}}"#], ONE, N, (4, 340, 68)).unread(),
    case("redis/recipe-setnx-expire-1", &[r#"{"setnx-expire": {"ttl": "1s"}}"#, r#"{"setnx-expire": {"ttl": "80ms", "unit": "milliseconds"}}"#, r#"{"setnx-expire": {"ttl": "120ms", "unit": "milliseconds"}}"#], ONE, N, (4, 522, 91)).unread().differs(1, "a holder is killed between its two commands, at which it had stopped for that"),
    case("redis/recipe-set-nx-px-cad-1", SET_NX_PX, ONE, INSIDE, (5, 800, 98)),
    case("redis/recipe-set-nx-px-naive-del-1", NAIVE_DEL, ONE, INSIDE, (5, 629, 90)),
    case("redis/recipe-set-nx-px-naive-del-3", NAIVE_DEL, ONE, INSIDE, (5, 566, 90)),
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
    case("redis/redlock-py-5n-3", REDLOCK_PY, TOKENS, &[], (24, 516, 16)),
    case("redis/pottery-redlock-3n-1", &[r#"{"redlock": {"key": "$1", "ttl": "$5ms", "node_timeout": "1s"}}"#], TOKENS, POTTERY, (59, 348, 20)),
    case("redis/pottery-redlock-3n-3", &[r#"{"redlock": {"key": "$1", "ttl": "$5ms", "node_timeout": "1s"}}"#], TOKENS, POTTERY, (35, 196, 20)).differs(5, "a release whose outcome on a server that was killed is not known; on a connection of that server's it is given up unsent"),
    case("redis/npm-redis-semaphore-mutex-1", SET_NX_PX, ONE, &["script with pexpire"], (4, 329, 45)),
    case("redis/npm-redis-semaphore-mutex-5", SET_NX_PX, ONE, &["script with pexpire"], (4, 264, 51)),
    case("redis/npm-redlock4-3n-1", NODE_REDLOCK_4, TOKENS, &["script with different"], (30, 414, 30)).waited(180),
    case("redis/npm-redlock5-1", NODE_REDLOCK, TOKENS, MANUAL, (45, 362, 44)).differs(4, LATE),
    case("redis/npm-redlock5-3n-5", NODE_REDLOCK, TOKENS, MANUAL, (33, 644, 33)).differs(4, LATE_OR_DOWN),
    case("redis/npm-redlock5-5n-3", NODE_REDLOCK, TOKENS, MANUAL, (24, 760, 24)).differs(3, LATE),
    case("redis/recipe-redisson-1", REDISSON, ONE, REDISSON_OTHER, (5, 403, 57)),
    case("redis/recipe-redisson-3", REDISSON, ONE, REDISSON_OTHER, (5, 439, 58)),
    case("redis/php-illuminate-lock-phpredis-3", LARAVEL, ONE, FORCED, (4, 747, 54)),
    case("redis/php-illuminate-lock-predis-1", LARAVEL, ONE, FORCED, (4, 539, 45)),
    case("redis/npm-redis-semaphore-redlock-3n-5", &[r#"{"redlock": {"key": "$1", "ttl": "$5ms", "node_timeout": "1s"}}"#], TOKENS, &["script with pexpire"], (24, 348, 24)),
    case("redis/recipe-redpacket-lock-1", SET_NX_PX, ONE, PACKETS, (6, 217, 67)),
    case("redis/redis-py-lock-noexpiry-1", REDIS_PY_FOR_EVER, ONE, &["RPUSH log"], (4, 646, 2)).waited(60),
    case("redis/redis-py-lock-noexpiry-3", REDIS_PY_FOR_EVER, ONE, &["RPUSH log"], (4, 490, 6)).waited(60),
    case("redis/npm-redis-semaphore-sem-1", SEMAPHORE, ONE, &[], (5, 184, 51)).waited(180).differs(1, "whether a permit will be refreshed cannot be seen when it is acquired: this one was not"),
    case("redis/monitor-paired", PAIRED, ONE, PAIRED_OTHER, (7, 206, 45)),
    case("redis/redis-py-lock-keyspace-1", &[r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "blocking_timeout": "0ms"}}"#], ONE, &["SUBSCRIBE __keyspace@0__:lk"], (4, 443, 36)),
];
