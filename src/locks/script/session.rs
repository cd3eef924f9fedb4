//! One run of a function of a script: what it asked and what it was answered.
//!
//! A function is run again from its beginning whenever something that it waited for has ended, and what was answered
//! before is answered again, from the tape. So a script waits wherever it likes, under `pcall` as well, and what it
//! keeps elsewhere than on the tape cannot survive.

use std::cell::RefCell;
use std::rc::Rc;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::ending::Ending;
use super::inside;
use super::plain::{Plain, Survives};
use super::source::Source;
use super::wish::{Answer, Query, Wish};
use crate::cx::{CallError, Cx, Instant, Token};

/// How often a call may wait without a loop mark: it is run again from its beginning after each wait.
const MOST_WAITS: usize = 100;

thread_local! {
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// What stands on the tape beside its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// Something that the process answers at once.
    Query(Query),
    /// Something that takes time.
    Wish(Wish),
    /// A pass of the loop that is so deep in others begins.
    Pass(usize),
    /// The loop that is so deep in others ends.
    LoopEnds(usize),
}

/// What was asked, and the answers.
pub(super) type Tape = Vec<(Asked, Answer)>;

/// A pass of a loop is to begin.
#[derive(Debug)]
pub(super) struct Turn {
    /// How many loops are around it.
    pub(super) depth: usize,
    /// Where on the tape the pass stands.
    pub(super) at: usize,
    /// What survives.
    pub(super) state: Survives,
}

/// How a run of a function ended.
#[derive(Debug)]
pub(super) enum End {
    /// It waits for this; `lock` is there if it was asked for.
    Waits(Wish, Option<Survives>),
    /// A pass of a loop is to begin.
    Turns(Turn),
    /// It returned, with the lock's table as it is now.
    Returned(Returned, Survives),
    /// A word failed and nobody caught it.
    Raised(CallError, Survives),
    /// The script is wrong: what and where.
    Wrong(String),
}

/// What a function returned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Returned {
    /// Nothing, or `true`.
    Nothing,
    /// `false`.
    No,
    /// How it ends.
    Ending(Ending),
    /// A value of this kind.
    Other(&'static str),
}

/// What the words of a running function need.
#[derive(Debug)]
pub(super) struct Session {
    /// The way to the world; none while a file is read.
    pub(super) cx: Option<Cx>,
    /// What runs.
    pub(super) source: Rc<Source>,
    tape: Tape,
    at: usize,
    /// Tokens that the function knows.
    pub(super) tokens: Vec<Token>,
    /// The reading that is now.
    present: Option<Instant>,
    /// Loops that the function is in.
    loops: usize,
    /// The table `lock` while the function runs.
    pub(super) lock: LuaValue,
    /// The globals of the file while the function runs.
    pub(super) globals: LuaValue,
    /// Whether the lock's table is to be told whenever the function waits.
    tells_lock: bool,
    /// Where an error was raised last.
    pub(super) last_place: Option<String>,
    end: Option<End>,
}

impl Session {
    /// Whether a word has ended the run.
    pub(super) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// For the reading of a file.
    pub(super) fn reading(source: Rc<Source>) -> Self {
        Self {
            cx: None,
            source,
            tape: Tape::new(),
            at: 0,
            tokens: Vec::new(),
            present: None,
            loops: 0,
            lock: LuaValue::Nil,
            globals: LuaValue::Nil,
            tells_lock: false,
            last_place: None,
            end: None,
        }
    }

    /// For a run with what was answered before.
    pub(super) fn playing(
        cx: Cx,
        source: Rc<Source>,
        tape: Tape,
        given: &Survives,
        tells_lock: bool,
    ) -> Self {
        let tokens = given.tokens().to_vec();
        Self { cx: Some(cx), tape, tokens, tells_lock, ..Self::reading(source) }
    }

    /// How the run ended, if a word ended it, and the tape.
    pub(super) fn close(self) -> (Option<End>, Tape) {
        (self.end, self.tape)
    }

    /// The next answer on the tape, if there is one.
    fn replay(&mut self, asked: &Asked) -> Option<Result<Answer, String>> {
        let (before, answer) = self.tape.get(self.at)?;
        if before != asked {
            let message = "run again with the same answers, the script did something else here: what is kept outside of \
                           `lock` and of a loop's state, as in a table of the file, does not survive";
            return Some(Err(message.to_owned()));
        }
        self.at += 1;
        let answer = answer.clone();
        self.note(asked, &answer);
        Some(Ok(answer))
    }

    /// Notes what follows from an answer.
    fn note(&mut self, asked: &Asked, answer: &Answer) {
        match answer {
            Answer::Instant(instant) => self.present = Some(*instant),
            Answer::Token(token) => self.tokens.push(*token),
            Answer::Kept(survives) => self.tokens.extend(survives.tokens()),
            _ => {}
        }
        if matches!(asked, Asked::Wish(_) | Asked::Pass(_)) {
            self.present = None;
        }
    }

    fn add(&mut self, asked: Asked, answer: Answer) {
        self.note(&asked, &answer);
        self.tape.push((asked, answer));
        self.at += 1;
    }

    /// Whether this reading is the present one.
    pub(super) fn is_present(&self, instant: Instant) -> bool {
        self.present == Some(instant)
    }
}

/// Puts a session in the place of the thread's, which is given back.
pub(super) fn swap(session: Option<Session>) -> Option<Session> {
    SESSION.with_borrow_mut(|it| std::mem::replace(it, session))
}

/// Works with the running session, which is there while a script runs.
pub(super) fn with<R>(work: impl FnOnce(&mut Session) -> R) -> Option<R> {
    SESSION.with_borrow_mut(|session| session.as_mut().map(work))
}

/// Ends the run; nothing in the script can catch it.
fn stop(state: &LuaState, end: End) -> LuaError {
    with(|session| session.end.get_or_insert(end).discriminant());
    state.sandbox_charge(u64::MAX).unwrap_or(LuaError::Error)
}

impl End {
    /// So that a value that is only put somewhere is used.
    fn discriminant(&self) -> std::mem::Discriminant<Self> {
        std::mem::discriminant(self)
    }
}

/// The script is wrong here: the run ends.
pub(super) fn wrong(state: &LuaState, message: &str) -> LuaError {
    let message = inside::with_place(state, message);
    stop(state, End::Wrong(message))
}

/// The session's way to the world; an error while a file is read.
pub(super) fn way(state: &LuaState, word: &str) -> Result<Cx, LuaError> {
    let cx = with(|session| session.cx.clone()).flatten();
    cx.ok_or_else(|| {
        wrong(
            state,
            &format!(
                "`{word}` is a word for functions: the file itself is read once, for all clients"
            ),
        )
    })
}

/// Asks the process.
pub(super) fn ask(state: &LuaState, word: &str, query: Query) -> Result<Answer, LuaError> {
    let cx = way(state, word)?;
    let asked = Asked::Query(query);
    match with(|session| session.replay(&asked)).flatten() {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(message)) => Err(wrong(state, &message)),
        None => {
            let Asked::Query(query) = &asked else { unreachable!("a query was put on the tape") };
            let answer = query.ask(&cx);
            with(|session| session.add(asked, answer.clone()));
            Ok(answer)
        }
    }
}

/// Waits: the run ends here, and goes on from here once the answer is there.
pub(super) fn wait(state: &LuaState, word: &str, wish: Wish) -> Result<Answer, LuaError> {
    way(state, word)?;
    let asked = Asked::Wish(wish);
    match with(|session| session.replay(&asked)).flatten() {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(message)) => Err(wrong(state, &message)),
        None => {
            if with(|session| session.waits()).unwrap_or(0) >= MOST_WAITS {
                let message = format!(
                    "the call has waited {MOST_WAITS} times without a loop mark: write the loop as \
                     `return loop({{}}, function(s) ... end)`, of which each pass forgets the ones before"
                );
                return Err(wrong(state, &message));
            }
            let Asked::Wish(wish) = asked else { unreachable!("a wish was put on the tape") };
            let lock = if with(|session| session.tells_lock) == Some(true) {
                Some(lock_now(state)?)
            } else {
                None
            };
            Err(stop(state, End::Waits(wish, lock)))
        }
    }
}

/// The lock's table as it is now.
pub(super) fn lock_now(state: &LuaState) -> Result<Survives, LuaError> {
    survives(state, &LuaValue::Nil, "")
}

/// A value and the lock's table as they are now.
pub(super) fn survives(
    state: &LuaState,
    value: &LuaValue,
    what: &str,
) -> Result<Survives, LuaError> {
    let lock = with(|session| session.lock).unwrap_or(LuaValue::Nil);
    let read = |value: &LuaValue, what: &str| {
        super::value::from_lua(state, value, what).map_err(|message| wrong(state, &message))
    };
    let (value, lock) = (read(value, what)?, read(&lock, "lock")?);
    Ok(with(|session| Survives::new(value, lock, &session.tokens)).unwrap_or_default())
}

/// A value with the tokens in it.
pub(super) fn kept(state: &LuaState, value: &LuaValue, what: &str) -> Result<Survives, LuaError> {
    let value = super::value::from_lua(state, value, what).map_err(|it| wrong(state, &it))?;
    Ok(with(|session| Survives::new(value, Plain::Nil, &session.tokens)).unwrap_or_default())
}

/// The head of a loop: what survives, if the pass has begun; else the run ends here.
pub(super) fn pass(
    state: &LuaState,
    begins: Option<&LuaValue>,
) -> Result<(usize, Survives), LuaError> {
    let depth = with(|session| session.loops).unwrap_or(0);
    match with(|session| session.replay(&Asked::Pass(depth))).flatten() {
        Some(Ok(Answer::Kept(survives))) => {
            with(|session| session.loops += 1);
            Ok((depth, survives))
        }
        Some(Ok(_)) => Err(wrong(state, "the state of a loop is no state")),
        Some(Err(message)) => Err(wrong(state, &message)),
        None => {
            let state_of = survives(state, begins.unwrap_or(&LuaValue::Nil), "s")?;
            let at = with(|session| session.at).unwrap_or(0);
            Err(stop(state, End::Turns(Turn { depth, at, state: state_of })))
        }
    }
}

/// The pass of a loop ended without an end of the loop: the next is to begin.
pub(super) fn next_pass(state: &LuaState, depth: usize, value: &LuaValue) -> LuaError {
    match survives(state, value, "s") {
        Ok(survives) => {
            let at = with(|session| session.pass_at(depth)).flatten().unwrap_or(0);
            stop(state, End::Turns(Turn { depth, at, state: survives }))
        }
        Err(error) => error,
    }
}

/// A loop ends.
pub(super) fn loop_ends(state: &LuaState, depth: usize) -> Result<(), LuaError> {
    with(|session| session.loops = depth);
    let asked = Asked::LoopEnds(depth);
    match with(|session| session.replay(&asked)).flatten() {
        Some(Err(message)) => Err(wrong(state, &message)),
        Some(Ok(_)) => Ok(()),
        None => {
            with(|session| session.add(asked, Answer::Done));
            Ok(())
        }
    }
}

impl Session {
    /// How often the call has waited since the pass of its innermost loop began.
    fn waits(&self) -> usize {
        let pass = self.tape.iter().rposition(|(asked, _)| matches!(asked, Asked::Pass(_)));
        let since = &self.tape[pass.unwrap_or(0)..];
        since.iter().filter(|(asked, _)| matches!(asked, Asked::Wish(_))).count()
    }

    /// Where on the tape the pass of the loop stands that runs at this depth.
    fn pass_at(&self, depth: usize) -> Option<usize> {
        let played = self.tape.get(..self.at)?;
        played.iter().rposition(|(asked, _)| *asked == Asked::Pass(depth))
    }
}
