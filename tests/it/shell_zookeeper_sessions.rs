//! `lockstep zookeeper`: what sessions hear, who they are, and when they break.

use lockstep::shell::{Shell, ZooKeeperShell};

use super::shell_transcript::check;

#[test]
fn watches_fire_and_are_removed() {
    check(
        ZooKeeperShell::new(),
        r#"
> create /x
Created /x
> get -w /x
null
> ls -w /x
[]
> stat -w /no
Node does not exist: /no
> .session b

WATCHER::

WatchedEvent state:SyncConnected type:None path:null
> set /x 1

[a] WATCHER::

[a] WatchedEvent state:SyncConnected type:NodeDataChanged path:/x
> create /no

[a] WATCHER::

[a] WatchedEvent state:SyncConnected type:NodeCreated path:/no
Created /no
> addWatch -m PERSISTENT /x
> create /x/y

[a] WATCHER::

[a] WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/x

WATCHER::

WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/x
Created /x/y
> removewatches /x

WATCHER::

WatchedEvent state:SyncConnected type:PersistentWatchRemoved path:/x
> ls /x true
'ls path [watch]' has been deprecated. Please use 'ls [-w] path' instead.
[y]
> removewatches /x -c

WATCHER::

WatchedEvent state:SyncConnected type:ChildWatchRemoved path:/x
> addWatch /x
> .pause
> ls /
error: this session is paused; ".resume" lets it go on
> .session a
> printwatches off
> delete /x/y
> printwatches on
> printwatches
printwatches is on
> .resume b

[b] WATCHER::

[b] WatchedEvent state:SyncConnected type:NodeDeleted path:/x/y
> close

WATCHER::

WatchedEvent state:Closed type:None path:null
> ls /
KeeperErrorCode = Session expired for /
"#,
    );
}

#[test]
fn access_lists_and_identities() {
    check(
        ZooKeeperShell::new(),
        r"
> create /open
Created /open
> getAcl /open
'world,'anyone
: cdrwa
> addauth digest user1:12345
> create /mine d auth:user1:12345:crwad
Created /mine
> getAcl /mine
'digest,'user1:+owfoSBn/am19roBPzR1/MfCblE=
: cdrwa
> .session b

WATCHER::

WatchedEvent state:SyncConnected type:None path:null
> get /mine
Insufficient permission : /mine
> setAcl /open world:anyone:rz
Unknown perm type: z
> set /open x
Insufficient permission : /open
> setAcl /open nonsense
nonsense does not have the form scheme:id:perm
Acl is not valid : null
> addauth nonsense x

WATCHER::

WatchedEvent state:AuthFailed type:None path:null

WATCHER::

WatchedEvent state:Closed type:None path:null
> ls /
KeeperErrorCode = AuthFailed for /
",
    );
}

#[test]
fn a_request_that_is_too_large_costs_the_connection_but_not_the_session() {
    let mut shell = ZooKeeperShell::new();
    shell.enter("create -e /e");
    shell.enter("get -w /e");
    let large = format!("set /e {}", "x".repeat(2 << 20));
    let text = shell.enter(&large).text;
    let expected = "\nWATCHER::\n\nWatchedEvent state:Disconnected type:None path:null\n\
         \nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null\n\
         KeeperErrorCode = ConnectionLoss for /e\n";
    assert_eq!(text, expected);
    let text = shell.enter("set /e small").text;
    assert_eq!(
        text,
        "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDataChanged path:/e\n"
    );
}
