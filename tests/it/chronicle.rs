//! What the chronicle knows at each step of a run.

use std::path::Path;

use lockstep::choice::Target;
use lockstep::event::{Event, Who};
use lockstep::model::Model;
use lockstep::report::Cast;
use lockstep::report::chronicle::{Chronicle, Place};
use lockstep::run::{Asked, Recording, check};

const C1: Who = Who { process: 0, thread: 0 };
const C2: Who = Who { process: 1, thread: 0 };

/// The shortest story that breaks this model.
fn story(name: &str) -> Recording {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let model = Model::parse(&path, text).unwrap_or_else(|problem| panic!("{problem}"));
    let checked = check(model, Asked::default(), &mut lockstep::explore::to_the_end);
    checked.recording().unwrap_or_else(|| panic!("{name} is not violated"))
}

/// Hands `see` what is known after each event, with the event.
fn at_each_event(story: &Recording, mut see: impl FnMut(&Chronicle<'_>, &Event<'_>)) {
    let cast = Cast::of(&story.setup);
    let mut known = Chronicle::new(&cast);
    for (at, record) in story.events.iter().enumerate() {
        known.take(at, record);
        see(&known, &record.event);
    }
}

fn in_force(known: &Chronicle<'_>) -> Vec<Target> {
    known.in_force().map(|(_, strike)| strike.target).collect()
}

#[test]
fn a_pause_is_in_force_while_its_process_stands_still() {
    let story = story("models/redis/set-nx-px-pause.json");
    let (mut still, mut before) = (0, 0);
    at_each_event(&story, |known, event| {
        if matches!(event, Event::Deviated { .. }) {
            return;
        }
        match known.paused(C1.process) {
            Some(_) => {
                assert_eq!(in_force(known), [Target::Process(C1.process)]);
                still += 1;
            }
            None => {
                assert_eq!(in_force(known), []);
                before += 1;
            }
        }
    });
    assert!(still > 5 && before > 5, "{still} events during the pause, {before} before");
}

#[test]
fn who_asks_waits_for_the_holder_until_the_key_expires() {
    let story = story("models/redis/set-nx-px-pause.json");
    let mut seen = Vec::new();
    at_each_event(&story, |known, _| {
        let waits = known.waits_for(C2);
        if seen.last() != Some(&waits) {
            seen.push(waits);
        }
        assert_eq!(known.waits_for(C1), [], "it has the lock before anybody else asks");
    });
    // Somebody is in its section until the end, although its key is gone: the last change is that the second enters.
    assert_eq!(seen, [vec![], vec![C1], vec![]]);
}

#[test]
fn a_dead_process_is_gone_and_its_key_in_the_way() {
    let story = story("models/catalogue/f01-setnx-crash.json");
    let mut end = None;
    at_each_event(&story, |known, _| end = Some((in_force(known), known.waits_for(C2))));
    assert_eq!(end, Some((vec![Target::Process(C1.process)], vec![C1])));
}

#[test]
fn a_held_message_is_in_force_until_it_arrives() {
    let story = story("models/redis/set-nx-px-validity-slow.json");
    let mut held = 0;
    at_each_event(&story, |known, event| match event {
        Event::Deviated { .. } => {}
        _ if known.held.is_empty() => assert_eq!(in_force(known), []),
        _ => {
            assert!(matches!(in_force(known)[..], [Target::Message(_)]));
            held += 1;
        }
    });
    assert!(held > 0, "no message was held");
}

#[test]
fn in_line_is_who_came_before() {
    // Nobody breaks it: any run will do.
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("models/zookeeper/sequential-contention.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"));
    let model = Model::parse(&path, text).unwrap_or_else(|problem| panic!("{problem}"));
    let run = Recording::sampled(&model, 1);
    let mut lines = 0;
    at_each_event(&run, |known, _| {
        for (who, stance) in known.threads() {
            let own = known.standing().find(|it| it.owner == Some(who));
            if stance.place != Place::Asking || own.is_none() {
                continue;
            }
            for other in known.waits_for(who) {
                let others = known.standing().find(|it| it.owner == Some(other));
                let earlier = others.zip(own).is_some_and(|(other, own)| other.placed < own.placed);
                assert!(earlier || known.inside.contains(&other), "{who:?} waits for {other:?}");
                lines += 1;
            }
        }
    });
    assert!(lines > 0, "nobody waited");
}
