//! The numbers that a server appends to names.

/// The number that a server appended, with its sign.
///
/// Ten digits, or a minus sign before them once the counter has run over. Where the name itself ends in a hyphen, a
/// sign is a second one.
pub(super) fn number_of(name: &str) -> &str {
    let digits = name.len().saturating_sub(10);
    let named = name.get(..digits).unwrap_or_default();
    let signed = named.strip_suffix('-').is_some_and(|named| named.ends_with(['-', '_']));
    name.get(digits - usize::from(signed)..).unwrap_or_default()
}

pub(super) fn value_of(name: &str) -> i32 {
    number_of(name).parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{number_of, value_of};

    #[test]
    fn a_sign_is_told_from_the_hyphen_of_a_name() {
        for (name, number) in [
            ("lock-0000000007", 7),
            ("lock--0000000007", -7),
            ("c1-0000__lock__2147483647", i32::MAX),
            ("c1-0000__lock__-2147483648", i32::MIN),
        ] {
            assert_eq!(value_of(name), number, "{name}");
        }
        assert_eq!(number_of("leases"), "leases");
    }
}
