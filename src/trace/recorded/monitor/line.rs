//! One line of a MONITOR log: `1700000000.000123 [0 127.0.0.1:36490] "SET" "k" "\x00"`.

use super::source::Raw;
use crate::store::redis::Bytes;
use crate::time::Micros;
use crate::trace::BadRecording;
use crate::trace::recorded::redis::write_command;

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
    /// Whether its command has this name, in whatever case.
    pub fn is(&self, name: &str) -> bool {
        self.words[0].eq_ignore_ascii_case(name.as_bytes())
    }

    /// Understands a line, of which what stands before the time is no part of it.
    pub(super) fn parse(line: &Raw) -> Result<Self, BadRecording> {
        let begins = begins(&line.bytes).unwrap_or(0);
        let mut reader = Reader { line, rest: &line.bytes[begins..] };
        let at = reader.time()?;
        reader.expect(" [", "\" [\" and the database follow the time")?;
        let db = reader.number("the number of the database")?;
        reader.expect(" ", "a blank and the client's address follow the database")?;
        let from = reader.address()?;
        let mut words = Vec::new();
        // Whatever copied the line may have left blanks at its end.
        while !reader.rest.trim_ascii().is_empty() {
            reader.expect(" \"", "each word of the command is in quotes, after a blank")?;
            words.push(reader.word()?);
        }
        if words.is_empty() {
            return Err(reader.bad("the command is missing"));
        }
        Ok(Self { line: line.number, at, db, from, words })
    }
}

/// A command in a few words.
pub(super) fn describe(entry: &Entry) -> String {
    let from = if entry.from == From::Script { "lua" } else { "client" };
    format!("[{} {from}] {}", entry.db, write_command(&entry.words))
}

/// Whether they are one command on one database, of a client or of a script.
pub(super) fn same(model: &Entry, recorded: &Entry) -> bool {
    let is_script = |entry: &Entry| entry.from == From::Script;
    model.db == recorded.db
        && model.words == recorded.words
        && is_script(model) == is_script(recorded)
}

/// Whether words of it are not shown.
pub(super) fn is_secret(entry: &Entry) -> bool {
    let is_about = entry.is("AUTH") || entry.is("HELLO");
    is_about && entry.words.iter().any(|word| &**word == b"(redacted)")
}

/// Where a command begins in a line: at `1700000000.000123 [`, whatever kubectl, docker or journalctl wrote before it.
/// Quotes do not stand before it: what is inside of a word is no beginning.
pub(super) fn begins(line: &[u8]) -> Option<usize> {
    let quote = line.iter().position(|byte| *byte == b'"').unwrap_or(line.len());
    let is_time = |at: &usize| {
        let rest = &line[*at..];
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let seconds = digits(rest);
        seconds > 0
            && rest.get(seconds) == Some(&b'.')
            && digits(&rest[seconds + 1..]) == 6
            && rest[seconds + 7..].starts_with(b" [")
            && (*at == 0 || !line[at - 1].is_ascii_digit())
    };
    (0..quote).filter(|at| line[*at].is_ascii_digit()).find(is_time)
}

struct Reader<'l> {
    line: &'l Raw,
    rest: &'l [u8],
}

impl Reader<'_> {
    /// What is wrong at this place.
    fn bad(&self, message: &str) -> BadRecording {
        let read = self.line.bytes.len() - self.rest.len();
        let column = String::from_utf8_lossy(&self.line.bytes[..read]).chars().count() + 1;
        let cut_off = self.rest.is_empty() && !self.line.ended;
        let hint = if cut_off { "; was the file cut off?" } else { "" };
        BadRecording::new(self.line.number, column, format!("{message}{hint}"))
    }

    fn expect(&mut self, text: &str, message: &str) -> Result<(), BadRecording> {
        self.rest = self.rest.strip_prefix(text.as_bytes()).ok_or_else(|| self.bad(message))?;
        Ok(())
    }

    /// Who sent it: everything up to the bracket that a command follows. The path of a unix socket may have brackets.
    fn address(&mut self) -> Result<From, BadRecording> {
        let wrong = "the client's address ends with \"]\"";
        let first = self.rest.iter().position(|byte| *byte == b']').ok_or_else(|| {
            let end = Self { line: self.line, rest: self.rest };
            end.bad(wrong)
        })?;
        let end = self.rest.windows(3).position(|three| three == b"] \"").unwrap_or(first);
        let address = String::from_utf8_lossy(&self.rest[..end]).into_owned();
        self.rest = &self.rest[end + 1..];
        match &*address {
            "" => Err(self.bad("the client's address, or \"lua\", is missing")),
            "lua" => Ok(From::Script),
            _ => Ok(From::Client(address)),
        }
    }

    fn digits(&mut self) -> &str {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        std::str::from_utf8(digits).unwrap_or_default()
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
            // A real server escapes what is not printable; a log that was edited by hand may have it.
            let plain = self.rest.iter().position(|byte| matches!(byte, b'"' | b'\\'));
            let Some(plain) = plain else {
                self.rest = &[];
                return Err(self.bad("the word has no closing quote"));
            };
            bytes.extend_from_slice(&self.rest[..plain]);
            let here = Self { line: self.line, rest: &self.rest[plain..] };
            let quote = self.rest[plain] == b'"';
            self.rest = &self.rest[plain + 1..];
            if quote {
                return Ok(bytes.into());
            }
            bytes.push(self.escaped().ok_or_else(|| {
                here.bad("an unknown escape; known are \\n \\r \\t \\a \\b \\\" \\\\ and \\xNN")
            })?);
        }
    }

    fn escaped(&mut self) -> Option<u8> {
        let (escape, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match escape {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'a' => 7,
            b'b' => 8,
            b'"' | b'\\' => *escape,
            b'x' => {
                let digits = std::str::from_utf8(self.rest.get(..2)?).ok()?;
                let byte = u8::from_str_radix(digits, 16).ok()?;
                self.rest = &self.rest[2..];
                byte
            }
            _ => return None,
        })
    }
}
