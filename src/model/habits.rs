//! Habits of clients: `releases`, `releases_twice`, `tries`, `out_of_tries`, `on_error`, `lives`.

use crate::json::{Duration, Fields, Problem, Section, number, some_time};
use crate::sim::{Habits, OnError, OutOfTries};

/// The most refusals that are counted, and the most processes one after the other.
const MOST: u32 = 1000;

/// Reads the habits among `fields`.
pub(super) fn from_fields(fields: &Fields<'_>) -> Result<Habits, Box<Problem>> {
    let tries = fields.get("tries").map(|field| number(&field, "tries", 1, MOST)).transpose()?;
    let mut habits = Habits {
        always_release: fields
            .get("releases")
            .map(|it| releases(&it))
            .transpose()?
            .unwrap_or(false),
        release_again: fields.get("releases_twice").map(|it| some_time(&it)).transpose()?,
        tries,
        out_of_tries: one_of(fields, "out_of_tries", &OUT_OF_TRIES)?,
        on_error: one_of(fields, "on_error", &ON_ERROR)?,
        ..Habits::default()
    };
    if habits.out_of_tries != OutOfTries::Leaves
        && habits.tries.is_none()
        && let Some(field) = fields.get("out_of_tries")
    {
        return Err(field.error("without `tries` nobody is ever out of them"));
    }
    if let Some(field) = fields.get("lives") {
        lives(&field, &mut habits)?;
    }
    Ok(habits)
}

const OUT_OF_TRIES: [(&str, OutOfTries); 2] =
    [("leaves", OutOfTries::Leaves), ("enters", OutOfTries::Enters)];

const ON_ERROR: [(&str, OnError); 3] = [
    ("tries-again", OnError::TriesAgain),
    ("enters", OnError::Enters),
    ("gives-up", OnError::GivesUp),
];

/// One of several habits, by its name; the default if nothing is said.
fn one_of<H: Copy + Default>(
    fields: &Fields<'_>,
    name: &str,
    known: &[(&'static str, H)],
) -> Result<H, Box<Problem>> {
    let Some(field) = fields.get(name) else { return Ok(H::default()) };
    let habit: String = field.to()?;
    match known.iter().find(|(name, _)| *name == habit) {
        Some((_, it)) => Ok(*it),
        None => Err(field.unknown_name("habit", &habit, known.iter().map(|(name, _)| *name))),
    }
}

fn releases(field: &Section<'_>) -> Result<bool, Box<Problem>> {
    let habit: String = field.to()?;
    match &*habit {
        "only-when-held" => Ok(false),
        "always" => Ok(true),
        _ => Err(field.unknown_name("habit", &habit, ["only-when-held", "always"])),
    }
}

/// Reads `3` or `{"processes": 3, "rest": "1s"}`.
fn lives(field: &Section<'_>, habits: &mut Habits) -> Result<(), Box<Problem>> {
    if !field.raw().starts_with('{') {
        habits.lives = number(field, "lives", 1, MOST)?;
        return Ok(());
    }
    let fields = field.fields(&["processes", "rest"])?;
    habits.lives = number(&fields.field("processes")?, "processes", 1, MOST)?;
    let Duration(rest) = fields.optional("rest")?.unwrap_or_default();
    habits.rest = rest;
    Ok(())
}
