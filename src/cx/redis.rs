//! Typed Redis calls, over the same commands that a shell would send.

use std::future::IntoFuture;
use std::rc::Rc;

use super::{CallError, Cx, Handling, Lane, Op, OpResult, Pending, Request, Token};
use crate::store::redis::{Bytes, Reply};
use crate::time::Micros;

/// A client of one Redis server.
#[derive(Clone, Copy, Debug)]
pub struct RedisClient<'a> {
    pub(super) cx: &'a Cx,
    pub(super) to: Lane,
}

/// A script that is sent whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Script(pub &'static str);

/// What can stand in a command.
pub trait Arg {
    /// The bytes that are sent.
    fn arg(&self) -> Bytes;
}

impl Arg for str {
    fn arg(&self) -> Bytes {
        Bytes::from(self)
    }
}

impl Arg for String {
    fn arg(&self) -> Bytes {
        Bytes::from(self.as_str())
    }
}

impl Arg for Bytes {
    fn arg(&self) -> Bytes {
        self.clone()
    }
}

impl Arg for Token {
    fn arg(&self) -> Bytes {
        self.text()
    }
}

impl Arg for i64 {
    fn arg(&self) -> Bytes {
        Bytes::from(self.to_string())
    }
}

impl Arg for Micros {
    /// Whole milliseconds, which is what Redis counts in.
    fn arg(&self) -> Bytes {
        Bytes::from(self.as_ms().to_string())
    }
}

impl<A: Arg + ?Sized> Arg for &A {
    fn arg(&self) -> Bytes {
        (**self).arg()
    }
}

impl Cx {
    /// The client of the model's Redis server number `node`, from 0.
    ///
    /// Several requests that are waited for together ([`join`](Self::join)) are a pipeline: they are sent one after
    /// the other before the first reply is read, and stay in order.
    pub fn redis(&self, node: usize) -> RedisClient<'_> {
        let around = self.surroundings();
        // A model is checked before it runs: a recipe for Redis has at least one Redis server.
        let server = around.redis[node % around.redis.len()];
        // A pool: every thread and every background task has a connection of its own.
        RedisClient { cx: self, to: Lane { server, lane: self.0.task } }
    }

    /// How many Redis servers there are.
    pub fn redis_nodes(&self) -> usize {
        self.surroundings().redis.len()
    }
}

impl<'a> RedisClient<'a> {
    /// The client of the master's replica number `replica`, from 0: whichever that is for the client library now. Without
    /// replicas it is the master's.
    #[must_use]
    pub fn replica(self, replica: usize) -> Self {
        let around = self.cx.surroundings();
        let group = around.redis.iter().position(|master| *master == self.to.server);
        let replicas = group.map_or(&[][..], |group| &around.replicas[group]);
        match replicas.len() {
            0 => self,
            count => Self { to: Lane { server: replicas[replica % count], ..self.to }, ..self },
        }
    }

    /// `WAIT replicas ms`: how many replicas have what this connection wrote, as soon as so many have it, or after
    /// `timeout`.
    pub fn wait(self, replicas: u32, timeout: Micros) -> Pending<Result<i64, CallError>> {
        self.command(&[&"WAIT", &i64::from(replicas), &timeout], int)
    }

    /// Any command.
    pub fn raw(self, argv: &[&dyn Arg]) -> Pending<Result<Reply, CallError>> {
        self.command(argv, refuse)
    }

    /// `SET key value`, to be refined: [`nx`](Set::nx), [`px`](Set::px).
    pub fn set(self, key: &impl Arg, value: &impl Arg) -> Set<'a> {
        Set { client: self, argv: vec!["SET".arg(), key.arg(), value.arg()] }
    }

    /// `SETNX key value`: whether it was set.
    pub fn setnx(self, key: &impl Arg, value: &impl Arg) -> Pending<Result<bool, CallError>> {
        self.command(&[&"SETNX", key, value], yes)
    }

    /// `GET key`.
    pub fn get(self, key: &impl Arg) -> Pending<Result<Option<Bytes>, CallError>> {
        self.command(&[&"GET", key], bulk)
    }

    /// `DEL key`: how many keys there were.
    pub fn del(self, key: &impl Arg) -> Pending<Result<i64, CallError>> {
        self.command(&[&"DEL", key], int)
    }

    /// `EXPIRE key seconds`: whether the key exists. `ttl` is sent in whole seconds, rounded up.
    pub fn expire(self, key: &impl Arg, ttl: Micros) -> Pending<Result<bool, CallError>> {
        self.command(&[&"EXPIRE", key, &((ttl.as_ms() + 999) / 1000)], yes)
    }

    /// `PEXPIRE key ms`: whether the key exists.
    pub fn pexpire(self, key: &impl Arg, ttl: Micros) -> Pending<Result<bool, CallError>> {
        self.command(&[&"PEXPIRE", key, &ttl], yes)
    }

    /// `WATCH key`, which belongs to this connection.
    pub fn watch(self, key: &impl Arg) -> Pending<Result<Reply, CallError>> {
        self.command(&[&"WATCH", key], refuse)
    }

    /// `UNWATCH`.
    pub fn unwatch(self) -> Pending<Result<Reply, CallError>> {
        self.command(&[&"UNWATCH"], refuse)
    }

    /// `MULTI`.
    pub fn multi(self) -> Pending<Result<Reply, CallError>> {
        self.command(&[&"MULTI"], refuse)
    }

    /// `EXEC`: the replies, or `None` if a watched key was changed.
    pub fn exec(self) -> Pending<Result<Option<Rc<[Reply]>>, CallError>> {
        self.command(&[&"EXEC"], |result| match refuse(result)? {
            Reply::Array(replies) => Ok(Some(replies)),
            _ => Ok(None),
        })
    }

    /// `EVAL script numkeys key... arg...`, or `EVALSHA` if the library sends [`Scripts`](super::Scripts) so.
    pub fn eval(
        self,
        script: Script,
        keys: &[&dyn Arg],
        args: &[&dyn Arg],
    ) -> Pending<Result<Reply, CallError>> {
        let (numkeys, [name, script]) = (keys.len() as i64, self.names(script));
        let head: [&dyn Arg; 3] = [&name, &script, &numkeys];
        let argv: Vec<&dyn Arg> = head.iter().chain(keys).chain(args).copied().collect();
        self.command(&argv, refuse)
    }

    fn command<T>(self, argv: &[&dyn Arg], decode: fn(OpResult) -> T) -> Pending<T> {
        self.send(argv.iter().map(Arg::arg).collect(), decode)
    }

    fn send<T>(self, argv: Rc<[Bytes]>, decode: fn(OpResult) -> T) -> Pending<T> {
        let request = Request::Redis(argv);
        let call = Op::Call { to: self.to, request, within: None, handling: Handling::Library };
        self.cx.op(call, decode)
    }
}

/// A `SET` being put together.
#[derive(Debug)]
#[must_use = "a command does nothing until it is waited for"]
pub struct Set<'a> {
    client: RedisClient<'a>,
    argv: Vec<Bytes>,
}

impl Set<'_> {
    /// Only if the key does not exist.
    pub fn nx(mut self) -> Self {
        self.argv.push("NX".arg());
        self
    }

    /// With a time to live, sent in whole milliseconds.
    pub fn px(mut self, ttl: Micros) -> Self {
        self.argv.extend(["PX".arg(), ttl.arg()]);
        self
    }

    /// With a time to live, sent in whole seconds.
    pub fn ex(mut self, ttl: Micros) -> Self {
        self.argv.extend(["EX".arg(), (ttl.as_ms() / 1000).arg()]);
        self
    }

    /// The operation: whether the key was set.
    pub fn send(self) -> Pending<Result<bool, CallError>> {
        self.client.send(self.argv.into(), yes)
    }
}

impl IntoFuture for Set<'_> {
    type Output = Result<bool, CallError>;
    type IntoFuture = Pending<Self::Output>;
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

/// The reply, an error reply being a refusal.
fn refuse(result: OpResult) -> Result<Reply, CallError> {
    match result {
        OpResult::Redis(Reply::Error(text)) => Err(CallError::Refused(text)),
        OpResult::Redis(reply) => Ok(reply),
        OpResult::Failed(error) => Err(error),
        other => unreachable!("a command was answered with {other:?}"),
    }
}

fn yes(result: OpResult) -> Result<bool, CallError> {
    refuse(result).map(|reply| !matches!(reply, Reply::Nil | Reply::Int(0)))
}

fn int(result: OpResult) -> Result<i64, CallError> {
    refuse(result).map(|reply| if let Reply::Int(number) = reply { number } else { 0 })
}

fn bulk(result: OpResult) -> Result<Option<Bytes>, CallError> {
    refuse(result).map(|reply| match reply {
        Reply::Bulk(bytes) | Reply::Status(bytes) => Some(bytes),
        _ => None,
    })
}
