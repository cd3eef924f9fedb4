//! What words ask for, as plain data, and what they are answered.

use std::rc::Rc;

use super::plain::Survives;
use super::task::{self, Background};
use crate::cx::{CallError, Cx, Instant, Session, Subscription, TaskId, Token, WatchId};
use crate::store::redis::{Bytes, Reply};
use crate::store::zookeeper::{self, Children, CreateMode};
use crate::time::Micros;

/// Something that the process answers at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Query {
    /// A reading of the monotonic clock.
    Now,
    /// Whether an instant has come.
    IsPast(Instant),
    /// The time since an instant.
    Since(Instant),
    /// The wall clock.
    WallClock,
    /// A new token.
    Token,
    /// What is known of the ZooKeeper session.
    Session,
    /// Its number.
    SessionId,
    /// The content of a cell.
    Read(&'static str),
    /// A new content.
    Write(&'static str, Survives),
    /// A task beside this one begins.
    Spawn(TaskId, Background),
    /// It ends.
    Stop(TaskId),
}

/// Something that takes time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    /// A command to one Redis server.
    Command { server: usize, argv: Rc<[Bytes]>, how: How },
    /// The same command to all.
    Commands { argv: Rc<[Bytes]>, how: How },
    /// `SUBSCRIBE`, or `PSUBSCRIBE`.
    Subscribe { server: usize, name: Bytes, pattern: bool },
    /// The next message.
    Message(Subscription, Option<Micros>),
    /// Time passes.
    Sleep(Micros),
    /// One of so many.
    Draw(u32),
    /// A cell is written.
    Changed(&'static str, Option<Micros>),
    /// A watch fires.
    Fired(WatchId, Option<Micros>),
    /// The session is in another state.
    SessionChanged(Session),
    /// A ZooKeeper operation.
    ZooKeeper(Zk),
}

/// How a command is sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct How {
    /// How long (µs) the client waits for the reply.
    pub(super) within: Option<Micros>,
    /// Which replica it goes to, if not to the master.
    pub(super) replica: Option<usize>,
    /// It blocks: the library's timeout does not count.
    pub(super) blocks: bool,
}

/// A ZooKeeper operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Zk {
    Create { path: Rc<str>, data: Bytes, mode: CreateMode, ttl: Option<Micros> },
    Delete { path: Rc<str>, version: i32 },
    Set { path: Rc<str>, data: Bytes, version: i32 },
    Exists { path: Rc<str>, watch: bool },
    Children { path: Rc<str>, watch: bool },
    Get { path: Rc<str>, watch: bool },
    GetVersion { path: Rc<str> },
    Owner { path: Rc<str> },
    Created { path: Rc<str> },
    Multi(Rc<[zookeeper::Op]>),
    Sync { path: Rc<str> },
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Done,
    Yes(bool),
    Span(Micros),
    Number(i64),
    Instant(Instant),
    Token(Token),
    Session(Session),
    Kept(Survives),
    Redis(Reply),
    All(Rc<[Result<Reply, CallError>]>),
    Subscription(Subscription),
    Message(Option<(Bytes, Bytes)>),
    Path(Rc<str>),
    Exists(bool, Option<WatchId>),
    Children(Children, Option<WatchId>),
    Data(Option<Rc<[u8]>>, Option<WatchId>),
    Versioned(Option<Rc<[u8]>>, i32),
    Failed(CallError),
}

impl Query {
    /// Asks it.
    pub(super) fn ask(&self, cx: &Cx) -> Answer {
        match self {
            Self::Now => Answer::Instant(cx.now()),
            Self::IsPast(instant) => Answer::Yes(cx.is_past(*instant)),
            Self::Since(instant) => Answer::Span(cx.elapsed(*instant)),
            Self::WallClock => Answer::Number(cx.wall_clock_ms()),
            Self::Token => Answer::Token(cx.unique_token()),
            Self::Session => Answer::Session(cx.zk().session()),
            Self::SessionId => Answer::Number(cx.zk().session_id()),
            Self::Read(name) => Answer::Kept(cx.cell::<Survives>(name).get()),
            Self::Write(name, content) => {
                cx.cell::<Survives>(name).set(content.clone());
                Answer::Done
            }
            Self::Spawn(number, background) => {
                cx.spawn(*number, background.clone());
                Answer::Done
            }
            Self::Stop(number) => {
                cx.interrupt(*number);
                Answer::Done
            }
        }
    }
}

impl Wish {
    /// Waits for it.
    pub(super) async fn perform(&self, cx: &Cx) -> Answer {
        self.try_perform(cx).await.unwrap_or_else(Answer::Failed)
    }

    async fn try_perform(&self, cx: &Cx) -> Result<Answer, CallError> {
        Ok(match self {
            Self::Command { server, argv, how } => {
                Answer::Redis(how.send(cx, *server, argv).await?)
            }
            Self::Commands { argv, how } => {
                let all = (0..cx.redis_nodes()).map(|server| how.send(cx, server, argv)).collect();
                Answer::All(cx.join(all).await.into_iter().flatten().collect())
            }
            Self::Subscribe { server, name, pattern: false } => {
                Answer::Subscription(cx.redis(*server).subscribe(name).await?)
            }
            Self::Subscribe { server, name, pattern: true } => {
                Answer::Subscription(cx.redis(*server).psubscribe(name).await?)
            }
            Self::Message(from, within) => {
                let message = cx.redis(0).message(from);
                let message = match within {
                    Some(span) => message.within(*span).await,
                    None => message.await,
                };
                Answer::Message(match message {
                    Err(CallError::TimedOut) => None,
                    message => Some(message.map(|it| (it.channel, it.payload))?),
                })
            }
            Self::Sleep(span) => {
                cx.sleep(*span).await;
                Answer::Done
            }
            Self::Draw(n) => {
                // What a lock draws of many values is how long it waits; of few, all are tried either way.
                Answer::Number(i64::from(cx.delay(*n).await))
            }
            Self::Changed(name, within) => {
                let changed = cx.cell::<Survives>(name).changed();
                Answer::Yes(task::in_time(cx, changed, *within).await)
            }
            Self::Fired(watch, within) => {
                Answer::Yes(task::in_time(cx, cx.zk().fired(*watch), *within).await)
            }
            Self::SessionChanged(from) => Answer::Session(cx.zk().session_changed(*from).await),
            Self::ZooKeeper(zk) => zk.perform(cx).await?,
        })
    }
}

impl How {
    fn send(
        &self,
        cx: &Cx,
        server: usize,
        argv: &[Bytes],
    ) -> crate::cx::Pending<Result<Reply, CallError>> {
        let argv: Vec<&dyn crate::cx::Arg> = argv.iter().map(|it| it as _).collect();
        let client = match self.replica {
            Some(replica) => cx.redis(server).replica(replica),
            None => cx.redis(server),
        };
        let call = client.raw(&argv);
        match self.within {
            Some(span) => call.within(span),
            None if self.blocks => call.patient(),
            None => call,
        }
    }
}

impl Zk {
    async fn perform(&self, cx: &Cx) -> Result<Answer, CallError> {
        let zk = cx.zk();
        Ok(match self {
            Self::Create { path, ttl: Some(ttl), mode, .. } => {
                Answer::Path(zk.create_ttl(path, *ttl, *mode).await?)
            }
            Self::Create { path, data, mode, ttl: None } => {
                Answer::Path(zk.create_with(path, data, *mode).await?)
            }
            Self::Delete { path, version } => {
                zk.delete_version(path, *version).await?;
                Answer::Done
            }
            Self::Set { path, data, version } => {
                zk.set_data_version(path, data, *version).await?;
                Answer::Done
            }
            Self::Exists { path, watch: false } => Answer::Exists(zk.exists(path).await?, None),
            Self::Exists { path, watch: true } => {
                let (exists, watch) = zk.exists_watch(path).await?;
                Answer::Exists(exists, Some(watch))
            }
            Self::Children { path, watch: false } => {
                Answer::Children(zk.children(path).await?, None)
            }
            Self::Children { path, watch: true } => {
                let (children, watch) = zk.children_watch(path).await?;
                Answer::Children(children, Some(watch))
            }
            Self::Get { path, watch: false } => Answer::Data(zk.data(path).await?, None),
            Self::Get { path, watch: true } => {
                let (data, watch) = zk.data_watch(path).await?;
                Answer::Data(data, Some(watch))
            }
            Self::GetVersion { path } => {
                let (data, version) = zk.versioned_data(path).await?;
                Answer::Versioned(data, version)
            }
            Self::Owner { path } => Answer::Number(zk.owner(path).await?),
            Self::Created { path } => Answer::Number(zk.czxid(path).await?),
            Self::Multi(parts) => {
                zk.multi(parts).await?;
                Answer::Done
            }
            Self::Sync { path } => {
                zk.sync(path).await?;
                Answer::Done
            }
        })
    }
}
