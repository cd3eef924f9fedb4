//! The facts about watches, by their numbers in the list of what a naive model gets wrong.

use lockstep::store::zookeeper::{
    ALL, Acl, AddWatchMode, Answer, CREATE, CreateMode, DELETE, Op, SetWatches, WatcherType,
    ZkError, Zxid,
};

use crate::zookeeper_world::{
    Got, World, delete, exists, get_children, get_data, multi, persistent, results, set_data,
    with_acl,
};

fn add(path: &str, mode: AddWatchMode) -> Op {
    Op::AddWatch { path: path.into(), mode }
}

fn remove(path: &str, kind: WatcherType) -> Op {
    Op::RemoveWatches { path: path.into(), kind }
}

#[test]
fn fact_01_an_event_is_withheld_from_who_may_not_read_but_the_watch_is_used_up() {
    let mut world = World::new();
    let (owner, other) = (world.client(), world.client());
    let auth = Op::Auth { scheme: "digest".into(), auth: b"u:p".as_slice().into() };
    assert_eq!(world.call(owner, auth), Ok(Answer::Done));
    let private = [Acl::new(ALL, "auth", ""), Acl::new(CREATE | DELETE, "world", "anyone")];
    world.call(owner, with_acl("/sec", &private)).unwrap();
    assert_eq!(world.call(other, get_data("/sec", true)), Err(ZkError::NoAuth));
    // `exists` and `addWatch` ask for no permission.
    assert!(world.call(other, exists("/sec", true)).is_ok());
    world.call(owner, set_data("/sec", "1")).unwrap();
    assert_eq!(world.events(other), Vec::<String>::new());
    // It was consumed: although now everyone may read, nothing is heard.
    let acl = [Acl::new(ALL, "world", "anyone")].as_slice().into();
    world.call(owner, Op::SetAcl { path: "/sec".into(), acl, version: -1 }).unwrap();
    world.call(owner, set_data("/sec", "2")).unwrap();
    assert_eq!(world.events(other), Vec::<String>::new());
}

#[test]
fn fact_02_a_later_watch_of_a_path_replaces_the_earlier_one() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    world.call(a, persistent("/a")).unwrap();
    world.call(b, add("/a", AddWatchMode::Persistent)).unwrap();
    world.call(b, exists("/a", true)).unwrap();
    world.call(a, set_data("/a", "1")).unwrap();
    world.call(a, set_data("/a", "2")).unwrap();
    assert_eq!(world.events(b), ["NodeDataChanged /a"], "the data half became a one-shot");
    for child in ["/a/1", "/a/2"] {
        world.call(a, persistent(child)).unwrap();
    }
    assert_eq!(
        world.events(b),
        ["NodeChildrenChanged /a"; 2],
        "the child half is still persistent"
    );
    world.call(b, add("/a", AddWatchMode::PersistentRecursive)).unwrap();
    world.call(a, persistent("/a/3")).unwrap();
    assert_eq!(world.events(b), ["NodeCreated /a/3"], "recursive ends NodeChildrenChanged");
    // Over a pending getChildren watch as well.
    world.call(b, get_children("/", true)).unwrap();
    world.call(b, add("/", AddWatchMode::PersistentRecursive)).unwrap();
    world.call(a, persistent("/b")).unwrap();
    assert_eq!(world.events(b), ["NodeCreated /b"]);
}

#[test]
fn fact_03_a_persistent_watch_is_two_and_each_can_be_removed() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    world.call(a, persistent("/a")).unwrap();
    world.call(b, add("/a", AddWatchMode::Persistent)).unwrap();
    assert_eq!(
        world.watch_call(b, remove("/a", WatcherType::Children)).len(),
        1,
        "no event tells of it"
    );
    world.call(a, persistent("/a/1")).unwrap();
    world.call(a, set_data("/a", "1")).unwrap();
    assert_eq!(world.events(b), ["NodeDataChanged /a"]);
    assert_eq!(world.call(b, remove("/a", WatcherType::Children)), Err(ZkError::NoWatcher));
    assert_eq!(world.call(b, remove("/a", WatcherType::Any)), Ok(Answer::Done));
    world.call(a, set_data("/a", "2")).unwrap();
    assert_eq!(world.events(b), Vec::<String>::new());
}

#[test]
fn fact_04_check_watches_finds_anyones_watch_and_remove_watches_ones_own() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    world.call(a, exists("/a", true)).unwrap_err();
    let check = |kind| Op::CheckWatches { path: "/a".into(), kind };
    assert_eq!(world.call(b, check(WatcherType::Data)), Ok(Answer::Done));
    assert_eq!(world.call(b, check(WatcherType::Children)), Err(ZkError::NoWatcher));
    assert_eq!(world.call(b, remove("/a", WatcherType::Data)), Err(ZkError::NoWatcher));
    assert_eq!(world.call(b, check(WatcherType::Unknown(7))), Err(ZkError::MarshallingError));
    // While there are recursive watches, the way up from a path that begins nowhere does not end.
    let astray = Op::CheckWatches { path: "a/b".into(), kind: WatcherType::Children };
    assert_eq!(world.call(b, astray.clone()), Err(ZkError::NoWatcher));
    world.call(a, add("/c", AddWatchMode::PersistentRecursive)).unwrap();
    assert_eq!(world.call(b, astray), Err(ZkError::MarshallingError));
}

#[test]
fn fact_05_get_data_on_a_missing_node_leaves_no_watch_and_exists_does() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    for read in [get_data("/a", true), get_children("/a", true)] {
        assert_eq!(world.call(b, read), Err(ZkError::NoNode));
    }
    world.call(a, persistent("/a")).unwrap();
    assert_eq!(world.events(b), Vec::<String>::new());
    world.call(a, delete("/a")).unwrap();
    assert_eq!(world.call(b, exists("/a", true)), Err(ZkError::NoNode));
    world.call(a, persistent("/a")).unwrap();
    assert_eq!(world.events(b), ["NodeCreated /a"]);
}

#[test]
fn fact_06_a_deletion_is_told_once_and_before_the_parents_change() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    world.call(a, persistent("/a")).unwrap();
    world.call(b, get_children("/", true)).unwrap();
    world.call(b, exists("/a/b", true)).unwrap_err();
    world.call(b, get_children("/a", true)).unwrap();
    world.call(a, persistent("/a/b")).unwrap();
    assert_eq!(world.events(b), ["NodeCreated /a/b", "NodeChildrenChanged /a"]);
    world.call(a, delete("/a/b")).unwrap();
    world.call(b, get_data("/a", true)).unwrap();
    world.call(b, get_children("/a", true)).unwrap();
    world.call(a, delete("/a")).unwrap();
    assert_eq!(world.events(b), ["NodeDeleted /a", "NodeChildrenChanged /"]);
    // A recursive watch hears of every node and of no list of children.
    world.call(b, add("/", AddWatchMode::PersistentRecursive)).unwrap();
    for op in [persistent("/a"), persistent("/a/b"), set_data("/a/b", "1"), delete("/a/b")] {
        world.call(a, op).unwrap();
    }
    assert_eq!(
        world.events(b),
        ["NodeCreated /a", "NodeCreated /a/b", "NodeDataChanged /a/b", "NodeDeleted /a/b"]
    );
}

#[test]
fn fact_07_ones_own_events_come_before_the_reply_and_those_of_a_multi_after_success_only() {
    let mut world = World::new();
    let a = world.client();
    world.call(a, get_children("/", true)).unwrap();
    let got = world.watch_call(a, persistent("/a"));
    assert_eq!(got[0], Got::Event("NodeChildrenChanged /".to_owned()));
    assert!(matches!(got[1], Got::Reply(_, Ok(_))));
    world.call(a, add("/", AddWatchMode::PersistentRecursive)).unwrap();
    let failed = world.call(a, multi(&[persistent("/b"), persistent("/a")]));
    assert_eq!(results(failed).len(), 2, "and no event before it");
    let got = world.watch_call(a, multi(&[persistent("/b"), set_data("/a", "1"), delete("/b")]));
    let events: Vec<_> = got[..3].to_vec();
    let expected = ["NodeCreated /b", "NodeDataChanged /a", "NodeDeleted /b"];
    assert_eq!(events, expected.map(|text| Got::Event(text.to_owned())));
    assert!(matches!(got[3], Got::Reply(_, Ok(_))));
}

#[test]
fn fact_08_multi_read_leaves_no_watches() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    world.call(a, persistent("/a")).unwrap();
    let parts = [get_data("/a", true), get_children("/a", true), get_data("/no", true)];
    assert_eq!(results(world.call(b, Op::MultiRead(parts.as_slice().into()))).len(), 3);
    world.call(a, set_data("/a", "1")).unwrap();
    world.call(a, delete("/a")).unwrap();
    assert_eq!(world.events(b), Vec::<String>::new());
}

#[test]
fn fact_09_watching_all_costs_n_times_n_plus_one_halves_and_the_predecessor_n_minus_one() {
    for n in [5, 10] {
        let (mut world, clients) = queue(n);
        for client in &clients {
            world.call(*client, get_children("/lock", true)).unwrap();
        }
        assert_eq!(drain(&mut world, &clients, true), n * (n + 1) / 2, "watch-all, {n} clients");

        let (mut world, clients) = queue(n);
        for (place, client) in clients.iter().enumerate().skip(1) {
            let before = format!("/lock/n-{:010}", place - 1);
            world.call(*client, exists(&before, true)).unwrap();
        }
        assert_eq!(drain(&mut world, &clients, false), n - 1, "watch-predecessor, {n} clients");
    }
}

fn queue(n: usize) -> (World, Vec<lockstep::store::Link>) {
    let mut world = World::new();
    let clients: Vec<_> = (0..n).map(|_| world.client()).collect();
    world.call(clients[0], persistent("/lock")).unwrap();
    for client in &clients {
        world.create(*client, "/lock/n-", CreateMode::EphemeralSequential).unwrap();
    }
    (world, clients)
}

/// Every client lets go in turn; who hears of it looks again. How many events there are.
fn drain(world: &mut World, clients: &[lockstep::store::Link], rearm: bool) -> usize {
    let mut heard = 0;
    for place in 0..clients.len() {
        world.ask(clients[place], delete(&format!("/lock/n-{place:010}")));
        for (waiter, client) in clients.iter().enumerate() {
            let events =
                world.all(*client).into_iter().filter(|got| matches!(got, Got::Event(_))).count();
            heard += events;
            if rearm && events > 0 && waiter > place {
                world.call(*client, get_children("/lock", true)).unwrap();
            }
        }
    }
    heard
}

#[test]
fn fact_10_set_watches_tells_what_was_missed_before_its_reply() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    for path in ["/same", "/changed", "/parent"] {
        world.call(a, persistent(path)).unwrap();
    }
    let seen = Zxid(world.zxid());
    let session = world.session(b);
    world.call(b, get_data("/same", true)).unwrap();
    world.disconnect(b);
    for op in [
        set_data("/changed", "1"),
        persistent("/parent/x"),
        persistent("/new"),
        set_data("/same", "0"),
    ] {
        world.call(a, op).unwrap();
    }
    let b = world.reconnect(session);
    assert!(matches!(world.next(b), Some(Got::Connect(Some(_), _))));
    assert_eq!(world.all(b), [], "nothing survives a reconnect by itself");
    let set = SetWatches {
        relative_zxid: seen,
        data: ["/changed", "/never"].map(Into::into).as_slice().into(),
        exist: ["/new", "/later"].map(Into::into).as_slice().into(),
        child: ["/parent", "/", "/gone"].map(Into::into).as_slice().into(),
        ..SetWatches::default()
    };
    let got = world.watch_call(b, Op::SetWatches(set));
    let expected = [
        "NodeDataChanged /changed",
        "NodeDeleted /never",
        "NodeCreated /new",
        "NodeChildrenChanged /parent",
        "NodeChildrenChanged /",
        "NodeDeleted /gone",
    ];
    assert_eq!(got[..6], expected.map(|text| Got::Event(text.to_owned())));
    assert!(matches!(got[6], Got::Reply(_, Ok(_))));
    world.call(a, persistent("/later")).unwrap();
    assert_eq!(world.events(b), ["NodeCreated /later"]);
}
