//! The VM in which scripts run: one per thread, beside that of EVAL, whose language it shares.
//!
//! A file is read once; its functions and globals are kept, and nothing that runs can change them. The collector
//! stands still while something runs.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use indexmap::IndexMap;
use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;
use omnilua::{Function, HostHooks, Lua, LuaRuntime, LuaVersion};
use rustc_hash::FxBuildHasher;

use super::plain::{Plain, Survives};
use super::session::{self, End, Session, Tape};
use super::source::{Found, Source};
use super::{inside, value, words};
use crate::store::redis::Bytes;
use crate::store::redis::script::language::{self as lua, Exchange, Limits, Native};

/// What one run of a function may do before it ends or waits.
pub(super) const LIMITS: Limits = Limits { instructions: 1_000_000, memory: 8 << 20 };

/// Files that a VM keeps. With more it is made anew.
const MOST_FILES: i64 = 500;

/// Before it stand the tables that all files share.
const FIRST_FILE: i64 = 10;

thread_local! {
    static VM: RefCell<Option<Vm>> = const { RefCell::new(None) };
    static JOB: RefCell<Job> = const { RefCell::new(Job::None) };
    pub(super) static KEPT: Cell<Kept> = const { Cell::new(Kept::NONE) };
}

/// Values of the VM that words need, kept alive by its registry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// The metatable of values that scripts cannot look into.
    pub(super) meta: LuaValue,
    /// The metatable of errors.
    pub(super) failure: LuaValue,
    /// The metatable that stands behind every file's globals: the words.
    pub(super) words: LuaValue,
    /// What is kept of each file, and the tables above.
    pub(super) files: LuaValue,
    /// The file that is being read: its globals.
    pub(super) reading: LuaValue,
}

impl Kept {
    const NONE: Self = Self {
        meta: LuaValue::Nil,
        failure: LuaValue::Nil,
        words: LuaValue::Nil,
        files: LuaValue::Nil,
        reading: LuaValue::Nil,
    };
}

/// The values that words need.
pub(super) fn kept() -> Kept {
    KEPT.get()
}

struct Vm {
    enter: Function,
    exchange: Exchange,
    /// Where what is kept of each file stands.
    files: IndexMap<Bytes, i64, FxBuildHasher>,
    /// Where that of the next file will.
    next: i64,
    kept: Kept,
    _lua: Lua,
}

/// What the VM is entered for, and what came of it.
#[derive(Default)]
enum Job {
    #[default]
    None,
    Setup,
    Read(Rc<Source>, i64),
    HasRead(Result<Found, String>),
    Run {
        file: i64,
        function: Rc<str>,
        given: Survives,
        args: Vec<Arg>,
    },
    HasRun(End),
}

/// An argument of a function.
#[derive(Clone, Debug)]
pub(super) enum Arg {
    /// The lock's table.
    Lock,
    /// A value.
    Value(Plain),
}

/// Reads a file: what it defines, or what is wrong with it.
pub(super) fn read(source: &Rc<Source>) -> Result<Found, String> {
    let mut vm = take()?;
    let session = Session::reading(source.clone());
    let found = vm.read(source, session);
    put(vm);
    found
}

/// Runs a function of a file that was read.
pub(super) fn run(
    session: Session,
    function: &Rc<str>,
    given: &Survives,
    args: &[Arg],
) -> (End, Tape) {
    let source = session.source.clone();
    let mut vm = match take() {
        Ok(vm) => vm,
        Err(message) => return (End::Wrong(message), Tape::new()),
    };
    let place = match vm.files.get(&source.key) {
        Some(place) => *place,
        None => {
            if let Err(message) = vm.read(&source, Session::reading(source.clone())) {
                return (End::Wrong(message), Tape::new());
            }
            vm.files[&source.key]
        }
    };
    let job = Job::Run {
        file: place,
        function: function.clone(),
        given: given.clone(),
        args: args.to_vec(),
    };
    let (done, session) = vm.enter(job, Some(session));
    let (ended, tape) = session.map(Session::close).unwrap_or_default();
    let end = match (done, ended) {
        (_, Some(end)) | (Ok(Job::HasRun(end)), None) => end,
        (Err(message), None) => End::Wrong(message),
        (Ok(_), None) => End::Wrong("the Lua VM did something else".to_owned()),
    };
    put(vm);
    (end, tape)
}

/// The thread's VM, or a new one.
fn take() -> Result<Vm, String> {
    let vm = VM.with_borrow_mut(Option::take);
    match vm.filter(|vm| vm.next < MOST_FILES) {
        Some(vm) => Ok(vm),
        None => Vm::new().map_err(|error| format!("no Lua VM: {error}")),
    }
}

/// Puts the VM back if it is as it was.
fn put(mut vm: Vm) {
    lua::swap(&mut vm.exchange);
    let untouched = lua::untouched();
    lua::swap(&mut vm.exchange);
    if untouched {
        VM.set(Some(vm));
    }
}

impl Vm {
    fn new() -> Result<Self, String> {
        let text = |error: LuaError| format!("{error:?}");
        let mut runtime = LuaRuntime::with_hooks_versioned(HostHooks::new(), LuaVersion::V51)
            .map_err(|error| error.to_string())?;
        let state = runtime.state_mut();
        lua_vm::api::gc(state, lua_vm::api::GcArgs::Stop);
        // A protected call is what makes the VM's heap the current one.
        lua_vm::api::push_cclosure(state, name_the_way_in, 0).map_err(text)?;
        lua_vm::api::pcall_k(state, 0, 0, 0, 0, None).map_err(text)?;
        let lua = runtime.into_lua();
        let enter: Function = lua.globals().get("enter").map_err(|error| error.to_string())?;
        let mut vm = Self {
            enter,
            exchange: Exchange::default(),
            files: IndexMap::default(),
            next: FIRST_FILE,
            kept: Kept::NONE,
            _lua: lua,
        };
        vm.enter(Job::Setup, None).0?;
        Ok(vm)
    }

    fn read(&mut self, source: &Rc<Source>, session: Session) -> Result<Found, String> {
        let place = self.next;
        self.next += 1;
        let (done, session) = self.enter(Job::Read(source.clone(), place), Some(session));
        let ended = session.and_then(|session| session.close().0);
        if let Some(End::Wrong(message)) = ended {
            return Err(message);
        }
        match done? {
            Job::HasRead(found) => {
                let found = found?;
                self.files.insert(source.key.clone(), place);
                Ok(found)
            }
            _ => Err("the Lua VM did something else".to_owned()),
        }
    }

    /// Enters the VM for a job, with a session for the words.
    fn enter(
        &mut self,
        job: Job,
        session: Option<Session>,
    ) -> (Result<Job, String>, Option<Session>) {
        JOB.set(job);
        KEPT.set(self.kept);
        let outer = session::swap(session);
        lua::swap(&mut self.exchange);
        let ran = catch_unwind(AssertUnwindSafe(|| self.enter.call::<_, ()>(())));
        lua::swap(&mut self.exchange);
        let session = session::swap(outer);
        self.kept = KEPT.get();
        let job = JOB.take();
        let done = match ran {
            Ok(Ok(())) => Ok(job),
            Ok(Err(error)) => Err(format!("the Lua VM failed: {error}")),
            Err(_) => Err("the Lua VM panicked".to_owned()),
        };
        (done, session)
    }
}

/// Makes [`enter`] a global, until the sandbox replaces the globals.
fn name_the_way_in(state: &mut LuaState) -> Native {
    lua_vm::api::push_cclosure(state, enter, 0)?;
    lua_vm::api::set_global(state, b"enter")?;
    Ok(0)
}

/// The one function that is called from outside the VM.
fn enter(state: &mut LuaState) -> Native {
    let done = match JOB.take() {
        Job::Setup => {
            setup(state)?;
            Job::None
        }
        Job::Read(source, place) => Job::HasRead(inside::read_file(state, &source, place)?),
        Job::Run { file, function, given, args } => {
            Job::HasRun(inside::run_function(state, file, &function, &given, &args)?)
        }
        Job::None | Job::HasRead(_) | Job::HasRun(_) => Job::None,
    };
    JOB.set(done);
    Ok(0)
}

fn setup(state: &mut LuaState) -> Result<(), LuaError> {
    lua::make(state)?;
    let files = lua::table(state, 0, 0)?;
    state.push(files);
    state.registry_set(b"lockstep.files")?;
    let meta = words::opaque::metatable(state)?;
    let failure = lua::table(state, 0, 1)?;
    let text = lua::function(state, value::failure_text);
    lua::set_field(state, &failure, "__tostring", text)?;
    KEPT.set(Kept { meta, failure, files, ..Kept::NONE });
    let all = words::globals(state)?;
    let words = lua::table(state, 0, 1)?;
    lua::set_field(state, &words, "__index", all)?;
    for (place, kept) in [meta, failure, words].into_iter().enumerate() {
        state.table_raw_set(&files, LuaValue::Int(place as i64 + 1), kept)?;
    }
    KEPT.set(Kept { words, ..KEPT.get() });
    Ok(())
}
