//! A follower that is cut off from its leader for longer than `syncLimit` stops serving; its clients go on elsewhere.

use lockstep::choice::{Choices, Question};
use lockstep::model::Model;
use lockstep::sim::{End, Limits, Listener, Live, Run, Told};
use lockstep::time::Micros;

/// Takes the first alternative of that name, once; else the nominal one.
struct Once {
    take: String,
    taken: bool,
}

impl Choices for Once {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        let wanted = (0..question.n).find(|n| !self.taken && (question.name)(*n) == self.take);
        self.taken |= wanted.is_some();
        wanted.unwrap_or(0)
    }
}

/// When a fault happened, and when connections ended.
#[derive(Default)]
struct Ends {
    cut_at: Option<Micros>,
    ended_at: Vec<Micros>,
}

impl Listener for Ends {
    fn hear(&mut self, now: Micros, told: &Told<'_>) {
        match told {
            Told::Deviated { cost: 1, .. } => self.cut_at = Some(now),
            Told::Received { message: None, .. } => self.ended_at.push(now),
            _ => {}
        }
    }
}

fn cut(server: &str, span: &str) -> Ends {
    let model = Model::open("models/zookeeper/ensemble-cut-follower-long.json".as_ref()).unwrap();
    let setup = model.abstract_setup();
    let mut choices =
        Once { take: format!("cut {server} off from the leader for {span}"), taken: false };
    let (mut live, mut ends) = (Live::default(), Ends::default());
    let mut run = Run::new(&setup, &mut live, &mut choices, &mut ends);
    let limits = Limits { steps: 10_000, time: Micros::from_ms(600_000), stop_at_violation: true };
    assert_eq!(run.to_end(limits, &mut choices, &mut ends), End::Done, "{server} {span}");
    assert!(choices.taken, "{server} {span} was never offered");
    ends
}

#[test]
fn it_closes_its_connections_five_ticks_after_it_heard_its_leader() {
    let mut closed = 0;
    for server in ["zk1", "zk2"] {
        let ends = cut(server, "12000 ms");
        let cut_at = ends.cut_at.unwrap();
        closed += ends.ended_at.iter().filter(|at| **at == cut_at + Micros::from_ms(5000)).count();
    }
    assert!(closed > 0, "no client's connection was closed 5 s after the cut");
}

#[test]
fn a_shorter_cut_closes_nothing() {
    for server in ["zk1", "zk2"] {
        assert_eq!(cut(server, "4000 ms").ended_at, []);
    }
}
