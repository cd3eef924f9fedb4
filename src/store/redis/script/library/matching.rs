//! `string.find`, `match`, `gmatch` and `gsub`.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::native::{
    Native, arg, error, field, function, number_arg, set_field, string, text_arg, text_of,
    type_name, wrong_value,
};
use super::pattern::{Capture, Matcher};
use super::text::{charge, charge_bytes, reserve};

/// Characters of patterns that stand for something else than themselves.
const SPECIALS: &[u8] = b"^$*+?.([%-";

/// Puts them in the place of the VM's.
pub(super) fn replace(state: &mut LuaState, globals: &LuaValue) -> Result<(), LuaError> {
    let library = field(state, globals, "string")?;
    let functions: [(&str, LuaCFunction); 5] = [
        ("find", find),
        ("match", match_function),
        ("gmatch", gmatch),
        ("gfind", gmatch),
        ("gsub", gsub),
    ];
    for (name, native) in functions {
        let native = function(state, native);
        set_field(state, &library, name, native)?;
    }
    Ok(())
}

/// What a match found: where, and its captures.
struct Match {
    start: usize,
    end: usize,
    captures: Vec<Capture>,
}

/// The first match at or behind the byte `from`; only there, if it is `anchored`.
fn search(
    state: &LuaState,
    text: &[u8],
    pattern: &[u8],
    from: usize,
    anchored: bool,
) -> Result<Option<Match>, LuaError> {
    // With one step more than there are left the limit is what ends it.
    let most = state.sandbox_match_step_limit().saturating_add(1);
    let mut matcher = Matcher::new(text, pattern, most);
    let mut found = None;
    let mut start = from;
    while start <= text.len() {
        match matcher.at(start) {
            Ok(Some(end)) => {
                found = Some(Match { start, end, captures: std::mem::take(&mut matcher.captures) });
                break;
            }
            Ok(None) if anchored || matcher.is_exhausted() => break,
            Ok(None) => start += 1,
            Err(malformed) => {
                charge(state, matcher.steps as usize)?;
                return Err(error(state, malformed));
            }
        }
    }
    charge(state, matcher.steps as usize)?;
    Ok(found)
}

/// The values of the captures; of a pattern without any, the whole match, if that is wanted.
fn values(
    state: &mut LuaState,
    text: &[u8],
    found: &Match,
    whole: bool,
) -> Result<Vec<LuaValue>, LuaError> {
    if found.captures.is_empty() && whole {
        return Ok(vec![piece(state, text, found.start, found.end)?]);
    }
    let mut values = Vec::with_capacity(found.captures.len());
    for capture in &found.captures {
        values.push(match *capture {
            Capture::Open(_) => return Err(error(state, "unfinished capture")),
            Capture::Place(place) => LuaValue::Int(place as i64 + 1),
            Capture::Text(start, end) => piece(state, text, start, end)?,
        });
    }
    Ok(values)
}

fn piece(
    state: &mut LuaState,
    text: &[u8],
    start: usize,
    end: usize,
) -> Result<LuaValue, LuaError> {
    charge_bytes(state, end - start)?;
    reserve(state, end - start)?;
    string(state, &text[start..end])
}

/// The pattern without its anchor, and whether it had one.
fn anchored(pattern: &[u8]) -> (&[u8], bool) {
    pattern.strip_prefix(b"^").map_or((pattern, false), |rest| (rest, true))
}

/// `string.find`.
fn find(state: &mut LuaState) -> Native {
    found(state, true)
}

/// `string.match`.
fn match_function(state: &mut LuaState) -> Native {
    found(state, false)
}

fn found(state: &mut LuaState, find: bool) -> Native {
    let text = text_arg(state, 1)?;
    let pattern = text_arg(state, 2)?;
    charge_bytes(state, text.len() + pattern.len())?;
    let from = match arg(state, 3) {
        LuaValue::Nil => 1,
        _ => number_arg(state, 3)? as i64,
    };
    let from =
        if from < 0 { from.saturating_add(text.len() as i64) } else { from.saturating_sub(1) };
    let from = (from.max(0) as usize).min(text.len());
    let plain = !matches!(arg(state, 4), LuaValue::Nil | LuaValue::Bool(false));
    if find && (plain || !pattern.iter().any(|byte| SPECIALS.contains(byte))) {
        let Some(place) = memchr::memmem::find(&text[from..], &pattern) else {
            state.push(LuaValue::Nil);
            return Ok(1);
        };
        state.push(LuaValue::Int((from + place + 1) as i64));
        state.push(LuaValue::Int((from + place + pattern.len()) as i64));
        return Ok(2);
    }
    let (pattern, anchored) = anchored(&pattern);
    let Some(found) = search(state, &text, pattern, from, anchored)? else {
        state.push(LuaValue::Nil);
        return Ok(1);
    };
    let captures = values(state, &text, &found, !find)?;
    let places = [found.start as i64 + 1, found.end as i64];
    let places = places.into_iter().filter(|_| find).map(LuaValue::Int);
    give_all(state, places.chain(captures).collect())
}

fn give_all(state: &mut LuaState, values: Vec<LuaValue>) -> Native {
    if !lua_vm::api::check_stack(state, values.len() as i32) {
        return Err(error(state, "too many captures"));
    }
    let count = values.len();
    for value in values {
        state.push(value);
    }
    Ok(count)
}

/// `string.gmatch`: a function that gives the next match, with the text, the pattern and the place in a table of its own.
fn gmatch(state: &mut LuaState) -> Native {
    let text = text_arg(state, 1)?;
    let pattern = text_arg(state, 2)?;
    let kept = super::super::native::table(state, 3, 0)?;
    let values = [string(state, &text)?, string(state, &pattern)?, LuaValue::Int(0)];
    for (place, value) in values.into_iter().enumerate() {
        state.table_raw_set(&kept, LuaValue::Int(place as i64 + 1), value)?;
    }
    state.push(kept);
    lua_vm::api::push_cclosure(state, next_match, 1)?;
    Ok(1)
}

/// What `string.gmatch` gives.
fn next_match(state: &mut LuaState) -> Native {
    let kept = upvalue(state);
    let LuaValue::Table(own) = kept else { return Ok(0) };
    let (LuaValue::Str(text), LuaValue::Str(pattern)) = (own.get_int(1), own.get_int(2)) else {
        return Ok(0);
    };
    let from = super::super::native::number_of(&own.get_int(3)).unwrap_or(0.0) as usize;
    let (text, pattern) = (text.as_bytes().to_vec(), pattern.as_bytes().to_vec());
    charge(state, 4)?;
    charge_bytes(state, text.len())?;
    let Some(found) = search(state, &text, &pattern, from, false)? else { return Ok(0) };
    let next = found.end + usize::from(found.end == found.start);
    state.table_raw_set(&kept, LuaValue::Int(3), LuaValue::Int(next as i64))?;
    let values = values(state, &text, &found, true)?;
    give_all(state, values)
}

/// The first value that the running function was made with.
fn upvalue(state: &mut LuaState) -> LuaValue {
    // `lua_upvalueindex(1)` of the VM.
    const FIRST: i32 = -1_001_001;
    lua_vm::api::push_value(state, FIRST);
    state.pop()
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
    let most = if matches!(arg(state, 4), LuaValue::Nil) {
        f64::MAX
    } else {
        number_arg(state, 4)?.trunc()
    };
    let (pattern, anchored) = anchored(&pattern);
    let mut replaced = Vec::with_capacity(text.len());
    let (mut at, mut matches) = (0, 0.0);
    while matches < most {
        charge(state, 4)?;
        let Some(found) = search(state, &text, pattern, at, anchored)? else { break };
        matches += 1.0;
        replaced.extend_from_slice(&text[at..found.start]);
        put(state, &mut replaced, &replacement, &text, &found)?;
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

/// Adds what stands for one match.
fn put(
    state: &mut LuaState,
    replaced: &mut Vec<u8>,
    replacement: &LuaValue,
    text: &[u8],
    found: &Match,
) -> Result<(), LuaError> {
    let whole = &text[found.start..found.end];
    if let Some(template) = text_of(replacement) {
        return fill(state, replaced, &template, text, found);
    }
    let all = values(state, text, found, true)?;
    let value = if matches!(replacement, LuaValue::Table(_)) {
        state.table_get_with_tm(replacement, &all[0])?
    } else {
        state.push(*replacement);
        for capture in &all {
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
    state: &mut LuaState,
    replaced: &mut Vec<u8>,
    template: &[u8],
    text: &[u8],
    found: &Match,
) -> Result<(), LuaError> {
    let whole = &text[found.start..found.end];
    charge_bytes(state, template.len())?;
    let mut bytes = template.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'%' {
            replaced.push(*byte);
            continue;
        }
        match bytes.next() {
            Some(b'0') => replaced.extend_from_slice(whole),
            Some(b'1') if found.captures.is_empty() => replaced.extend_from_slice(whole),
            Some(digit @ b'1'..=b'9') => match found.captures.get(usize::from(digit - b'1')) {
                Some(&Capture::Text(start, end)) => {
                    replaced.extend_from_slice(&text[start..end]);
                }
                Some(&Capture::Place(place)) => {
                    replaced.extend_from_slice((place + 1).to_string().as_bytes());
                }
                Some(Capture::Open(_)) => return Err(error(state, "unfinished capture")),
                None => return Err(error(state, "invalid capture index")),
            },
            Some(other) => replaced.push(*other),
            None => replaced.push(0),
        }
        reserve(state, replaced.len())?;
    }
    Ok(())
}
