//! Ctrl-C: a search or a series of runs stops at the next moment at which it can, and tells what is known by then. A
//! second one ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// What a shell sees of a program that Ctrl-C ended.
const KILLED: i32 = 128 + SIGINT;

/// Whether somebody has pressed Ctrl-C since [`Interrupt::watched`] was first called.
#[derive(Clone, Debug)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on Ctrl-C does not end the program at once. Where the machine does not let it be watched it still does.
    pub(super) fn watched() -> Self {
        static PRESSED: OnceLock<Interrupt> = OnceLock::new();
        PRESSED.get_or_init(Self::watch).clone()
    }

    fn watch() -> Self {
        let pressed = Arc::new(AtomicBool::new(false));
        // In this order: the first one finds nothing set, sets it, and only the second one ends the program.
        let second = flag::register_conditional_shutdown(SIGINT, KILLED, pressed.clone());
        let _ = second.and_then(|_| flag::register(SIGINT, pressed.clone()));
        Self(pressed)
    }

    /// Whether it was pressed.
    pub(super) fn is_pressed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
