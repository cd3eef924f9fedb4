//! One value of a document.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::document::Document;
use super::position;
use super::problem::Problem;
use super::translate;
use crate::suggest;

/// One value of a [`Document`], not yet understood, and where it stands.
#[derive(Clone, Copy)]
pub struct Section<'d> {
    document: &'d Document,
    raw: &'d str,
}

/// One member of an object: its name and its value.
#[derive(Clone, Debug)]
pub struct Member<'d> {
    /// The name, without quotes and escapes.
    pub name: String,
    /// The value.
    pub value: Section<'d>,
    /// The name as it is written, quotes included.
    key: &'d str,
}

/// The members of an object whose names are all known.
#[derive(Clone, Debug)]
pub struct Fields<'d> {
    object: Section<'d>,
    members: Vec<Member<'d>>,
}

impl<'d> Section<'d> {
    pub(super) fn new(document: &'d Document, raw: &'d str) -> Self {
        Self { document, raw }
    }

    /// The value's own text, as it is written.
    pub fn raw(&self) -> &'d str {
        self.raw
    }

    /// The document that the value is part of.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// Understands the whole value as a `T`.
    pub fn to<T: Deserialize<'d>>(&self) -> Result<T, Box<Problem>> {
        translate::read(self.raw).map_err(|error| {
            let start = self.span().start;
            Box::new(translate::value(self.document, start, self.raw, &error))
        })
    }

    /// The members of an object in which every name must be one of `known`.
    pub fn fields(&self, known: &[&str]) -> Result<Fields<'d>, Box<Problem>> {
        let members = self.members()?;
        if let Some(member) = members.iter().find(|member| !known.contains(&&*member.name)) {
            return Err(member.unknown("field", known.iter().copied()));
        }
        Ok(Fields { object: *self, members })
    }

    /// The members of an object, whatever their names.
    pub fn members(&self) -> Result<Vec<Member<'d>>, Box<Problem>> {
        if !self.raw.starts_with('{') {
            return Err(self.wrong_kind("an object"));
        }
        let members = members(self.raw).into_iter();
        Ok(members
            .map(|(name, key, raw)| Member { name, value: Self { raw, ..*self }, key })
            .collect())
    }

    /// The only member of an object that names one of several things, as `{"redlock": {…}}` does.
    pub fn only_member(&self) -> Result<Member<'d>, Box<Problem>> {
        let mut members = self.members()?;
        match members.len() {
            1 => Ok(members.remove(0)),
            0 => {
                Err(self.error("the object is empty; it must have one member, the name of a thing"))
            }
            _ => Err(members[1].error("a second name; this object must have exactly one member")),
        }
    }

    /// The elements of a list.
    pub fn elements(&self) -> Result<Vec<Self>, Box<Problem>> {
        if !self.raw.starts_with('[') {
            return Err(self.wrong_kind("a list"));
        }
        Ok(elements(self.raw).into_iter().map(|raw| Self { raw, ..*self }).collect())
    }

    /// The member `name` of an object, which must be there. Other members are not looked at.
    pub fn field(&self, name: &str) -> Result<Self, Box<Problem>> {
        Fields { object: *self, members: self.members()? }.field(name)
    }

    /// Something wrong with this value.
    pub fn error(&self, message: impl Into<String>) -> Box<Problem> {
        Box::new(Problem::at(self.document, self.span(), message))
    }

    /// This value is the `name` of no `kind` (as in "recipe"); `known` are the ones there are.
    pub fn unknown_name<'k>(
        &self,
        kind: &str,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Box<Problem> {
        unknown(self.document, self.span(), kind, name, known)
    }

    fn wrong_kind(&self, expected: &str) -> Box<Problem> {
        self.error(format!("expected {expected}, found {}", translate::kind(self.raw)))
    }

    /// Where the value stands in the text of its document, in bytes.
    pub fn span(&self) -> Range<usize> {
        position::span(self.document.text(), self.raw)
    }
}

impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Section({})", self.raw)
    }
}

impl Member<'_> {
    /// Something wrong with the member's name.
    pub fn error(&self, message: impl Into<String>) -> Box<Problem> {
        Box::new(Problem::at(self.value.document, self.span(), message))
    }

    /// The member's name is no `kind` (as in "field", "fault"); `known` are the ones there are.
    pub fn unknown<'k>(
        &self,
        kind: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Box<Problem> {
        unknown(self.value.document, self.span(), kind, &self.name, known)
    }

    fn span(&self) -> Range<usize> {
        position::span(self.value.document.text(), self.key)
    }
}

impl<'d> Fields<'d> {
    /// The value of the field `name`, if it is there.
    pub fn get(&self, name: &str) -> Option<Section<'d>> {
        self.members.iter().find(|member| member.name == name).map(|member| member.value)
    }

    /// The value of the field `name`, which must be there.
    pub fn field(&self, name: &str) -> Result<Section<'d>, Box<Problem>> {
        self.get(name).ok_or_else(|| self.object.error(format!("missing field `{name}`")))
    }

    /// All of `names` must be there; those that are not are named at once.
    pub fn require(&self, names: &[&str]) -> Result<(), Box<Problem>> {
        let missing = names.iter().filter(|name| self.get(name).is_none());
        let missing: Vec<String> = missing.map(|name| format!("`{name}`")).collect();
        match missing.as_slice() {
            [] => Ok(()),
            [one] => Err(self.object.error(format!("missing field {one}"))),
            [before @ .., last] => {
                let message = format!("missing fields {} and {last}", before.join(", "));
                Err(self.object.error(message))
            }
        }
    }

    /// The field `name` understood as a `T`, which must be there.
    pub fn to<T: Deserialize<'d>>(&self, name: &str) -> Result<T, Box<Problem>> {
        self.field(name)?.to()
    }

    /// The field `name` understood as a `T`, if it is there.
    pub fn optional<T: Deserialize<'d>>(&self, name: &str) -> Result<Option<T>, Box<Problem>> {
        self.get(name).map(|section| section.to()).transpose()
    }

    /// The object itself, for errors about the whole.
    pub fn object(&self) -> Section<'d> {
        self.object
    }
}

fn unknown<'k>(
    document: &Document,
    span: Range<usize>,
    kind: &str,
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Box<Problem> {
    let known: Vec<&str> = known.into_iter().collect();
    let mut problem = Problem::at(document, span, format!("unknown {kind} `{name}`"));
    problem.help = Some(did_you_mean(name, &known));
    Box::new(problem)
}

/// What to say to someone who wrote `name` where only `known` names are understood.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    if let Some(nearest) = suggest::nearest(name, known.iter().copied()) {
        return format!("did you mean `{nearest}`?");
    }
    if known.is_empty() {
        return "none are known here".to_owned();
    }
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    format!("known are {}", known.join(", "))
}

/// The members of the strict JSON object `raw`: name, key as written, value as written.
pub(super) fn members(raw: &str) -> Vec<(String, &str, &str)> {
    let Ok(Pairs(pairs)) = serde_json::from_str(raw) else { return Vec::new() };
    let mut end = 0;
    pairs
        .into_iter()
        .map(|(name, value)| {
            let value = value.get();
            let value_span = position::span(raw, value);
            // Between two values stand a comma, the key and a colon: the key begins at the first quote.
            let between = &raw[end..value_span.start];
            let key = between.trim_matches(|char| char != '"');
            end = value_span.end;
            (name, key, value)
        })
        .collect()
}

/// The elements of the strict JSON list `raw`, as written.
pub(super) fn elements(raw: &str) -> Vec<&str> {
    let elements: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
    elements.into_iter().map(RawValue::get).collect()
}

/// The members of an object in their order.
struct Pairs<'t>(Vec<(String, &'t RawValue)>);

impl<'de: 't, 't> Deserialize<'de> for Pairs<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = object.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Collect).map(Pairs)
    }
}
