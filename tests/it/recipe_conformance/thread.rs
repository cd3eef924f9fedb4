//! A thread that acquires and releases as a recorded client did.

use lockstep::cx::{Call, LockBox, Output};
use lockstep::time::Micros;

use super::client::Client;
use super::compare::{Compared, Mismatch, Setup};
use super::player::{Played, Player};

/// How long (ms) after a reply a client may read its wall clock.
const LATER: i64 = 10;

/// A recipe in use: as it was made, and as it is now.
struct Used {
    made: LockBox,
    now: LockBox,
}

/// How many differences of one client are told.
const TOLD: usize = 3;

/// In which steps (ms) it is tried how long a client's first request waited in it.
const WAITED: usize = 5;

/// How many replies of one client may have been lost, so that all cases are tried.
const CASES: u32 = 6;

/// Runs the recipe in the place of one client, in the case that fits best of those that the recording leaves open.
pub(super) fn run<C: Client>(client: &C, name: &str, setup: &Setup<'_>, compared: &mut Compared) {
    let mut best: Option<Compared> = None;
    let waits = (0..=setup.waited_ms).step_by(WAITED);
    let cases = waits.flat_map(|waited| {
        (0..1 << client.doubtful().min(CASES)).map(move |which| (waited, which))
    });
    for (waited, which) in cases {
        let mut client = client.clone();
        client.loses(which);
        let mut once = Compared::default();
        follow(client, name, setup, Micros::from_ms(waited), &mut once);
        if best.as_ref().is_none_or(|best| once.mismatches.len() < best.mismatches.len()) {
            best = Some(once);
        }
        if best.as_ref().is_some_and(|best| best.mismatches.is_empty()) {
            break;
        }
    }
    compared.add(best.unwrap_or_default());
}

fn follow<C: Client>(
    client: C,
    name: &str,
    setup: &Setup<'_>,
    waited: Micros,
    compared: &mut Compared,
) {
    let mut player = Player::new(client, name);
    let mut lock: Option<Used> = None;
    let mut held = false;
    let mut told = 0;
    compared.clients += 1;
    while let Some((line, at, words)) = player.client.next() {
        // The tasks beside the thread may be who sent it.
        let mismatch = player.idle(at);
        tell(player.take_ending(), &mut told, compared);
        if mismatch.is_none() && player.client.next().is_none_or(|(next, ..)| next != line) {
            continue;
        }
        let mut best: Option<Mismatch> = mismatch;
        let mut go_on = false;
        if best.is_none() {
            let waited = if player.client.taken() == 0 { waited } else { Micros::ZERO };
            let candidates = candidates(setup, &words, held, lock.as_ref());
            // One that only ends otherwise is taken if no other fits.
            let tries = [false, true].into_iter().flat_map(|otherwise| {
                candidates.iter().map(move |(call, recipe)| (otherwise, call, recipe))
            });
            let mut another = false;
            for (otherwise, call, recipe) in tries {
                if otherwise && !another {
                    break;
                }
                match attempt(&mut player, at - waited, call, setup, otherwise) {
                    Ok(output) => {
                        tell(player.take_ending(), &mut told, compared);
                        if let Some(output) = output {
                            let before = lock.as_ref().map(|lock| lock.made.clone());
                            let made = recipe.clone().or(before);
                            held = settle(&mut player, output, &mut lock, made, compared);
                        }
                        go_on = true;
                        break;
                    }
                    Err(Failed::EndsOtherwise) => another = true,
                    // The one that got farther was the one that was meant.
                    Err(Failed::Differs(mismatch)) => best = farther(best, mismatch),
                }
            }
        }
        if go_on {
            continue;
        }
        // Nothing that the recipe could do begins with this request.
        let nothing = || Mismatch {
            line,
            client: name.to_owned(),
            recorded: words.join(" "),
            recipe: "has nothing to send".to_owned(),
        };
        tell(Some(best.unwrap_or_else(nothing)), &mut told, compared);
        player.client.skip();
        held = false;
    }
    // What runs beside the thread may go on where the client did not.
    let mismatch = player.idle(player.client.there_until());
    tell(mismatch.or(player.take_ending()), &mut told, compared);
    compared.requests += player.client.taken();
    compared.scripts = player.client.scripts();
}

/// Why a call is not what the client did.
enum Failed {
    /// It sends something else, or nothing.
    Differs(Option<Mismatch>),
    /// It sends what the client did, but then more, or it waits for ever.
    EndsOtherwise,
}

/// Notes a difference, unless enough of them are known.
fn tell(mismatch: Option<Mismatch>, told: &mut usize, compared: &mut Compared) {
    let Some(mismatch) = mismatch else { return };
    *told += 1;
    if *told <= TOLD {
        compared.mismatches.push(mismatch);
    }
}

/// Tries a call with every reading of the client's wall clock that the recording leaves open.
fn attempt<C: Client>(
    player: &mut Player<C>,
    at: Micros,
    call: &Call,
    setup: &Setup<'_>,
    otherwise: bool,
) -> Result<Option<Output>, Failed> {
    let mut farthest: Option<Mismatch> = None;
    let mut ends = false;
    // It may also have been read a moment after a reply.
    let late = setup.wall_doubt_ms;
    for behind in (0..=late).chain((1..=late.min(LATER)).map(|ms| -ms)) {
        let alone = player.is_alone();
        let before = player.before();
        player.now = player.now.max(at);
        player.behind = Micros::from_ms(behind);
        let taken = player.client.taken();
        let played = player.play(call);
        if player.ends_otherwise() && !otherwise && player.client.taken() > taken {
            player.back(before);
            ends = true;
            if !alone {
                break;
            }
            continue;
        }
        match played {
            Played::Ended(output) if player.client.taken() > taken => return Ok(Some(output)),
            Played::Gone if player.client.taken() > taken => return Ok(None),
            // It had nothing to do, or asked a server that was asked nothing more.
            Played::Ended(_) | Played::Gone => {
                player.back(before);
                break;
            }
            Played::Differs(mismatch) => {
                player.back(before);
                farthest = farther(farthest, Some(mismatch));
                if !alone {
                    break;
                }
            }
        }
    }
    Err(if ends { Failed::EndsOtherwise } else { Failed::Differs(farthest) })
}

fn farther(one: Option<Mismatch>, other: Option<Mismatch>) -> Option<Mismatch> {
    match (one, other) {
        (Some(one), Some(other)) if one.line < other.line => Some(other),
        (one, other) => one.or(other),
    }
}

/// What the thread may do next, the likeliest first; with the recipe, if it is an acquisition.
fn candidates(
    setup: &Setup<'_>,
    words: &[String],
    held: bool,
    used: Option<&Used>,
) -> Vec<(Call, Option<LockBox>)> {
    let release = used.map(|used| (used.now.release(), None));
    let made = (setup.recipes)(words);
    let mut acquisitions = Vec::new();
    for recipe in made {
        // A library may use its lock object again, also with other arguments, or make a new one.
        let again = used.and_then(|used| {
            let same = Some(&used.now).filter(|_| used.made == recipe).cloned();
            same.or_else(|| used.now.with_arguments_of(&recipe))
        });
        if let Some(again) = again {
            acquisitions.push((again.acquire(), Some(recipe.clone())));
        }
        acquisitions.push((recipe.acquire(), Some(recipe)));
    }
    let (first, last) = if held { (release, None) } else { (None, release) };
    first.into_iter().chain(acquisitions).chain(last).collect()
}

/// Notes how a call ended; whether the lock is held now.
fn settle<C: Client>(
    player: &mut Player<C>,
    output: Output,
    lock: &mut Option<Used>,
    made: Option<LockBox>,
    compared: &mut Compared,
) -> bool {
    let (now, held) = match output {
        Output::Acquired(recipe, Ok(_)) => {
            compared.acquired += 1;
            (recipe, true)
        }
        Output::Acquired(recipe, Err(_)) => {
            compared.refused += 1;
            player.client.may_rename();
            (recipe, false)
        }
        Output::Released(recipe, _) => {
            compared.released += 1;
            (recipe, false)
        }
        Output::Worked(..) | Output::Ended => return false,
    };
    *lock = made.map(|made| Used { made, now });
    held
}
