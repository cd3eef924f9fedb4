//! Functions of `string` and `table` that can do much work, or make much text, in one instruction of the VM.
//!
//! Each is the VM's own behind a look at the limits, except `gsub`, which makes its text piece by piece.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::exchange;
use super::super::native::{
    Native, arg, count, error, field, function, number_arg, number_of, set_field, string, text_arg,
    text_of, type_name, wrong_value,
};

/// Bytes that are looked at in the time of an instruction.
const BYTES: usize = 64;

/// The replaced functions, in the order of [`exchange::Kept::originals`].
const REPLACED: [(&str, &str, LuaCFunction); 9] = [
    ("string", "find", |state| original(state, 0, text_work)),
    ("string", "match", |state| original(state, 1, text_work)),
    ("string", "gmatch", |state| original(state, 2, text_work)),
    ("string", "format", |state| original(state, 3, all_texts).map_err(as_lua_5_1)),
    ("table", "concat", |state| original(state, 4, items)),
    ("table", "sort", |state| original(state, 5, sorting)),
    ("table", "insert", |state| original(state, 6, moving)),
    ("table", "remove", |state| original(state, 7, moving)),
    ("table", "maxn", |state| original(state, 8, walking)),
];

/// Puts them in the place of the VM's.
pub(in super::super) fn replace(state: &mut LuaState, globals: &LuaValue) -> Result<(), LuaError> {
    for (place, (library, name, native)) in REPLACED.into_iter().enumerate() {
        let library = field(state, globals, library)?;
        let own = field(state, &library, name)?;
        state.push(own);
        let own = lua_vm::api::to_cfunction(state, -1);
        state.pop();
        exchange::with(|exchange| exchange.kept.originals[place] = own);
        let native = function(state, native);
        set_field(state, &library, name, native)?;
    }
    let library = field(state, globals, "string")?;
    let gsub = function(state, gsub);
    set_field(state, &library, "gsub", gsub)
}

/// Looks at the limits, then does what the VM's own function does: in its frame, so that its errors are the same.
fn original(
    state: &mut LuaState,
    place: usize,
    look: fn(&LuaState) -> Result<(), LuaError>,
) -> Native {
    look(state)?;
    match exchange::with(|exchange| exchange.kept.originals[place]) {
        // The VM leaves the place out of some errors, which the functions of C always name.
        Some(own) => own(state).map_err(|failed| match failed {
            LuaError::RuntimeMsg(text) if text.starts_with(b"invalid capture index") => {
                error(state, "invalid capture index")
            }
            LuaError::RuntimeMsg(text) => {
                let place = error(state, "");
                let named = text.starts_with(place.message_bytes().unwrap_or_default());
                if named && place.message_bytes() != Some(b"") {
                    LuaError::RuntimeMsg(text)
                } else {
                    error(state, text)
                }
            }
            other => other,
        }),
        None => Err(error(state, "lockstep: this function is not modelled")),
    }
}

/// The VM's `string.format` repeats a whole conversion that it does not know, Lua 5.1 its last letter.
fn as_lua_5_1(error: LuaError) -> LuaError {
    let known = error.message_bytes().and_then(|text| {
        let start = text.windows(20).position(|part| part == b"invalid conversion '")?;
        let end = text[start + 20..].iter().position(|byte| *byte == b'\'')?;
        let letter = text.get(start + 19 + end)?;
        let place = String::from_utf8_lossy(&text[..start]);
        Some(format!("{place}invalid option '%{}' to 'format'", char::from(*letter)))
    });
    known.map_or(error, |text| LuaError::runtime(format_args!("{text}")))
}

/// Counts work as instructions.
pub(crate) fn charge(state: &LuaState, instructions: usize) -> Result<(), LuaError> {
    if instructions == 0 {
        return Ok(());
    }
    state.sandbox_charge(instructions as u64).map_or(Ok(()), Err)
}

/// Counts the looking at some bytes.
pub(crate) fn charge_bytes(state: &LuaState, bytes: usize) -> Result<(), LuaError> {
    charge(state, bytes / BYTES)
}

fn reserve(state: &LuaState, bytes: usize) -> Result<(), LuaError> {
    state.sandbox_reserve(bytes).map_or(Ok(()), Err)
}

fn length(value: &LuaValue) -> usize {
    match value {
        LuaValue::Str(text) => text.len(),
        _ => 32,
    }
}

fn text_work(state: &LuaState) -> Result<(), LuaError> {
    charge_bytes(state, length(&arg(state, 1)))
}

/// The text has at most all arguments in it, once.
fn all_texts(state: &LuaState) -> Result<(), LuaError> {
    reserve(state, (1..=count(state)).map(|n| length(&arg(state, n)) + 128).sum())
}

/// The text has the items in it, and the separator between them.
fn items(state: &LuaState) -> Result<(), LuaError> {
    let LuaValue::Table(list) = arg(state, 1) else { return Ok(()) };
    let between = if count(state) > 1 { length(&arg(state, 2)) } else { 0 };
    let first = number_of(&arg(state, 3)).unwrap_or(1.0) as i64;
    let last = number_of(&arg(state, 4)).map_or_else(|| list.getn() as i64, |last| last as i64);
    let mut text = 0;
    for place in first..=last {
        let item = list.get_int(place);
        if matches!(item, LuaValue::Nil) {
            break;
        }
        text += length(&item) + between;
        if place % 1024 == 0 {
            charge(state, 64)?;
            reserve(state, text)?;
        }
    }
    reserve(state, text)
}

fn sorting(state: &LuaState) -> Result<(), LuaError> {
    let LuaValue::Table(list) = arg(state, 1) else { return Ok(()) };
    let items = list.getn() as usize;
    charge(state, items * items.max(1).ilog2() as usize / 4)
}

/// An insertion or removal with a place moves what is behind it.
fn moving(state: &LuaState) -> Result<(), LuaError> {
    let LuaValue::Table(list) = arg(state, 1) else { return Ok(()) };
    let Some(place) = number_of(&arg(state, 2)).filter(|_| count(state) > 1) else { return Ok(()) };
    let behind = list.getn() as f64 - place;
    charge(state, if behind > 0.0 { behind as usize / 4 } else { 0 })
}

fn walking(state: &LuaState) -> Result<(), LuaError> {
    match arg(state, 1) {
        LuaValue::Table(list) => charge(state, list.len() / 4),
        _ => Ok(()),
    }
}

/// What a match found: where, and its captures.
struct Match {
    start: usize,
    end: usize,
    captures: Vec<LuaValue>,
}

/// `string.gsub`.
fn gsub(state: &mut LuaState) -> Native {
    let text = text_arg(state, 1)?;
    let pattern = text_arg(state, 2)?;
    let replacement = arg(state, 3);
    let usable = matches!(replacement, LuaValue::Function(_) | LuaValue::Table(_))
        || text_of(&replacement).is_some();
    if !usable {
        return Err(wrong_value(state, 3, "string/function/table expected"));
    }
    let most =
        if matches!(arg(state, 4), LuaValue::Nil) { f64::MAX } else { number_arg(state, 4)? };
    let anchored = pattern.first() == Some(&b'^');
    let subject = string(state, &text)?;
    let pattern = string(state, &pattern)?;
    let mut replaced = Vec::with_capacity(text.len());
    let (mut at, mut matches) = (0, 0.0);
    while matches < most {
        let Some(found) = find_from(state, subject, pattern, at)? else { break };
        matches += 1.0;
        replaced.extend_from_slice(&text[at..found.start]);
        let whole = &text[found.start..found.end];
        put(state, &mut replaced, &replacement, whole, &found.captures)?;
        reserve(state, replaced.len())?;
        at = found.end;
        if found.end == found.start {
            match text.get(at) {
                Some(byte) => replaced.push(*byte),
                None => break,
            }
            at += 1;
        }
        if anchored {
            break;
        }
    }
    replaced.extend_from_slice(text.get(at..).unwrap_or_default());
    let replaced = string(state, &replaced)?;
    state.push(replaced);
    state.push(LuaValue::Float(matches));
    Ok(2)
}

/// The next match at or behind a place, by the VM's own `find`.
fn find_from(
    state: &mut LuaState,
    subject: LuaValue,
    pattern: LuaValue,
    at: usize,
) -> Result<Option<Match>, LuaError> {
    charge(state, 4)?;
    let base = lua_vm::api::get_top(state);
    let find = function(state, REPLACED[0].2);
    state.push(find);
    state.push(subject);
    state.push(pattern);
    state.push(LuaValue::Float(at as f64 + 1.0));
    lua_vm::api::call_k(state, 3, -1, 0, None)?;
    let values: Vec<LuaValue> =
        (base + 1..=lua_vm::api::get_top(state)).map(|n| arg(state, n)).collect();
    lua_vm::api::set_top(state, base)?;
    let (Some(start), Some(end)) =
        (values.first().and_then(number_of), values.get(1).and_then(number_of))
    else {
        return Ok(None);
    };
    Ok(Some(Match { start: start as usize - 1, end: end as usize, captures: values[2..].to_vec() }))
}

/// Adds what stands for one match.
fn put(
    state: &mut LuaState,
    replaced: &mut Vec<u8>,
    replacement: &LuaValue,
    whole: &[u8],
    captures: &[LuaValue],
) -> Result<(), LuaError> {
    if let Some(template) = text_of(replacement) {
        return fill(state, replaced, &template, whole, captures);
    }
    let whole_value = string(state, whole)?;
    let all = if captures.is_empty() { &[whole_value][..] } else { captures };
    let value = if matches!(replacement, LuaValue::Table(_)) {
        state.table_get_with_tm(replacement, &all[0])?
    } else {
        state.push(*replacement);
        for capture in all {
            state.push(*capture);
        }
        lua_vm::api::call_k(state, all.len() as i32, 1, 0, None)?;
        state.pop()
    };
    match (&value, text_of(&value)) {
        (LuaValue::Nil | LuaValue::Bool(false), _) => replaced.extend_from_slice(whole),
        (_, Some(text)) => replaced.extend_from_slice(&text),
        _ => {
            let kind = type_name(&value);
            return Err(error(state, format!("invalid replacement value (a {kind})")));
        }
    }
    Ok(())
}

/// Adds a text in which `%1` and the like stand for captures.
fn fill(
    state: &LuaState,
    replaced: &mut Vec<u8>,
    template: &[u8],
    whole: &[u8],
    captures: &[LuaValue],
) -> Result<(), LuaError> {
    let mut bytes = template.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'%' {
            replaced.push(*byte);
            continue;
        }
        match bytes.next() {
            Some(b'0') => replaced.extend_from_slice(whole),
            Some(b'1') if captures.is_empty() => replaced.extend_from_slice(whole),
            Some(digit @ b'1'..=b'9') => match captures.get(usize::from(digit - b'1')) {
                Some(capture) => {
                    replaced.extend_from_slice(&text_of(capture).unwrap_or_default());
                }
                None => return Err(error(state, "invalid capture index")),
            },
            Some(other) => replaced.push(*other),
            None => replaced.push(0),
        }
        reserve(state, replaced.len())?;
    }
    Ok(())
}
