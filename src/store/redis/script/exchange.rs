//! What crosses between the Rust side of an evaluation and the functions that its script calls.
//!
//! The Lua VM calls plain functions. What they need beside the VM's own state lies here, one per thread, for
//! the time of one evaluation.

use std::cell::RefCell;

use indexmap::IndexMap;
use lua_types::error::LuaError;
use lua_types::gc::GcRef;
use lua_types::value::{LuaTable, LuaValue};
use lua_vm::state::{LuaCFunction, LuaState};
use rustc_hash::FxBuildHasher;

use super::LogLevel;
use super::random::Rand48;
use crate::store::redis::{Bytes, Reply};

thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::new(Exchange::default());
}

/// What the VM is entered for.
#[derive(Debug, Default)]
pub(super) enum Job {
    /// Nothing: nobody outside [`super::engine`] enters the VM.
    #[default]
    None,
    /// Make the sandbox in a fresh VM.
    Setup,
    /// Compile a script, to see whether it does.
    Load(Task),
    /// Run a script.
    Eval(Task, Vec<Bytes>, Vec<Bytes>),
}

/// The script of a [`Job`].
#[derive(Debug, Clone)]
pub(super) struct Task {
    /// Its name.
    pub(super) sha1: Bytes,
    /// Its text without a shebang line.
    pub(super) body: Bytes,
}

/// What a script asks of the host.
#[derive(Debug)]
pub(super) enum Request {
    /// A command, and how many instructions the script executed before it.
    Call(Vec<Bytes>, u64),
    Log(LogLevel, Vec<u8>),
    MayRun(Vec<Bytes>),
}

/// The meeting place.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(super) job: Job,
    /// The VM is entered.
    pub(super) running: bool,
    /// The reply of an evaluation; an error of a load.
    pub(super) outcome: Option<Reply>,
    /// Bytes that this evaluation may allocate; zero: all that an evaluation may.
    pub(super) memory: usize,
    /// Bytes that were in use after the last collection.
    pub(super) live: usize,
    /// The evaluation stopped because it needed more.
    pub(super) short_of_memory: bool,
    /// The function that hands `request` to the host and puts its `answer` here; nil outside an evaluation.
    pub(super) host: Option<LuaValue>,
    pub(super) request: Option<Request>,
    pub(super) answer: Option<Reply>,
    /// Compiled scripts: SHA1 to the place in the VM's table of functions.
    pub(super) compiled: IndexMap<Bytes, i64, FxBuildHasher>,
    /// Tables that scripts must not change.
    pub(super) protected: Vec<Protected>,
    /// Objects that the running script turned into text, in order: their serial numbers.
    pub(super) serials: IndexMap<usize, (), FxBuildHasher>,
    /// `math.random`.
    pub(super) random: Rand48,
    /// Values that natives need: see [`super::sandbox`].
    pub(super) kept: Kept,
}

/// Values of the VM that are used at every evaluation, and kept alive by its registry.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    /// The table of compiled functions.
    pub(super) functions: Option<LuaValue>,
    /// The true table of globals.
    pub(super) globals: Option<LuaValue>,
    /// The VM's own functions behind those of [`super::library::text`].
    pub(super) originals: [Option<LuaCFunction>; 6],
    /// Those behind [`super::library::whole`].
    pub(super) counting: [Option<LuaCFunction>; 6],
    /// [`super::run::place_of_error`].
    pub(super) handler: Option<LuaValue>,
    /// The table that stands for the metatable of strings.
    pub(super) strings: Option<LuaValue>,
}

/// A table that scripts must not change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Protected {
    /// The empty table that they see.
    pub(super) seen: GcRef<LuaTable>,
    /// What it stands for.
    pub(super) behind: LuaValue,
}

impl Exchange {
    /// Forgets what an earlier script left.
    pub(super) fn begin(&mut self, host: LuaValue) {
        self.host = Some(host);
        self.short_of_memory = false;
        self.serials.clear();
    }
}

/// Works with the thread's exchange. `work` must not enter the VM.
pub(crate) fn with<R>(work: impl FnOnce(&mut Exchange) -> R) -> R {
    EXCHANGE.with_borrow_mut(work)
}

/// Puts another exchange in the place of the thread's, and gives back that one.
pub(crate) fn swap(other: &mut Exchange) {
    with(|exchange| std::mem::swap(exchange, other));
}

/// Lets the host answer a request. `None`: no script is running.
pub(super) fn ask(state: &mut LuaState, request: Request) -> Result<Option<Reply>, LuaError> {
    let Some(host) = with(|exchange| {
        exchange.request = Some(request);
        exchange.host
    }) else {
        return Ok(None);
    };
    state.push(host);
    lua_vm::api::call_k(state, 0, 0, 0, None)?;
    Ok(with(|exchange| exchange.answer.take()))
}

/// The table behind one that scripts must not change; the value itself if it is no such table.
pub(super) fn shown(value: &LuaValue) -> LuaValue {
    let LuaValue::Table(table) = value else { return *value };
    with(|exchange| {
        let identity = table.identity();
        exchange
            .protected
            .iter()
            .find(|protected| protected.seen.identity() == identity)
            .map_or(*value, |protected| protected.behind)
    })
}

/// Whether scripts must not change a table.
pub(super) fn is_protected(value: &LuaValue) -> bool {
    let LuaValue::Table(table) = value else { return false };
    let identity = table.identity();
    with(|exchange| {
        exchange.protected.iter().any(|protected| protected.seen.identity() == identity)
    })
}
