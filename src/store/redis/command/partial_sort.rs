//! The sort behind SORT with BY and LIMIT. It is not stable, so which of several equal elements come first is its own
//! doing, and to be answered as it does it.
//!
//! Source: Bentley and `McIlroy`, "Engineering a Sort Function", 1993; parts that the limit leaves out stay unsorted.

use std::cmp::Ordering;
use std::ops::Range;

/// Below this many items, insertion is used.
const FEW: usize = 7;
/// Above this many, the pivot is a median of nine and not of three.
const MANY: usize = 40;

/// Sorts `items` as far as it matters for `wanted`, a range of their places.
pub(super) fn partial_sort<T>(
    items: &mut [T],
    wanted: &Range<usize>,
    compare: &impl Fn(&T, &T) -> Ordering,
) {
    let wanted_in = |start: usize, length: usize| {
        length > 1 && wanted.start < start + length && start < wanted.end
    };
    let mut parts = vec![(0, items.len())];
    while let Some((start, length)) = parts.pop() {
        let part = &mut items[start..start + length];
        if length < FEW {
            insert_all(part, compare);
            continue;
        }
        let (less, greater) = partition(part, compare);
        for (start, length) in [(start, less), (start + length - greater, greater)] {
            if wanted_in(start, length) {
                parts.push((start, length));
            }
        }
    }
}

fn insert_all<T>(items: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) {
    for next in 1..items.len() {
        let mut at = next;
        while at > 0 && compare(&items[at - 1], &items[at]).is_gt() {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Moves what is less than a pivot to the front and what is greater to the end; says how many there are of each.
fn partition<T>(items: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) -> (usize, usize) {
    let length = items.len();
    items.swap(0, pivot(items, compare));
    // The ends collect what equals the pivot: it goes to the middle when all is compared.
    let (mut equal, mut low, mut high, mut equal_from) = (1, 1, length - 1, length - 1);
    loop {
        while low <= high {
            match compare(&items[low], &items[0]) {
                Ordering::Greater => break,
                Ordering::Equal => {
                    items.swap(equal, low);
                    equal += 1;
                }
                Ordering::Less => {}
            }
            low += 1;
        }
        while low <= high {
            match compare(&items[high], &items[0]) {
                Ordering::Less => break,
                Ordering::Equal => {
                    items.swap(high, equal_from);
                    equal_from -= 1;
                }
                Ordering::Greater => {}
            }
            high -= 1;
        }
        if low > high {
            break;
        }
        items.swap(low, high);
        low += 1;
        high -= 1;
    }
    let (less, greater) = (low - equal, equal_from - high);
    for at in 0..equal.min(less) {
        items.swap(at, low - equal.min(less) + at);
    }
    let moved = greater.min(length - equal_from - 1);
    for at in 0..moved {
        items.swap(low + at, length - moved + at);
    }
    (less, greater)
}

fn pivot<T>(items: &[T], compare: &impl Fn(&T, &T) -> Ordering) -> usize {
    let (mut first, mut middle, mut last) = (0, items.len() / 2, items.len() - 1);
    if items.len() == FEW {
        return middle;
    }
    let median = |a: usize, b: usize, c: usize| {
        let less = |one: usize, other: usize| compare(&items[one], &items[other]).is_lt();
        match (less(a, b), less(b, c), less(c, b)) {
            (true, true, _) | (false, _, true) => b,
            (true, ..) if less(a, c) => c,
            (true, ..) => a,
            (false, ..) if less(a, c) => a,
            (false, ..) => c,
        }
    };
    if items.len() > MANY {
        let step = items.len() / 8;
        first = median(first, first + step, first + 2 * step);
        middle = median(middle - step, middle, middle + step);
        last = median(last - 2 * step, last - step, last);
    }
    median(first, middle, last)
}
