//! Names of files as people and shells read them.

use std::path::Path;

use crate::visible;

/// A path for people: nothing in it moves the cursor or begins a line.
pub(super) fn path(path: &Path) -> String {
    visible::line(&path.display().to_string()).into_owned()
}

/// An argument as a shell takes it apart again: in quotes where it must be.
pub(super) fn argument(text: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || "-_./,:=+@%^~".contains(char);
    let begins_plain = !text.starts_with(['~', '=']);
    if !text.is_empty() && begins_plain && text.chars().all(plain) {
        return text.to_owned();
    }
    if text.chars().any(visible::is_hidden) {
        // What cannot be shown as it is: the quotes of bash, zsh and ksh that know escapes.
        let mut quoted = String::from("$'");
        for char in text.chars() {
            match char {
                '\\' => quoted.push_str("\\\\"),
                '\'' => quoted.push_str("\\'"),
                char if visible::is_hidden(char) => {
                    for byte in char.to_string().bytes() {
                        quoted.push_str(&format!("\\x{byte:02x}"));
                    }
                }
                char => quoted.push(char),
            }
        }
        quoted.push('\'');
        return quoted;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A path as an argument that is no option.
pub(super) fn file(path: &Path) -> String {
    let Some(text) = path.to_str() else {
        // Bytes that are no text are named one by one.
        let mut quoted = String::from("$'");
        for byte in path.as_os_str().as_encoded_bytes() {
            match byte {
                b'\\' | b'\'' => quoted.extend(['\\', char::from(*byte)]),
                b' '..=b'~' => quoted.push(char::from(*byte)),
                byte => quoted.push_str(&format!("\\x{byte:02x}")),
            }
        }
        quoted.push('\'');
        return quoted;
    };
    if text.starts_with('-') && text != "-" {
        return argument(&format!("./{text}"));
    }
    argument(text)
}
