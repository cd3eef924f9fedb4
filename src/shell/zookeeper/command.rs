//! The commands of `zkCli`: which there are, and how each is written.

use crate::suggest;

use super::ZooKeeperShell;
use super::failure::Failure;
use super::options::Options;

type Run = fn(&mut ZooKeeperShell, &Options<'_>, &mut String) -> Result<(), Failure>;

/// One command.
struct Command {
    name: &'static str,
    usage: &'static str,
    /// Its options; see [`Options::parse`].
    options: &'static str,
    /// How many arguments it takes at least.
    least: usize,
    run: Run,
}

const COMMANDS: &[Command] = &[
    new(
        "addWatch",
        "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE",
        "m:",
        1,
        ZooKeeperShell::add_watch,
    ),
    new("addauth", "scheme auth", "", 1, ZooKeeperShell::add_auth),
    new("close", "", "", 0, ZooKeeperShell::close_command),
    new("connect", "host:port", "", 0, ZooKeeperShell::connect_command),
    new("create", "[-s] [-e] [-c] [-t ttl] path [data] [acl]", "sect:", 1, ZooKeeperShell::create),
    new("delete", "[-v version] path", "v:", 1, ZooKeeperShell::delete),
    new("deleteall", "path [-b batch size]", "b:", 1, ZooKeeperShell::delete_all),
    new("get", "[-s] [-w] path", "sw", 1, ZooKeeperShell::get),
    new("getAcl", "[-s] path", "s", 1, ZooKeeperShell::get_acl),
    new("getAllChildrenNumber", "path", "", 1, ZooKeeperShell::get_all_children_number),
    new("getEphemerals", "path", "", 0, ZooKeeperShell::get_ephemerals),
    new("ls", "[-s] [-w] [-R] path", "swR", 1, ZooKeeperShell::ls),
    new("printwatches", "on|off", "", 0, ZooKeeperShell::print_watches_command),
    new("removewatches", "path [-c|-d|-a] [-l]", "cdal", 1, ZooKeeperShell::remove_watches),
    new("rmr", "path [-b batch size]", "b:", 1, ZooKeeperShell::rmr),
    new("set", "[-s] [-v version] path data", "sv:", 2, ZooKeeperShell::set),
    new("setAcl", "[-s] [-v version] [-R] path acl", "sv:R", 2, ZooKeeperShell::set_acl),
    new("stat", "[-w] path", "w", 1, ZooKeeperShell::stat),
    new("sync", "path", "", 1, ZooKeeperShell::sync),
];

/// What `zkCli` has and this shell does not.
const LEFT_OUT: [&str; 9] = [
    "config",
    "delquota",
    "history",
    "listquota",
    "reconfig",
    "redo",
    "setquota",
    "version",
    "whoami",
];

const fn new(
    name: &'static str,
    usage: &'static str,
    options: &'static str,
    least: usize,
    run: Run,
) -> Command {
    Command { name, usage, options, least, run }
}

impl ZooKeeperShell {
    /// One command; `words` is not empty.
    pub(super) fn command(&mut self, words: &[&str], out: &mut String) -> Result<(), Failure> {
        let name = words[0];
        if name == "help" {
            out.push_str(&help());
            return Ok(());
        }
        let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
            return Err(unknown(name));
        };
        let session = self.sessions.current();
        if session.paused && command.name != "printwatches" {
            return Err(Failure(
                "error: this session is paused; \".resume\" lets it go on".to_owned(),
            ));
        }
        let options = Options::parse(&words[1..], command.options)?;
        if options.arguments.len() < command.least {
            return Err(Failure::usage(&format!("{name} {}", command.usage)));
        }
        (command.run)(self, &options, out)
    }

    fn close_command(&mut self, _: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        self.close(out);
        Ok(())
    }

    /// `connect`: a new session in the place of the old one.
    fn connect_command(&mut self, _: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        self.close(out);
        let session = self.sessions.current_mut();
        *session = super::Session::new(session.timeout_ms);
        self.connect(self.sessions.place(), out);
        Ok(())
    }

    fn add_auth(&mut self, options: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        let auth = options.arguments.get(1).copied().unwrap_or_default();
        self.authenticate(options.arguments[0], auth, out);
        Ok(())
    }

    fn print_watches_command(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        match options.arguments.first() {
            Some(word) => self.print_watches = *word == "on",
            None => {
                let word = if self.print_watches { "on" } else { "off" };
                out.push_str(&format!("printwatches is {word}\n"));
            }
        }
        Ok(())
    }
}

fn help() -> String {
    let mut out = String::from("ZooKeeper -server host:port cmd args\n");
    let mut lines: Vec<_> =
        COMMANDS.iter().map(|command| format!("\t{} {}\n", command.name, command.usage)).collect();
    lines.push("\tquit \n".to_owned());
    lines.sort_unstable();
    out.extend(lines);
    out
}

fn unknown(name: &str) -> Failure {
    if LEFT_OUT.contains(&name) {
        return Failure(format!("error: lockstep does not model '{name}'"));
    }
    let known = COMMANDS.iter().map(|command| command.name).chain(["quit", "help"]);
    let meant = match suggest::nearest(name, known) {
        Some(meant) => format!("; did you mean \"{meant}\"?"),
        None => "; \"help\" lists the commands".to_owned(),
    };
    Failure(format!("Command not found: {name}{meant}"))
}
