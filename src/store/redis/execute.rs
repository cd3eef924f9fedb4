//! What happens to a request: `processCommand` and `call`.

use super::client::{CommandLine, Multi, Replies};
use super::command::{self, Command, Flags, Lookup};
use super::ctx::{Ctx, Inside};
use super::error::Error;
use super::refusal::Refusal;
use super::reply::{Bytes, Reply};
use super::{Message, monitor};
use crate::store::{Link, Outbound};

impl Ctx<'_> {
    /// Deals with one request of the client: answers it, queues it or refuses it, and serves those whom it
    /// woke.
    pub(super) fn process(&mut self, argv: &CommandLine) {
        let Some(client) = self.core.client(self.link) else { return };
        self.db = client.db;
        self.inside = Inside::Request;
        self.later = false;
        self.core.times_read.clear();
        if argv.is_empty() {
            return;
        }
        let reply = self.dispatch(argv).unwrap_or_else(Reply::from);
        if !self.later {
            self.core.send(self.link, Outbound::Message(Message::Reply(reply)));
        }
        for push in std::mem::take(&mut self.own) {
            self.core.send(self.link, Outbound::Message(Message::Push(push)));
        }
        self.finish();
        if self.core.client(self.link).is_some_and(|client| client.closing) {
            self.close(self.link);
        }
        self.serve_ready();
        debug_assert!(self.noted.is_empty(), "every change is told by whoever made it");
        self.core.doubts.clear();
        self.feed();
        self.note_offset();
    }

    /// Keeps the selected database, and moves CLIENT REPLY SKIP on.
    fn finish(&mut self) {
        let db = self.db;
        let Some(client) = self.core.client(self.link) else { return };
        let replies = match client.replies {
            Replies::SkipNext => Replies::Skip,
            Replies::Skip => Replies::On,
            other => other,
        };
        if client.db == db && client.replies == replies {
            return;
        }
        if let Some(client) = self.core.client_mut(self.link) {
            client.db = db;
            client.replies = replies;
        }
    }

    fn dispatch(&mut self, argv: &CommandLine) -> Result<Reply, Error> {
        if argv[0].eq_ignore_ascii_case(b"quit") {
            self.quit();
            return Ok(self.no_reply());
        }
        let command = match command::find(argv) {
            Lookup::Found(command) => command,
            Lookup::UnknownCommand => return self.refuse(None, unknown_command(argv)),
            Lookup::UnknownSubcommand(container) => {
                return self.refuse(None, unknown_subcommand(container, argv));
            }
        };
        if !command.takes(argv.len()) {
            return self.refuse(Some(command), Error::arity(command.name));
        }
        if command.has(Flags::PROTECTED) {
            return match (command.run)(self, argv) {
                Err(error) => self.refuse(Some(command), error),
                reply => reply,
            };
        }
        if (self.core.config.maxmemory > 0 || self.core.full)
            && !self.make_room()
            && self.refused_when_short_of_memory(command)
        {
            return self.refuse(Some(command), Error::OUT_OF_MEMORY);
        }
        if let Some(error) = self.core.refuses_writes()
            && (self.would_write(command) || self.refuses_ping(command))
        {
            return self.refuse(Some(command), error);
        }
        let Some(client) = self.core.client(self.link) else { return Ok(self.no_reply()) };
        if client.is_subscribed() && !command.has(Flags::WHILE_SUBSCRIBED) {
            let error = format!(
                "ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are \
                 allowed in this context",
                command.name
            );
            return self.refuse(Some(command), Error::text(error));
        }
        if client.multi.is_some() {
            if command.has(Flags::NO_MULTI) {
                return self.refuse(Some(command), Error::NO_MULTI);
            }
            if !command.has(Flags::NOT_QUEUED) {
                if let Some(multi) = self.multi() {
                    multi.queue.push(argv.clone());
                }
                return Ok(Reply::Status(Bytes::from_static(b"QUEUED")));
            }
        }
        self.call(command, argv)
    }

    /// Runs a command that passed all checks, and shows it to MONITOR.
    pub(super) fn call(&mut self, command: &Command, argv: &[Bytes]) -> Result<Reply, Error> {
        let result = self.telling(command.name, |ctx| (command.run)(ctx, argv));
        if !self.core.monitors.is_empty() && !command.has(Flags::SKIP_MONITOR.with(Flags::ADMIN)) {
            monitor::show(self, argv);
        }
        result
    }

    /// The transaction of this client, if it is in one.
    pub(super) fn multi(&mut self) -> Option<&mut Multi> {
        self.core.client_mut(self.link)?.multi.as_mut()
    }

    /// Refuses a command before it runs: a transaction is spoilt by it, and a refused EXEC ends one
    /// (Redis fact 13).
    fn refuse(&mut self, command: Option<&Command>, error: Error) -> Result<Reply, Error> {
        if command.is_some_and(|command| command.name == "exec") {
            self.discard();
            let mut text = b"EXECABORT Transaction discarded because of: ".to_vec();
            text.extend_from_slice(error.0.strip_prefix(b"ERR ").unwrap_or(&error.0));
            return Err(Error::text(text));
        }
        if self.core.client(self.link).is_some_and(|client| client.multi.is_some())
            && let Some(multi) = self.multi()
        {
            multi.refused = true;
        }
        Err(error)
    }

    /// A server whose last snapshot failed refuses PING as well, so that whoever watches it learns of it.
    fn refuses_ping(&self, command: &Command) -> bool {
        command.name == "ping" && self.core.refusal == Some(Refusal::Misconf)
    }

    /// Whether a command writes, or is an EXEC of one that does.
    fn would_write(&self, command: &Command) -> bool {
        let queued = |argv: &CommandLine| matches!(command::find(argv), Lookup::Found(queued) if queued.has(Flags::WRITE));
        let multi = self.core.client(self.link).and_then(|client| client.multi.as_ref());
        command.has(Flags::WRITE)
            || command.name == "exec" && multi.is_some_and(|multi| multi.queue.iter().any(queued))
    }

    /// Whether a command is refused while memory is short: one that may need more, everything that would be
    /// queued, and an EXEC with one that may need more.
    fn refused_when_short_of_memory(&self, command: &Command) -> bool {
        let multi = self.core.client(self.link).and_then(|client| client.multi.as_ref());
        match multi {
            Some(_) if command.name == "discard" || command.name == "reset" => false,
            Some(multi) if command.name == "exec" => multi.queue.iter().any(|argv| {
                matches!(command::find(argv), Lookup::Found(queued) if queued.has(Flags::DENY_OOM))
            }),
            Some(_) => true,
            None => command.has(Flags::DENY_OOM),
        }
    }

    /// Says OK and closes the connection.
    fn quit(&mut self) {
        self.core.send(self.link, Outbound::Message(Message::Reply(Reply::OK)));
        self.close(self.link);
    }

    /// Closes a connection.
    pub(super) fn close(&mut self, link: Link) {
        self.core.out.push((link, Outbound::Close));
        self.forget(link);
    }

    /// Closes the connection of this client when the command was answered.
    pub(super) fn close_after_reply(&mut self) {
        if let Some(client) = self.core.client_mut(self.link) {
            client.closing = true;
        }
    }
}

/// How many bytes of a wrong command an error repeats.
const REPEATED: usize = 128;

fn unknown_command(argv: &[Bytes]) -> Error {
    let mut text = b"ERR unknown command '".to_vec();
    text.extend_from_slice(repeated(&argv[0], REPEATED));
    text.extend_from_slice(b"', with args beginning with: ");
    let start = text.len();
    for argument in &argv[1..] {
        let used = text.len() - start;
        if used >= REPEATED {
            break;
        }
        text.push(b'\'');
        text.extend_from_slice(repeated(argument, REPEATED - used));
        text.extend_from_slice(b"' ");
    }
    Error::text(on_one_line(text))
}

fn unknown_subcommand(container: &Command, argv: &[Bytes]) -> Error {
    try_help(b"ERR unknown subcommand '", container.name, &argv[1])
}

/// A subcommand whose arguments are too many for any of its forms.
pub(super) fn wrong_arguments(container: &str, subcommand: &[u8]) -> Error {
    let wrong = b"ERR unknown subcommand or wrong number of arguments for '";
    try_help(wrong, container, subcommand)
}

fn try_help(wrong: &[u8], container: &str, subcommand: &[u8]) -> Error {
    let container = container.to_ascii_uppercase();
    let subcommand = repeated(subcommand, REPEATED);
    Error::text(c_text(&[wrong, subcommand, b"'. Try ", container.as_bytes(), b" HELP."]))
}

/// The beginning of an argument as C prints it: up to a zero byte, and no more than `limit`.
fn repeated(argument: &[u8], limit: usize) -> &[u8] {
    let end = argument.iter().position(|byte| *byte == 0).unwrap_or(argument.len());
    &argument[..end.min(limit)]
}

/// A text made of parts, each as C prints it, on one line.
pub(super) fn c_text(parts: &[&[u8]]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(|part| repeated(part, usize::MAX)).collect();
    on_one_line(parts.concat())
}

/// An error is one line, whatever it repeats.
pub(super) fn on_one_line(mut text: Vec<u8>) -> Vec<u8> {
    for byte in &mut text {
        if matches!(byte, b'\r' | b'\n') {
            *byte = b' ';
        }
    }
    text
}
