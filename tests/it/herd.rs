//! What a release costs when N clients wait: the counts of the herd table (measured on ZooKeeper 3.8.0), exactly.
//!
//! One acquisition a client; the holder lets go when all others wait; all arrive at once.

use lockstep::choice::Nominal;
use lockstep::event::{Event, Observer};
use lockstep::model::Model;
use lockstep::run::{End, Limits, Run};
use lockstep::sim::Live;
use lockstep::store::Outbound;
use lockstep::store::zookeeper::{Message, Op, Request};
use lockstep::store::{AnyMessage, AnyRequest};
use lockstep::time::Micros;

/// How often each thing was asked or told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Counts {
    events: u64,
    creates: u64,
    exists: u64,
    lists: u64,
}

impl Observer for Counts {
    fn on_event(&mut self, _: Micros, told: &Event<'_>) {
        let sent = match told {
            Event::Executed { request, sent, .. } => {
                if let AnyRequest::ZooKeeper(Request::Call { op, .. }) = &**request {
                    match op {
                        Op::Create(_) => self.creates += 1,
                        Op::Exists { .. } => self.exists += 1,
                        Op::GetChildren { .. } => self.lists += 1,
                        _ => {}
                    }
                }
                sent
            }
            Event::Woke { sent, .. } => sent,
            _ => return,
        };
        let event = |message: &&(_, Outbound<AnyMessage>)| {
            matches!(message.1, Outbound::Message(AnyMessage::ZooKeeper(Message::Watch(_))))
        };
        self.events += sent.iter().filter(event).count() as u64;
    }
}

fn drain(lock: &str, nodes: &str, clients: u64) -> Counts {
    let text = format!(
        r#"{{"title": "herd", "why": "the herd table", "store": {{"zookeeper": {{"tick": "2s", "session": "6s"}}}},
        "lock": {lock}, "clients": {{"processes": {clients}}},
        "work": {{"section": {{"work": "1s", "rounds": 1}}}}, "given": {{"nodes": {nodes}}},
        "properties": ["mutual-exclusion"], "expect": {{"verdict": "holds"}}}}"#
    );
    let model = Model::parse("herd.json", text).unwrap();
    let setup = model.abstract_setup();
    let (mut live, mut counts) = (Live::default(), Counts::default());
    let mut run = Run::new(&setup, &mut live, &mut Nominal, &mut counts);
    let limits = Limits { steps: 10_000_000, time: Micros::MAX, stop_at_violation: true };
    assert_eq!(run.to_end(limits, &mut Nominal, &mut counts), End::Done);
    counts
}

const SIZES: [u64; 8] = [5, 6, 10, 25, 50, 100, 150, 200];

#[test]
fn one_ephemeral_node_wakes_everybody_who_waits() {
    for n in SIZES {
        let counts = drain(r#"{"znode": {}}"#, "{}", n);
        let expected = Counts {
            events: n * (n - 1) / 2,
            creates: n * (n + 1) / 2,
            exists: n * (n - 1) / 2,
            lists: 0,
        };
        assert_eq!(counts, expected, "{n} clients");
    }
}

#[test]
fn watching_all_wakes_everybody_and_the_holder() {
    for n in SIZES {
        let counts = drain(r#"{"sequential": {"watch": "all"}}"#, r#"{"/lock": ""}"#, n);
        let expected =
            Counts { events: n * (n + 1) / 2, creates: n, exists: 0, lists: n * (n + 1) / 2 };
        assert_eq!(counts, expected, "{n} clients");
    }
}

#[test]
fn watching_the_predecessor_wakes_one() {
    for n in SIZES {
        let counts = drain(r#"{"sequential": {"watch": "predecessor"}}"#, r#"{"/lock": ""}"#, n);
        let expected = Counts { events: n - 1, creates: n, exists: n - 1, lists: 2 * n - 1 };
        assert_eq!(counts, expected, "{n} clients");
    }
}
