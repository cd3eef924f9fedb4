//! Runs a function of a script to its end: again from its beginning after everything that it waited for.

use std::rc::Rc;

use super::plain::Survives;
use super::session::{Asked, End, Returned, Session, Tape, Turn};
use super::source::Source;
use super::vm::{self, Arg};
use super::wish::Answer;
use crate::cx::{Broken, CallError, Cx, Looping};

/// How a function ended.
#[derive(Debug)]
pub(super) struct Done {
    /// What it returned, or the error that nobody caught.
    pub(super) result: Result<Returned, CallError>,
    /// The lock's table as it is then.
    pub(super) lock: Survives,
}

/// The cell in which the lock's table stands while a call runs that may have to be cleaned up after.
pub(super) fn unfinished(thread: u8) -> &'static str {
    const CELLS: [&str; 4] = ["unfinished", "unfinished 2", "unfinished 3", "unfinished 4 and on"];
    CELLS[usize::from(thread).min(CELLS.len() - 1)]
}

/// Runs it. `tells`: its lock is put into [`unfinished`] whenever it waits.
pub(super) async fn drive(
    cx: &Cx,
    source: &Rc<Source>,
    function: &Rc<str>,
    given: &Survives,
    args: &[Arg],
    tells: bool,
) -> Done {
    let mut tape = Tape::new();
    let mut loops: Vec<(usize, Looping<Survives>)> = Vec::new();
    let cell = unfinished(cx.surroundings().thread);
    loop {
        let session =
            Session::playing(cx.clone(), source.clone(), std::mem::take(&mut tape), given, tells);
        let (end, played) = vm::run(session, function, given, args);
        tape = played;
        match end {
            End::Waits(wish, lock) => {
                if let Some(lock) = lock {
                    let cell = cx.cell::<Survives>(cell);
                    if cell.get() != lock {
                        cell.set(lock);
                    }
                }
                let answer = wish.perform(cx).await;
                tape.push((Asked::Wish(wish), answer));
            }
            End::Turns(Turn { depth, at, state }) => {
                loops.truncate(depth + 1);
                match loops.get_mut(depth) {
                    Some((begun, looping)) if *begun == at => **looping = state,
                    _ => {
                        loops.truncate(depth);
                        loops.push((at, cx.looping(state)));
                    }
                }
                let (_, looping) = &mut loops[depth];
                cx.turn(looping).await;
                tape.truncate(at);
                tape.push((Asked::Pass(depth), Answer::Kept((**looping).clone())));
            }
            End::Returned(result, lock) => {
                return Done { result: Ok(result), lock };
            }
            End::Raised(error, lock) => {
                return Done { result: Err(error), lock };
            }
            End::Wrong(message) => {
                let process = &cx.surroundings().process;
                Broken::new(format!("{message} (in `{function}` of {process})")).raise()
            }
        }
    }
}
