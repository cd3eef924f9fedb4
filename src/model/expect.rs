//! `expect`: the verdict that a model should come to.

use super::fields;
use crate::json::{Problem, Section};

/// A verdict, as models name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// A property was violated.
    Violated,
    /// All properties hold, and each had something to judge.
    Holds,
    /// A property had nothing to judge, or a fault never took effect.
    Vacuous,
    /// A limit stopped the search.
    Cut,
}

impl Verdict {
    /// All, with their names in model files.
    pub const ALL: [(&'static str, Self); 4] = [
        ("violated", Self::Violated),
        ("holds", Self::Holds),
        ("vacuous", Self::Vacuous),
        ("cut", Self::Cut),
    ];
}

/// What a model expects. What it does not say is not compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expect {
    /// The verdict.
    pub verdict: Verdict,
    /// The property that is violated, or vacuous.
    pub property: Option<String>,
    /// How many deviations the shortest violation has.
    pub deviations: Option<u32>,
    /// It holds within this many deviations, and no more was looked at.
    pub within: Option<u32>,
}

impl Expect {
    /// Reads `{"verdict": "violated", "property": "mutual-exclusion", "deviations": 1}`; `properties` are the
    /// model's.
    pub(super) fn from_section(
        section: &Section<'_>,
        properties: &[&str],
    ) -> Result<Self, Box<Problem>> {
        let fields = section.fields(&fields::names("expect"))?;
        let place = fields.field("verdict")?;
        let name: String = place.to()?;
        let found = Verdict::ALL.iter().find(|(known, _)| *known == name);
        let known = Verdict::ALL.iter().map(|(name, _)| *name);
        let (_, verdict) = *found.ok_or_else(|| place.unknown_name("verdict", &name, known))?;
        let property: Option<String> = fields.optional("property")?;
        let goes_with: [(&str, &[Verdict]); 3] = [
            ("property", &[Verdict::Violated, Verdict::Vacuous]),
            ("deviations", &[Verdict::Violated]),
            ("within", &[Verdict::Holds]),
        ];
        for (field, verdicts) in goes_with {
            if let Some(place) = fields.get(field).filter(|_| !verdicts.contains(&verdict)) {
                return Err(
                    place.error(format!("`{field}` says nothing about the verdict `{name}`"))
                );
            }
        }
        if let (Some(name), Some(place)) = (&property, fields.get("property"))
            && !properties.contains(&&**name)
        {
            return Err(place.unknown_name(
                "property of this model",
                name,
                properties.iter().copied(),
            ));
        }
        let deviations = fields.optional("deviations")?;
        Ok(Self { verdict, property, deviations, within: fields.optional("within")? })
    }
}
