//! One line of a MONITOR log: `1700000000.000123 [0 127.0.0.1:36490] "SET" "k" "\x00"`.

use crate::store::redis::Bytes;
use crate::time::Micros;
use crate::trace::{BadRecording, Line};

/// A command as it ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The line of the file, from 1.
    pub line: usize,
    /// When, in µs since 1970.
    pub at: Micros,
    /// The database.
    pub db: usize,
    /// Who sent it.
    pub from: From,
    /// Its words.
    pub words: Vec<Bytes>,
}

/// Who sent a command.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum From {
    /// A client, by its address.
    Client(String),
    /// A script.
    Script,
}

impl Entry {
    /// Understands a line.
    pub(super) fn parse(line: &Line) -> Result<Self, BadRecording> {
        let mut reader = Reader { line, rest: &line.text };
        let at = reader.time()?;
        reader.expect(" [", "\" [\" and the database follow the time")?;
        let db = reader.number("the number of the database")?;
        reader.expect(" ", "a blank and the client's address follow the database")?;
        let from = reader.until(']', "the client's address ends with \"]\"")?;
        let from = match from {
            "" => return Err(reader.bad("the client's address, or \"lua\", is missing")),
            "lua" => From::Script,
            address => From::Client(address.to_owned()),
        };
        let mut words = Vec::new();
        while !reader.rest.is_empty() {
            reader.expect(" \"", "each word of the command is in quotes, after a blank")?;
            words.push(reader.word()?);
        }
        if words.is_empty() {
            return Err(reader.bad("the command is missing"));
        }
        Ok(Self { line: line.number, at, db, from, words })
    }
}

struct Reader<'l> {
    line: &'l Line,
    rest: &'l str,
}

impl<'l> Reader<'l> {
    /// What is wrong at this place.
    fn bad(&self, message: &str) -> BadRecording {
        let read = self.line.text.len() - self.rest.len();
        let column = self.line.text[..read].chars().count() + 1;
        let cut_off = self.rest.is_empty() && !self.line.ended;
        let hint = if cut_off { "; was the file cut off?" } else { "" };
        BadRecording::new(self.line.number, column, format!("{message}{hint}"))
    }

    fn expect(&mut self, text: &str, message: &str) -> Result<(), BadRecording> {
        self.rest = self.rest.strip_prefix(text).ok_or_else(|| self.bad(message))?;
        Ok(())
    }

    fn until(&mut self, end: char, message: &str) -> Result<&'l str, BadRecording> {
        let (text, rest) = self.rest.split_once(end).ok_or_else(|| self.bad(message))?;
        self.rest = rest;
        Ok(text)
    }

    fn digits(&mut self) -> &'l str {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        digits
    }

    fn number(&mut self, what: &str) -> Result<usize, BadRecording> {
        let before = Self { line: self.line, rest: self.rest };
        let number = self.digits().parse().ok().filter(|number| *number <= 1 << 16);
        number.ok_or_else(|| before.bad(&format!("{what} is no number of one")))
    }

    /// `1700000000.000123`.
    fn time(&mut self) -> Result<Micros, BadRecording> {
        let wrong = "a line of a MONITOR log begins with a time, as in 1700000000.000123";
        let start = Self { line: self.line, rest: self.rest };
        let seconds: i64 = self.digits().parse().map_err(|_| start.bad(wrong))?;
        self.expect(".", wrong)?;
        let micros = self.digits();
        let known = seconds < 1 << 40 && micros.len() == 6;
        let micros: i64 = micros.parse().ok().filter(|_| known).ok_or_else(|| start.bad(wrong))?;
        Ok(Micros(seconds * 1_000_000 + micros))
    }

    /// A word, after its first quote.
    fn word(&mut self) -> Result<Bytes, BadRecording> {
        let mut bytes = Vec::new();
        loop {
            let Some(next) = self.rest.chars().next() else {
                return Err(self.bad("the word has no closing quote"));
            };
            let here = Self { line: self.line, rest: self.rest };
            self.rest = &self.rest[next.len_utf8()..];
            match next {
                '"' => return Ok(bytes.into()),
                '\\' => bytes.push(self.escaped().ok_or_else(|| {
                    here.bad("an unknown escape; known are \\n \\r \\t \\a \\b \\\" \\\\ and \\xNN")
                })?),
                // A real server escapes it; a log that was edited by hand may have it.
                other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
    }

    fn escaped(&mut self) -> Option<u8> {
        let escape = self.rest.chars().next()?;
        self.rest = &self.rest[escape.len_utf8()..];
        Some(match escape {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'a' => 7,
            'b' => 8,
            '"' | '\\' => escape as u8,
            'x' => {
                let byte = u8::from_str_radix(self.rest.get(..2)?, 16).ok()?;
                self.rest = &self.rest[2..];
                byte
            }
            _ => return None,
        })
    }
}
