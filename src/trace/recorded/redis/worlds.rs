//! Every way in which everything so far could have happened.

use super::world::{Known, World};
use crate::time::Micros;

/// All worlds that agree with what was read so far. There is always one.
pub(super) struct Worlds(Vec<World>);

/// How many worlds are followed at most.
const MOST: usize = 24;

impl Worlds {
    /// There is only this one.
    pub(super) fn only(world: World) -> Self {
        Self(vec![world])
    }

    /// The one that is nearest to the nominal one.
    pub(super) fn first(&self) -> &World {
        &self.0[0]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &World> {
        self.0.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut World> {
        self.0.iter_mut()
    }

    /// Goes on with those of which this is true, if there are any; whether there are.
    pub(super) fn retain(&mut self, agrees: impl Fn(&World) -> bool) -> bool {
        let any = self.0.iter().any(&agrees);
        if any {
            self.0.retain(agrees);
        }
        any
    }

    /// Goes on with these: no two that are the same at `now`, and not too many.
    pub(super) fn replace(&mut self, worlds: Vec<World>, now: Micros) {
        if worlds.len() < 2 {
            self.0 = worlds;
            return;
        }
        let mut keys = Vec::new();
        self.0.clear();
        for world in worlds {
            let key = world.key(now);
            if !keys.contains(&key) {
                keys.push(key);
                self.0.push(world);
            }
            if self.0.len() == MOST {
                break;
            }
        }
    }

    /// Time passes for a server in each of them.
    pub(super) fn wake(&mut self, server: usize, now: Micros, known: Known<'_>) {
        let woken = self.0.iter().flat_map(|world| world.wake(server, now, known));
        self.0 = woken.map(|branch| branch.world).collect();
    }
}
