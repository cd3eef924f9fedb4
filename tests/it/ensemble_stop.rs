//! A follower that is cut off from its leader for longer than `syncLimit` stops serving; its clients go on elsewhere.

use lockstep::choice::{Alternative, Choices, Question, Strike, Target};
use lockstep::event::{Event, Observer};
use lockstep::model::Model;
use lockstep::run::{End, Limits, Run};
use lockstep::sim::Live;
use lockstep::time::Micros;

/// The fault strikes this server for so long as soon as it can, once; all else is nominal.
struct Once {
    server: u16,
    span: Micros,
    taken: bool,
}

impl Choices for Once {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        let is_it = |it: Alternative| matches!(it, Alternative::Strike(Strike { target: Target::Server(it), span, .. }) if it == self.server && span == self.span);
        let wanted = (0..question.n).find(|n| !self.taken && is_it((question.alternative)(*n)));
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

impl Observer for Ends {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        match told {
            Event::Deviated { cost: 1, .. } => self.cut_at = Some(now),
            Event::Lost { .. } => self.ended_at.push(now),
            _ => {}
        }
    }
}

fn cut(server: u16, span_ms: i64) -> Ends {
    let model = Model::open("models/zookeeper/ensemble-cut-follower-long.json".as_ref()).unwrap();
    let setup = model.abstract_setup();
    let mut choices = Once { server, span: Micros::from_ms(span_ms), taken: false };
    let (mut live, mut ends) = (Live::default(), Ends::default());
    let mut run = Run::new(&setup, &mut live, &mut choices, &mut ends);
    let limits = Limits { steps: 10_000, time: Micros::from_ms(600_000), stop_at_violation: true };
    assert_eq!(run.to_end(limits, &mut choices, &mut ends), End::Done, "{server} {span_ms}");
    assert!(choices.taken, "{server} {span_ms} was never offered");
    ends
}

#[test]
fn it_closes_its_connections_five_ticks_after_it_heard_its_leader() {
    let mut closed = 0;
    for server in [0, 1] {
        let ends = cut(server, 12_000);
        let cut_at = ends.cut_at.unwrap();
        closed += ends.ended_at.iter().filter(|at| **at == cut_at + Micros::from_ms(5000)).count();
    }
    assert!(closed > 0, "no client's connection was closed 5 s after the cut");
}

#[test]
fn a_shorter_cut_closes_nothing() {
    for server in [0, 1] {
        assert_eq!(cut(server, 4000).ended_at, []);
    }
}
