//! Lua values to `MessagePack`.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::super::native::{Native, arg, count, give, number_of, string, wrong_value};
use super::super::super::{number, order};

/// Tables that lie deeper become nil.
const MAX_NESTING: usize = 16;

/// `cmsgpack.pack`: all arguments, one behind the other.
pub(super) fn pack(state: &mut LuaState) -> Native {
    if count(state) == 0 {
        return Err(wrong_value(state, 0, "MessagePack pack needs input."));
    }
    let mut packed = Vec::new();
    for n in 1..=count(state) {
        let value = arg(state, n);
        value_to(state, &mut packed, &value, 0)?;
    }
    let packed = string(state, &packed)?;
    give(state, packed)
}

fn value_to(
    state: &LuaState,
    packed: &mut Vec<u8>,
    value: &LuaValue,
    level: usize,
) -> Result<(), LuaError> {
    match value {
        LuaValue::Str(text) => {
            let text = text.as_bytes();
            header(packed, text.len(), Some((0xA0, 32)), Some(0xD9), 0xDA, 0xDB);
            packed.extend_from_slice(text);
        }
        LuaValue::Bool(value) => packed.push(if *value { 0xC3 } else { 0xC2 }),
        LuaValue::Int(_) | LuaValue::Float(_) => number_to(packed, number_of(value).unwrap_or(0.0)),
        LuaValue::Table(_) if level < MAX_NESTING => table_to(state, packed, value, level + 1)?,
        _ => packed.push(0xC0),
    }
    if let Some(limit) = state.sandbox_charge(1).or_else(|| state.sandbox_reserve(packed.len())) {
        return Err(limit);
    }
    Ok(())
}

/// The type and the length of what follows: in the type's own byte if the length is below a limit, else in one,
/// two or four bytes.
fn header(
    packed: &mut Vec<u8>,
    length: usize,
    inline: Option<(u8, usize)>,
    one: Option<u8>,
    two: u8,
    four: u8,
) {
    match (inline, one) {
        (Some((kind, limit)), _) if length < limit => packed.push(kind | length as u8),
        (_, Some(kind)) if length <= 0xFF => packed.extend_from_slice(&[kind, length as u8]),
        _ if length <= 0xFFFF => {
            packed.push(two);
            packed.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            packed.push(four);
            packed.extend_from_slice(&(length as u32).to_be_bytes());
        }
    }
}

fn number_to(packed: &mut Vec<u8>, number: f64) {
    if number.fract() != 0.0 || !(-9.2e18..=9.2e18).contains(&number) {
        let short = number as f32;
        if (f64::from(short) - number).abs() == 0.0 || number.is_infinite() {
            packed.push(0xCA);
            packed.extend_from_slice(&short.to_be_bytes());
        } else {
            packed.push(0xCB);
            packed.extend_from_slice(&number.to_be_bytes());
        }
        return;
    }
    let whole = number as i64;
    let bytes = whole.to_be_bytes();
    let (kind, size) = match whole {
        -32..=127 => return packed.push(whole as u8),
        128..=0xFF => (0xCC, 1),
        0x100..=0xFFFF => (0xCD, 2),
        0x1_0000..=0xFFFF_FFFF => (0xCE, 4),
        0x1_0000_0000.. => (0xCF, 8),
        -128..=-33 => (0xD0, 1),
        -0x8000..=-129 => (0xD1, 2),
        -0x8000_0000..=-0x8001 => (0xD2, 4),
        _ => (0xD3, 8),
    };
    packed.push(kind);
    packed.extend_from_slice(&bytes[8 - size..]);
}

fn table_to(
    state: &LuaState,
    packed: &mut Vec<u8>,
    value: &LuaValue,
    level: usize,
) -> Result<(), LuaError> {
    let pairs = order::pairs(state, value)?;
    let mut last = 0;
    let list = pairs.iter().all(|(key, _)| {
        let place = number_of(key).and_then(number::whole).filter(|place| *place > 0);
        last = last.max(place.unwrap_or(0));
        place.is_some()
    });
    if list && last == pairs.len() as i64 {
        let LuaValue::Table(list) = value else { return Ok(()) };
        header(packed, pairs.len(), Some((0x90, 16)), None, 0xDC, 0xDD);
        for place in 1..=pairs.len() {
            value_to(state, packed, &list.get_int(place as i64), level)?;
        }
        return Ok(());
    }
    header(packed, pairs.len(), Some((0x80, 16)), None, 0xDE, 0xDF);
    for (key, value) in &pairs {
        value_to(state, packed, key, level)?;
        value_to(state, packed, value, level)?;
    }
    Ok(())
}
