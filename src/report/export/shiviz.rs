//! A log with vector clocks, as ShiViz reads it with `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::picture::Picture;
use super::{Happens, all, note};

/// How often each host has done something, as far as one knows.
type Clock = BTreeMap<usize, u64>;

pub(super) fn write(picture: &Picture) -> String {
    let mut clocks: Vec<Clock> = vec![Clock::new(); picture.lanes.len()];
    let mut under_way: BTreeMap<usize, Clock> = BTreeMap::new();
    let mut out = String::new();
    let mut tell = |lane: usize, text: &str, clock: &Clock| {
        let clock: BTreeMap<String, u64> =
            clock.iter().map(|(lane, count)| (host(picture, *lane), *count)).collect();
        let clock = serde_json::to_string(&clock).unwrap_or_default();
        let _ = writeln!(out, "{text}\n{} {clock}", host(picture, lane));
    };
    for it in all(picture) {
        match it {
            Happens::Sends(place) => {
                let arrow = &picture.arrows[place];
                let clock = &mut clocks[arrow.from];
                *clock.entry(arrow.from).or_default() += 1;
                under_way.insert(place, clock.clone());
                tell(arrow.from, &format!("sends {}", arrow.label), clock);
            }
            Happens::Arrives(place) => {
                let arrow = &picture.arrows[place];
                let clock = &mut clocks[arrow.to];
                for (lane, count) in under_way.remove(&place).unwrap_or_default() {
                    let known = clock.entry(lane).or_default();
                    *known = count.max(*known);
                }
                *clock.entry(arrow.to).or_default() += 1;
                tell(arrow.to, &format!("gets {}", arrow.label), clock);
            }
            Happens::Step(place) => {
                let Some((lane, text)) = note(picture, place) else { continue };
                // What concerns everybody stands on the lane of whoever did something last, here the first.
                let lane = lane.unwrap_or(0);
                let clock = &mut clocks[lane];
                *clock.entry(lane).or_default() += 1;
                tell(lane, &text, clock);
            }
        }
    }
    out
}

/// The name of a lane without blanks.
fn host(picture: &Picture, lane: usize) -> String {
    let name = picture.lanes.get(lane).map_or("?", |it| &it.name);
    name.chars().map(|char| if char.is_whitespace() { '_' } else { char }).collect()
}
