//! What a recipe can ask of a ZooKeeper service, beyond what the recipes of the catalogue happen to use.

use lockstep::choice::Nominal;
use lockstep::cx::{CallError, Cx, Grant, Lock, LockBox, LockError};
use lockstep::event::{Event, Observer};
use lockstep::model::Model;
use lockstep::run::End;
use lockstep::sim::Live;
use lockstep::store::zookeeper::{CreateMode, Op, ZkError};
use lockstep::time::Micros;

use super::recipe_world::{run, world_of};

const BAD_VERSION: CallError = CallError::ZooKeeper(ZkError::BadVersion);
const NODE_EXISTS: CallError = CallError::ZooKeeper(ZkError::NodeExists);
const BAD_ARGUMENTS: CallError = CallError::ZooKeeper(ZkError::BadArguments);

/// Tries every call, and says how far it got.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tries;

impl Lock for Tries {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let zk = cx.zk();
        zk.create_with("/a", b"one", CreateMode::Ephemeral).await?;
        let (data, version) = zk.versioned_data("/a").await?;
        cx.note("read", i64::from(data.as_deref() == Some(b"one") && version == 0));
        zk.set_data_version("/a", b"two", 0).await?;
        let stale = zk.set_data_version("/a", b"three", 0).await;
        cx.note("refused", i64::from(stale == Err(BAD_VERSION)));
        cx.note("kept", i64::from(zk.data("/a").await?.as_deref() == Some(b"two")));
        let (mine, me) = (zk.owner("/a").await?, zk.session_id());
        cx.note("owned", i64::from(mine == me && me != 0));
        zk.create("/b", CreateMode::Persistent).await?;
        cx.note("nobody's", i64::from(zk.owner("/b").await? == 0));
        // All or nothing, and the error is that of the part that failed.
        let check = |version| Op::Check { path: "/a".into(), version };
        let delete = Op::Delete { path: "/b".into(), version: -1 };
        let failed = zk.multi(&[delete.clone(), check(7)]).await;
        let there = zk.exists("/b").await?;
        cx.note("multi failed", i64::from(failed == Err(BAD_VERSION) && there));
        zk.multi(&[delete, check(1)]).await?;
        cx.note("multi done", i64::from(!zk.exists("/b").await?));
        let wrong = zk.delete_version("/a", 0).await;
        cx.note("not deleted", i64::from(wrong == Err(BAD_VERSION)));
        zk.create_ttl("/t", Micros::from_ms(1000), CreateMode::PersistentWithTtl).await?;
        let no_time = zk.create_ttl("/u", Micros(1), CreateMode::PersistentWithTtl).await;
        cx.note("no time to live", i64::from(no_time == Err(BAD_ARGUMENTS)));
        zk.create("/c", CreateMode::Container).await?;
        let again = zk.create("/c", CreateMode::Container).await;
        cx.note("container", i64::from(again == Err(NODE_EXISTS) && zk.owner("/c").await? == 0));
        zk.sync("/").await?;
        zk.set_data("/a", b"").await?;
        cx.note("emptied", i64::from(zk.data("/a").await?.as_deref() == Some(b"")));
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        Ok(cx.zk().delete("/a").await?)
    }

    fn place(&self) -> String {
        "/a".to_owned()
    }
}

#[test]
fn every_call_does_what_the_server_answers() {
    let mut setup = world_of(r#"{"znode": {}}"#, r#"{"section": {"work": "1ms"}}"#, &[1]);
    setup.processes[0].threads[0].0 = LockBox::new(Tries);
    let (end, story) = run(&setup, &mut Nominal);
    assert_eq!((end, story.entries), (End::Done, 1));
    let expected = [
        "container",
        "emptied",
        "kept",
        "multi done",
        "multi failed",
        "no time to live",
        "nobody's",
        "not deleted",
        "owned",
        "read",
        "refused",
    ];
    assert_eq!(story.notes.keys().copied().collect::<Vec<_>>(), expected);
    assert!(story.notes.values().all(|happened| *happened == 1), "{:?}", story.notes);
}

/// The paths of the nodes that were created under `/lock`.
#[derive(Default)]
struct Created(Vec<String>);

impl Observer for Created {
    fn on_event(&mut self, _: Micros, told: &Event<'_>) {
        let text = format!("{told:?}");
        for part in text.split("Path(\"/lock/").skip(1) {
            self.0.extend(part.split('"').next().map(str::to_owned));
        }
        self.0.dedup();
    }
}

#[test]
fn a_directory_may_have_had_many_children_and_its_counter_runs_over() {
    let model = r#"{
        "title": "t", "why": "w",
        "store": {"zookeeper": {}}, "lock": {"sequential": {"order": "serial"}},
        "clients": {"processes": 3}, "work": {"section": {"work": "1s"}},
        "given": {"nodes": {"/lock": {"data": "", "created": 2147483646}}},
        "faults": [], "properties": ["fifo"]
    }"#;
    let model = Model::parse("model.json", model).unwrap();
    let mut created = Created::default();
    let setup = model.abstract_setup();
    let mut live = Live::default();
    let end = super::recipe_world::run_on(
        &setup,
        &mut live,
        super::recipe_world::LIMITS,
        &mut Nominal,
        &mut created,
    );
    assert_eq!(end, End::Done);
    created.0.sort();
    created.0.dedup();
    assert_eq!(created.0, ["lock--2147483648", "lock-2147483646", "lock-2147483647"]);
    let wrong = model.text().replace("2147483646", "2147483648");
    let problem = Model::parse("model.json", wrong).unwrap_err().to_string();
    assert!(problem.contains("created"), "{problem}");
}
