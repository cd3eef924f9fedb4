//! One Lua VM per thread, and the way into it.
//!
//! The VM is the engine's (omnilua); scripts are compiled once and kept by their SHA1. Its collector stands still
//! while a script runs, which makes the memory limit, weak tables and the addresses of objects repeatable; it
//! runs between two scripts, when enough has come together.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lua_vm::state::LuaState;
use omnilua::{Function, HostHooks, Lua, LuaRuntime, LuaVersion};

use super::exchange::{self, Exchange, Job, Request, Task};
use super::native::Native;
use super::run::{self, failure};
use super::{Host, limits, sandbox};
use crate::store::redis::{Bytes, Reply};

/// Scripts that a VM keeps compiled. With more it is made anew.
const MOST_SCRIPTS: usize = 1000;

thread_local! {
    /// `None` before the first script, after one that broke the VM, and while a script runs.
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

/// A VM with its sandbox.
#[derive(Debug)]
struct Engine {
    lua: Lua,
    enter: Function,
}

impl Engine {
    /// A fresh VM.
    fn new() -> Result<Self, omnilua::Error> {
        let mut runtime = LuaRuntime::with_hooks_versioned(HostHooks::new(), LuaVersion::V51)?;
        let state = runtime.state_mut();
        lua_vm::api::gc(state, lua_vm::api::GcArgs::Stop);
        // A protected call is what makes the VM's heap the current one.
        lua_vm::api::push_cclosure(state, name_the_way_in, 0)?;
        lua_vm::api::pcall_k(state, 0, 0, 0, 0, None)?;
        let lua = runtime.into_lua();
        let enter: Function = lua.globals().get("enter")?;
        exchange::with(|exchange| *exchange = Exchange { job: Job::Setup, ..Exchange::default() });
        enter.call::<_, ()>(())?;
        Ok(Self { lua, enter })
    }

    /// Enters the VM for a job, with someone to answer its requests.
    fn run(&self, job: Job, host: &mut Witness<'_>) -> Result<Option<Reply>, omnilua::Error> {
        exchange::with(|exchange| {
            exchange.job = job;
            exchange.outcome = None;
            exchange.random = host.host.random();
        });
        self.lua.scope(|scope| {
            let ask = scope.create_function_mut(&self.lua, |_: &Lua, ()| {
                let request = exchange::with(|exchange| exchange.request.take());
                let answer = request.map(|request| host.answer(request));
                exchange::with(|exchange| exchange.answer = answer);
                Ok(())
            })?;
            self.enter.call::<_, ()>(ask)
        })?;
        Ok(exchange::with(|exchange| exchange.outcome.take()))
    }
}

/// Makes [`run::enter`] a global, until the sandbox replaces the globals.
fn name_the_way_in(state: &mut LuaState) -> Native {
    lua_vm::api::push_cclosure(state, run::enter, 0)?;
    lua_vm::api::set_global(state, b"enter")?;
    Ok(0)
}

/// The host, and what it answered so far.
struct Witness<'a> {
    host: &'a mut dyn Host,
    answers: Vec<Reply>,
    /// How many of them were used in this run.
    used: usize,
    /// It is being asked.
    asked: bool,
}

impl<'a> Witness<'a> {
    fn new(host: &'a mut dyn Host) -> Self {
        Self { host, answers: Vec::new(), used: 0, asked: false }
    }

    fn answer(&mut self, request: Request) -> Reply {
        if let Some(answer) = self.answers.get(self.used) {
            self.used += 1;
            return answer.clone();
        }
        self.asked = true;
        let answer = match request {
            Request::Call(argv, instructions) => {
                self.host.worked(instructions);
                self.host.call(argv)
            }
            Request::Log(level, message) => {
                self.host.log(level, &message);
                Reply::Nil
            }
            Request::MayRun(argv) => self
                .host
                .may_run(&argv)
                .map_or_else(|| failure(b"unknown command"), |may| Reply::Int(i64::from(may))),
        };
        self.asked = false;
        self.answers.push(answer.clone());
        self.used += 1;
        answer
    }
}

/// Compiles a script. The error is the client's reply.
pub(super) fn load(task: Task) -> Result<(), Reply> {
    struct Nobody;
    impl Host for Nobody {
        fn call(&mut self, _: Vec<Bytes>) -> Reply {
            Reply::Nil
        }
    }
    match work(Job::Load(task), &mut Witness::new(&mut Nobody)) {
        Some(reply) => Err(reply),
        None => Ok(()),
    }
}

/// Runs a script.
///
/// How much memory a script finds in use depends a little on the scripts before it. So that its reply does not,
/// one that needs much begins again in a fresh VM, where what the host answered is repeated to it.
pub(super) fn eval(task: &Task, keys: &[Bytes], args: &[Bytes], host: &mut dyn Host) -> Reply {
    let job = || Job::Eval(task.clone(), keys.to_vec(), args.to_vec());
    let mut witness = Witness::new(host);
    exchange::with(|exchange| exchange.memory = limits::MUCH_MEMORY);
    let mut reply = work(job(), &mut witness);
    if exchange::with(|exchange| std::mem::take(&mut exchange.short_of_memory)) {
        ENGINE.set(None);
        witness.used = 0;
        reply = work(job(), &mut witness);
        ENGINE.set(None);
    }
    host.keep_random(exchange::with(|exchange| exchange.random));
    reply.unwrap_or(Reply::Nil)
}

/// Takes the thread's VM, enters it, and puts it back if it is as it was.
fn work(job: Job, host: &mut Witness<'_>) -> Option<Reply> {
    if exchange::with(|exchange| exchange.running) {
        return Some(failure(b"lockstep: a script cannot run inside a script"));
    }
    let engine = match ENGINE.take() {
        Some(engine) => engine,
        None => match Engine::new() {
            Ok(engine) => engine,
            Err(error) => return Some(failure(format!("lockstep: no Lua VM: {error}").as_bytes())),
        },
    };
    exchange::with(|exchange| exchange.running = true);
    let ran = catch_unwind(AssertUnwindSafe(|| engine.run(job, host)));
    exchange::with(|exchange| exchange.running = false);
    // The VM makes an error of every panic under it. One of the host is not the script's fault.
    assert!(!host.asked, "the host of a script panicked");
    match ran {
        Ok(Ok(outcome)) => {
            // A trace of the script in what the next one sees would be a way past the guards.
            if sandbox::untouched()
                && exchange::with(|exchange| exchange.compiled.len()) < MOST_SCRIPTS
            {
                ENGINE.set(Some(engine));
            }
            outcome
        }
        Ok(Err(error)) => Some(failure(format!("lockstep: the Lua VM failed: {error}").as_bytes())),
        Err(_) => Some(failure(b"lockstep: the Lua VM panicked")),
    }
}
