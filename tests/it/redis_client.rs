//! What a Redis client library does by itself: subscriptions that are lost, requests that are sent twice.

use std::collections::BTreeMap;

use lockstep::choice::Nominal;
use lockstep::client::redis::Settings;
use lockstep::cx::{CallError, Cx, Grant, Lock, LockBox, LockError};
use lockstep::event::{Event, Observer};
use lockstep::run::End;
use lockstep::sim::{History, Live, Setup};
use lockstep::store::redis::Reply;
use lockstep::time::Micros;

use super::recipe_world::{LIMITS, SAMPLED, fault, run_on, world_of};

const fn ms(ms: i64) -> Micros {
    Micros::from_ms(ms)
}

/// What each process does in place of acquiring.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Script {
    /// c1 subscribes and waits for 300 ms; c2 publishes after so long (ms).
    News(i64),
    /// c1 increments a counter once.
    Count,
    /// The same, and the library must not send it again.
    CountOnce,
    /// c1 blocks on an empty list.
    Block,
    /// The same, and the library must wait.
    BlockPatiently,
    /// c1 sends three commands at once.
    Pipeline,
}

impl Lock for Script {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let redis = cx.redis(0);
        let second = cx.surroundings().process == "c2";
        match *self {
            Self::News(after) if second => {
                cx.sleep(ms(after)).await;
                if let Reply::Int(receivers) = redis.raw(&[&"PUBLISH", &"news", &"1"]).await? {
                    cx.note("receivers", receivers);
                }
            }
            Self::News(_) => {
                let news = redis.subscribe(&"news").await?;
                match redis.message(&news).within(ms(300)).await {
                    Ok(message) => {
                        assert_eq!(
                            (&*message.channel, &*message.payload),
                            (&b"news"[..], &b"1"[..])
                        );
                        cx.note("heard", 1);
                    }
                    Err(CallError::TimedOut) => cx.note("heard nothing", 1),
                    Err(_) => cx.note("told of the loss", 1),
                }
            }
            _ if second => {}
            Self::Count | Self::CountOnce => {
                let count = redis.raw(&[&"INCR", &"count"]);
                let count = if *self == Self::Count { count } else { count.no_retry() };
                match count.await {
                    Ok(Reply::Int(count)) => cx.note("count", count),
                    Err(CallError::TimedOut) => cx.note("timed out", 1),
                    _ => cx.note("connection lost", 1),
                }
            }
            Self::Block | Self::BlockPatiently => {
                let pop = redis.raw(&[&"BLPOP", &"list", &"2"]);
                let pop = if *self == Self::Block { pop } else { pop.patient() };
                match pop.await {
                    Ok(_) => cx.note("answered", 1),
                    Err(CallError::TimedOut) => cx.note("timed out", 1),
                    Err(_) => cx.note("connection lost", 1),
                }
            }
            Self::Pipeline => {
                let commands = [1_i64, 2, 3].map(|value| redis.raw(&[&"INCRBY", &"sum", &value]));
                let replies = cx.join(commands.into()).await;
                let replies = replies.into_iter().flatten();
                let is = |(reply, sum)| reply == Ok(Reply::Int(sum));
                cx.note("in order", i64::from(replies.zip([1, 3, 6]).all(is)));
            }
        }
        Ok(Grant::default())
    }

    async fn release(&mut self, _: &Cx) -> Result<(), LockError> {
        Ok(())
    }

    fn place(&self) -> String {
        "lock".to_owned()
    }
}

fn setup(script: Script, settings: Settings) -> Setup {
    let work = r#"{"section": {"work": "1ms", "rounds": 1}}"#;
    let mut setup = world_of(r#"{"setnx": {}}"#, work, &[1, 1]);
    for process in &mut setup.processes {
        process.threads[0].0 = LockBox::new(script);
        process.redis = settings;
    }
    setup
}

#[derive(Default)]
struct Notes(BTreeMap<&'static str, i64>);

impl Observer for Notes {
    fn on_event(&mut self, _: Micros, told: &Event<'_>) {
        if let Event::Noted { what, amount, .. } = told {
            *self.0.entry(what).or_default() += amount;
        }
    }
}

/// What is noted in the runs in which the fault happens once, at any place; and in the run without.
fn noted(setup: &mut Setup, kind: &str, span: &[i64]) -> Vec<BTreeMap<&'static str, i64>> {
    let mut found = Vec::new();
    setup.faults = vec![fault(kind, 1, span)];
    // One answer that is not nominal, at each place.
    // A message that is held is not let go before its time.
    for place in 0..60 {
        for other in 1..4 {
            let mut answers = vec![0; place];
            answers.push(other);
            if kind == "slow" {
                answers.extend([1; 40]);
            }
            let mut notes = Notes::default();
            let mut choices = lockstep::choice::Listed::new(answers);
            let end = run_on(setup, &mut Live::default(), LIMITS, &mut choices, &mut notes);
            assert_eq!(end, End::Done);
            if !found.contains(&notes.0) {
                found.push(notes.0);
            }
        }
    }
    found
}

fn nominal(setup: &Setup) -> BTreeMap<&'static str, i64> {
    let mut notes = Notes::default();
    let end = run_on(setup, &mut Live::default(), LIMITS, &mut Nominal, &mut notes);
    assert_eq!(end, End::Done);
    notes.0
}

#[test]
fn a_message_reaches_who_subscribed_before() {
    let setup = setup(Script::News(50), Settings::default());
    let expected = BTreeMap::from([("receivers", 1), ("heard", 1)]);
    assert_eq!(nominal(&setup), expected);
    assert_eq!(nominal(&setup.with_timing(SAMPLED)), expected);
}

#[test]
fn what_is_published_while_the_connection_is_gone_is_missed_in_silence() {
    let mut world = setup(Script::News(50), Settings::default());
    let found = noted(&mut world, "disconnect", &[]);
    assert!(found.contains(&BTreeMap::from([("receivers", 1), ("heard nothing", 1)])), "{found:?}");
    assert!(found.iter().all(|notes| !notes.contains_key("told of the loss")), "{found:?}");
}

#[test]
fn a_library_that_does_not_subscribe_again_tells_who_waits() {
    let settings = Settings { resubscribes: false, ..Settings::default() };
    let found = noted(&mut setup(Script::News(50), settings), "disconnect", &[]);
    assert!(found.iter().any(|notes| notes.contains_key("told of the loss")), "{found:?}");
    // Where it was not even published there was nothing to miss.
    let missed = |notes: &BTreeMap<_, _>| {
        notes.get("receivers") == Some(&1) && notes.contains_key("heard nothing")
    };
    assert!(!found.iter().any(missed), "{found:?}");
}

#[test]
fn a_subscription_that_was_made_again_in_time_hears() {
    // The server restarts at once, and the message comes 100 ms later than the library has subscribed again.
    let mut world = setup(Script::News(200), Settings::default());
    let found = noted(&mut world, "restart-server", &[20]);
    assert!(found.contains(&BTreeMap::from([("receivers", 1), ("heard", 1)])), "{found:?}");
}

#[test]
fn a_request_whose_reply_is_lost_is_executed_twice() {
    let settings = Settings { retries: 1, ..Settings::default() };
    let found = noted(&mut setup(Script::Count, settings), "lose-reply", &[]);
    assert_eq!(found, [BTreeMap::from([("count", 2)]), BTreeMap::from([("count", 1)])]);
    let found = noted(&mut setup(Script::Count, settings), "lose-request", &[]);
    assert_eq!(found, [BTreeMap::from([("count", 1)])]);
}

#[test]
fn a_call_that_must_not_be_sent_again_fails() {
    let settings = Settings { retries: 1, ..Settings::default() };
    let found = noted(&mut setup(Script::CountOnce, settings), "lose-reply", &[]);
    assert_eq!(found, [BTreeMap::from([("connection lost", 1)]), BTreeMap::from([("count", 1)])]);
}

#[test]
fn a_reply_that_comes_too_late_is_asked_for_again() {
    let settings = Settings { timeout: Some(ms(100)), retries: 1, ..Settings::default() };
    let found = noted(&mut setup(Script::Count, settings), "slow", &[150]);
    assert!(found.contains(&BTreeMap::from([("count", 2)])), "{found:?}");
    let settings = Settings { retries: 0, ..settings };
    let found = noted(&mut setup(Script::Count, settings), "slow", &[150]);
    assert!(found.contains(&BTreeMap::from([("timed out", 1)])), "{found:?}");
}

#[test]
fn a_blocking_command_is_cut_short_unless_the_library_is_told_to_wait() {
    let settings = Settings { timeout: Some(ms(100)), ..Settings::default() };
    let timed_out = nominal(&setup(Script::Block, settings));
    assert_eq!(timed_out, BTreeMap::from([("timed out", 1)]));
    let answered = nominal(&setup(Script::BlockPatiently, settings));
    assert_eq!(answered, BTreeMap::from([("answered", 1)]));
}

#[test]
fn commands_sent_together_stay_in_order() {
    let setup = setup(Script::Pipeline, Settings::default());
    assert_eq!(nominal(&setup), BTreeMap::from([("in order", 1)]));
}

#[test]
fn both_engines_agree_on_subscriptions() {
    let settings = Settings { timeout: Some(ms(100)), retries: 1, ..Settings::default() };
    let mut world = setup(Script::News(50), settings);
    world.faults = ["disconnect", "lose-reply"].map(|it| fault(it, 1, &[])).into();
    world.faults.push(fault("slow", 1, &[150]));
    for seed in 0..200 {
        let tell = |engine: &mut dyn lockstep::run::EngineBox| {
            let mut notes = Notes::default();
            let mut choices = lockstep::choice::Seeded::new(seed);
            let end = run_on(&world, engine, LIMITS, &mut choices, &mut notes);
            (end, notes.0)
        };
        assert_eq!(tell(&mut Live::default()), tell(&mut History::default()), "seed {seed}");
    }
}
