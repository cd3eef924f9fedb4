//! JSON to Lua values.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::super::native::{
    Native, count, error, give, string, table, text_arg, wrong_value,
};
use super::super::text::charge_bytes;
use super::{MAX_DEPTH, NULL};
use crate::store::redis::number::leading_double;

/// `cjson.decode`.
pub(super) fn decode(state: &mut LuaState) -> Native {
    if count(state) != 1 {
        return Err(wrong_value(state, 1, "expected 1 argument"));
    }
    let text = text_arg(state, 1)?;
    charge_bytes(state, text.len())?;
    if text.len() >= 2 && (text[0] == 0 || text[1] == 0) {
        return Err(error(state, "JSON parser does not support UTF-16 or UTF-32"));
    }
    let mut parser = Parser { text: &text, at: 0 };
    let (token, place) = parser.token();
    let value = parser.value(state, token, place, 0)?;
    match parser.token() {
        (Token::End, _) => give(state, value),
        (token, place) => Err(unexpected(state, "the end", &token, place)),
    }
}

/// What the text is made of.
#[derive(Debug)]
enum Token {
    ObjectBegin,
    ObjectEnd,
    ArrayBegin,
    ArrayEnd,
    Colon,
    Comma,
    String(Vec<u8>),
    Number(f64),
    Boolean(bool),
    Null,
    End,
    /// What is none of these, with the reason.
    Error(&'static str),
}

impl Token {
    fn name(&self) -> &'static str {
        match self {
            Self::ObjectBegin => "T_OBJ_BEGIN",
            Self::ObjectEnd => "T_OBJ_END",
            Self::ArrayBegin => "T_ARR_BEGIN",
            Self::ArrayEnd => "T_ARR_END",
            Self::Colon => "T_COLON",
            Self::Comma => "T_COMMA",
            Self::String(_) => "T_STRING",
            Self::Number(_) => "T_NUMBER",
            Self::Boolean(_) => "T_BOOLEAN",
            Self::Null => "T_NULL",
            Self::End => "T_END",
            Self::Error(reason) => reason,
        }
    }
}

fn unexpected(state: &LuaState, expected: &str, token: &Token, place: usize) -> LuaError {
    let found = token.name();
    error(state, format!("Expected {expected} but found {found} at character {}", place + 1))
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    /// The value that begins with `token`.
    fn value(
        &mut self,
        state: &mut LuaState,
        token: Token,
        place: usize,
        depth: usize,
    ) -> Result<LuaValue, LuaError> {
        Ok(match token {
            Token::String(text) => string(state, &text)?,
            Token::Number(number) => LuaValue::Float(number),
            Token::Boolean(value) => LuaValue::Bool(value),
            Token::Null => NULL,
            Token::ObjectBegin => self.object(state, depth + 1)?,
            Token::ArrayBegin => self.array(state, depth + 1)?,
            token => return Err(unexpected(state, "value", &token, place)),
        })
    }

    fn object(&mut self, state: &mut LuaState, depth: usize) -> Result<LuaValue, LuaError> {
        self.check_depth(state, depth)?;
        let object = table(state, 0, 0)?;
        let (mut token, mut place) = self.token();
        if matches!(token, Token::ObjectEnd) {
            return Ok(object);
        }
        loop {
            let Token::String(name) = token else {
                return Err(unexpected(state, "object key string", &token, place));
            };
            match self.token() {
                (Token::Colon, _) => {}
                (token, place) => return Err(unexpected(state, "colon", &token, place)),
            }
            let (first, at) = self.token();
            let value = self.value(state, first, at, depth)?;
            let name = string(state, &name)?;
            state.table_raw_set(&object, name, value)?;
            match self.token() {
                (Token::ObjectEnd, _) => return Ok(object),
                (Token::Comma, _) => (token, place) = self.token(),
                (token, place) => {
                    return Err(unexpected(state, "comma or object end", &token, place));
                }
            }
        }
    }

    fn array(&mut self, state: &mut LuaState, depth: usize) -> Result<LuaValue, LuaError> {
        self.check_depth(state, depth)?;
        let array = table(state, 0, 0)?;
        let (mut token, mut place) = self.token();
        if matches!(token, Token::ArrayEnd) {
            return Ok(array);
        }
        for index in 0.. {
            let value = self.value(state, token, place, depth)?;
            state.table_array_set(&array, index, value)?;
            match self.token() {
                (Token::ArrayEnd, _) => break,
                (Token::Comma, _) => (token, place) = self.token(),
                (token, place) => {
                    return Err(unexpected(state, "comma or array end", &token, place));
                }
            }
        }
        Ok(array)
    }

    fn check_depth(&self, state: &LuaState, depth: usize) -> Result<(), LuaError> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        let text =
            format!("Found too many nested data structures ({depth}) at character {}", self.at);
        Err(error(state, text))
    }

    /// The next token, and where it begins (or where an error is).
    fn token(&mut self) -> (Token, usize) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
        let place = self.at;
        let Some(first) = self.text.get(self.at) else { return (Token::End, place) };
        let simple = match first {
            b'{' => Token::ObjectBegin,
            b'}' => Token::ObjectEnd,
            b'[' => Token::ArrayBegin,
            b']' => Token::ArrayEnd,
            b':' => Token::Colon,
            b',' => Token::Comma,
            b'"' => {
                let token = self.string();
                return match token {
                    Token::Error(_) => (token, self.at),
                    token => (token, place),
                };
            }
            b'-' | b'0'..=b'9' => return (self.number(), place),
            _ => return (self.word_or_number(), place),
        };
        self.at += 1;
        (simple, place)
    }

    /// A word, or a number that JSON does not know: by default these are read.
    fn word_or_number(&mut self) -> Token {
        let rest = &self.text[self.at..];
        for (word, token) in [
            (&b"true"[..], Token::Boolean(true)),
            (b"false", Token::Boolean(false)),
            (b"null", Token::Null),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return token;
            }
        }
        let named = [&b"inf"[..], b"nan"]
            .iter()
            .any(|name| rest.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(name)));
        if named || rest.starts_with(b"+") { self.number() } else { Token::Error("invalid token") }
    }

    /// As `strtod`: the longest beginning that is a number.
    fn number(&mut self) -> Token {
        match leading_double(&self.text[self.at..]) {
            Some((number, length)) => {
                self.at += length;
                Token::Number(number)
            }
            None => Token::Error("invalid number"),
        }
    }

    fn string(&mut self) -> Token {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let Some(byte) = self.text.get(self.at).filter(|byte| **byte != 0) else {
                return Token::Error("unexpected end of string");
            };
            match byte {
                b'"' => {
                    self.at += 1;
                    return Token::String(bytes);
                }
                b'\\' => match self.text.get(self.at + 1) {
                    Some(b'u') => match self.unicode() {
                        Some(character) => {
                            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                        None => return Token::Error("invalid unicode escape code"),
                    },
                    Some(escape) => {
                        let plain = match escape {
                            b'"' | b'\\' | b'/' => *escape,
                            b'b' => 8,
                            b't' => b'\t',
                            b'n' => b'\n',
                            b'f' => 12,
                            b'r' => b'\r',
                            _ => return Token::Error("invalid escape code"),
                        };
                        bytes.push(plain);
                        self.at += 2;
                    }
                    None => return Token::Error("invalid escape code"),
                },
                byte => {
                    bytes.push(*byte);
                    self.at += 1;
                }
            }
        }
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
    fn unicode(&mut self) -> Option<char> {
        let first = self.unit(self.at)?;
        if let Some(character) = char::from_u32(first) {
            self.at += 6;
            return Some(character);
        }
        let second = self.unit(self.at + 6)?;
        if !(0xD800..0xDC00).contains(&first) || !(0xDC00..0xE000).contains(&second) {
            return None;
        }
        self.at += 12;
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    /// The four hexadecimal digits of the `\uXXXX` at `at`.
    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
}
