//! Completions and pages of man name all commands, and the shell takes them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::cli::{directory, lockstep};

/// The commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = lockstep(&["--help"]).out;
    let listed = help.lines().skip_while(|it| *it != "Commands:").skip(1);
    let listed = listed.take_while(|it| !it.trim().is_empty());
    let names = listed.filter(|it| it.as_bytes().get(2).is_some_and(u8::is_ascii_lowercase));
    names.filter_map(|it| it.split_whitespace().next().map(str::to_owned)).collect()
}

#[test]
fn completions_name_every_command_and_format() {
    let commands = commands();
    assert!(commands.len() > 12 && commands.contains(&"report".to_owned()), "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = lockstep(&["completions", shell]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for name in commands.iter().map(|it| &**it).chain(["mermaid", "around"]) {
            let named =
                if shell == "elvish" || shell == "powershell" { name != "mermaid" } else { true };
            assert!(!named || ran.out.contains(name), "{shell}: {name}");
        }
    }
    assert_eq!(lockstep(&["completions", "tcsh"]).code, 2);
}

#[test]
fn bash_reads_its_completions() {
    let _ = directory("completions");
    let Ok(mut bash) =
        Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()
    else {
        #[expect(
            clippy::print_stdout,
            reason = "who reads the result must see that nothing was tested"
        )]
        {
            println!("skipped: bash is not on this machine");
        }
        return;
    };
    let script = lockstep(&["completions", "bash"]).out;
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let ended = bash.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn every_command_has_a_page() {
    let whole = lockstep(&["man"]).out;
    for name in commands() {
        // Nobody needs a page about help.
        if name != "help" {
            let page = lockstep(&["man", &name]);
            assert!(page.code == 0 && page.out.contains(".SH SYNOPSIS"), "{name}: {}", page.err);
        }
        assert!(whole.contains(&name.replace('-', "\\-")), "{name}");
    }
    let wrong = lockstep(&["man", "chekc"]);
    assert!(wrong.code == 2 && wrong.err.contains("did you mean `check`?"), "{}", wrong.err);
}
