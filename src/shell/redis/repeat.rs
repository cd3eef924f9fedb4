//! A number before a command: how often it is sent.

/// How often one line may repeat a command.
const MOST_REPEATS: i64 = 100_000;

/// `3 INCR k`: how often, and what.
pub(super) fn repeat(argv: &[Vec<u8>]) -> Result<(i64, &[Vec<u8>]), String> {
    let [first, rest @ ..] = argv else { return Ok((1, argv)) };
    if rest.is_empty() {
        return Ok((1, argv));
    }
    // What C's `strtol` reads whole is a number of times.
    let text = std::str::from_utf8(first)
        .ok()
        .map(|text| text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']));
    let Some(text) = text else { return Ok((1, argv)) };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number && !first.is_empty() {
        return Ok((1, argv));
    }
    match text.parse::<i64>() {
        Ok(times @ 1..=MOST_REPEATS) => Ok((times, rest)),
        Ok(times) if times > MOST_REPEATS => {
            Err(format!("error: a command is repeated at most {MOST_REPEATS} times\n"))
        }
        _ => Err("Invalid redis-cli repeat command option value.\n".to_owned()),
    }
}
