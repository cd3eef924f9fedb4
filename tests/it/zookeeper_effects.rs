//! What a ZooKeeper server tells of what it does to nodes.

use std::collections::BTreeMap;
use std::rc::Rc;

use lockstep::store::effect::{Change, Effect};
use lockstep::store::zookeeper::{CreateForm, CreateMode, Op};
use lockstep::store::{Inbound, Link, Server};

use crate::effect_lines::{assert_lines, line};
use crate::zookeeper_ensemble::Ensemble;
use crate::zookeeper_properties::{configs, run, take};
use crate::zookeeper_world::{World, delete, ephemeral, multi, persistent, set_data, with_form};

/// What was told since the last time.
#[track_caller]
fn told(world: &mut World, expected: &str) {
    assert_lines(&world.wires.told, expected);
    world.wires.told.clear();
}

#[test]
fn a_request_is_told_with_who_made_it() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    world.call(a, persistent("/l")).unwrap();
    world.create(a, "/l/n-", CreateMode::EphemeralSequential).unwrap();
    let mine = world.session(a).0;
    told(
        &mut world,
        &format!("/l placed: 0 create\n/l/n-0000000000 placed in session {mine:#x}: 0 create"),
    );
    assert!(world.call(b, persistent("/l")).is_err());
    assert!(world.call(b, delete("/l")).is_err());
    told(&mut world, "");
    world.call(b, delete("/l/n-0000000000")).unwrap();
    told(&mut world, "/l/n-0000000000 removed: 1 delete");
    world.call(b, set_data("/l", "x")).unwrap();
    world.call(a, set_data("/l", "x")).unwrap();
    assert_eq!(world.wires.told[1].zxid, Some(world.zxid()));
    assert_eq!(world.wires.told[0].zxid, Some(world.zxid() - 1));
    told(&mut world, "/l = x: 1 setData\n/l = x: 0 setData");
    world.call(a, with_form("/two", CreateMode::Persistent, CreateForm::Create2)).unwrap();
    told(&mut world, "/two placed: 0 create2");
    let parts = [persistent("/m"), set_data("/m", "1"), delete("/m"), delete("/two")];
    world.call(a, multi(&parts)).unwrap();
    let zxid = Some(world.zxid());
    assert!(world.wires.told.iter().all(|effect| effect.zxid == zxid));
    let all = "
        /m placed: 0 multi
        /m = 1: 0 multi
        /m removed: 0 multi
        /two removed: 0 multi";
    told(&mut world, all);
    world.call(a, multi(&[persistent("/m"), delete("/none")])).unwrap();
    told(&mut world, "");
}

#[test]
fn the_end_of_a_session_is_told_with_its_reason() {
    let mut world = World::new();
    let (a, b, c) = (world.client(), world.client(), world.client());
    for (link, path) in [(a, "/a"), (b, "/b"), (c, "/c")] {
        world.call(link, ephemeral(path)).unwrap();
    }
    world.wires.told.clear();
    world.ask(a, Op::CloseSession);
    told(&mut world, "/a removed: 0 closeSession");
    let (second, third) = (world.session(b), world.session(c));
    let now = world.now;
    world.server.expire_session(now, second, &mut world.wires);
    told(&mut world, &format!("/b removed: session {:#x}", second.0));
    world.disconnect(c);
    world.pass(9_000);
    told(&mut world, "");
    world.pass(2_000);
    told(&mut world, &format!("/c removed: session {:#x}", third.0));
}

#[test]
fn what_the_server_reaps_is_told() {
    let mut world = World::new();
    let a = world.client();
    let container = with_form("/c", CreateMode::Container, CreateForm::Container);
    let ttl = with_form("/t", CreateMode::PersistentWithTtl, CreateForm::Ttl(1500));
    for op in [container, ttl, persistent("/c/x"), delete("/c/x")] {
        world.call(a, op).unwrap();
    }
    let made = "
        /c placed: 0 createContainer
        /t placed: 0 createTTL
        /c/x placed: 0 create
        /c/x removed: 0 delete";
    told(&mut world, made);
    world.pass(3_000);
    told(&mut world, "/c removed: reaped\n/t removed: reaped");
}

#[test]
fn a_place_is_a_node_with_its_children() {
    let mut world = World::new();
    world.wires.places = Some(vec!["/l".into(), "/q/m".into()]);
    let a = world.client();
    for path in ["/l", "/l/a", "/l/a/deep", "/lost", "/q", "/q/m", "/q/other"] {
        world.call(a, persistent(path)).unwrap();
    }
    told(&mut world, "/l placed: 0 create\n/l/a placed: 0 create\n/q/m placed: 0 create");
    world.wires.places = Some(vec!["/".into()]);
    world.call(a, delete("/l/a/deep")).unwrap();
    world.call(a, delete("/lost")).unwrap();
    told(&mut world, "/lost removed: 0 delete");
    world.wires.places = Some(Vec::new());
    world.call(a, persistent("/unheard")).unwrap();
    told(&mut world, "");
}

/// What a server of an ensemble told since the last time, and the transactions.
fn of(them: &mut Ensemble, server: usize) -> Vec<(String, Option<i64>)> {
    let mine: Vec<Effect> =
        them.told.extract_if(.., |(from, _)| *from == server).map(|(_, effect)| effect).collect();
    mine.iter().map(|effect| (line(effect), effect.zxid)).collect()
}

#[test]
fn every_server_of_an_ensemble_tells_the_same_transaction_with_the_same_origin() {
    let mut them = Ensemble::new();
    let (a, b) = (them.client(1), them.client(2));
    them.call(1, a, ephemeral("/e")).unwrap();
    them.call(2, b, delete("/e")).unwrap();
    let session = them.servers[1].session_of(a).unwrap().0;
    let first = of(&mut them, 0);
    let lines: Vec<&str> = first.iter().map(|(line, _)| &**line).collect();
    let expected = [
        format!("/e placed in session {session:#x}: {} of 2 create", a.0),
        format!("/e removed: {} of 3 delete", b.0),
    ];
    assert_eq!(lines, expected);
    for server in [1, 2] {
        assert_eq!(of(&mut them, server), first);
    }
    // One that lags tells it later.
    them.hold(0, 2);
    them.call(1, a, ephemeral("/late")).unwrap();
    assert_eq!(of(&mut them, 0).len(), 1);
    assert_eq!(of(&mut them, 2), []);
    them.release();
    assert_eq!(of(&mut them, 2), of(&mut them, 1));
    // A session that ends by itself.
    for _ in 0..12 {
        them.pass(1000);
        them.ask(2, b, Op::Ping);
    }
    let ended = of(&mut them, 0);
    assert_eq!(ended[0].0, format!("/late removed: session {session:#x}"));
    assert_eq!(of(&mut them, 1), ended);
}

#[test]
fn a_follower_that_takes_everything_over_tells_what_differs() {
    let mut them = Ensemble::new();
    let a = them.client(0);
    for path in ["/same", "/gone", "/again", "/set"] {
        them.call(0, a, persistent(path)).unwrap();
    }
    them.hold(0, 2);
    for op in [
        delete("/gone"),
        delete("/again"),
        persistent("/again"),
        set_data("/set", "1"),
        persistent("/new"),
        persistent("/new/child"),
    ] {
        them.call(0, a, op).unwrap();
    }
    them.told.clear();
    them.servers[2].follow(Some(Link(2)));
    // What the link of before carried is lost with it.
    them.act(0, |it, now, wires| it.deliver(now, Link(2), Inbound::Disconnect, wires));
    them.drop_between();
    them.act(0, |it, _, wires| it.admit(Link(2), wires));
    them.release();
    let taken = of(&mut them, 2);
    let lines: Vec<&str> = taken.iter().map(|(line, _)| &**line).collect();
    let expected = [
        "/gone removed: taken",
        "/again removed: taken",
        "/again placed: taken",
        "/new placed: taken",
        "/new/child placed: taken",
        "/set = 1: taken",
    ];
    assert_eq!(lines, expected);
    let zxid = them.servers[0].zxid().0;
    assert!(taken.iter().all(|(_, at)| *at == Some(zxid)));
    them.act(2, |it, now, wires| {
        it.crash();
        it.restart(now, wires);
    });
    assert_eq!(of(&mut them, 2), [], "it has it all on its disk");
}

/// The data of the nodes, as told.
fn apply(nodes: &mut BTreeMap<Rc<str>, Rc<str>>, effect: &Effect) {
    let path = effect.item.place.clone();
    let what = line(effect);
    match &effect.change {
        Change::Placed { .. } => assert_eq!(nodes.insert(path, "".into()), None, "{what}"),
        Change::Removed { .. } => assert!(nodes.remove(&path).is_some(), "{what}"),
        Change::Rewritten { value } => {
            assert!(nodes.insert(path, value.clone()).is_some(), "{what}");
        }
        Change::Renewed { .. } => panic!("{what}"),
    }
}

#[test]
fn what_is_told_adds_up_to_the_tree() {
    let mut effects = 0;
    for seed in 200..280 {
        let own = ["/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"];
        let mut nodes: BTreeMap<Rc<str>, Rc<str>> =
            own.into_iter().map(|path| (path.into(), "".into())).collect();
        run(seed, configs()[seed as usize % 3].clone(), 600, &mut |world, step| {
            effects += world.wires.told.len();
            for effect in std::mem::take(&mut world.wires.told) {
                apply(&mut nodes, &effect);
            }
            let mut children = 0;
            for (path, told) in &nodes {
                let stand = world.server.stand(path);
                let stand = stand.unwrap_or_else(|| panic!("seed {seed}: {path} after {step:?}"));
                children += stand.children.len();
                let (written, data) = world.server.written(path).unwrap();
                if written > stand.czxid {
                    let data = data.unwrap_or_default();
                    assert_eq!(**told, *String::from_utf8_lossy(&data), "seed {seed}: {path}");
                }
            }
            assert_eq!(children + 1, nodes.len(), "seed {seed}, after {step:?}");
        });
    }
    assert!(effects > 500, "{effects}");
}

#[test]
fn whether_anybody_heeds_it_changes_nothing() {
    for seed in 300..306 {
        let config = configs()[seed as usize % 3].clone();
        let mut deaf = World::with(config.clone());
        deaf.wires.places = Some(Vec::new());
        run(seed, config, 300, &mut |world, step| {
            let first = world.wires.given.len() - world.wires.asked.len();
            deaf.wires.answers = world.wires.given[first..].iter().copied().collect();
            take(&mut deaf, step);
            assert_eq!(deaf.wires.got, world.wires.got, "seed {seed}, {step:?}");
            assert_eq!(deaf.server, world.server, "seed {seed}, {step:?}");
            assert!(deaf.wires.told.is_empty());
        });
    }
}
