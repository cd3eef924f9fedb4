//! The facts about sessions, by their numbers in the list of what a naive model gets wrong.

use lockstep::store::Server;
use lockstep::store::zookeeper::{Answer, CreateMode, Draw, Op, Password};
use lockstep::time::Micros;

use crate::zookeeper_world::{Got, World, config, ephemeral, exists, get_children, persistent};

#[test]
fn fact_11_timeouts_are_clamped_and_sessions_end_at_the_end_of_a_tick() {
    let mut world = World::new();
    for (asked, granted) in
        [(0, 1000), (-1, 1000), (999, 1000), (1001, 1001), (7777, 7777), (60_000, 10_000)]
    {
        let link = world.connect(asked, None);
        assert!(matches!(world.next(link), Some(Got::Connect(Some(_), got)) if got == granted));
        world.call(link, Op::CloseSession).unwrap();
    }
    for (phase, started, ends) in
        [(0, 0, 1500), (0, 1, 1500), (0, 499, 1500), (0, 500, 2000), (123, 0, 1123)]
    {
        let mut config = config();
        config.expiry = lockstep::store::zookeeper::Moment::Phase(Micros::from_ms(phase));
        let mut world = World::with(config);
        world.pass(started);
        let link = world.connect(1000, None);
        assert_eq!(world.server.deadline(), Some(Micros::from_ms(ends)), "{phase} {started}");
        world.pass(ends - started - 1);
        assert_eq!(world.server.sessions().count(), 1);
        world.pass(1);
        assert_eq!(world.server.sessions().count(), 0);
        assert_eq!(world.all(link).last(), Some(&Got::Close));
    }
    // Any request counts, a connect too, and a reconnect negotiates anew.
    let mut world = World::new();
    let link = world.connect(1000, None);
    let session = world.session(link);
    for _ in 0..5 {
        world.pass(900);
        world.ask(link, exists("/", false));
    }
    assert_eq!(world.server.sessions().count(), 1);
    world.disconnect(link);
    world.pass(900);
    let link = world.reconnect(session);
    assert_eq!(world.next(link), Some(Got::Connect(Some(session), 10_000)));
    world.pass(9900);
    assert_eq!(world.server.sessions().count(), 1);
    world.pass(600);
    assert_eq!(world.server.sessions().count(), 0);
}

#[test]
fn fact_12_whether_an_expired_session_hears_of_its_own_nodes_is_open_and_a_closing_one_does() {
    for heard in [0, 1, 2] {
        let mut world = World::new();
        let link = world.connect(1000, None);
        world.call_after_connect(link);
        world.call(link, ephemeral("/e")).unwrap();
        world.call(link, exists("/e", true)).unwrap();
        world.call(link, get_children("/", true)).unwrap();
        world.wires.answers.push_back(heard);
        world.pass(3000);
        let session = lockstep::store::zookeeper::SessionId::first_of(1);
        assert_eq!(world.wires.asked, [Draw::LastWords { session }]);
        let mut expected = vec![
            Got::Event("NodeDeleted /e".to_owned()),
            Got::Event("NodeChildrenChanged /".to_owned()),
        ];
        expected.truncate(heard as usize);
        expected.push(Got::Close);
        assert_eq!(world.all(link), expected);
    }
    let mut world = World::new();
    let link = world.client();
    world.call(link, ephemeral("/e")).unwrap();
    world.call(link, exists("/e", true)).unwrap();
    let got = world.watch_call(link, Op::CloseSession);
    assert_eq!(
        got,
        [Got::Event("NodeDeleted /e".to_owned()), Got::Reply(3, Ok(Answer::Done)), Got::Close]
    );
}

#[test]
fn fact_13_ephemerals_go_together_and_lists_have_no_useful_order() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.client());
    world.call(a, persistent("/l")).unwrap();
    for _ in 0..10 {
        world.create(b, "/l/n-", CreateMode::EphemeralSequential).unwrap();
    }
    let children = world.children(a, "/l");
    let names: Vec<_> = children.names().to_vec();
    let mut sorted = names.clone();
    sorted.sort();
    assert_ne!(names, sorted);
    assert_ne!(names, sorted.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(children.by_name(), sorted);
    assert_eq!(children.first().map(|name| &**name), Some("n-0000000000"));
    assert_eq!(children.before("n-0000000007").map(|name| &**name), Some("n-0000000006"));
    assert_eq!(children.before("n-0000000000"), None);
    assert_eq!(children.before("n-9999999999"), None);
    let before = world.zxid();
    world.call(b, Op::CloseSession).unwrap();
    assert_eq!(world.zxid(), before + 1, "in one transaction");
    assert!(world.children(a, "/l").is_empty());
    assert_eq!(children.len(), 10, "a list that was handed out stays as it was");
}

#[test]
fn fact_14_a_second_connection_closes_the_first_even_with_a_wrong_password() {
    let mut world = World::new();
    let first = world.client();
    let session = world.session(first);
    let second = world.reconnect(session);
    assert_eq!(world.all(first), [Got::Close]);
    assert_eq!(world.all(second), [Got::Connect(Some(session), 10_000)]);
    let wrong = world.connect(10_000, Some((session, Password(1))));
    assert_eq!(world.all(second), [Got::Close]);
    assert_eq!(world.all(wrong), [Got::Connect(None, 0), Got::Close]);
    assert_eq!(world.server.sessions().count(), 1, "the session lives on");
    world.pass(10_500);
    assert_eq!(world.server.sessions().count(), 0);
    let late = world.reconnect(session);
    assert_eq!(world.all(late), [Got::Connect(None, 0), Got::Close]);
}

#[test]
fn fact_15_a_restart_keeps_sessions_nodes_and_counters_but_no_watches() {
    let mut world = World::new();
    let (a, b) = (world.client(), world.connect(2000, None));
    world.call(a, persistent("/r")).unwrap();
    assert!(matches!(world.next(b), Some(Got::Connect(..))));
    world.create(b, "/r/n-", CreateMode::EphemeralSequential).unwrap();
    world.call(a, get_children("/r", true)).unwrap();
    let (session, before) = (world.session(a), world.zxid());
    world.pass(1900);
    world.server.crash();
    world.pass(60_000);
    let now = world.now;
    world.server.restart(now, &mut world.wires);
    assert_eq!(world.zxid(), before, "the numbers go on");
    assert_eq!(world.server.sessions().count(), 2);
    let a = world.reconnect(session);
    assert_eq!(world.all(a), [Got::Connect(Some(session), 10_000)]);
    assert_eq!(world.create(a, "/r/n-", CreateMode::Persistent), Ok("/r/n-".to_owned()));
    assert_eq!(world.all(a), [], "no watch survived");
    world.pass(1900);
    assert_eq!(world.children(a, "/r").len(), 2, "the other clock starts again too");
    world.pass(700);
    assert_eq!(world.children(a, "/r").len(), 1);
    assert_eq!(
        world.create(a, "/r/m-", CreateMode::PersistentSequential),
        Ok("/r/m-0000000002".to_owned())
    );
}

#[test]
fn a_client_that_has_seen_more_is_sent_away_without_a_word() {
    use lockstep::store::zookeeper::{Connect, Request, Zxid};
    let mut world = World::new();
    let link = world.open();
    let connect = Connect { timeout_ms: 1000, session: None, last_zxid_seen: Zxid(7) };
    world.send(link, Request::Connect(connect));
    assert_eq!(world.all(link), [Got::Close]);
}

#[test]
fn a_request_of_an_ended_session_or_of_none_is_not_answered() {
    let mut world = World::new();
    let link = world.client();
    world.call(link, Op::CloseSession).unwrap();
    assert_eq!(world.all(link), [Got::Close]);
    world.ask(link, Op::Ping);
    assert_eq!(world.all(link), []);
    let fresh = world.open();
    world.ask(fresh, persistent("/a"));
    assert_eq!(world.all(fresh), [Got::Close]);
}

#[test]
fn a_drawn_expiry_is_asked_once_and_comes_at_the_latest_a_tick_later() {
    for early in [0, 1] {
        let mut world = World::drawn();
        let link = world.connect(1000, None);
        assert!(matches!(world.next(link), Some(Got::Connect(Some(_), 1000))));
        world.wires.answers.push_back(early);
        world.pass(1001);
        assert_eq!(world.wires.asked.len(), 1);
        assert_eq!(world.server.sessions().count(), 1 - early as usize);
        world.pass(499);
        assert_eq!(world.server.sessions().count(), 0);
        assert_eq!(world.wires.asked.len(), 1);
    }
}

#[test]
fn touching_keeps_a_session_alive_without_a_message() {
    let mut world = World::new();
    let link = world.connect(1000, None);
    for _ in 0..10 {
        world.pass(900);
        let now = world.now;
        world.server.touch(link, now);
    }
    assert_eq!(world.server.sessions().count(), 1);
    assert_eq!(world.all(link).len(), 1);
}

impl World {
    /// Takes the answer to the connect.
    fn call_after_connect(&mut self, link: lockstep::store::Link) {
        assert!(matches!(self.next(link), Some(Got::Connect(Some(_), _))));
    }
}
