//! What a model file can say, for whoever writes one: each section with its fields, shapes and defaults.

use crate::registry::About;

/// All sections, in the order in which models have them; `store.redis.client` is `client` in `redis` in `store`.
pub const SECTIONS: [About; 14] = [
    section(
        "model",
        "the whole file: one JSON object; durations are texts such as \"10s\", \"1500 ms\", \"250us\", \"1d\"",
        &[
            ("title", "what the model shows, in a line (optional)"),
            ("why", "where that is known from (optional)"),
            (
                "case",
                "the entry of the catalogue of failures: \"F01\" where it happens, \"F01 fixed\" with the remedy, \"N1\" \
                 where nothing may be found (optional)",
            ),
            ("store", "{\"redis\": {}}, {\"zookeeper\": {}} or {\"none\": {}}"),
            (
                "lock",
                "one recipe with its parameters: {\"set-nx-px\": {\"ttl\": \"10s\"}}; see `lockstep list recipes`",
            ),
            ("clients", "who wants the lock: {\"processes\": 2}, or {\"roles\": {}}"),
            (
                "work",
                "one workload with its parameters: {\"section\": {}}; see `lockstep list workloads`",
            ),
            ("given", "what stores and ledger hold at the beginning (optional)"),
            ("network", "how long messages travel (optional)"),
            ("costs", "what servers and clients take for their work (optional)"),
            (
                "faults",
                "what may go wrong: [\"crash\", {\"pause\": {\"phase\": \"working\"}}]; see `lockstep list faults` (optional)",
            ),
            (
                "properties",
                "what must hold: [\"mutual-exclusion\"]; see `lockstep list properties`",
            ),
            ("bounds", "where `check` and `run` stop (optional)"),
            ("expect", "the verdict that `check` should come to (optional)"),
            ("expect_run", "the verdict that `run` should come to (optional)"),
        ],
    ),
    section(
        "store.redis",
        "one or several Redis servers, `redis` or `redis1`, `redis2`, ...",
        &[
            ("servers", "independent masters: 1"),
            ("notify", "notify-keyspace-events, as in redis.conf: \"\""),
            (
                "persistence",
                "what outlives a restart: \"none\", \"everysec\" or \"always\" (\"none\")",
            ),
            ("maxmemory_policy", "what full memory evicts, as in redis.conf: \"noeviction\""),
            (
                "expiry_clock",
                "\"wall\", as a real server's, or \"monotonic\", which nobody sets (\"wall\")",
            ),
            ("client", "the client library: see store.redis.client"),
            ("clocks", "wrong clocks of servers: see store.clocks"),
            ("replicas", "of each master, with a Sentinel beside each server: 0"),
            ("min_replicas_to_write", "as in redis.conf: 0"),
            ("min_replicas_max_lag", "as in redis.conf: \"10s\""),
            (
                "down_after",
                "how long a master is silent until Sentinels promote a replica: \"30s\"",
            ),
            ("demote_after", "how long a server may have the wrong role: \"8s\""),
        ],
    ),
    section(
        "store.redis.client",
        "what the client library does by itself",
        &[
            ("timeout", "how long it waits for a reply before it drops the connection: for ever"),
            ("retries", "how often it sends a request again whose fate it does not know: 0"),
            ("retry_after", "how long after the failure: \"100ms\""),
            ("resubscribes", "whether it subscribes again when that connection is lost: true"),
            ("reconnect_after", "how long after the loss: \"100ms\""),
            (
                "scripts",
                "\"as-written\": EVAL or EVALSHA, as the recipe says, or \"hash-after-first\": EVALSHA from the second time on \
                 (\"as-written\")",
            ),
        ],
    ),
    section(
        "store.zookeeper",
        "a ZooKeeper service, `zk` or `zk1`, `zk2`, ...",
        &[
            ("servers", "how many: 1, or an ensemble"),
            ("tick", "tickTime: \"2s\""),
            ("session", "the session timeout, 2 to 20 ticks: 3 ticks"),
            ("client", "\"java-3.8\", \"java\", \"curator\" or \"kazoo\" (\"java-3.8\")"),
            (
                "reap",
                "how often empty containers are deleted: every minute in `run`, never in `check`",
            ),
            ("clocks", "wrong clocks of servers: see store.clocks"),
        ],
    ),
    section(
        "store.clocks",
        "a list: servers whose clocks are wrong from the start",
        &[
            ("server", "the name of the server: \"redis1\""),
            ("drift_ppm", "by how many parts in a million its clocks go fast: 0"),
            ("wall_offset", "how far its wall clock is ahead, or behind: \"-5s\""),
        ],
    ),
    section(
        "clients",
        "processes that are all alike, `c1`, `c2`, ..., or `s1`, `s2`, ... if they have several threads",
        &[
            ("processes", "how many"),
            ("threads", "how many each has: 1"),
            (
                "starts",
                "when they begin: one time for all, or a list: \"0s\", and in `check` also at any other moment",
            ),
            (
                "arrive",
                "\"freely\": `check` also tries that a client comes later, once more or never, and that its tries have another \
                 phase; \"together\": it does not (\"freely\", if `starts` does not say when)",
            ),
            (
                "releases",
                "\"only-when-held\", or \"always\": they give back what they did not get, too (\"only-when-held\")",
            ),
            ("releases_twice", "so long after the release they release once more: never"),
            ("tries", "after how many refusals a thread gives up: never"),
            (
                "out_of_tries",
                "then it \"leaves\", or it \"enters\" all the same, without the lock (\"leaves\")",
            ),
            (
                "on_error",
                "whose acquisition met an error of the store \"tries-again\", \"enters\" all the same, or \"gives-up\" \
                 (\"tries-again\")",
            ),
            (
                "lives",
                "how many processes come one after the other in the place of each: 1, or {\"processes\": 3, \"rest\": \"1s\"}",
            ),
            ("clocks", "wrong clocks of processes: see clients.clocks"),
        ],
    ),
    section(
        "clients.roles",
        "in the place of all that: {\"reader\": {\"processes\": 2}, \"writer\": {}}; the fields of each role",
        &[
            ("processes", "how many: 1; their names are `reader1`, `reader2`, or `writer`"),
            ("threads", "how many each has: 1"),
            ("starts", "as in clients"),
            ("arrive", "as in clients"),
            ("releases", "as in clients"),
            ("releases_twice", "as in clients"),
            ("tries", "as in clients"),
            ("out_of_tries", "as in clients"),
            ("on_error", "as in clients"),
            ("lives", "as in clients"),
            ("lock", "its own recipe, in the place of the model's"),
            ("work", "its own workload, in the place of the model's"),
        ],
    ),
    section(
        "clients.clocks",
        "a list: processes whose clocks are wrong from the start",
        &[
            ("process", "the name of a process or of a role: \"c1\""),
            ("drift_ppm", "by how many parts in a million its clocks go fast: 0"),
            ("wall_offset", "how far its wall clock is ahead, or behind: \"-5s\""),
        ],
    ),
    section(
        "given",
        "what is there at the beginning",
        &[
            ("ledger", "the number that the ledger says, or that is kept in the store: 0"),
            ("accounts", "the accounts of the ledger, for transfers: [50, 50]"),
            (
                "fencing",
                "\"off\", or the ledger refuses old fencing tokens on \"writes\", or on \"both\" reads and writes (\"off\")",
            ),
            ("redis", "commands that every Redis server has executed: [[\"SET\", \"k\", \"v\"]]"),
            (
                "nodes",
                "nodes of ZooKeeper with their data: {\"/lock\": \"\"}, or {\"/lock\": {\"data\": \"\", \"created\": 2147483646}} \
                 for one that has had so many children",
            ),
        ],
    ),
    section(
        "network",
        "how long messages travel; in `check` they take no time, but for what is far",
        &[
            (
                "latency",
                "the shortest and the longest, one way, drawn in `run`: [\"1ms\", \"5ms\"]",
            ),
            ("round_trip", "what a loop waits in which no time passed: twice the shortest latency"),
            ("far", "a list of who is far from which server: see network.far"),
        ],
    ),
    section(
        "network.far",
        "a list: processes and servers that are far apart",
        &[
            ("process", "one name, or several: \"c1\""),
            ("server", "one name, or several: \"redis1\""),
            ("latency", "how much longer a message travels between them"),
        ],
    ),
    section(
        "costs",
        "what servers and clients take for their work; in `check` it takes no time: docs/costs.md",
        &[
            ("redis_command", "a Redis command: \"2us\""),
            ("redis_script", "a script on Redis, with the commands in it: \"4us\""),
            ("redis_push", "a message of Redis to each subscriber or blocked client: \"5us\""),
            ("zookeeper_request", "a packet to ZooKeeper, with its answer: \"50us\""),
            ("zookeeper_children", "beside that, a thousand children in an answer: \"100us\""),
            ("zookeeper_event", "a watch event to one client: \"17us\""),
            ("zookeeper_fsync", "beside that, a change of a node that waits for the disk: \"0us\""),
            ("ledger", "a read or a write of the ledger: \"20us\""),
            ("client", "what a client takes before it acts on a message: \"0us\""),
        ],
    ),
    section(
        "bounds",
        "where a search or a run stops if it does not end by itself: the verdict is `cut` then",
        &[
            ("deviations", "`check` looks at no more faults than this"),
            (
                "choices",
                "`check` tries so many comings of clients, phases of tries and overtaken messages in one run, faults counted: 2",
            ),
            ("states", "`check` keeps no more states than this"),
            ("steps", "`run` makes no more steps than this: 10,000,000"),
            ("time", "`run` goes on no longer than this: \"10m\""),
        ],
    ),
    section(
        "expect",
        "the verdict that is right; what is not said is not compared. The same in `expect_run`",
        &[
            ("verdict", "\"violated\", \"holds\", \"vacuous\" or \"cut\""),
            ("property", "which one is violated, or vacuous"),
            ("deviations", "how many faults the shortest violation has"),
            ("within", "it holds within so many faults, and no more are looked at"),
        ],
    ),
];

const fn section(
    name: &'static str,
    title: &'static str,
    params: &'static [(&'static str, &'static str)],
) -> About {
    About { name, title, source: "", needs: "", params }
}

/// The names of the fields of a section.
pub(super) fn names(section: &str) -> Vec<&'static str> {
    let sections = SECTIONS.iter().filter(|about| about.name == section);
    sections.flat_map(|about| about.params).map(|(name, _)| *name).collect()
}
