//! The arguments of words for ZooKeeper: options as zkCli names them, then the path and the rest.

use std::rc::Rc;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::check;
use crate::store::redis::Bytes;
use crate::store::redis::script::language as lua;
use crate::time::Micros;

/// What stands in a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// `-e`, `-s`, `-c`, `-w`.
    options: Vec<char>,
    /// After `-v`.
    pub(super) version: Option<i32>,
    /// After `-t`, in milliseconds.
    pub(super) ttl: Option<Micros>,
    /// The path.
    pub(super) path: Rc<str>,
    /// What follows the path, if something does.
    pub(super) data: Option<Bytes>,
}

impl Line {
    /// Whether an option is there.
    pub(super) fn has(&self, option: char) -> bool {
        self.options.contains(&option)
    }

    /// Reads the arguments of `word`, which has these options.
    pub(super) fn read(
        state: &LuaState,
        word: &str,
        args: &[LuaValue],
        known: &str,
    ) -> Result<Self, LuaError> {
        let wrong = |message: String| Err(lua::error(state, format!("{word}: {message}")));
        let mut line = Self::default();
        let mut args = args.iter();
        let mut words: Vec<Bytes> = Vec::new();
        while let Some(arg) = args.next() {
            let Some(text) = lua::text_of(arg) else {
                if matches!(arg, LuaValue::Nil) && !words.is_empty() {
                    continue;
                }
                let got = lua::type_name(arg);
                return wrong(format!("options, paths and data are texts, and this is a {got}"));
            };
            let is_option = words.is_empty() && text.first() == Some(&b'-') && text.len() > 1;
            if !is_option {
                words.push(Bytes::from(text));
                continue;
            }
            let text = String::from_utf8_lossy(&text).into_owned();
            for option in text.split(' ').filter(|it| !it.is_empty()) {
                let letters = option.strip_prefix('-').unwrap_or(option);
                let letter = letters.chars().next().filter(|_| letters.len() == 1);
                let Some(letter) = letter.filter(|letter| known.contains(*letter)) else {
                    let all: Vec<String> = known.chars().map(|it| format!("-{it}")).collect();
                    let help = check::nearest(option, all.iter().map(String::as_str));
                    let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
                    return wrong(format!("unknown option `{option}`{help}; it has {all}"));
                };
                match letter {
                    'v' => {
                        let version = args.next().and_then(lua::number_of);
                        match version.and_then(lua::whole).map(i32::try_from) {
                            Some(Ok(version)) => line.version = Some(version),
                            _ => return wrong("after -v comes the version".to_owned()),
                        }
                    }
                    't' => match args.next().map(check::span) {
                        Some(Ok(span)) => line.ttl = Some(span),
                        _ => return wrong("after -t comes the time to live".to_owned()),
                    },
                    letter => line.options.push(letter),
                }
            }
        }
        let mut words = words.into_iter();
        let Some(path) = words.next() else { return wrong("which path?".to_owned()) };
        let path = path.to_text();
        if !path.starts_with('/') {
            return wrong(format!("`{path}` is no path: it begins with a slash"));
        }
        line.path = Rc::from(&*path);
        line.data = words.next();
        if words.next().is_some() {
            return wrong("more arguments than a path and its data".to_owned());
        }
        Ok(line)
    }

    /// The version that the node must have; -1 for any.
    pub(super) fn version_or_any(&self) -> i32 {
        self.version.unwrap_or(-1)
    }
}
