//! Which rows of a long timeline are shown: those near a handover, a fault or what is wrong.

use super::rows::{Row, Tone};

/// Whether each of `rows` is shown, if there is room for about `most` of them.
pub(super) fn shown(rows: &[Row], most: Option<usize>) -> Vec<bool> {
    let Some(most) = most.filter(|most| rows.len() > most + 3) else {
        return vec![true; rows.len()];
    };
    let wrong = distances(rows.len(), &|row| rows[row].tone != Tone::Plain);
    let turns = distances(rows.len(), &|row| turns(rows, row));
    let mut order: Vec<usize> = (0..rows.len()).collect();
    // What is a turn itself comes before what is near one, and among turns those near what is wrong.
    order.sort_by_key(|&row| {
        let (wrong, turn) = (wrong[row], turns[row]);
        let near = wrong.min(turn);
        (near, wrong, rows.len() - row)
    });
    let mut shown = vec![false; rows.len()];
    for row in order.into_iter().take(most) {
        shown[row] = true;
    }
    // A line that says that one row is left out takes as much room as the row.
    for row in 0..rows.len() {
        let before = row == 0 || shown[row - 1];
        let after = shown.get(row + 1).copied().unwrap_or(true);
        shown[row] |= before && after;
    }
    shown
}

/// Whether somebody enters or leaves in this row, dies, or stands still or goes on.
fn turns(rows: &[Row], row: usize) -> bool {
    match row.checked_sub(1) {
        Some(before) => rows[before].lives != rows[row].lives,
        None => true,
    }
}

/// How far each row is from the nearest that `counts`.
fn distances(rows: usize, counts: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let mut distances = vec![usize::MAX; rows];
    let mut near = usize::MAX;
    for (row, distance) in distances.iter_mut().enumerate() {
        near = if counts(row) { 0 } else { near.saturating_add(1) };
        *distance = near;
    }
    near = usize::MAX;
    for (row, distance) in distances.iter_mut().enumerate().rev() {
        near = if counts(row) { 0 } else { near.saturating_add(1) };
        *distance = near.min(*distance);
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::rows::Life;
    use crate::time::Micros;

    fn row(tone: Tone, inside: bool) -> Row {
        let life = Life { inside, ..Life::default() };
        Row::new(Micros::ZERO, tone, vec![vec![life]].into())
    }

    #[test]
    fn a_handover_in_the_middle_is_shown_and_what_is_far_from_it_is_not() {
        let mut rows: Vec<Row> = (0..200).map(|_| row(Tone::Plain, false)).collect();
        rows[100] = row(Tone::Plain, true);
        rows[170] = row(Tone::Bad, false);
        let shown = shown(&rows, Some(40));
        assert!(shown[99] && shown[100] && shown[101] && shown[170] && shown[0]);
        assert!(!shown[50] && !shown[135]);
        let count = shown.iter().filter(|shown| **shown).count();
        assert!((40..=44).contains(&count), "{count}");
    }

    #[test]
    fn of_more_handovers_than_there_is_room_for_those_near_what_is_wrong_are_shown() {
        let mut rows: Vec<Row> = (0..300).map(|n| row(Tone::Plain, n % 2 == 0)).collect();
        rows[150].tone = Tone::Bad;
        let shown = shown(&rows, Some(10));
        assert!(shown[150] && shown[146] && shown[154] && !shown[10] && !shown[290]);
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let rows: Vec<Row> = (0..43).map(|_| row(Tone::Plain, false)).collect();
        assert!(shown(&rows, Some(40)).iter().all(|shown| *shown));
        assert!(shown(&rows, None).iter().all(|shown| *shown));
    }
}
