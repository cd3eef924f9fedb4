//! The options of SET and GETEX.

use super::super::super::ctx::Ctx;
use super::super::super::error::Error;
use super::super::super::reply::Bytes;
use super::super::parse::{integer, is_option};

/// What may follow `SET key value` or `GETEX key`.
#[expect(clippy::struct_excessive_bools, reason = "options, each given or not")]
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) only_if_missing: bool,
    pub(super) only_if_present: bool,
    pub(super) get: bool,
    pub(super) keep_ttl: bool,
    pub(super) persist: bool,
    pub(super) expiry: Option<(Unit, Bytes)>,
}

/// How an expiry is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    /// `EX`
    Seconds,
    /// `PX`
    Ms,
    /// `EXAT`
    AtSeconds,
    /// `PXAT`
    AtMs,
}

impl Unit {
    const NAMES: [(&'static str, Self); 4] =
        [("ex", Self::Seconds), ("px", Self::Ms), ("exat", Self::AtSeconds), ("pxat", Self::AtMs)];

    /// Whether it counts from now.
    pub(super) fn is_relative(self) -> bool {
        matches!(self, Self::Seconds | Self::Ms)
    }
}

impl Options {
    /// Reads the options of SET, or those of GETEX. One unit may be given twice, and the last one wins: the
    /// first is not even looked at (Redis fact 7).
    pub(super) fn read(arguments: &[Bytes], of_set: bool) -> Result<Self, Error> {
        let mut options = Self::default();
        let mut left = arguments.iter();
        while let Some(option) = left.next() {
            let is = |name: &str| is_option(option, name);
            let unit = Unit::NAMES.iter().find(|(name, _)| is(name)).map(|(_, unit)| *unit);
            let other_unit = options.expiry.as_ref().is_some_and(|(given, _)| Some(*given) != unit);
            if of_set && is("nx") && !options.only_if_present {
                options.only_if_missing = true;
            } else if of_set && is("xx") && !options.only_if_missing {
                options.only_if_present = true;
            } else if of_set && is("get") {
                options.get = true;
            } else if of_set && is("keepttl") && options.expiry.is_none() {
                options.keep_ttl = true;
            } else if !of_set && is("persist") && options.expiry.is_none() {
                options.persist = true;
            } else if let (Some(unit), false) =
                (unit, other_unit || options.keep_ttl || options.persist)
            {
                let value = left.next().ok_or(Error::SYNTAX)?;
                options.expiry = Some((unit, value.clone()));
            } else {
                return Err(Error::SYNTAX);
            }
        }
        Ok(options)
    }

    /// The deadline (ms of the wall clock) that the options ask for. `command` is named in the error.
    pub(super) fn deadline(&self, ctx: &Ctx<'_>, command: &str) -> Result<Option<i64>, Error> {
        let Some((unit, value)) = &self.expiry else { return Ok(None) };
        let value = integer(value)?;
        let invalid = || Error::text(format!("ERR invalid expire time in '{command}' command"));
        let ms = match unit {
            Unit::Seconds | Unit::AtSeconds => value.checked_mul(1000).ok_or_else(invalid)?,
            Unit::Ms | Unit::AtMs => value,
        };
        let base = if unit.is_relative() { ctx.now_ms() } else { 0 };
        match ms.checked_add(base) {
            Some(deadline) if ms > 0 && deadline > 0 => Ok(Some(deadline)),
            _ => Err(invalid()),
        }
    }
}
