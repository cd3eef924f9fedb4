//! A thread that acquires and releases as a recorded client did.

use super::client::Client;
use super::player::{Played, Player};
use super::{Compared, Mismatch, Setup};
use crate::cx::{Call, LockBox, Output};
use crate::time::Micros;

/// How many differences of one client are told.
const TOLD: usize = 3;

/// Runs the recipe in the place of one client.
pub(super) fn run<C: Client>(client: C, name: &str, setup: &Setup<'_>, compared: &mut Compared) {
    let mut player = Player::new(client, name);
    let mut lock: Option<LockBox> = None;
    // The recipe as it was before its first call.
    let mut made: Option<LockBox> = None;
    let mut held = false;
    let mut told = 0;
    compared.clients += 1;
    while let Some((line, at, words)) = player.client.next() {
        // The tasks beside the thread may be who sent it.
        let mismatch = player.idle(at);
        if mismatch.is_none() && player.client.next().is_none_or(|(next, ..)| next != line) {
            continue;
        }
        let mut best: Option<Mismatch> = mismatch;
        let mut go_on = false;
        if best.is_none() {
            // A library may use its lock object again, or make a new one.
            let fresh = (setup.recipe)(&words);
            let again = lock.as_ref().filter(|_| fresh.is_some() && made == fresh);
            let again = again.map(|lock| (lock.acquire(), false));
            let release = lock.as_ref().map(|lock| (lock.release(), true));
            let anew = fresh.as_ref().map(|lock| (lock.acquire(), false));
            let order = if held { [release, again, anew] } else { [again, anew, release] };
            made = fresh.or(made);
            for (call, is_release) in order.into_iter().flatten() {
                match attempt(&mut player, at, &call, setup) {
                    Ok(Some(output)) => {
                        settle(&mut player, output, is_release, &mut lock, &mut held, compared);
                        go_on = true;
                        break;
                    }
                    Ok(None) => {
                        go_on = true;
                        break;
                    }
                    // The one that got farther was the one that was meant.
                    Err(mismatch) => best = farther(best, mismatch),
                }
            }
        }
        if go_on {
            continue;
        }
        if let Some(mismatch) = best {
            told += 1;
            if told <= TOLD {
                compared.mismatches.push(mismatch);
            }
        }
        if player.client.next().is_some_and(|(next, ..)| next == line) {
            player.client.skip();
        }
        held = false;
    }
    compared.requests += player.client.taken();
    for pair in player.client.scripts() {
        if !compared.scripts.contains(&pair) {
            compared.scripts.push(pair);
        }
    }
}

/// Tries a call with all that the recording leaves open: how late the client's wall clock was read before the
/// request was executed, and whether a reply arrived that came just before the end of a connection.
fn attempt<C: Client>(
    player: &mut Player<C>,
    at: Micros,
    call: &Call,
    setup: &Setup<'_>,
) -> Result<Option<Output>, Option<Mismatch>> {
    let mut farthest: Option<Mismatch> = None;
    let doubts = (0..=setup.wall_doubt_ms).flat_map(|behind| [(behind, false), (behind, true)]);
    for (behind, loses) in doubts {
        let alone = player.is_alone();
        let before = player.before();
        player.now = player.now.max(at);
        player.behind = Micros::from_ms(behind);
        player.client.loses(loses);
        let taken = player.client.taken();
        match player.play(call) {
            Played::Ended(output) if player.client.taken() > taken => return Ok(Some(output)),
            // It had nothing to do.
            Played::Ended(_) => {
                player.back(before);
                break;
            }
            Played::Gone => return Ok(None),
            Played::Differs(mismatch) => {
                player.back(before);
                farthest = farther(farthest, Some(mismatch));
                if !alone {
                    break;
                }
            }
        }
    }
    Err(farthest)
}

fn farther(one: Option<Mismatch>, other: Option<Mismatch>) -> Option<Mismatch> {
    match (one, other) {
        (Some(one), Some(other)) if one.line < other.line => Some(other),
        (one, other) => one.or(other),
    }
}

fn settle<C: Client>(
    player: &mut Player<C>,
    output: Output,
    is_release: bool,
    lock: &mut Option<LockBox>,
    held: &mut bool,
    compared: &mut Compared,
) {
    match output {
        Output::Acquired(recipe, result) => {
            *held = result.is_ok();
            compared.acquired += usize::from(result.is_ok());
            compared.refused += usize::from(result.is_err());
            player.keep(&recipe.handles());
            *lock = Some(recipe);
        }
        Output::Released(recipe, _) => {
            *held = false;
            compared.released += usize::from(is_release);
            player.keep(&recipe.handles());
            *lock = Some(recipe);
        }
        Output::Worked(..) | Output::Ended => {}
    }
}
