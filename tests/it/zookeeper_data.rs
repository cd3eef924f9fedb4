//! The facts about data, by their numbers in the list of what a naive model gets wrong.

use lockstep::store::zookeeper::{
    ADMIN, ALL, Acl, Answer, CREATE, CreateForm, CreateMode, DELETE, MultiResult, Op, READ, WRITE,
    ZkError, open,
};

use crate::zookeeper_world::{
    Got, World, delete, ephemeral, exists, get_children, get_data, multi, persistent, results,
    set_data, with_acl, with_form,
};

#[test]
fn fact_17_sequence_numbers_count_creates_and_cversion_counts_both() {
    let mut world = World::new();
    let a = world.client();
    assert_eq!(world.stat(a, "/").cversion(), -1, "/zookeeper was never created");
    assert_eq!(world.stat(a, "/zookeeper/config").aversion(), -1);
    world.call(a, persistent("/a")).unwrap();
    world.call(a, persistent("/a/x")).unwrap();
    world.call(a, delete("/a/x")).unwrap();
    assert_eq!(world.create(a, "/a", CreateMode::Persistent), Err(ZkError::NodeExists));
    let failed = results(world.call(a, multi(&[persistent("/a/y"), persistent("/a")])));
    assert_eq!(failed[0], MultiResult::NotDone);
    assert_eq!(
        world.create(a, "/a/s-", CreateMode::EphemeralSequential),
        Ok("/a/s-0000000001".into())
    );
    assert_eq!(
        world.create(a, "/a/", CreateMode::PersistentSequential),
        Ok("/a/0000000002".into())
    );
    assert_eq!(world.create(a, "/", CreateMode::PersistentSequential), Ok("/0000000001".into()));
    let stat = world.stat(a, "/a");
    assert_eq!((stat.cversion(), stat.num_children()), (2 * 3 - 2, 2));
    let pzxid = stat.pzxid();
    world.call(a, set_data("/a", "1")).unwrap();
    world.call(a, set_data("/a/0000000002", "1")).unwrap();
    assert_eq!(world.stat(a, "/a").pzxid(), pzxid, "only children count");
    world.call(a, delete("/a/0000000002")).unwrap();
    assert_eq!(world.stat(a, "/a").pzxid().0, world.zxid());
}

#[test]
fn fact_18_containers_and_times_to_live() {
    let mut world = World::new();
    let a = world.client();
    let ttl = |path, mode, ms| with_form(path, mode, CreateForm::Ttl(ms));
    let container = |path, mode| with_form(path, mode, CreateForm::Container);
    let error = |world: &mut World, op| world.call(a, op).unwrap_err();
    for mode in [CreateMode::PersistentWithTtl, CreateMode::PersistentSequentialWithTtl] {
        assert_eq!(
            world.create(a, "/t", mode),
            Err(ZkError::BadArguments),
            "only createTTL has a time"
        );
        for ms in [0, -1, 1_099_511_627_776] {
            assert_eq!(error(&mut world, ttl("/t", mode, ms)), ZkError::BadArguments, "{ms}");
        }
    }
    assert_eq!(error(&mut world, ttl("/t", CreateMode::Persistent, 5)), ZkError::BadArguments);
    assert_eq!(world.create(a, "/t", CreateMode::Unknown(7)), Err(ZkError::BadArguments));
    world.call(a, ttl("/t", CreateMode::PersistentWithTtl, 1_099_511_627_775)).unwrap();
    assert_eq!(world.create(a, "/flag", CreateMode::Container), Ok("/flag".into()));
    let Ok(Answer::Created(path, stat)) =
        world.call(a, container("/c-", CreateMode::EphemeralSequential))
    else {
        panic!("a container");
    };
    assert_eq!(&*path, "/c-0000000002", "SEQUENTIAL is honoured");
    assert_eq!(stat.ephemeral_owner(), None, "EPHEMERAL is not");
    assert_eq!(world.stat(a, "/t").ephemeral_owner(), None);
    for parent in [&*path, "/t"] {
        world.call(a, persistent(&format!("{parent}/child"))).unwrap();
    }
}

#[test]
fn fact_19_every_failed_write_uses_a_number_and_reads_do_not() {
    let mut world = World::new();
    let a = world.client();
    world.call(a, persistent("/a")).unwrap();
    world.call(a, persistent("/a/b")).unwrap();
    world.call(a, ephemeral("/e")).unwrap();
    world.call(a, with_acl("/no", &[Acl::new(READ, "world", "anyone")])).unwrap();
    let bad_version = Op::SetData { path: "/a".into(), data: None, version: 9 };
    let check = Op::Check { path: "/a".into(), version: 9 };
    let fails = [
        (persistent("/x/y"), ZkError::NoNode),
        (persistent("/a"), ZkError::NodeExists),
        (bad_version, ZkError::BadVersion),
        (delete("/a"), ZkError::NotEmpty),
        (set_data("/no", "1"), ZkError::NoAuth),
        (persistent("bad"), ZkError::BadArguments),
        (with_acl("/i", &[]), ZkError::InvalidACL),
        (persistent("/e/x"), ZkError::NoChildrenForEphemerals),
        (check, ZkError::BadVersion),
        (multi(&[exists("/a", false)]), ZkError::MarshallingError),
    ];
    for (op, error) in fails {
        let before = world.zxid();
        assert_eq!(world.call(a, op.clone()), Err(error), "{op:?}");
        assert_eq!(world.zxid(), before + 1, "{op:?}");
    }
    let before = world.zxid();
    assert_eq!(results(world.call(a, multi(&[]))), []);
    assert_eq!(results(world.call(a, multi(&[persistent("/a")]))).len(), 1);
    assert_eq!(world.zxid(), before + 2);
    let auth = Op::Auth { scheme: "digest".into(), auth: b"u:p".as_slice().into() };
    let reads =
        [exists("/", true), get_data("/a", true), Op::Sync { path: "".into() }, Op::Ping, auth];
    for op in reads {
        world.call(a, op).unwrap();
    }
    assert_eq!(world.zxid(), before + 2);
}

#[test]
fn fact_20_a_multi_is_all_or_nothing_and_its_parts_see_each_other() {
    let mut world = World::new();
    let a = world.client();
    world.call(a, persistent("/a")).unwrap();
    let check = |path: &str, version| Op::Check { path: path.into(), version };
    let failed = multi(&[persistent("/b"), check("/a", 5), delete("/a")]);
    assert_eq!(
        results(world.call(a, failed)),
        [
            MultiResult::NotDone,
            MultiResult::Error(ZkError::BadVersion),
            MultiResult::Error(ZkError::RuntimeInconsistency)
        ]
    );
    assert_eq!(world.call(a, exists("/b", false)), Err(ZkError::NoNode));
    let parts =
        [delete("/a"), persistent("/a"), persistent("/a/b"), set_data("/a", "1"), check("/a", 1)];
    let done = results(world.call(a, multi(&parts)));
    assert!(
        matches!(done[3], MultiResult::SetData(stat) if stat.version() == 1 && stat.num_children() == 1)
    );
    assert_eq!(done[4], MultiResult::Check);
    assert_eq!(world.stat(a, "/a").czxid(), world.stat(a, "/a/b").czxid());
    // A part without the time to live that its mode asks for breaks the whole, if it comes to that part.
    let create =
        |path: &str, mode| Op::Create(lockstep::store::zookeeper::Create::new(path, b"", mode));
    let lasting = create("/t", CreateMode::PersistentWithTtl);
    let broken = multi(&[persistent("/b"), lasting.clone()]);
    assert_eq!(world.call(a, broken), Err(ZkError::MarshallingError));
    let failed = results(world.call(a, multi(&[check("/no", 0), lasting])));
    assert_eq!(failed[0], MultiResult::Error(ZkError::NoNode));
    let sequential = Op::Create(lockstep::store::zookeeper::Create::new(
        "/a/s-",
        b"",
        CreateMode::EphemeralSequential,
    ));
    let twice = results(world.call(a, multi(&[sequential.clone(), sequential])));
    assert_eq!(
        twice,
        [
            MultiResult::Create("/a/s-0000000001".into()),
            MultiResult::Create("/a/s-0000000002".into())
        ]
    );
}

#[test]
fn fact_21_the_checks_of_a_create_come_in_order() {
    let mut world = World::new();
    let a = world.client();
    world.call(a, persistent("/a")).unwrap();
    world.call(a, ephemeral("/e")).unwrap();
    world.call(a, with_acl("/no", &[Acl::new(ALL & !CREATE, "world", "anyone")])).unwrap();
    let error = |world: &mut World, op: Op| world.call(a, op).unwrap_err();
    for path in ["", "a", "/a\0b", "/a/.", "/a/..", "/a/\u{7f}", "/a/\u{f000}", "/a/", "/."] {
        assert_eq!(error(&mut world, persistent(path)), ZkError::BadArguments, "{path:?}");
    }
    for path in ["/x/y", "/x//y", "a/b"] {
        assert_eq!(error(&mut world, persistent(path)), ZkError::NoNode, "{path:?}");
    }
    assert_eq!(error(&mut world, with_acl("/x/y", &[])), ZkError::InvalidACL, "before the parent");
    assert_eq!(error(&mut world, with_acl("/a", &[])), ZkError::InvalidACL, "before the node");
    assert_eq!(error(&mut world, persistent("/no/x")), ZkError::NoAuth);
    assert_eq!(error(&mut world, persistent("/no/.")), ZkError::NoAuth, "before the syntax");
    assert_eq!(error(&mut world, persistent("/e/x")), ZkError::NoChildrenForEphemerals);
    // Other operations do not look at the syntax; the empty path is the root.
    for op in [get_data("//", false), get_children("x", false), exists("/a/../b", false)] {
        assert_eq!(error(&mut world, op), ZkError::NoNode);
    }
    for op in [exists("", false), get_data("", false), get_children("", false)] {
        world.call(a, op).unwrap();
    }
    let sync = Op::Sync { path: "any \0 text".into() };
    assert_eq!(world.call(a, sync), Ok(Answer::Path("any \0 text".into())));
}

#[test]
fn fact_22_deleting_needs_the_parents_permission_and_spares_the_servers_nodes() {
    let mut world = World::new();
    let a = world.client();
    for path in ["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"] {
        assert_eq!(world.call(a, delete(path)), Err(ZkError::BadArguments));
    }
    world.call(a, persistent("/zookeeper/x")).unwrap();
    world.call(a, delete("/zookeeper/x")).unwrap();
    world.call(a, with_acl("/keep", &[Acl::new(ALL & !DELETE, "world", "anyone")])).unwrap();
    world.call(a, with_acl("/keep/x", &[Acl::new(ALL, "world", "anyone")])).unwrap();
    assert_eq!(world.call(a, delete("/keep/x")), Err(ZkError::NoAuth));
    assert_eq!(world.call(a, delete("/keep/missing")), Err(ZkError::NoAuth), "before NoNode");
    world.call(a, with_acl("/none", &[Acl::new(0, "world", "anyone")])).unwrap();
    for op in [
        Op::GetAcl { path: "/none".into() },
        Op::GetAllChildrenNumber { path: "/none".into() },
        Op::Check { path: "/none".into(), version: -1 },
        get_children("/none", false),
    ] {
        assert_eq!(world.call(a, op), Err(ZkError::NoAuth));
    }
    world.call(a, delete("/none")).unwrap();
    for perms in [READ, ADMIN] {
        world.call(a, with_acl("/acl", &[Acl::new(perms, "world", "anyone")])).unwrap();
        assert!(world.call(a, Op::GetAcl { path: "/acl".into() }).is_ok());
        world.call(a, delete("/acl")).unwrap();
    }
}

#[test]
fn fact_23_a_check_alone_answers_failure_only() {
    let mut world = World::new();
    let a = world.client();
    let check = |version| Op::Check { path: "/".into(), version };
    assert_eq!(world.call(a, check(7)), Err(ZkError::BadVersion));
    let before = world.zxid();
    assert_eq!(world.watch_call(a, check(0)), []);
    assert_eq!(world.zxid(), before + 1);
}

#[test]
fn fact_24_the_reaper_takes_what_was_used_and_is_empty_and_what_outlived_its_time() {
    let mut world = World::new();
    let a = world.client();
    let container = |path| with_form(path, CreateMode::Container, CreateForm::Container);
    let ttl = |path| with_form(path, CreateMode::PersistentWithTtl, CreateForm::Ttl(1500));
    for op in [container("/used"), container("/never"), ttl("/t"), ttl("/renewed"), ttl("/parent")]
    {
        world.call(a, op).unwrap();
    }
    for path in ["/used/x", "/parent/x"] {
        world.call(a, persistent(path)).unwrap();
    }
    world.pass(100);
    world.call(a, delete("/used/x")).unwrap();
    world.call(a, get_data("/used", true)).unwrap();
    world.pass(899);
    assert!(world.call(a, exists("/used", false)).is_ok());
    let before = world.zxid();
    world.pass(1);
    assert_eq!(world.next(a), Some(Got::Event("NodeDeleted /used".into())));
    assert_eq!(world.zxid(), before + 1);
    world.call(a, set_data("/renewed", "1")).unwrap();
    world.pass(1000);
    assert_eq!(world.call(a, exists("/t", false)), Err(ZkError::NoNode));
    world.stat(a, "/renewed");
    world.pass(1000);
    assert_eq!(world.call(a, exists("/renewed", false)), Err(ZkError::NoNode));
    world.stat(a, "/never");
    world.call(a, delete("/parent/x")).unwrap();
    world.pass(1000);
    assert_eq!(world.call(a, exists("/parent", false)), Err(ZkError::NoNode));
    world.stat(a, "/never");
}

#[test]
fn fact_25_authentication_and_bad_lists() {
    let mut world = World::new();
    let a = world.client();
    let auth =
        |scheme: &str| Op::Auth { scheme: scheme.into(), auth: b"user:pw".as_slice().into() };
    let error = |world: &mut World, list: &[Acl]| world.call(a, with_acl("/x", list)).unwrap_err();
    for (scheme, id) in [
        ("auth", ""),
        ("super", "x"),
        ("world", "me"),
        ("digest", "no-colon"),
        ("digest", "a:b:c"),
        ("digest", "a:"),
        ("ip", "1.2.3"),
        ("ip", "1.2.3.256"),
        ("ip", "1.2.3.4/33"),
    ] {
        assert_eq!(
            error(&mut world, &[Acl::new(ALL, scheme, id)]),
            ZkError::InvalidACL,
            "{scheme} {id}"
        );
    }
    assert_eq!(world.call(a, auth("digest")), Ok(Answer::Done));
    let list =
        [Acl::new(ALL, "auth", ""), Acl::new(READ, "ip", "10.0.0.0/8"), Acl::new(ALL, "auth", "")];
    world.call(a, with_acl("/mine", &list)).unwrap();
    let Ok(Answer::Acl(acl, _)) = world.call(a, Op::GetAcl { path: "/mine".into() }) else {
        panic!("a list")
    };
    let digest = "user:2Om+GBbT2q/tS6pdvACZbbm7/1A=";
    assert_eq!(acl[..], [Acl::new(ALL, "digest", digest), Acl::new(READ, "ip", "10.0.0.0/8")]);
    let b = world.client();
    assert_eq!(world.call(b, get_data("/mine", false)), Err(ZkError::NoAuth));
    let local = [Acl::new(READ | WRITE, "ip", "127.0.0.0/24"), Acl::new(ALL, "digest", digest)];
    world
        .call(a, Op::SetAcl { path: "/mine".into(), acl: local.as_slice().into(), version: -1 })
        .unwrap();
    world.call(b, set_data("/mine", "1")).unwrap();
    let Ok(Answer::Acl(acl, _)) = world.call(b, Op::GetAcl { path: "/mine".into() }) else {
        panic!("a list")
    };
    assert_eq!(&*acl[1].who.id, "user:x", "who may not change the list does not see the digest");
    assert_eq!(
        world.watch_call(b, auth("kerberos")),
        [Got::Reply(0, Err(ZkError::AuthFailed)), Got::Close]
    );
    assert_eq!(open().len(), 1);
}

#[test]
fn get_ephemerals_and_numbers_of_nodes() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    for op in [persistent("/a"), ephemeral("/a/x"), ephemeral("/ab")] {
        world.call(a, op).unwrap();
    }
    world.call(b, ephemeral("/a/y")).unwrap();
    let of = |world: &mut World, prefix: &str| match world
        .call(a, Op::GetEphemerals { prefix: prefix.into() })
    {
        Ok(Answer::Ephemerals(paths)) => paths.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&mut world, "/"), ["/a/x", "/ab"]);
    assert_eq!(of(&mut world, "/a"), ["/a/x", "/ab"], "a prefix of the text");
    assert_eq!(of(&mut world, "/a/"), ["/a/x"]);
    let number = |path: &str| Op::GetAllChildrenNumber { path: path.into() };
    assert_eq!(world.call(a, number("/a")), Ok(Answer::Number(2)));
    assert_eq!(world.call(a, number("/")), Ok(Answer::Number(7)));
}

#[test]
fn a_request_that_is_too_long_ends_the_connection() {
    let mut world = World::new();
    let a = world.client();
    world.call(a, set_data("/", &"x".repeat(1_000_000))).unwrap();
    assert_eq!(world.watch_call(a, set_data("/", &"x".repeat(1_048_576))), [Got::Close]);
}
