//! What worlds models become, and what they can name.

use lockstep::model::fields::SECTIONS;
use lockstep::model::{Expect, Model, Verdict};
use lockstep::registry;
use lockstep::sim::{AnyServer, OPEN, Phase, Timing};
use lockstep::time::Micros;

use super::model_errors::{REDIS, ZOOKEEPER};

fn model(text: &str) -> Model {
    Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"))
}

#[test]
fn a_model_becomes_a_world() {
    let model = model(REDIS);
    assert_eq!((model.title(), model.why()), ("two clients", "an example of 2026"));
    assert_eq!(model.text(), REDIS);
    assert_eq!(model.bounds().deviations, Some(3));
    let expect = model.expect().unwrap();
    let Expect { verdict, property, deviations, within } = expect;
    assert_eq!(
        (*verdict, property.as_deref(), *deviations, *within),
        (Verdict::Violated, Some("mutual-exclusion"), Some(1), None)
    );

    let setup = model.abstract_setup();
    let names: Vec<&str> = setup.servers.iter().map(|server| &*server.name).collect();
    assert_eq!(names, ["redis", "db"]);
    let AnyServer::Ledger(ledger) = &setup.servers[1].state else { panic!("no ledger") };
    assert_eq!(ledger.value(), 7);
    let names: Vec<&str> = setup.processes.iter().map(|process| &*process.name).collect();
    assert_eq!(names, ["c1", "c2"]);
    assert_eq!(setup.faults[0].extent().spans, [Micros::from_ms(9000), Micros::from_ms(11_000)]);
    assert_eq!((setup.faults[1].name(), setup.faults[1].budget), ("crash", Some(1)));
    // 10 + 1 + 4 + 0.001 + 0.005 + 0.002 + 9 + 11 + 30 s, and more.
    assert!(setup.horizon > Micros::from_ms(2 * 65_008), "{}", setup.horizon);
    assert!(setup.watches_place);
    let sampled = model.sampled_setup();
    assert_eq!(sampled.timing, Timing::Sampled { least: Micros(1000), most: Micros(5000) });
}

#[test]
fn a_zookeeper_model_differs_between_search_and_run() {
    let text = ZOOKEEPER.replace(
        "[\"pause\"]",
        "[{\"pause\": {\"phase\": \"working\", \"process\": [\"c3\", \"c1\"]}}]",
    );
    let model = model(&text.replace("\"fifo\"", "\"release-safety\""));
    let times = |timing| match &model.setup(timing).servers[0].state {
        AnyServer::ZooKeeper(zk) => zk.config().times,
        _ => panic!("no ZooKeeper"),
    };
    assert!(!times(Timing::Abstract));
    assert!(times(model.network().timing()));
    let setup = model.abstract_setup();
    assert!(setup.watches_place);
    assert_eq!(setup.processes[0].session_timeout_ms, 6000);
    let pause = setup.faults[0].extent();
    // A tenth less than the session, and a tenth more than the session and the tick in which it ends.
    assert_eq!(pause.spans, [Micros::from_ms(5400), Micros::from_ms(8600), OPEN]);
    assert_eq!((pause.processes, pause.phases), (Some(&[2, 0][..]), &[Phase::Working][..]));
}

#[test]
fn a_pause_takes_its_times_from_the_lease_however_the_recipe_calls_it() {
    let text = |lock: &str| {
        format!(
            r#"{{"title": "leases", "why": "here", "store": {{"redis": {{}}}}, "lock": {lock},
            "clients": {{"processes": 2}}, "work": {{"section": {{}}}}, "faults": ["pause"],
            "properties": ["mutual-exclusion"]}}"#
        )
    };
    for (lock, [least, most]) in [
        (r#"{"redisson": {"watchdog_timeout": "30s"}}"#, [27_000, 33_000]),
        (r#"{"redisson": {"watchdog_timeout": "30s", "lease": "10s"}}"#, [9000, 11_000]),
        (r#"{"spring": {"expire_after": "60s"}}"#, [54_000, 66_000]),
    ] {
        let setup = model(&text(lock)).abstract_setup();
        let spans = setup.faults[0].extent().spans;
        assert_eq!(spans, [Micros::from_ms(least), Micros::from_ms(most), OPEN], "{lock}");
    }
}

#[test]
fn several_threads_make_servers_and_several_redis_are_numbered() {
    let text = REDIS
        .replace("\"threads\": 1", "\"threads\": 4")
        .replace("\"servers\": 1", "\"servers\": 3");
    let setup = model(&text).abstract_setup();
    let names: Vec<&str> = setup.servers.iter().map(|server| &*server.name).collect();
    assert_eq!(names, ["redis1", "redis2", "redis3", "db"]);
    assert_eq!(setup.processes[1].name, "s2");
    assert_eq!(setup.processes[1].threads.len(), 4);
}

#[test]
fn what_the_registry_names_can_be_listed() {
    let all = [
        registry::recipes(),
        registry::workloads(),
        registry::properties(),
        registry::faults(),
        SECTIONS.to_vec(),
    ];
    for list in &all {
        for (number, about) in list.iter().enumerate() {
            assert!(!about.title.is_empty() && about.title.len() <= 110, "{}", about.name);
            assert!(list[..number].iter().all(|other| other.name != about.name), "{}", about.name);
        }
    }
    let sources = all[0].iter().chain(&all[2]).chain(&all[3]);
    assert!(sources.into_iter().all(|about| !about.source.is_empty()));
}
