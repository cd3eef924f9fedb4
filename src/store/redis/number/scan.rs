//! What `strtod` and `strtold` recognise at the head of a text.

/// A number as it was written, before it is rounded to any precision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Written<'a> {
    /// `inf` or `infinity`, in any case.
    Infinite,
    /// `nan`, or `nan(...)`.
    NotANumber,
    /// `whole.fraction` times ten to `exponent`; at least one digit is there.
    Decimal { whole: &'a [u8], fraction: &'a [u8], exponent: i64 },
    /// The same in hexadecimal digits, times two to `exponent`.
    Hexadecimal { whole: &'a [u8], fraction: &'a [u8], exponent: i64 },
}

/// A number at the head of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Scanned<'a> {
    /// It has a minus sign.
    pub(super) negative: bool,
    /// Its digits.
    pub(super) written: Written<'a>,
    /// How many bytes of the text it takes, with sign and leading blanks.
    pub(super) length: usize,
}

/// Reads the longest number at the head of `text`, after leading blanks, as the C library does.
pub(super) fn scan(text: &[u8]) -> Option<Scanned<'_>> {
    let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
    let (negative, signs) = match text.get(blanks) {
        Some(b'-') => (true, 1),
        Some(b'+') => (false, 1),
        _ => (false, 0),
    };
    let start = blanks + signs;
    let body = &text[start..];
    let (written, length) = named(body).or_else(|| hexadecimal(body)).or_else(|| decimal(body))?;
    Some(Scanned { negative, written, length: start + length })
}

/// `isspace` of the C locale.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn named(body: &[u8]) -> Option<(Written<'_>, usize)> {
    let starts =
        |name: &[u8]| body.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    if starts(b"infinity") {
        return Some((Written::Infinite, 8));
    }
    if starts(b"inf") {
        return Some((Written::Infinite, 3));
    }
    if !starts(b"nan") {
        return None;
    }
    let label = body[3..].strip_prefix(b"(").and_then(|rest| {
        let inside =
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        (rest.get(inside) == Some(&b')')).then_some(inside + 2)
    });
    Some((Written::NotANumber, 3 + label.unwrap_or(0)))
}

fn hexadecimal(body: &[u8]) -> Option<(Written<'_>, usize)> {
    let digits = body.strip_prefix(b"0x").or_else(|| body.strip_prefix(b"0X"))?;
    let (whole, fraction, length) = mantissa(digits, u8::is_ascii_hexdigit)?;
    let (exponent, more) = exponent(&digits[length..], b'p');
    Some((Written::Hexadecimal { whole, fraction, exponent }, 2 + length + more))
}

fn decimal(body: &[u8]) -> Option<(Written<'_>, usize)> {
    let (whole, fraction, length) = mantissa(body, u8::is_ascii_digit)?;
    let (exponent, more) = exponent(&body[length..], b'e');
    Some((Written::Decimal { whole, fraction, exponent }, length + more))
}

/// The digits before and after the point, and how many bytes they take; none if there is no digit.
fn mantissa(text: &[u8], is_digit: fn(&u8) -> bool) -> Option<(&[u8], &[u8], usize)> {
    let whole_length = text.iter().take_while(|byte| is_digit(byte)).count();
    let (whole, rest) = text.split_at(whole_length);
    let Some(after_point) = rest.strip_prefix(b".") else {
        return (whole_length > 0).then_some((whole, &[], whole_length));
    };
    let fraction_length = after_point.iter().take_while(|byte| is_digit(byte)).count();
    let fraction = &after_point[..fraction_length];
    (whole_length + fraction_length > 0).then_some((
        whole,
        fraction,
        whole_length + 1 + fraction_length,
    ))
}

/// The exponent behind `mark`, clamped far outside of what any precision holds, and the bytes it takes.
fn exponent(text: &[u8], mark: u8) -> (i64, usize) {
    const BEYOND: i64 = 1 << 40;
    let Some((first, rest)) = text.split_first() else { return (0, 0) };
    if !first.eq_ignore_ascii_case(&mark) {
        return (0, 0);
    }
    let (negative, digits, signs) = match rest.split_first() {
        Some((b'-', digits)) => (true, digits, 1),
        Some((b'+', digits)) => (false, digits, 1),
        _ => (false, rest, 0),
    };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return (0, 0);
    }
    let size = digits[..length]
        .iter()
        .fold(0_i64, |sum, digit| (sum * 10 + i64::from(digit - b'0')).min(BEYOND));
    (if negative { -size } else { size }, 1 + signs + length)
}
