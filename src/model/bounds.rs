//! `bounds`: where a search or a run stops if it does not end by itself.

use super::fields;
use crate::json::{Problem, Section, some_time};
use crate::time::Micros;

/// The limits that a model sets; the program's own apply where it sets none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    /// `check` looks at no more deviations than this.
    pub deviations: Option<u32>,
    /// `check` makes no more than this many choices that cost nothing in one run: who comes when, which message is late.
    pub choices: Option<u8>,
    /// `check` keeps no more states than this.
    pub states: Option<u64>,
    /// `run` makes no more steps than this.
    pub steps: Option<u64>,
    /// `run` goes on no longer than this (µs of world time).
    pub time: Option<Micros>,
}

impl Bounds {
    /// So many choices that cost nothing are tried in one run, if a model does not say.
    pub const CHOICES: u8 = 2;

    /// Reads `{"deviations": 3, "states": 2000000, "steps": 100000, "time": "1h"}`.
    pub(super) fn from_section(section: Option<Section<'_>>) -> Result<Self, Box<Problem>> {
        let Some(section) = section else { return Ok(Self::default()) };
        let fields = section.fields(&fields::names("bounds"))?;
        for name in ["states", "steps"] {
            if let Some(field) = fields.get(name).filter(|field| field.raw() == "0") {
                return Err(field.error(format!("0 {name}: nothing could begin")));
            }
        }
        Ok(Self {
            deviations: fields.optional("deviations")?,
            choices: fields.optional("choices")?,
            states: fields.optional("states")?,
            steps: fields.optional("steps")?,
            time: fields.get("time").map(|field| some_time(&field)).transpose()?,
        })
    }
}
