//! "Did you mean": the known name that a mistyped one most likely stands for.

/// The name of `known` that is most like `name`, if one is like it at all.
///
/// Alike means at most two slips (a letter missing, added, changed, or two neighbours swapped), at most one
/// in names of up to four letters; or that `name` is the beginning of exactly one known name. Case, dashes and blanks
/// do not count.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let name = plain(name);
    let slips = if name.chars().count() <= 4 { 1 } else { 2 };
    let known: Vec<(&str, String)> = known.into_iter().map(|known| (known, plain(known))).collect();

    let alike = known
        .iter()
        .map(|(known, plain)| (strsim::osa_distance(&name, plain), *known))
        .filter(|(distance, known)| *distance <= slips && *distance < known.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known);
    alike.or_else(|| {
        let mut begins = known.iter().filter(|(_, plain)| plain.starts_with(&name));
        let first = begins.next().filter(|_| name.chars().count() >= 3)?;
        begins.next().is_none().then_some(first.0)
    })
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '-', ' '], "")
}

/// Those of `texts` in which `word` stands, however it is written; none for a word of less than three letters.
pub fn with_word<'t>(word: &str, texts: &[&'t str]) -> Vec<&'t str> {
    let word = plain(word);
    if word.chars().count() < 3 {
        return Vec::new();
    }
    texts.iter().copied().filter(|text| plain(text).contains(&word)).collect()
}
