//! `lockstep zookeeper`, line by line.

use lockstep::shell::{Shell, ZooKeeperShell};

use super::shell_transcript::check;

#[test]
fn a_lock_whose_holder_is_paused() {
    check(
        ZooKeeperShell::new(),
        r"
> create /lock
Created /lock
> create -s -e /lock/n- a
Created /lock/n-0000000000
> .session b 4s

WATCHER::

WatchedEvent state:SyncConnected type:None path:null
> create -se /lock/n- b
Created /lock/n-0000000001
> ls /lock
[n-0000000000, n-0000000001]
> stat -w /lock/n-0000000000
cZxid = 0x3
ctime = Tue Nov 14 22:13:20 UTC 2023
mZxid = 0x3
mtime = Tue Nov 14 22:13:20 UTC 2023
pZxid = 0x3
cversion = 0
dataVersion = 0
aclVersion = 0
ephemeralOwner = 0x100000000000000
dataLength = 1
numChildren = 0
> .pause a
> .advance 10s
> .pause a
> .advance 22s

WATCHER::

WatchedEvent state:SyncConnected type:NodeDeleted path:/lock/n-0000000000
> .sessions
  a PAUSED 0x100000000000000, expired, and does not know it
* b CONNECTED 0x100000000000001, timeout 4000 ms
> .resume a

[a] WATCHER::

[a] WatchedEvent state:Disconnected type:None path:null

[a] WATCHER::

[a] WatchedEvent state:Expired type:None path:null

[a] WATCHER::

[a] WatchedEvent state:Closed type:None path:null
> .session a
> ls /lock
KeeperErrorCode = Session expired for /lock
> connect

WATCHER::

WatchedEvent state:SyncConnected type:None path:null
> ls /lock
[n-0000000001]
> .time
32000 ms
",
    );
}

#[test]
fn errors_have_the_words_of_zk_cli() {
    check(
        ZooKeeperShell::new(),
        r#"
> create /x
Created /x
> create /x
Node already exists: /x
> create /no/y
Node does not exist: /no/y
> create -e /e
Created /e
> create /e/kid
Ephemerals cannot have children: /e/kid
> create /x/y
Created /x/y
> delete /x
Node not empty: /x
> delete -v 3 /x/y
version No is not valid : /x/y
> get /no
Node does not exist: /no
> ls no
Path must start with / character
> ls /x/
Path must not end with / character
> ls /x//y
Invalid path string "/x//y" caused by empty node name specified @3
> ls /x/../y
Invalid path string "/x/../y" caused by relative paths not allowed @4
> ls ""
Path length must be > 0
> create -c -s /c
-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.
> create -t 0 /t
ttl must be positive and cannot be larger than: 1099511627775
> create -e -t 5 /t
TTLs cannot be used with Ephemeral znodes
> create -t
Missing argument for option: t
> create -q /t
Unrecognized option: -q
> create
create [-s] [-e] [-c] [-t ttl] path [data] [acl]
> set /x
set [-s] [-v version] path data
> delete /
Arguments are not valid : /
> create /a d world:nobody:r
KeeperErrorCode = InvalidACL for /a
Acl is not valid : /a
> removewatches /x
KeeperErrorCode = No such watcher for /x
> crate /x
Command not found: crate; did you mean "create"?
> config
error: lockstep does not model 'config'
> deleteall /
Failed to delete some node(s) in the subtree!
> ls /
[e, x, zookeeper]
"#,
    );
}

#[test]
fn nodes_are_read_and_changed() {
    check(
        ZooKeeperShell::new(),
        r#"
> create /x
Created /x
> get /x
null
> set /x "two words"
> get /x
two words
> set -s -v 1 /x 'it "is"'
cZxid = 0x2
ctime = Tue Nov 14 22:13:20 UTC 2023
mZxid = 0x4
mtime = Tue Nov 14 22:13:20 UTC 2023
pZxid = 0x2
cversion = 0
dataVersion = 2
aclVersion = 0
ephemeralOwner = 0x0
dataLength = 7
numChildren = 0
> create /x/b -1
Created /x/b
> get /x/b
-1
> create /x/a ""
Created /x/a
> create /x/a/k
Created /x/a/k
> .advance 90061s
> create /x/z
Created /x/z
> get -s /x/z
null
cZxid = 0x8
ctime = Wed Nov 15 23:14:21 UTC 2023
mZxid = 0x8
mtime = Wed Nov 15 23:14:21 UTC 2023
pZxid = 0x8
cversion = 0
dataVersion = 0
aclVersion = 0
ephemeralOwner = 0x0
dataLength = 0
numChildren = 0
> ls -R /x
/x
/x/a
/x/b
/x/z
/x/a/k
> ls -s /x
[a, b, z]
cZxid = 0x2
ctime = Tue Nov 14 22:13:20 UTC 2023
mZxid = 0x4
mtime = Tue Nov 14 22:13:20 UTC 2023
pZxid = 0x8
cversion = 3
dataVersion = 2
aclVersion = 0
ephemeralOwner = 0x0
dataLength = 7
numChildren = 3
> getAllChildrenNumber /x
4
> deleteall /x
> stat /x
Node does not exist: /x
> create -e /e
Created /e
> getEphemerals
[/e]
> getEphemerals /no
[]
> sync /
Sync is OK
> create -t 1000 /ttl
Created /ttl
> .advance 61s
> ls /
[e, zookeeper]
"#,
    );
}

#[test]
fn the_prompt_shows_state_and_count() {
    let mut shell = ZooKeeperShell::new();
    assert_eq!(shell.prompt(), "[zk: localhost:2181(CONNECTED) 0] ");
    shell.enter("ls /");
    shell.enter("");
    shell.enter(".pause");
    assert_eq!(shell.prompt(), "[zk: localhost:2181(PAUSED) 1] ");
    shell.enter(".session b");
    shell.enter("close");
    assert_eq!(shell.prompt(), "[zk: b@localhost:2181(CLOSED) 2] ");
    assert!(shell.enter("quit").ends);
}

#[test]
fn no_line_makes_it_panic() {
    let pieces = [
        ".",
        ".session",
        ".session c 0s",
        ".session d 100h",
        ".pause",
        ".resume",
        ".pause nobody",
        ".advance 87600h",
        "create",
        "create -",
        "create --",
        "create -- -x",
        "create -t9",
        "create -se",
        "ls \u{1f512}",
        "ls /\u{1f512}",
        "create /\u{1f512}",
        "-",
        "\"",
        "'",
        "\"ls\" '/'",
        "ls /\u{7f}",
        "create /a",
        "create -c /c",
        "create /c/k",
        "delete /c/k",
        "create -s /",
        "create -e -s /e-",
        "addWatch /",
        "addWatch -m x /",
        "removewatches /",
        "close",
        "connect",
        "addauth",
        "addauth x",
        "rmr /a",
        "deleteall -b -5 /a",
        "deleteall -b x /a",
        "set -v x /a 1",
        "set -v -1 /a 1",
        "setAcl -R / world:anyone:cdrwa",
        "getAcl /",
        "ls -R /",
        "ls -sw /",
        "getEphemerals x",
        "sync x",
    ];
    let mut shell = ZooKeeperShell::new();
    for first in pieces {
        for second in pieces {
            shell.enter(first);
            let said = shell.enter(second);
            assert!(
                said.text.is_empty() || said.text.ends_with('\n'),
                "{first}, {second}: {said:?}"
            );
            assert!(shell.prompt().ends_with("] "));
        }
    }
}
