//! Paths: which are acceptable, and their parts.

use super::error::ZkError;

/// The part before the last slash, which is empty for a child of the root.
///
/// This is all that `create` checks before it looks at anything else (fact 21).
pub(super) fn parent(path: &str) -> Result<&str, ZkError> {
    match path.rfind('/') {
        Some(slash) if !path.contains('\0') => Ok(&path[..slash]),
        _ => Err(ZkError::BadArguments),
    }
}

/// As [`parent`], for the path of a node that is to be deleted: the server's own nodes stay (fact 22).
pub(super) fn parent_of_deleted(path: &str) -> Result<&str, ZkError> {
    const SPECIAL: [&str; 4] = ["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"];
    if SPECIAL.contains(&path) { Err(ZkError::BadArguments) } else { parent(path) }
}

/// The part after the last slash.
pub(super) fn name(path: &str) -> &str {
    path.rfind('/').map_or(path, |slash| &path[slash + 1..])
}

/// The path under which a node is kept: the root has two names, `/` and the empty text.
pub(super) fn node_of(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

/// Whether a path is well-formed: absolute, no empty or relative parts, no control characters.
pub(super) fn validate(path: &str) -> Result<(), ZkError> {
    if path == "/" {
        return Ok(());
    }
    let parts = path.strip_prefix('/').ok_or(ZkError::BadArguments)?;
    let good = parts.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && parts.chars().all(is_allowed);
    if good { Ok(()) } else { Err(ZkError::BadArguments) }
}

/// Java looks at units of UTF-16, so every character beyond the first plane is refused for its surrogates.
const fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..)
}
