//! The number of a connection to Redis is part of a world where somebody asks for it, and nowhere else.

use lockstep::cx::{Cx, Grant, Lock, LockBox, LockError, Next, Work, WorkBox};
use lockstep::explore::{Bounds, Outcome, Search};
use lockstep::sim::{ProcessSetup, Setup};
use lockstep::store::redis::Reply;
use lockstep::time::Micros;

use super::recipe_world::{fault_with, world};
use super::search::OneAtATime;

/// A lock that is everybody's: it asks for the number of its connection after a wait, or not.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Numbered {
    asks: bool,
}

impl Lock for Numbered {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        cx.redis(0).raw(&[&"PING"]).await?;
        cx.sleep(Micros::from_ms(10)).await;
        let reply = if self.asks {
            cx.redis(0).raw(&[&"CLIENT", &"ID"]).await?
        } else {
            cx.redis(0).raw(&[&"PING"]).await?
        };
        match reply {
            Reply::Int(number) => cx.note("number", number),
            _ => cx.note("none", 1),
        }
        Ok(Grant::default())
    }

    async fn release(&mut self, _: &Cx) -> Result<(), LockError> {
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        (Micros::from_ms(1), Micros::ZERO)
    }

    fn place(&self) -> String {
        "lock".to_owned()
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Nothing;

impl Work for Nothing {
    async fn section(&mut self, _: &Cx, _: &Grant) -> Next {
        Next::Enough
    }
}

/// One client, whose connection breaks up to three times with what it sends.
fn search(asks: bool) -> Outcome {
    let thread = (LockBox::new(Numbered { asks }), WorkBox::new(Nothing));
    let setup = Setup {
        processes: vec![ProcessSetup::new("c1", vec![thread])],
        faults: vec![fault_with("lose-request", r#""budget": "unlimited""#)],
        properties: vec![lockstep::property::PropertyBox::new(OneAtATime::default())],
        ..world(r#"{"set-nx-px": {"ttl": "10s"}}"#, r#"{"section": {}}"#)
    };
    let bounds = Bounds { deviations: Some(3), ..Bounds::default() };
    Search::new(&setup, bounds).run(&mut lockstep::explore::to_the_end)
}

#[test]
fn worlds_that_differ_in_a_number_that_is_asked_for_are_not_one() {
    let (asks, not) = (search(true), search(false));
    // Each connection has another number than the one before: what comes after one loss and after two is not the same.
    assert!(asks.states > not.states, "{} and {}", asks.states, not.states);
}
