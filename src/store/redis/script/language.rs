//! The language of scripts, for whoever runs other programs in it than EVAL does.
//!
//! A VM belongs to a thread and needs an [`Exchange`] of its own, which is in use ([`swap`]) for as long as the VM is
//! entered.

pub(crate) use super::convert::to_lua;
pub(crate) use super::exchange::{Exchange, swap};
pub(crate) use super::library::redis::arguments;
pub(crate) use super::library::text::charge;
pub(crate) use super::limits::{Limits, Tripped, arm_with, is_too_wide, tripped_by};
pub(crate) use super::native::{
    Native, arg, count, error, field, function, give, library, number_of, set_field, string, table,
    text_of, type_name,
};
pub(crate) use super::number::{argument as number_argument, whole};
pub(crate) use super::order::{list_key, pairs};
pub(crate) use super::sandbox::{make, protected, untouched};
