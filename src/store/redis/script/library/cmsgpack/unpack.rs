//! `MessagePack` to Lua values.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::super::native::{Native, arg, error, number_arg, string, table, text_arg};

/// How deep lists and maps may lie in one another here; C goes on until its stack ends.
const MAX_DEPTH: usize = 1000;

/// `cmsgpack.unpack`: all values.
pub(super) fn unpack(state: &mut LuaState) -> Native {
    values(state, 0, 0, false)
}

/// `cmsgpack.unpack_one`: where to go on (-1 at the end), and the value at an offset.
pub(super) fn unpack_one(state: &mut LuaState) -> Native {
    let offset = optional(state, 2, 0)?;
    values(state, 1, offset, true)
}

/// `cmsgpack.unpack_limit`: where to go on (-1 at the end), and so many values from an offset.
pub(super) fn unpack_limit(state: &mut LuaState) -> Native {
    let limit = number_arg(state, 2)? as i64;
    let offset = optional(state, 3, 0)?;
    values(state, limit, offset, true)
}

fn optional(state: &mut LuaState, n: i32, default: i64) -> Result<i64, LuaError> {
    if matches!(arg(state, n), LuaValue::Nil) {
        return Ok(default);
    }
    Ok(number_arg(state, n)? as i64)
}

/// Gives `limit` values (0: all) from `offset`, behind the place to go on from if that is asked for.
fn values(state: &mut LuaState, limit: i64, offset: i64, place: bool) -> Native {
    let text = text_arg(state, 1)?;
    if offset < 0 || limit < 0 {
        let message = format!(
            "Invalid request to unpack with offset of {offset} and limit of {}.",
            text.len()
        );
        return Err(error(state, message));
    }
    if offset as usize > text.len() {
        let message = format!("Start offset {offset} greater than input length {}.", text.len());
        return Err(error(state, message));
    }
    let mut reader = Reader { text: &text, at: offset as usize };
    let mut values = Vec::new();
    while reader.at < text.len() && (limit == 0 || (values.len() as i64) < limit) {
        values.push(reader.value(state, 0)?);
    }
    if place {
        let next = if reader.at < text.len() { reader.at as f64 } else { -1.0 };
        values.insert(0, LuaValue::Float(next));
    }
    if !lua_vm::api::check_stack(state, values.len() as i32) {
        return Err(error(state, "stack overflow (in function mp_unpack)"));
    }
    for value in &values {
        state.push(*value);
    }
    Ok(values.len())
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, state: &LuaState, size: usize) -> Result<&[u8], LuaError> {
        let Some(bytes) = self.text.get(self.at..self.at.saturating_add(size)) else {
            return Err(error(state, "Missing bytes in input."));
        };
        self.at += size;
        Ok(bytes)
    }

    /// An unsigned number of `size` bytes.
    fn unsigned(&mut self, state: &LuaState, size: usize) -> Result<u64, LuaError> {
        Ok(self.take(state, size)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A number of `size` bytes in two's complement.
    fn signed(&mut self, state: &LuaState, size: usize) -> Result<i64, LuaError> {
        let unused = 64 - 8 * size as u32;
        Ok((self.unsigned(state, size)? << unused) as i64 >> unused)
    }

    fn value(&mut self, state: &mut LuaState, depth: usize) -> Result<LuaValue, LuaError> {
        if depth > MAX_DEPTH {
            return Err(error(state, "lockstep: cmsgpack.unpack found too many nested values"));
        }
        if let Some(limit) = state.sandbox_charge(1) {
            return Err(limit);
        }
        let kind = self.unsigned(state, 1)? as u8;
        let size = 1 << (kind & 3);
        Ok(match kind {
            0x00..=0x7F => LuaValue::Float(f64::from(kind)),
            0xE0..=0xFF => LuaValue::Float(f64::from(kind as i8)),
            0x80..=0x8F => self.map(state, usize::from(kind & 15), depth)?,
            0x90..=0x9F => self.list(state, usize::from(kind & 15), depth)?,
            0xA0..=0xBF => self.string(state, usize::from(kind & 31))?,
            0xC0 => LuaValue::Nil,
            0xC2 => LuaValue::Bool(false),
            0xC3 => LuaValue::Bool(true),
            0xCA => LuaValue::Float(f64::from(f32::from_bits(self.unsigned(state, 4)? as u32))),
            0xCB => LuaValue::Float(f64::from_bits(self.unsigned(state, 8)?)),
            0xCC..=0xCF => LuaValue::Float(self.unsigned(state, size)? as f64),
            0xD0..=0xD3 => LuaValue::Float(self.signed(state, size)? as f64),
            0xC4..=0xC6 => {
                let length = self.unsigned(state, size)? as usize;
                self.string(state, length)?
            }
            0xD9..=0xDB => {
                let length = self.unsigned(state, 1 << (kind - 0xD9))? as usize;
                self.string(state, length)?
            }
            0xDC | 0xDD => {
                let length = self.unsigned(state, 2 << (kind - 0xDC))? as usize;
                self.list(state, length, depth)?
            }
            0xDE | 0xDF => {
                let length = self.unsigned(state, 2 << (kind - 0xDE))? as usize;
                self.map(state, length, depth)?
            }
            _ => return Err(error(state, "Bad data format in input.")),
        })
    }

    fn string(&mut self, state: &mut LuaState, length: usize) -> Result<LuaValue, LuaError> {
        let bytes = self.take(state, length)?.to_vec();
        string(state, &bytes)
    }

    fn list(
        &mut self,
        state: &mut LuaState,
        length: usize,
        depth: usize,
    ) -> Result<LuaValue, LuaError> {
        let list = table(state, 0, 0)?;
        for place in 0..length {
            let item = self.value(state, depth + 1)?;
            state.table_array_set(&list, place, item)?;
        }
        Ok(list)
    }

    fn map(
        &mut self,
        state: &mut LuaState,
        length: usize,
        depth: usize,
    ) -> Result<LuaValue, LuaError> {
        let map = table(state, 0, 0)?;
        for _ in 0..length {
            let key = self.value(state, depth + 1)?;
            let value = self.value(state, depth + 1)?;
            state.table_raw_set(&map, key, value)?;
        }
        Ok(map)
    }
}
