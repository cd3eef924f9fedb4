//! The number that works keep in the store of the lock: who may, what properties make of it, and that nothing is lost.

use lockstep::choice::Seeded;
use lockstep::event::Nobody;
use lockstep::json::Document;
use lockstep::locks;
use lockstep::model::Model;
use lockstep::property::{self, Event, Facts, Names, Who};
use lockstep::run::{End, Limits, Run};
use lockstep::sim::Live;
use lockstep::store::effect::Item;
use lockstep::store::ledger::Account;
use lockstep::time::Micros;

const ZOOKEEPER: &str = r#"{"zookeeper": {}}"#;
const ENSEMBLE: &str = r#"{"zookeeper": {"servers": 3}}"#;

fn model(store: &str, lock: &str, kept_in: &str, clients: &str) -> Result<Model, String> {
    let text = format!(
        r#"{{"title": "t", "why": "w", "store": {store}, "lock": {{{lock}}}, "clients": {{{clients}}},
"work": {{"counter": {{"work": "3ms", "rounds": 3, "kept_in": "{kept_in}"}}}}, "given": {{"ledger": 5}},
"network": {{"latency": ["200us", "2ms"]}}, "properties": ["lost-update", "stale-read"]}}"#
    );
    Model::parse("m.json", text).map_err(|bad| bad.to_string())
}

#[test]
fn a_number_is_kept_where_it_can_be() {
    let refused = |store: &str, lock: &str, kept_in: &str, clients: &str, said: &str| {
        let bad = model(store, lock, kept_in, clients).unwrap_err();
        assert!(bad.contains(said), "{bad}");
    };
    let (two, threads) = (r#""processes": 2"#, r#""processes": 2, "threads": 2"#);
    let redis = r#"{"redis": {}}"#;
    refused(r#"{"none": {}}"#, r#""local": {}"#, "store", two, "no store to keep the number in");
    refused(ZOOKEEPER, r#""kazoo": {}"#, "store-with-check", two, "which node its lock is");
    refused(
        redis,
        r#""set-nx-px": {}"#,
        "store-with-check",
        two,
        "only ZooKeeper can check a node",
    );
    refused(ENSEMBLE, r#""kazoo": {}"#, "store", threads, "one thread in each process");
    refused(redis, r#""set-nx-px": {}"#, "stores", two, "did you mean `store`?");
    for store in [ZOOKEEPER, ENSEMBLE] {
        model(store, r#""kazoo": {}"#, "store", two).unwrap();
    }
    model(ZOOKEEPER, r#""kazoo": {}"#, "store", threads).unwrap();
}

/// What was counted, if all was, and the properties had something to judge.
fn all_is_counted(store: &str, lock: &str, kept_in: &str) {
    let model = model(store, lock, kept_in, r#""processes": 3"#).unwrap();
    for (setup, seeds) in [(model.sampled_setup(), 20), (model.abstract_setup(), 1)] {
        for seed in 0..seeds {
            let (mut engine, mut choices) = (Live::default(), Seeded::new(seed));
            let mut run = Run::new(&setup, &mut engine, &mut choices, &mut Nobody);
            let limits =
                Limits { steps: 100_000, time: Micros::from_ms(60_000), stop_at_violation: true };
            let end = run.to_end(limits, &mut choices, &mut Nobody);
            assert_eq!(end, End::Done, "{store} {lock} {kept_in} {seed}: {:?}", run.violation());
            assert_eq!(run.happened(), 0b11, "{store} {lock} {kept_in} {seed}");
        }
    }
}

#[test]
fn without_faults_nothing_is_lost_and_nothing_is_stale() {
    all_is_counted(r#"{"redis": {}}"#, r#""set-nx-px": {}"#, "store");
    for store in [ZOOKEEPER, ENSEMBLE] {
        for lock in [r#""kazoo": {}"#, r#""curator": {}"#] {
            all_is_counted(store, lock, "store");
        }
    }
}

#[test]
fn whoever_says_that_it_names_its_node_does() {
    let mut checked = 0;
    for entry in locks::catalogue() {
        let lock = format!("\"{}\": {{}}", entry.about.name);
        for store in [ZOOKEEPER, ENSEMBLE] {
            // A check of a node that the grant does not name would refuse every write: nothing would happen.
            if entry.about.store == locks::Store::ZooKeeper
                && model(store, &lock, "store-with-check", r#""processes": 3"#).is_ok()
            {
                all_is_counted(store, &lock, "store-with-check");
                checked += 1;
            }
        }
    }
    assert!(checked >= 10, "{checked}");
}

struct Numbered;

impl Names for Numbered {
    fn who(&self, who: Who) -> String {
        self.process(who.process)
    }
    fn process(&self, process: u16) -> String {
        format!("c{}", process + 1)
    }
    fn server(&self, server: u16) -> String {
        format!("server {server}")
    }
    fn item(&self, _: u16, item: &Item) -> String {
        item.place.to_string()
    }
}

/// What a property says of the last of these events; nothing is wrong with those before.
fn last_of(name: &str, events: &[Event<'_>]) -> Option<String> {
    let document = Document::parse("property.json", format!("\"{name}\"")).unwrap();
    let mut property = property::build(&document.root(), &Facts::default()).unwrap();
    let (last, before) = events.split_last().unwrap();
    for event in before {
        assert_eq!(property.observe(Micros::ZERO, event, &Numbered).violated, None);
    }
    property.observe(Micros::ZERO, last, &Numbered).violated
}

#[test]
fn a_read_of_the_store_may_be_too_old() {
    let [one, other] = [0, 1].map(|process| Who { process, thread: 0 });
    let read = |who, account, value| Event::Read { who, account, value };
    let wrote = |who, account, value| Event::Wrote { who, account, value };
    let store = Account::IN_STORE;
    let begun = [read(one, store, 5), wrote(one, store, 6)];
    let with = |more: &[Event<'_>]| [&begun[..], more].concat();
    let say = |text: &str| Some(text.to_owned());

    let fresh = with(&[read(other, store, 6), wrote(other, store, 7)]);
    assert_eq!(last_of("stale-read", &fresh), None);
    assert_eq!(last_of("lost-update", &fresh), None);

    let stale = with(&[read(other, store, 5)]);
    let said = "c2 reads 5 from the store, where c1 has written 6: the read is stale";
    assert_eq!(last_of("stale-read", &stale), say(said));

    let lost = with(&[read(other, store, 5), wrote(other, store, 6)]);
    let said = "c2 writes 6 to the store, which rests on the 5 that it read after c1 had written 6: \
                the update of c1 is lost";
    assert_eq!(last_of("lost-update", &lost), say(said));
}
