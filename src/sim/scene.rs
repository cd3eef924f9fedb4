//! The scene: what is the same in every moment of every run of a setup.

use std::rc::Rc;

use super::server::AnyServer;
use super::setup::{ProcessSetup, Setup};
use super::world::Found;
use crate::cx::{Kept, Scripts, Surroundings};
use crate::event::Who;

/// What is the same in every moment of every run of a setup.
#[derive(Debug)]
pub(crate) struct Scene {
    /// What the threads of each process are told about the world.
    pub(crate) around: Vec<Vec<Rc<Surroundings>>>,
    /// Where the locks live: keys, nodes, directories.
    pub(crate) places: Vec<Rc<str>>,
    /// Whether a work keeps its number in the lock's store.
    pub(crate) keeps_number: bool,
}

impl Scene {
    pub(crate) fn new(setup: &Setup) -> Self {
        let mut places: Vec<Rc<str>> = Vec::new();
        for (lock, _) in setup.processes.iter().flat_map(|process| &process.threads) {
            for place in lock.places() {
                if !places.iter().any(|known| **known == *place) {
                    places.push(place.into());
                }
            }
        }
        let works = setup.processes.iter().flat_map(|process| &process.threads);
        let keeps_number =
            works.into_iter().any(|(_, work)| matches!(work.keeps(), Some(Kept::InStore { .. })));
        Self { around: surroundings(setup), places, keeps_number }
    }

    /// The bit of a thread among those of [`Found::entered`].
    pub(crate) fn bit(&self, who: Who) -> u32 {
        let before = self.around[..usize::from(who.process)].iter().map(Vec::len);
        let number = before.sum::<usize>() + usize::from(who.thread);
        1 << number.min(Found::ENTERED.trailing_ones() as usize - 1)
    }

    /// All threads of all processes, in the order of their numbers.
    pub(crate) fn threads(&self) -> impl Iterator<Item = Who> + '_ {
        self.around.iter().enumerate().flat_map(|(process, threads)| {
            let who = move |thread| Who { process: process as u16, thread };
            (0..threads.len() as u8).map(who)
        })
    }
}

fn surroundings(setup: &Setup) -> Vec<Vec<Rc<Surroundings>>> {
    let numbers = |wanted: fn(&AnyServer) -> bool| -> Vec<u16> {
        let numbered = setup.servers.iter().enumerate();
        numbered.filter(|(_, server)| wanted(&server.state)).map(|(n, _)| n as u16).collect()
    };
    let groups = &setup.sentinel.groups;
    let of = |master: &u16| groups.iter().find(|members| members[0] == *master);
    let is_replica = |it: &u16| groups.iter().any(|members| members[1..].contains(it));
    let mut redis = numbers(|server| matches!(server, AnyServer::Redis(_)));
    redis.retain(|it| !is_replica(it));
    let base = Surroundings {
        replicas: redis.iter().map(|it| of(it).map_or(&[][..], |it| &it[1..]).to_vec()).collect(),
        redis,
        zookeeper: numbers(|server| matches!(server, AnyServer::ZooKeeper(_))).first().copied(),
        ledger: numbers(|server| matches!(server, AnyServer::Ledger(_))).first().copied(),
        number: 0,
        scripts: Scripts::default(),
        process: String::new(),
        thread: 0,
    };
    let of = |(number, process): (usize, &ProcessSetup)| {
        let threads = 0..process.threads.len() as u8;
        let around = threads.map(|thread| {
            Rc::new(Surroundings {
                number: number as u16,
                process: process.name.clone(),
                scripts: process.redis.scripts,
                thread,
                ..base.clone()
            })
        });
        around.collect()
    };
    setup.processes.iter().enumerate().map(of).collect()
}
