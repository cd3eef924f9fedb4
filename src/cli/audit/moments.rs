//! Times and lines as people write them.

use crate::audit::Time;
use crate::time::Micros;

/// A time of a log.
pub(super) fn time(text: &str) -> Result<Time, String> {
    let wrong = || {
        format!(
            "\"{text}\" is no time: write seconds as in the log (1700000000.5), a time in UTC \
             (2023-11-14T22:13:20), or since the log began (+90s)"
        )
    };
    if let Some(since) = text.strip_prefix('+') {
        let number = since.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = match &since[number.len()..] {
            "us" => 1.0,
            "ms" => 1e3,
            "" | "s" => 1e6,
            "m" => 6e7,
            "h" => 3.6e9,
            _ => return Err(wrong()),
        };
        let number: f64 = number.parse().map_err(|_| wrong())?;
        return Ok(Time::Since(Micros((number * unit) as i64)));
    }
    if text.contains('-') {
        return utc(text).map(Time::Clock).ok_or_else(wrong);
    }
    let (seconds, micros) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || micros.len() > 6 || !is_number(seconds) || !is_number(micros) {
        return Err(wrong());
    }
    let seconds: i64 = seconds.parse().map_err(|_| wrong())?;
    let micros: i64 = format!("{micros:0<6}").parse().map_err(|_| wrong())?;
    Ok(Time::Clock(Micros(seconds.saturating_mul(1_000_000).saturating_add(micros))))
}

/// `2023-11-14T22:13:20.5Z`, or only its day.
fn utc(text: &str) -> Option<Micros> {
    let text = text.trim_end_matches('Z');
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let day: Vec<i64> = day.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let mut parts = time.split(':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next().unwrap_or("0").parse().ok()?;
    let second: f64 = parts.next().unwrap_or("0").parse().ok()?;
    let &[year, month, date] = &*day else { return None };
    let fits = (1970..10_000).contains(&year)
        && (1..13).contains(&month)
        && (1..32).contains(&date)
        && (0..25).contains(&hour)
        && (0..60).contains(&minute)
        && (0.0..61.0).contains(&second);
    if !fits {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * years + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + date;
    let days = days - 719_469;
    let seconds = days * 86_400 + hour * 3600 + minute * 60;
    Some(Micros(seconds * 1_000_000 + (second * 1e6) as i64))
}

/// `100-250`, or one line.
pub(super) fn lines(text: &str) -> Result<(usize, usize), String> {
    let wrong = || format!("\"{text}\" are no lines: write the first and the last, as in 100-250");
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let first: usize = first.parse().map_err(|_| wrong())?;
    let last: usize =
        if last.is_empty() { usize::MAX } else { last.parse().map_err(|_| wrong())? };
    if first > last { Err(wrong()) } else { Ok((first, last)) }
}
