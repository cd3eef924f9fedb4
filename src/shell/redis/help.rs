//! `help`: what the command table knows.

use crate::store::redis::{Command, Flags, commands};
use crate::suggest;

/// What `help` and `help WORDS` print.
pub(super) fn help(words: &[Vec<u8>]) -> String {
    let words: Vec<_> =
        words.iter().map(|word| String::from_utf8_lossy(word).to_lowercase()).collect();
    let Some(first) = words.first() else { return overview() };
    let Some(command) = commands().find(|command| command.name == *first) else {
        let meant = suggest::nearest(first, commands().map(|command| command.name));
        let meant =
            meant.map_or(String::new(), |meant| format!("; did you mean \"help {meant}\"?"));
        return format!("error: there is no command \"{first}\"{meant}\n");
    };
    match words.get(1) {
        Some(second) => {
            let name = format!("{first}|{second}");
            match command.subcommands.iter().find(|subcommand| subcommand.name == name) {
                Some(subcommand) => page(subcommand),
                None => format!("error: {} has no subcommand \"{second}\"\n", command.name),
            }
        }
        None => page(command),
    }
}

fn overview() -> String {
    let mut names: Vec<_> = commands()
        .filter(|command| !command.has(Flags::LEFT_OUT))
        .map(|command| command.name.to_uppercase())
        .collect();
    names.sort_unstable();
    let mut out = String::from(
        "\"help COMMAND\" tells what the model knows of a command, \".help\" what can be said to the shell,\n\
         and \"quit\" ends it. The commands:\n",
    );
    let mut width = 0;
    for name in &names {
        if width == 0 || width + name.len() > 76 {
            out.push_str("\n ");
            width = 0;
        }
        out.push(' ');
        out.push_str(name);
        width += name.len() + 1;
    }
    out.push_str("\n\n");
    out
}

fn page(command: &Command) -> String {
    if command.has(Flags::LEFT_OUT) {
        return format!("\n  {}\n  lockstep does not model it\n\n", command.name.to_uppercase());
    }
    let least = command.arity.unsigned_abs().saturating_sub(words_of(command));
    let arguments = match (command.arity < 0, least) {
        (false, 0) => "no arguments".to_owned(),
        (false, 1) => "1 argument".to_owned(),
        (false, count) => format!("{count} arguments"),
        (true, 0) => "any number of arguments".to_owned(),
        (true, count) => format!("{count} or more arguments"),
    };
    let mut out = format!("\n  {}\n", command.name.to_uppercase().replace('|', " "));
    let mut row = |name: &str, text: &str| out.push_str(&format!("  {name}: {text}\n"));
    row("takes", &arguments);
    if let (first @ 1.., last, step) = command.keys {
        row("keys", &keys(first, last, step));
    }
    let traits = [
        (Flags::WRITE, "may change data"),
        (Flags::READ_ONLY, "only reads"),
        (Flags::DENY_OOM, "may need more memory"),
        (Flags::BLOCKING, "may block"),
        (Flags::PUBSUB, "is about channels"),
        (Flags::ADMIN, "administers the server"),
        (Flags::NO_MULTI, "not in a transaction"),
        (Flags::NO_SCRIPT, "not in a script"),
        (Flags::FAST, "fast"),
    ];
    let traits: Vec<_> =
        traits.iter().filter(|(flag, _)| command.has(*flag)).map(|(_, text)| *text).collect();
    if !traits.is_empty() {
        row("flags", &traits.join(", "));
    }
    if !command.subcommands.is_empty() {
        let names: Vec<_> = command
            .subcommands
            .iter()
            .filter_map(|subcommand| subcommand.name.split_once('|'))
            .map(|(_, name)| name.to_uppercase())
            .collect();
        row("subcommands", &names.join(", "));
    }
    out.push('\n');
    out
}

/// How many words the name has: two for a subcommand.
fn words_of(command: &Command) -> u32 {
    if command.name.contains('|') { 2 } else { 1 }
}

fn keys(first: i32, last: i32, step: i32) -> String {
    let end = match last {
        -1 => "the last".to_owned(),
        ..-1 => format!("the last but {}", -1 - last),
        _ if last == first => return format!("argument {first}"),
        _ => last.to_string(),
    };
    let step = if step > 1 { format!(", every {step}") } else { String::new() };
    format!("arguments {first} to {end}{step}")
}
