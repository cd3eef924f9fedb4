//! Many pieces of work on all cores. Nothing that comes of them depends on how many there are: each piece is done by one
//! thread from beginning to end, and results are handed on in the order of the pieces.
//!
//! Threads live here and nowhere else.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::cx::Broken;

/// How often whoever waits is asked whether to go on (ms).
const LOOK: Duration = Duration::from_millis(100);

/// So many results may wait for an earlier one: nobody runs further ahead than that.
const AHEAD: u64 = 1024;

/// More threads than this help nobody.
const MOST: usize = 256;

/// What a thread has for its stack (bytes): as much as the first thread of a program, and more, for deep models.
const STACK: usize = 16 << 20;

/// How many threads to use: as many as were asked for, or as the machine has cores.
pub(super) fn threads(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// Does the pieces of work `0..count`, and gives their results to `each` in that order.
///
/// Every thread begins with `begin`: what it makes is handed to its pieces. `look` is asked every now and then, with the
/// number of results that `each` has had, and may stop all of it; what is under way is then not finished by `each`.
/// The first piece that proves a recipe broken ends it.
pub(super) fn in_order<W, R: Send>(
    threads: usize,
    count: u64,
    begin: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, u64, &AtomicBool) -> R + Sync,
    mut each: impl FnMut(u64, R) -> ControlFlow<()>,
    mut look: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<(), Broken> {
    let next = AtomicU64::new(0);
    let had = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        let most = usize::try_from(count).unwrap_or(usize::MAX).min(MOST);
        for number in 0..threads.min(most).max(1) {
            let (send, next, had, stop) = (send.clone(), &next, &had, &stop);
            let (begin, work) = (&begin, &work);
            let thread = thread::Builder::new().stack_size(STACK);
            let started = thread.spawn_scoped(scope, move || {
                let mut own = begin();
                while !stop.load(Ordering::Relaxed) {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= count {
                        return;
                    }
                    while piece > had.load(Ordering::Relaxed) + AHEAD {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        thread::park_timeout(LOOK);
                    }
                    let result = Broken::caught(|| work(&mut own, piece, stop));
                    if send.send((piece, result)).is_err() {
                        return;
                    }
                }
            });
            // Fewer threads do the same.
            assert!(started.is_ok() || number > 0, "the machine starts no thread");
            if started.is_err() {
                break;
            }
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut wanted = 0;
        let mut outcome = Ok(());
        while wanted < count {
            match receive.recv_timeout(LOOK) {
                Ok((piece, result)) => drop(early.insert(piece, result)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let mut stops = look(wanted).is_break();
            while let Some(result) = early.remove(&wanted).filter(|_| !stops) {
                match result {
                    Ok(result) => stops = each(wanted, result).is_break(),
                    Err(broken) => (stops, outcome) = (true, Err(broken)),
                }
                wanted += 1;
                had.store(wanted, Ordering::Relaxed);
            }
            if stops {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
        outcome
    })
}
