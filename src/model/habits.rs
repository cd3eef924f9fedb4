//! Habits of clients: `releases`, `releases_twice`, `tries`, `lives`.

use crate::json::{Duration, Fields, Problem, Section, number, some_time};
use crate::sim::Habits;

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
        ..Habits::default()
    };
    if let Some(field) = fields.get("lives") {
        lives(&field, &mut habits)?;
    }
    Ok(habits)
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
