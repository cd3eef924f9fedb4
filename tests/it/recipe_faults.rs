//! What recipes withstand, and what they do not.

use std::collections::BTreeSet;

use lockstep::choice::{Listed, Nominal, Seeded};
use lockstep::event::Observer;
use lockstep::explore::{Bounds, Outcome, Search, Verdict};
use lockstep::property::{
    Event, LostUpdate, MutualExclusion, OrphanedLock, PropertyBox, ReleaseSafety,
};
use lockstep::run::End;
use lockstep::sim::{Fault, Live, Setup};
use lockstep::store::AnyRequest;
use lockstep::store::redis::Request;
use lockstep::time::Micros;

use super::recipe_world::{
    LIMITS, SAMPLED, answers, fault, fault_with, run, run_on, world, world_of,
};

const SECTION: &str = r#"{"section": {"work": "30ms"}}"#;

fn search(mut setup: Setup, faults: Vec<Fault>, property: PropertyBox) -> Outcome {
    setup.faults = faults;
    setup.watches_place = true;
    setup.properties = vec![property];
    let bounds = Bounds { states: 300_000, ..Bounds::default() };
    Search::new(&setup, bounds).run(&mut lockstep::explore::to_the_end)
}

#[track_caller]
fn breaks(outcome: &Outcome, with: u32) {
    let found =
        matches!(outcome.verdict, Verdict::Violated { deviations, .. } if deviations == with);
    assert!(found, "{outcome:?}");
}

#[test]
fn a_key_without_a_time_to_live_outlives_its_holder() {
    let crash = || fault_with("crash", r#""phase": "working""#);
    let orphan = || PropertyBox::new(OrphanedLock::new(true));
    let setup = |lock: &str| world_of(lock, SECTION, &[1, 1]);
    breaks(&search(setup(r#"{"setnx": {}}"#), vec![crash()], orphan()), 1);
    breaks(&search(setup(r#"{"znode": {"mode": "persistent"}}"#), vec![crash()], orphan()), 1);
    for lock in [r#"{"set-nx-px": {"ttl": "100ms"}}"#, r#"{"znode": {}}"#, r#"{"sequential": {}}"#]
    {
        let outcome = search(setup(lock), vec![crash()], orphan());
        assert_eq!(outcome.verdict, Verdict::Holds, "{lock}");
    }
}

#[test]
fn between_setnx_and_expire_a_crash_orphans_the_lock() {
    let crash = fault_with("crash", r#""phase": "acquiring""#);
    let setup = world_of(r#"{"setnx-expire": {}}"#, SECTION, &[1, 1]);
    breaks(&search(setup, vec![crash], PropertyBox::new(OrphanedLock::new(true))), 1);
}

#[test]
fn only_a_release_that_looks_and_deletes_at_once_is_safe() {
    for (recipe, release, safe) in [
        ("set-nx-px", "del", false),
        ("set-nx-px", "compare-and-delete", true),
        ("set-nx-px-watch", "get-del", false),
        ("set-nx-px-watch", "watch-del", false),
        ("set-nx-px-watch", "watch-multi-exec", true),
    ] {
        let lock = format!(r#"{{"{recipe}": {{"release": "{release}", "ttl": "40ms"}}}}"#);
        // It ends while the other is in its section: later there is nothing to take away from it.
        let pause = fault("pause", 1, &[50]);
        let property = PropertyBox::new(ReleaseSafety::default());
        let outcome = search(world_of(&lock, SECTION, &[1, 1]), vec![pause], property);
        if safe {
            assert_eq!(outcome.verdict, Verdict::Holds, "{release}");
        } else {
            breaks(&outcome, 1);
        }
    }
}

#[test]
fn a_lease_that_ends_during_the_work_lets_another_in() {
    let lock = r#"{"set-nx-px": {"ttl": "15ms"}}"#;
    let (_, story) = run(&world(lock, SECTION), &mut Nominal);
    assert!(story.together > 0, "{story:?}");
    let heeds = r#"{"section": {"work": "30ms", "stop": "at-validity"}}"#;
    let (end, story) = run(&world(lock, heeds), &mut Nominal);
    assert_eq!((end, story.together), (End::Done, 0));
}

#[test]
fn a_paused_holder_overwrites_unless_the_resource_checks_its_token() {
    use lockstep::sim::AnyServer;
    use lockstep::store::ledger::{Fencing, Ledger};
    let pause = || fault_with("pause", r#""phase": "working", "for": "150ms""#);
    let setup = || world_of(r#"{"fenced": {"ttl": "100ms"}}"#, r#"{"counter": {}}"#, &[1, 1]);
    let lost = || PropertyBox::new(LostUpdate::default());
    breaks(&search(setup(), vec![pause()], lost()), 1);
    let mut fenced = setup();
    fenced.servers[1].state = AnyServer::Ledger(Ledger::new(0, Fencing::Both));
    assert_eq!(search(fenced, vec![pause()], lost()).verdict, Verdict::Holds);
}

#[test]
fn a_shared_token_lets_one_thread_release_the_lock_of_another() {
    let work = r#"{"section": {"work": "70ms"}}"#;
    for (token, safe) in [("shared", false), ("thread-local", true)] {
        let lock = format!(
            r#"{{"redis-py": {{"token": "{token}", "timeout": "50ms", "sleep": "20ms"}}}}"#
        );
        let property = PropertyBox::new(ReleaseSafety::default());
        let outcome = search(world_of(&lock, work, &[2]), Vec::new(), property);
        if safe {
            // The work outlives the time to live: there is nothing left to release, and nobody's is released.
            assert_eq!(outcome.verdict, Verdict::Vacuous(vec!["release-safety"]));
        } else {
            breaks(&outcome, 0);
        }
    }
}

#[test]
fn redlock_keeps_others_out_while_two_of_three_servers_say_yes() {
    let setup = world_of(
        r#"{"redlock": {"retry": {"after": "20ms", "jitter": "0ms"}}}"#,
        r#"{"section": {"work": "30ms", "stop": "at-validity"}}"#,
        &[1, 1],
    );
    let property = PropertyBox::new(MutualExclusion::new(1));
    let outcome = search(setup, vec![fault("lose-reply", 1, &[])], property);
    assert_eq!(outcome.verdict, Verdict::Holds);
}

/// Recipes that get over whatever happens to connections and to other clients: all who live get the lock.
#[test]
fn whoever_lives_gets_the_lock_in_the_end() {
    let recipes = [
        r#"{"set-nx-px": {"ttl": "100ms"}}"#,
        r#"{"watchdog": {"ttl": "90ms"}}"#,
        r#"{"redlock": {"ttl": "100ms"}}"#,
        r#"{"fenced": {"ttl": "100ms"}}"#,
        r#"{"kazoo": {}}"#,
        r#"{"guid": {}}"#,
        r#"{"curator": {}}"#,
    ];
    let work = r#"{"section": {"work": "30ms", "rounds": 2}}"#;
    for recipe in recipes {
        let mut setup = world_of(recipe, work, &[1, 1, 1]);
        setup.faults = vec![
            fault("crash", 1, &[]),
            fault("restart", 1, &[20, 300]),
            fault("pause", 1, &[50, 300]),
            fault("lose-request", 1, &[]),
            fault("lose-reply", 2, &[]),
            fault("disconnect", 1, &[]),
        ];
        for number in 0..300 {
            let (end, story) = run(&setup, &mut Listed::new(answers(number, 400, 12)));
            assert_eq!(end, End::Done, "{recipe} list {number}: {story:?}");
        }
        let sampled = setup.with_timing(SAMPLED);
        for seed in 0..100 {
            let (end, story) = run(&sampled, &mut Seeded::new(seed));
            assert_eq!(end, End::Done, "{recipe} seed {seed}: {story:?}");
        }
    }
}

/// The tokens that a process asked with, each with the number of its incarnation.
#[derive(Default)]
struct Tokens {
    incarnation: u32,
    seen: Vec<(u32, String)>,
}

impl Observer for Tokens {
    fn on_event(&mut self, _: Micros, told: &Event<'_>) {
        match told {
            Event::Executed { request, .. } => {
                if let AnyRequest::Redis(Request::Command(argv)) = &**request
                    && argv[0].to_text() == "SET"
                {
                    self.seen.push((self.incarnation, argv[2].to_text()));
                }
            }
            Event::Restarts(_) => self.incarnation += 1,
            _ => {}
        }
    }
}

#[test]
fn a_process_that_restarts_does_not_take_its_old_lock_for_its_own() {
    let mut setup = world_of(r#"{"set-nx-px": {}}"#, SECTION, &[1]);
    setup.faults = vec![fault_with("restart", r#""phase": "working", "for": "10ms""#)];
    for timing in [setup.timing, SAMPLED] {
        let setup = setup.with_timing(timing);
        // Wherever the first question with another answer is, the answer is a restart.
        let mut tokens = Tokens::default();
        let mut choices = FirstFault;
        run_on(&setup, &mut Live::default(), LIMITS, &mut choices, &mut tokens);
        assert_eq!(tokens.incarnation, 1);
        let first = |of: u32| tokens.seen.iter().find(|(incarnation, _)| *incarnation == of);
        // The old token stands in the store while the new process asks for the first time.
        let (Some((_, old)), Some((_, new))) = (first(0), first(1)) else { panic!("nobody asked") };
        assert_ne!(old, new);
    }
}

/// Deviates wherever it can.
struct FirstFault;

impl lockstep::choice::Choices for FirstFault {
    fn pick(&mut self, question: &lockstep::choice::Question<'_>) -> u32 {
        match question.about {
            lockstep::choice::About::Step => question.n - 1,
            _ => 0,
        }
    }
}

#[test]
fn whoever_has_had_enough_does_not_begin_again_with_a_new_session() {
    let mut setup = world_of(r#"{"kazoo": {}}"#, r#"{"section": {"work": "300ms"}}"#, &[1, 1]);
    setup.faults = vec![fault("pause", 1, &[300]), fault("disconnect", 2, &[])];
    for number in 0..200 {
        let mut story = Again::default();
        let mut choices = Listed::new(answers(number, 300, 6));
        run_on(&setup, &mut Live::default(), LIMITS, &mut choices, &mut story);
        assert!(!story.again, "list {number}");
    }
}

/// Whether anybody asked again after it had had enough.
#[derive(Default)]
struct Again {
    done: BTreeSet<u16>,
    again: bool,
}

impl Observer for Again {
    fn on_event(&mut self, _: Micros, told: &Event<'_>) {
        match told {
            Event::Done(who) => {
                self.done.insert(who.process);
            }
            Event::Asks(who) => self.again |= self.done.contains(&who.process),
            _ => {}
        }
    }
}
