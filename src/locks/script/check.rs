//! What can be seen of a script before it runs: names that nobody knows, globals that are written in functions, what
//! a function leaves in variables outside of it.

use std::rc::Rc;

use lua_types::closure::LuaClosure;
use lua_types::proto::LuaProto;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::source::{Found, Source};
use super::words;
use crate::json::Duration;
use crate::store::redis::script::language as lua;
use crate::suggest;
use crate::time::Micros;

/// Instructions of the VM that are looked at, by their numbers.
mod code {
    pub(super) const SET_UPVALUE: u32 = 10;
    pub(super) const GET_GLOBAL: u32 = 11;
    pub(super) const GET_FIELD: u32 = 14;
    pub(super) const SET_GLOBAL: u32 = 15;
}

/// What is said about a global that a function writes.
pub(super) fn writes_global(name: &str) -> String {
    format!(
        "the global `{name}` is written in a function: what survives a call must be in `lock`, what survives a pass in \
         the loop's state, and all else is `local`"
    )
}

/// `, did you mean ...?` or nothing.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    match suggest::nearest(name, known) {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => String::new(),
    }
}

/// What is said about a name that nobody knows.
pub(super) fn unknown(name: &str, known: &[String]) -> String {
    let help = match name {
        "os" | "io" | "require" | "dofile" | "loadfile" | "debug" | "package" => {
            "; a script reaches no file, clock or network: its words are redis, zk, sleep, now, wall_clock_ms, token, ..."
                .to_owned()
        }
        "print" => "; what happens is told by `lockstep check` and `lockstep run`".to_owned(),
        "load" | "loadstring" => "; a script is one text".to_owned(),
        "KEYS" | "ARGV" => {
            "; they are for scripts that run in Redis: redis.eval(text, {keys}, {args})".to_owned()
        }
        _ => nearest(name, known.iter().map(String::as_str)),
    };
    format!("unknown name `{name}`{help}")
}

/// What a file defines, or what is wrong with it.
pub(super) fn found(
    state: &mut LuaState,
    source: &Source,
    chunk: &LuaValue,
    globals: &LuaValue,
) -> Result<Found, String> {
    let LuaValue::Function(LuaClosure::Lua(chunk)) = chunk else {
        return Err(format!("{}: it is no script", source.name));
    };
    let mut found = Found::default();
    let mut own = Vec::new();
    let pairs =
        lua::pairs(state, globals).map_err(|_| "its globals cannot be listed".to_owned())?;
    for (key, content) in pairs {
        let name = String::from_utf8_lossy(&lua::text_of(&key).unwrap_or_default()).into_owned();
        if matches!(content, LuaValue::Function(_)) {
            found.functions.push(Rc::from(&*name));
        }
        own.push(name);
    }
    found.functions.sort_unstable();
    let mut known = own;
    known.extend(words::names());
    let mut look = Look { source, known: &known, found: &mut found };
    look.function(&chunk.proto, true)?;
    settings(state, source, globals, &mut found)?;
    Ok(found)
}

fn settings(
    state: &mut LuaState,
    source: &Source,
    globals: &LuaValue,
    found: &mut Found,
) -> Result<(), String> {
    let name = &source.name;
    let mut global = |name: &str| lua::field(state, globals, name).unwrap_or(LuaValue::Nil);
    let (place, every, retry) = (global("place"), global("renew_every"), global("retry"));
    found.place = match &place {
        LuaValue::Nil => None,
        LuaValue::Str(text) => Some(vec![String::from_utf8_lossy(text.as_bytes()).into_owned()]),
        LuaValue::Table(_) => {
            let list = lua::pairs(state, &place).unwrap_or_default();
            let texts = list.iter().filter_map(|(_, value)| lua::text_of(value));
            Some(texts.map(|text| String::from_utf8_lossy(&text).into_owned()).collect())
        }
        _ => return Err(format!("{name}: `place` is the key or the node of the lock, or a list")),
    };
    if found.place.as_ref().is_some_and(Vec::is_empty) {
        return Err(format!("{name}: `place` is empty"));
    }
    if !matches!(every, LuaValue::Nil) {
        let every = span(&every).map_err(|why| format!("{name}: `renew_every`: {why}"))?;
        if every <= Micros::ZERO {
            return Err(format!("{name}: `renew_every` must be more than nothing"));
        }
        found.renew_every = Some(every);
    }
    if let LuaValue::Table(_) = &retry {
        let mut part = |part: &str| match lua::field(state, &retry, part) {
            Ok(LuaValue::Nil) | Err(_) => Ok(Micros::ZERO),
            Ok(value) => span(&value).map_err(|why| format!("{name}: `retry.{part}`: {why}")),
        };
        found.retry = Some((part("after")?, part("jitter")?));
    } else if !matches!(retry, LuaValue::Nil) {
        return Err(format!(
            "{name}: `retry` is a table, as in {{after = \"1s\", jitter = \"100ms\"}}"
        ));
    }
    Ok(())
}

/// The time (µs) that a value says: a number of milliseconds, or a text such as `"30s"`.
pub(super) fn span(value: &LuaValue) -> Result<Micros, String> {
    if let LuaValue::Str(text) = value {
        let text = String::from_utf8_lossy(text.as_bytes());
        if let Ok(Duration(span)) = text.parse() {
            return Ok(span);
        }
        return match text.parse::<f64>() {
            Ok(ms) => from_ms(ms),
            Err(_) => {
                text.parse::<Duration>().map(|Duration(span)| span).map_err(|it| it.to_string())
            }
        };
    }
    match lua::number_of(value) {
        Some(ms) => from_ms(ms),
        None => Err(format!(
            "a time is a number of milliseconds or a text such as \"30s\", not a {}",
            lua::type_name(value)
        )),
    }
}

fn from_ms(ms: f64) -> Result<Micros, String> {
    const LONGEST_MS: f64 = 100.0 * 365.0 * 24.0 * 3_600_000.0;
    if !ms.is_finite() || ms.abs() > LONGEST_MS {
        return Err("a time is a finite number of milliseconds, at most 100 years".to_owned());
    }
    Ok(Micros((ms * 1000.0).round() as i64))
}

/// Whether a text looks like the name of a script.
fn is_file_name(text: &str) -> bool {
    let stem = text.strip_suffix(".lua");
    stem.is_some_and(|stem| !stem.is_empty() && !stem.contains('\n'))
}

struct Look<'l> {
    source: &'l Source,
    known: &'l [String],
    found: &'l mut Found,
}

impl Look<'_> {
    fn function(&mut self, function: &LuaProto, is_file: bool) -> Result<(), String> {
        for constant in &function.k {
            if let Some(ms) = lua::number_of(constant).filter(|ms| *ms > 0.0) {
                // What is longer than a day is no time.
                let span = from_ms(ms).unwrap_or_default();
                self.found.numbers.extend(Some(span).filter(|it| it.0 <= 86_400_000_000));
            }
            let LuaValue::Str(text) = constant else { continue };
            let text = String::from_utf8_lossy(text.as_bytes()).into_owned();
            if is_file_name(&text) {
                self.found.files.push(text.clone());
            }
            self.found.texts.push(text);
        }
        for (at, instruction) in function.code.iter().enumerate() {
            let raw = instruction.raw();
            let (a, b, c) = (raw >> 7 & 0xFF, raw >> 16 & 0xFF, raw >> 24 & 0xFF);
            match raw & 0x7F {
                code::GET_GLOBAL if is_globals(function, b) => {
                    let Some(name) = text_at(function, c) else { continue };
                    match &*name {
                        "redis" => self.found.stores.0 = true,
                        "zk" => self.found.stores.1 = true,
                        _ => {}
                    }
                    if !self.known.contains(&name) {
                        return Err(self.at(function, at, &unknown(&name, self.known)));
                    }
                    self.field(function, at, a, &name)?;
                }
                code::SET_GLOBAL if !is_file && is_globals(function, a) => {
                    let name = text_at(function, b).unwrap_or_default();
                    return Err(self.at(function, at, &writes_global(&name)));
                }
                _ => {}
            }
        }
        for inner in &function.p {
            self.function(inner, false)?;
        }
        if is_file {
            for inner in &function.p {
                if let Some((line, name)) = writes_outside(inner) {
                    let Source { name: file, .. } = self.source;
                    return Err(format!(
                        "{file}:{line}: `{name}` is a local of the file and written in a function: the file is read \
                         once for all clients; what survives a call must be in `lock`"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The field of a library that the next instruction reads.
    fn field(
        &self,
        function: &LuaProto,
        at: usize,
        into: u32,
        library: &str,
    ) -> Result<(), String> {
        let Some(next) = function.code.get(at + 1).map(|next| next.raw()) else { return Ok(()) };
        if next & 0x7F != code::GET_FIELD || next >> 16 & 0xFF != into {
            return Ok(());
        }
        let (Some(field), Some(known)) =
            (text_at(function, next >> 24 & 0xFF), words::fields_of(library))
        else {
            return Ok(());
        };
        if known.contains(&&*field) {
            return Ok(());
        }
        let help = nearest(&field, known.iter().copied());
        let help = if help.is_empty() { format!("; it has {}", known.join(", ")) } else { help };
        Err(self.at(function, at + 1, &format!("`{library}` has no `{field}`{help}")))
    }

    fn at(&self, function: &LuaProto, at: usize, message: &str) -> String {
        format!("{}:{}: {message}", self.source.name, line_of(function, at))
    }
}

/// A variable outside of a function that it, or a function in it, writes: the line and the name.
pub(super) fn writes_outside(function: &LuaProto) -> Option<(i32, String)> {
    writes_outside_of(&mut vec![function])
}

/// The same for the last of `chain`, each of which stands in the one before it, and for what stands in that.
fn writes_outside_of(chain: &mut Vec<&LuaProto>) -> Option<(i32, String)> {
    let function = *chain.last()?;
    for (at, instruction) in function.code.iter().enumerate() {
        let (code, place) = (instruction.raw() & 0x7F, instruction.raw() >> 16 & 0xFF);
        if code == code::SET_UPVALUE && leads_out(chain, place) {
            return Some((line_of(function, at), upvalue(function, place)));
        }
    }
    for inner in &function.p {
        // The functions live as long as the one that they stand in.
        let mut deeper = chain.clone();
        deeper.push(inner);
        if let Some(found) = writes_outside_of(&mut deeper) {
            return Some(found);
        }
    }
    None
}

/// Whether a variable of the last function of `chain` is one outside of the first.
fn leads_out(chain: &[&LuaProto], place: u32) -> bool {
    let Some((function, outer)) = chain.split_last() else { return false };
    if outer.is_empty() {
        return true;
    }
    match function.upvalues.get(place as usize) {
        Some(variable) if !variable.instack => leads_out(outer, u32::from(variable.idx)),
        _ => false,
    }
}

fn upvalue(function: &LuaProto, place: u32) -> String {
    let name = function.upvalues.get(place as usize).and_then(|it| it.name);
    name.map_or_else(
        || "?".to_owned(),
        |name| String::from_utf8_lossy(name.as_bytes()).into_owned(),
    )
}

fn is_globals(function: &LuaProto, place: u32) -> bool {
    upvalue(function, place) == "_ENV"
}

fn text_at(function: &LuaProto, place: u32) -> Option<String> {
    match function.k.get(place as usize)? {
        LuaValue::Str(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        _ => None,
    }
}

/// The line of an instruction.
fn line_of(function: &LuaProto, at: usize) -> i32 {
    let mut line = function.linedefined;
    for (place, step) in function.lineinfo.iter().enumerate().take(at + 1) {
        line = match *step {
            // The step is too long for a byte: the line is in a list of its own.
            i8::MIN => {
                let told = function.abslineinfo.iter().find(|it| it.pc as usize == place);
                told.map_or(line, |told| told.line)
            }
            step => line + i32::from(step),
        };
    }
    line
}
