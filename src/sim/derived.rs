//! What a world keeps beside the state that it follows from, so that it need not be counted anew at each step.

use super::agenda::Due;
use super::world::{World, wants};

impl World {
    /// What is wrong with what follows from other state, if anything is: debug builds look after each step.
    pub(super) fn untrue(&self) -> Option<String> {
        let holds: u32 = self.conns.iter().map(|conn| conn.holds()).sum();
        if holds != self.holds {
            return Some(format!("{holds} directions are held, and it says {}", self.holds));
        }
        let wants = wants(&self.processes);
        if wants != self.wants {
            return Some(format!("{wants} threads want something, and it says {}", self.wants));
        }
        for (number, placed) in self.servers.iter().enumerate() {
            let wakes = self.agenda.iter().filter(|(_, event)| *event == Due::Wake(number as u16));
            let wakes: Vec<_> = wakes.map(|(at, _)| at).collect();
            let right = match placed.wake {
                None => wakes.is_empty(),
                // Who stands still is woken when it goes on.
                Some(at) => wakes == [at] || placed.stalls.is_some() && wakes.len() == 1,
            };
            if !right {
                let wake = placed.wake;
                return Some(format!("server {number} wakes at {wakes:?}, and it says {wake:?}"));
            }
        }
        self.agenda.untrue()
    }
}
