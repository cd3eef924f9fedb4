//! The arguments of a line, as `redis-cli` splits it (`sdssplitargs`).

/// Splits `line` into arguments, or `None` if its quotes are not balanced or something follows a closing one.
///
/// In double quotes `\n`, `\r`, `\t`, `\a`, `\b` and `\xNN` mean a byte, and a backslash before anything else that
/// character; in single quotes only `\'` is special.
pub(super) fn split(line: &str) -> Option<Vec<Vec<u8>>> {
    let mut arguments = Vec::new();
    let mut left = line.as_bytes();
    loop {
        while let [first, rest @ ..] = left
            && is_space(*first)
        {
            left = rest;
        }
        if left.is_empty() {
            return Some(arguments);
        }
        let mut argument = Vec::new();
        left = word(left, &mut argument)?;
        arguments.push(argument);
    }
}

/// Reads one argument and gives what is left.
fn word<'l>(mut left: &'l [u8], argument: &mut Vec<u8>) -> Option<&'l [u8]> {
    loop {
        match left {
            [] | [b' ' | b'\n' | b'\r' | b'\t', ..] => return Some(left),
            // A closing quote ends the argument.
            [b'"', rest @ ..] => return double(rest, argument),
            [b'\'', rest @ ..] => return single(rest, argument),
            [byte, rest @ ..] => {
                argument.push(*byte);
                left = rest;
            }
        }
    }
}

fn double<'l>(mut left: &'l [u8], argument: &mut Vec<u8>) -> Option<&'l [u8]> {
    loop {
        let (byte, rest) = match left {
            [] => return None,
            [b'"', rest @ ..] => return closed(rest),
            [b'\\', b'x', high, low, rest @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                (hex(*high) << 4 | hex(*low), rest)
            }
            [b'\\', escaped, rest @ ..] => (escape(*escaped), rest),
            [byte, rest @ ..] => (*byte, rest),
        };
        argument.push(byte);
        left = rest;
    }
}

fn single<'l>(mut left: &'l [u8], argument: &mut Vec<u8>) -> Option<&'l [u8]> {
    loop {
        let (byte, rest) = match left {
            [] => return None,
            [b'\'', rest @ ..] => return closed(rest),
            [b'\\', b'\'', rest @ ..] => (b'\'', rest),
            [byte, rest @ ..] => (*byte, rest),
        };
        argument.push(byte);
        left = rest;
    }
}

/// A closing quote stands before a space or the end.
fn closed(rest: &[u8]) -> Option<&[u8]> {
    rest.first().is_none_or(|next| is_space(*next)).then_some(rest)
}

fn escape(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'a' => 7,
        other => other,
    }
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or(0) as u8
}

/// C's `isspace`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
