//! Typed ZooKeeper calls. A call that leaves a watch returns it: what can be missed is a value.

use std::rc::Rc;

use super::handle::WatchId;
use super::local::{Answer, Ask, Session};
use super::{CallError, Cx, Handling, Lane, Op, OpResult, Pending, Reads, Request, Seen};
use crate::store::zookeeper::{self, Children, Create, CreateForm, CreateMode};
use crate::time::Micros;

/// What a node holds.
type Data = Option<Rc<[u8]>>;

/// A client with its session.
#[derive(Clone, Copy, Debug)]
pub struct ZooKeeperClient<'a> {
    cx: &'a Cx,
    server: u16,
}

impl Cx {
    /// The process's ZooKeeper client.
    pub fn zk(&self) -> ZooKeeperClient<'_> {
        // A model is checked before it runs: a recipe for ZooKeeper has a ZooKeeper service.
        ZooKeeperClient { cx: self, server: self.surroundings().zookeeper.unwrap_or_default() }
    }
}

impl ZooKeeperClient<'_> {
    /// Creates a node without data; its path.
    ///
    /// A mode with a time to live is for [`create_ttl`](Self::create_ttl).
    pub fn create(self, path: &str, mode: CreateMode) -> Pending<Result<Rc<str>, CallError>> {
        self.create_with(path, b"", mode)
    }

    /// Creates a node with these data; its path.
    pub fn create_with(
        self,
        path: &str,
        data: &[u8],
        mode: CreateMode,
    ) -> Pending<Result<Rc<str>, CallError>> {
        // The Java client has another operation for containers (fact 18).
        let form = match mode {
            CreateMode::Container => CreateForm::Container,
            _ => CreateForm::Create,
        };
        self.created(Create { form, ..Create::new(path, data, mode) })
    }

    /// Creates a node without data that is deleted when it has no children and was not changed for `ttl` (µs, in whole
    /// milliseconds); its path.
    ///
    /// `BadArguments` for a mode without a time to live, or a time of less than a millisecond (fact 18).
    pub fn create_ttl(
        self,
        path: &str,
        ttl: Micros,
        mode: CreateMode,
    ) -> Pending<Result<Rc<str>, CallError>> {
        let form = CreateForm::Ttl(ttl.as_ms());
        self.created(Create { form, ..Create::new(path, b"", mode) })
    }

    fn created(self, create: Create) -> Pending<Result<Rc<str>, CallError>> {
        self.call(zookeeper::Op::Create(create), None, Reads::Path, |result| match seen(result)? {
            Seen::Path(path) => Ok(path),
            other => unreachable!("a create was answered with {other:?}"),
        })
    }

    /// Deletes the node, whatever its version.
    pub fn delete(self, path: &str) -> Pending<Result<(), CallError>> {
        self.delete_version(path, -1)
    }

    /// Deletes the node if its data have this version.
    pub fn delete_version(self, path: &str, version: i32) -> Pending<Result<(), CallError>> {
        self.done(zookeeper::Op::Delete { path: path.into(), version })
    }

    /// Sets the data of the node, whatever their version.
    pub fn set_data(self, path: &str, data: &[u8]) -> Pending<Result<(), CallError>> {
        self.set_data_version(path, data, -1)
    }

    /// Sets the data of the node if they have this version.
    pub fn set_data_version(
        self,
        path: &str,
        data: &[u8],
        version: i32,
    ) -> Pending<Result<(), CallError>> {
        self.done(zookeeper::Op::SetData { path: path.into(), data: Some(data.into()), version })
    }

    /// Does all of it or, if one part fails, nothing: then the error is that part's.
    pub fn multi(self, parts: &[zookeeper::Op]) -> Pending<Result<(), CallError>> {
        self.done(zookeeper::Op::Multi(parts.into()))
    }

    /// What is read afterwards is not older than what the leader has now.
    pub fn sync(self, path: &str) -> Pending<Result<(), CallError>> {
        self.done(zookeeper::Op::Sync { path: path.into() })
    }

    fn done(self, op: zookeeper::Op) -> Pending<Result<(), CallError>> {
        self.call(op, None, Reads::Nothing, |result| seen(result).map(|_| ()))
    }

    /// Whether the node exists.
    pub fn exists(self, path: &str) -> Pending<Result<bool, CallError>> {
        let op = zookeeper::Op::Exists { path: path.into(), watch: false };
        self.call(op, None, Reads::Existence, existence)
    }

    /// Whether the node exists, and a watch for its deletion, or for its creation if it does not.
    pub async fn exists_watch(self, path: &str) -> Result<(bool, WatchId), CallError> {
        let watch = self.watch();
        let op = zookeeper::Op::Exists { path: path.into(), watch: true };
        let exists = self.call(op, Some(watch), Reads::Existence, existence).await?;
        Ok((exists, watch))
    }

    /// The node's children, in no useful order.
    pub fn children(self, path: &str) -> Pending<Result<Children, CallError>> {
        let op = zookeeper::Op::GetChildren { path: path.into(), watch: false };
        self.call(op, None, Reads::Children, children)
    }

    /// The node's children, and a watch for the next change among them.
    pub async fn children_watch(self, path: &str) -> Result<(Children, WatchId), CallError> {
        let watch = self.watch();
        let op = zookeeper::Op::GetChildren { path: path.into(), watch: true };
        let children = self.call(op, Some(watch), Reads::Children, children).await?;
        Ok((children, watch))
    }

    /// The node's data, and a watch for its change or deletion.
    pub async fn data_watch(self, path: &str) -> Result<(Data, WatchId), CallError> {
        let watch = self.watch();
        let op = zookeeper::Op::GetData { path: path.into(), watch: true };
        let data = self.call(op, Some(watch), Reads::Data, data).await?;
        Ok((data, watch))
    }

    /// The node's data.
    pub fn data(self, path: &str) -> Pending<Result<Data, CallError>> {
        let op = zookeeper::Op::GetData { path: path.into(), watch: false };
        self.call(op, None, Reads::Data, data)
    }

    /// The node's data and their version.
    pub fn versioned_data(self, path: &str) -> Pending<Result<(Data, i32), CallError>> {
        let op = zookeeper::Op::GetData { path: path.into(), watch: false };
        self.call(op, None, Reads::DataAndVersion, |result| match seen(result)? {
            Seen::Versioned(data, version) => Ok((data, version)),
            other => unreachable!("a getData was answered with {other:?}"),
        })
    }

    /// The zxid that created the node: it grows with every write of the whole service.
    pub fn czxid(self, path: &str) -> Pending<Result<i64, CallError>> {
        self.number(path, Reads::Czxid)
    }

    /// The session that the node belongs to, as [`session_id`](Self::session_id) has it; 0 for nobody's.
    pub fn owner(self, path: &str) -> Pending<Result<i64, CallError>> {
        self.number(path, Reads::Owner)
    }

    fn number(self, path: &str, reads: Reads) -> Pending<Result<i64, CallError>> {
        let op = zookeeper::Op::Exists { path: path.into(), watch: false };
        self.call(op, None, reads, |result| match seen(result)? {
            Seen::Number(number) => Ok(number),
            other => unreachable!("an exists was answered with {other:?}"),
        })
    }

    /// The number of this process's session; 0 while there is none. A later session of a server has a larger number,
    /// those of several servers are in no order.
    pub fn session_id(self) -> i64 {
        match self.cx.ask(Ask::SessionId) {
            Answer::Number(id) => id,
            _ => unreachable!("the process answers SessionId with a number"),
        }
    }

    /// Waits until the watch fires. It fires at once if it has already, or if its session is over.
    pub fn fired(self, watch: WatchId) -> Pending<()> {
        self.cx.op(Op::Fired(watch), |_| ())
    }

    /// What the client library knows of the session.
    pub fn session(self) -> Session {
        match self.cx.ask(Ask::Session) {
            Answer::Session(session) => session,
            _ => unreachable!("the process answers Session with a session state"),
        }
    }

    /// Waits until the session's state is another one than `from`.
    pub fn session_changed(self, from: Session) -> Pending<Session> {
        self.cx.op(Op::SessionChanged(from), |result| match result {
            OpResult::Session(session) => session,
            other => unreachable!("the session changed to {other:?}"),
        })
    }

    fn watch(self) -> WatchId {
        match self.cx.ask(Ask::Watch) {
            Answer::Watch(watch) => watch,
            _ => unreachable!("the process answers Watch with a watch"),
        }
    }

    fn call<T>(
        self,
        op: zookeeper::Op,
        watch: Option<WatchId>,
        reads: Reads,
        decode: fn(OpResult) -> T,
    ) -> Pending<T> {
        let to = Lane { server: self.server, lane: 0 };
        let request = Request::ZooKeeper { op, watch, reads };
        let handling = Handling::Library;
        self.cx.op(Op::Call { to, request, within: None, handling }, decode)
    }
}

fn seen(result: OpResult) -> Result<Seen, CallError> {
    match result {
        OpResult::ZooKeeper(seen) => Ok(seen),
        OpResult::Failed(error) => Err(error),
        other => unreachable!("a request to ZooKeeper was answered with {other:?}"),
    }
}

fn existence(result: OpResult) -> Result<bool, CallError> {
    seen(result).map(|seen| seen == Seen::Exists(true))
}

fn children(result: OpResult) -> Result<Children, CallError> {
    seen(result).map(|seen| match seen {
        Seen::Children(children) => children,
        other => unreachable!("a getChildren was answered with {other:?}"),
    })
}

fn data(result: OpResult) -> Result<Data, CallError> {
    seen(result).map(|seen| match seen {
        Seen::Data(data) => data,
        other => unreachable!("a getData was answered with {other:?}"),
    })
}
