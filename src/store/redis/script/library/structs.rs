//! The table `struct` (Lua struct 0.2): numbers and strings to bytes and back.
//!
//! Source: inf.puc-rio.br/~roberto/struct, "Library for Converting Data to and from C Structs for Lua 5.1". The
//! sizes are those of a 64-bit server, its byte order is little-endian.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::native::{
    Native, arg, count, error, give, library, number_arg, number_of, string, text_arg, wrong_value,
};
use super::super::number;

/// The largest integer, bytes.
const MAX_INTEGER: usize = 32;

/// The alignment of `!` alone, bytes.
const MAX_ALIGNMENT: usize = 8;

/// Makes the table.
pub(in super::super) fn make(state: &mut LuaState) -> Result<LuaValue, LuaError> {
    library(state, &[("pack", pack), ("unpack", unpack), ("size", size)])
}

/// A format, read option by option.
struct Format {
    text: Vec<u8>,
    at: usize,
    big_endian: bool,
    alignment: usize,
}

/// One option that stands for bytes.
#[derive(Clone, Copy)]
struct Item {
    option: u8,
    /// Bytes; zero for `s` and `c0`.
    size: usize,
    /// Bytes before it.
    padding: usize,
}

impl Format {
    fn new(text: Vec<u8>) -> Self {
        Self { text, at: 0, big_endian: false, alignment: 1 }
    }

    /// The next option that stands for bytes, which will begin at `position`. Letters without a meaning are
    /// `ignored` or refused.
    fn next(
        &mut self,
        state: &mut LuaState,
        position: usize,
        ignored: bool,
    ) -> Result<Option<Item>, LuaError> {
        while let Some(option) = self.text.get(self.at).copied() {
            self.at += 1;
            let size = match option {
                b'b' | b'B' | b'x' => 1,
                b'h' | b'H' => 2,
                b'f' => 4,
                b'l' | b'L' | b'T' | b'd' => 8,
                b's' => 0,
                b'c' => self.number(state, 1)?,
                b'i' | b'I' => {
                    let size = self.number(state, 4)?;
                    if size > MAX_INTEGER {
                        let text =
                            format!("integral size {size} is larger than limit of {MAX_INTEGER}");
                        return Err(error(state, text));
                    }
                    size
                }
                _ if ignored && option.is_ascii_alphanumeric() => continue,
                _ => {
                    self.control(state, option)?;
                    continue;
                }
            };
            let unit = if option == b'c' { 0 } else { size.min(self.alignment) };
            let padding = if unit == 0 { 0 } else { position.wrapping_neg() & (unit - 1) };
            return Ok(Some(Item { option, size, padding }));
        }
        Ok(None)
    }

    /// The digits at the place, or `default`.
    fn number(&mut self, state: &mut LuaState, default: usize) -> Result<usize, LuaError> {
        let start = self.at;
        let mut number = 0_usize;
        while let Some(digit) = self.text.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            number = number * 10 + usize::from(digit - b'0');
            if number > i32::MAX as usize {
                return Err(error(state, "integral size overflow"));
            }
            self.at += 1;
        }
        Ok(if self.at == start { default } else { number })
    }

    fn control(&mut self, state: &mut LuaState, option: u8) -> Result<(), LuaError> {
        match option {
            b' ' => {}
            b'>' => self.big_endian = true,
            b'<' => self.big_endian = false,
            b'!' => {
                let alignment = self.number(state, MAX_ALIGNMENT)?;
                if !alignment.is_power_of_two() {
                    return Err(error(state, "alignment is not a power of 2"));
                }
                self.alignment = alignment;
            }
            _ => {
                let text = [b"invalid format option '", &[option][..], b"'"].concat();
                return Err(wrong_value(state, 1, &String::from_utf8_lossy(&text)));
            }
        }
        Ok(())
    }

    /// Adds bytes that are in little-endian order.
    fn put(&self, packed: &mut Vec<u8>, mut little: Vec<u8>) {
        if self.big_endian {
            little.reverse();
        }
        packed.extend_from_slice(&little);
    }

    /// Bytes in little-endian order.
    fn take(&self, bytes: &[u8]) -> Vec<u8> {
        let mut little = bytes.to_vec();
        if self.big_endian {
            little.reverse();
        }
        little
    }
}

fn pack(state: &mut LuaState) -> Native {
    let mut format = Format::new(text_arg(state, 1)?);
    let mut packed = Vec::new();
    let mut n = 1;
    while let Some(item) = format.next(state, packed.len(), false)? {
        packed.resize(packed.len() + item.padding, 0);
        if item.option == b'x' {
            packed.push(0);
            continue;
        }
        n += 1;
        // The library marks the end of its arguments with a nil.
        if n > count(state) {
            let expected = if matches!(item.option, b'c' | b's') { "string" } else { "number" };
            return Err(wrong_value(state, n, &format!("{expected} expected, got nil")));
        }
        match item.option {
            b'f' => {
                let number = number_arg(state, n)? as f32;
                format.put(&mut packed, number.to_le_bytes().to_vec());
            }
            b'd' => {
                let number = number_arg(state, n)?;
                format.put(&mut packed, number.to_le_bytes().to_vec());
            }
            b'c' | b's' => {
                let text = text_arg(state, n)?;
                let size = if item.size == 0 { text.len() } else { item.size };
                let Some(text) = text.get(..size) else {
                    // The library is one place further when it finds this.
                    return Err(wrong_value(state, n + 1, "string too short"));
                };
                packed.extend_from_slice(text);
                if item.option == b's' {
                    packed.push(0);
                }
            }
            _ => {
                let number = number_arg(state, n)?;
                let bits =
                    if number < 0.0 { number::reply_integer(number) as u64 } else { number as u64 };
                let mut little = bits.to_le_bytes().to_vec();
                little.resize(item.size, 0);
                format.put(&mut packed, little);
            }
        }
        if let Some(limit) = state.sandbox_charge(1).or_else(|| state.sandbox_reserve(packed.len()))
        {
            return Err(limit);
        }
    }
    let packed = string(state, &packed)?;
    give(state, packed)
}

fn unpack(state: &mut LuaState) -> Native {
    let mut format = Format::new(text_arg(state, 1)?);
    let data = text_arg(state, 2)?;
    let first = if matches!(arg(state, 3), LuaValue::Nil) { 1.0 } else { number_arg(state, 3)? };
    if first < 1.0 {
        return Err(wrong_value(state, 3, "offset must be 1 or greater"));
    }
    let mut at = first as usize - 1;
    let mut values: Vec<LuaValue> = Vec::new();
    while let Some(item) = format.next(state, at, false)? {
        at = at.saturating_add(item.padding);
        let mut size = item.size;
        if item.option == b'c' && size == 0 {
            let Some(length) = values.last().and_then(number_of) else {
                return Err(error(state, "format 'c0' needs a previous size"));
            };
            values.pop();
            size = length as usize;
        }
        let Some(bytes) = data.get(at..at.saturating_add(size)) else {
            return Err(wrong_value(state, 2, "data string too short"));
        };
        let value = match item.option {
            b'x' => None,
            b'c' => Some(string(state, bytes)?),
            b's' => {
                let Some(length) = data[at..].iter().position(|byte| *byte == 0) else {
                    return Err(error(state, "unfinished string in data"));
                };
                size = length + 1;
                Some(string(state, &data[at..at + length])?)
            }
            b'f' => {
                let bytes = format.take(bytes).try_into().unwrap_or_default();
                Some(LuaValue::Float(f64::from(f32::from_le_bytes(bytes))))
            }
            b'd' => {
                let bytes = format.take(bytes).try_into().unwrap_or_default();
                Some(LuaValue::Float(f64::from_le_bytes(bytes)))
            }
            option => {
                Some(LuaValue::Float(integer(&format.take(bytes), option.is_ascii_lowercase())))
            }
        };
        values.extend(value);
        at += size;
        if let Some(limit) = state.sandbox_charge(1) {
            return Err(limit);
        }
    }
    values.push(LuaValue::Float(at as f64 + 1.0));
    if !lua_vm::api::check_stack(state, values.len() as i32) {
        return Err(error(state, "stack overflow (too many results)"));
    }
    for value in &values {
        state.push(*value);
    }
    Ok(values.len())
}

/// The number of some bytes in little-endian order; of more than eight the low ones count.
fn integer(little: &[u8], signed: bool) -> f64 {
    let mut bytes = [0; 8];
    for (byte, from) in bytes.iter_mut().zip(little) {
        *byte = *from;
    }
    let number = u64::from_le_bytes(bytes);
    if !signed {
        return number as f64;
    }
    let unused = 64 - 8 * little.len().clamp(1, 8) as u32;
    ((number << unused) as i64 >> unused) as f64
}

fn size(state: &mut LuaState) -> Native {
    let mut format = Format::new(text_arg(state, 1)?);
    let mut size = 0_usize;
    while let Some(item) = format.next(state, size, true)? {
        match item {
            Item { option: b's', .. } => {
                return Err(wrong_value(state, 1, "option 's' has no fixed size"));
            }
            Item { option: b'c', size: 0, .. } => {
                return Err(wrong_value(state, 1, "option 'c0' has no fixed size"));
            }
            item => size = size.saturating_add(item.padding + item.size),
        }
    }
    give(state, LuaValue::Float(size as f64))
}
