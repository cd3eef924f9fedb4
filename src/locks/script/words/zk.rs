//! Words for ZooKeeper. What can be missed is a value: a call that leaves a watch returns it.

use std::rc::Rc;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::plain::{Opaque, Plain};
use super::super::session::{ask, wait};
use super::super::task::session_name;
use super::super::wish::{Answer, Query, Wish, Zk};
use super::zk_line::Line;
use super::{check, give_plain, odd, raise, text_arg};
use crate::cx::{Session, WatchId};
use crate::store::redis::Bytes;
use crate::store::redis::script::language::{self as lua, Native};
use crate::store::zookeeper::{self, Create, CreateForm, CreateMode};

/// The fields of `zk`.
pub(super) const WORDS: &[(&str, LuaCFunction)] = &[
    ("create", create),
    ("delete", delete),
    ("exists", exists),
    ("get", get),
    ("set", set),
    ("children", children),
    ("multi", multi),
    ("sync", sync),
    ("owner", owner),
    ("czxid", czxid),
    ("session", session),
    ("session_id", session_id),
    ("session_changed", session_changed),
    ("before", before),
    ("seq", seq),
    ("name", name),
];

fn args(state: &LuaState) -> Vec<LuaValue> {
    (1..=lua::count(state)).map(|n| lua::arg(state, n)).collect()
}

fn line(state: &LuaState, word: &str, options: &str) -> Result<Line, LuaError> {
    Line::read(state, word, &args(state), options)
}

fn answer(state: &mut LuaState, word: &str, wish: Zk) -> Result<Answer, LuaError> {
    match wait(state, word, Wish::ZooKeeper(wish))? {
        Answer::Failed(error) => Err(raise(state, &error)),
        answer => Ok(answer),
    }
}

fn done(state: &mut LuaState, word: &str, wish: Zk) -> Native {
    match answer(state, word, wish)? {
        Answer::Done => Ok(0),
        answer => Err(odd(state, word, &answer)),
    }
}

/// Which kind of node a line asks for.
fn mode(line: &Line) -> CreateMode {
    match (line.has('e'), line.has('s'), line.has('c'), line.ttl.is_some()) {
        (_, _, true, _) => CreateMode::Container,
        (_, false, _, true) => CreateMode::PersistentWithTtl,
        (_, true, _, true) => CreateMode::PersistentSequentialWithTtl,
        (true, true, ..) => CreateMode::EphemeralSequential,
        (true, false, ..) => CreateMode::Ephemeral,
        (false, true, ..) => CreateMode::PersistentSequential,
        (false, false, ..) => CreateMode::Persistent,
    }
}

/// `zk.create("-e", "-s", path, data)`: the path of the new node.
fn create(state: &mut LuaState) -> Native {
    let line = line(state, "zk.create", "esct")?;
    let (path, mode, ttl) = (line.path.clone(), mode(&line), line.ttl);
    let data = line.data.unwrap_or_default();
    match answer(state, "zk.create", Zk::Create { path, data, mode, ttl })? {
        Answer::Path(path) => give_plain(state, &Plain::text(&*path)),
        answer => Err(odd(state, "zk.create", &answer)),
    }
}

/// `zk.delete("-v", version, path)`.
fn delete(state: &mut LuaState) -> Native {
    let line = line(state, "zk.delete", "v")?;
    let version = line.version_or_any();
    done(state, "zk.delete", Zk::Delete { path: line.path, version })
}

/// `zk.set("-v", version, path, data)`.
fn set(state: &mut LuaState) -> Native {
    let line = line(state, "zk.set", "v")?;
    let version = line.version_or_any();
    let data = line.data.unwrap_or_default();
    done(state, "zk.set", Zk::Set { path: line.path, data, version })
}

/// `zk.sync(path)`.
fn sync(state: &mut LuaState) -> Native {
    let line = line(state, "zk.sync", "")?;
    done(state, "zk.sync", Zk::Sync { path: line.path })
}

fn push_watch(state: &mut LuaState, watch: Option<WatchId>) -> Result<usize, LuaError> {
    match watch {
        Some(watch) => give_plain(state, &Plain::Opaque(Opaque::Watch(watch))),
        None => Ok(0),
    }
}

/// `zk.exists("-w", path)`: whether it is there, and the watch.
fn exists(state: &mut LuaState) -> Native {
    let line = line(state, "zk.exists", "w")?;
    let wish = Zk::Exists { watch: line.has('w'), path: line.path };
    match answer(state, "zk.exists", wish)? {
        Answer::Exists(exists, watch) => {
            state.push(LuaValue::Bool(exists));
            Ok(1 + push_watch(state, watch)?)
        }
        answer => Err(odd(state, "zk.exists", &answer)),
    }
}

/// `zk.children("-w", path)`: the names, in no useful order, and the watch.
fn children(state: &mut LuaState) -> Native {
    let line = line(state, "zk.children", "w")?;
    let wish = Zk::Children { watch: line.has('w'), path: line.path };
    match answer(state, "zk.children", wish)? {
        Answer::Children(children, watch) => {
            let names = children.names().iter().map(|name| Plain::text(&**name));
            give_plain(state, &Plain::list(names))?;
            Ok(1 + push_watch(state, watch)?)
        }
        answer => Err(odd(state, "zk.children", &answer)),
    }
}

/// `zk.get("-w", path)`: the data and the watch; `zk.get("-s", path)`: the data and their version.
fn get(state: &mut LuaState) -> Native {
    let line = line(state, "zk.get", "ws")?;
    if line.has('w') && line.has('s') {
        return Err(lua::error(state, "zk.get: -w or -s, not both: two calls do both"));
    }
    let data = |data: Option<Rc<[u8]>>| match data {
        Some(data) => Plain::Text(Bytes::from(&*data)),
        None => Plain::text(""),
    };
    let wish = if line.has('s') {
        Zk::GetVersion { path: line.path }
    } else {
        Zk::Get { watch: line.has('w'), path: line.path }
    };
    match answer(state, "zk.get", wish)? {
        Answer::Data(found, watch) => {
            give_plain(state, &data(found))?;
            Ok(1 + push_watch(state, watch)?)
        }
        Answer::Versioned(found, version) => {
            give_plain(state, &data(found))?;
            state.push(LuaValue::Float(f64::from(version)));
            Ok(2)
        }
        answer => Err(odd(state, "zk.get", &answer)),
    }
}

/// `zk.multi{{"check", "-v", 3, path}, {"create", "-e", path, data}, ...}`: all, or nothing and the error of one.
fn multi(state: &mut LuaState) -> Native {
    let LuaValue::Table(list) = lua::arg(state, 1) else {
        return Err(lua::error(
            state,
            "zk.multi takes a list of lists, as in {{\"check\", path}, {\"delete\", path}}",
        ));
    };
    let mut parts = Vec::new();
    while let LuaValue::Table(part) = list.get_int(parts.len() as i64 + 1) {
        let mut words = Vec::new();
        loop {
            match part.get_int(words.len() as i64 + 1) {
                LuaValue::Nil => break,
                word => words.push(word),
            }
        }
        parts.push(part_of(state, &words)?);
    }
    if parts.is_empty() {
        return Err(lua::error(state, "zk.multi: nothing to do"));
    }
    done(state, "zk.multi", Zk::Multi(parts.into()))
}

fn part_of(state: &LuaState, words: &[LuaValue]) -> Result<zookeeper::Op, LuaError> {
    const VERBS: [&str; 4] = ["check", "create", "delete", "set"];
    let verb = words.first().and_then(lua::text_of).unwrap_or_default();
    let verb = String::from_utf8_lossy(&verb).into_owned();
    let rest = words.get(1..).unwrap_or_default();
    let word = format!("zk.multi, {verb}");
    Ok(match &*verb {
        "check" => {
            let line = Line::read(state, &word, rest, "v")?;
            zookeeper::Op::Check { version: line.version_or_any(), path: line.path }
        }
        "delete" => {
            let line = Line::read(state, &word, rest, "v")?;
            zookeeper::Op::Delete { version: line.version_or_any(), path: line.path }
        }
        "set" => {
            let line = Line::read(state, &word, rest, "v")?;
            let data = Some(Rc::from(&*line.data.clone().unwrap_or_default()));
            zookeeper::Op::SetData { version: line.version_or_any(), path: line.path, data }
        }
        "create" => {
            let line = Line::read(state, &word, rest, "esc")?;
            let mode = mode(&line);
            let form = match mode {
                CreateMode::Container => CreateForm::Container,
                _ => CreateForm::Create,
            };
            let data = line.data.unwrap_or_default();
            zookeeper::Op::Create(Create { form, ..Create::new(&line.path, &data, mode) })
        }
        _ => {
            let help = check::nearest(&verb, VERBS);
            let message = format!("zk.multi has no `{verb}`{help}; it has {}", VERBS.join(", "));
            return Err(lua::error(state, message));
        }
    })
}

/// `zk.owner(path)`: the session that a node belongs to, as [`session_id`] has it, or "0x0".
fn owner(state: &mut LuaState) -> Native {
    let line = line(state, "zk.owner", "")?;
    match answer(state, "zk.owner", Zk::Owner { path: line.path })? {
        Answer::Number(session) => give_plain(state, &session_text(session)),
        answer => Err(odd(state, "zk.owner", &answer)),
    }
}

/// A session as zkCli shows it: its number is too long for one of Lua.
fn session_text(session: i64) -> Plain {
    Plain::text(format!("0x{session:x}"))
}

/// `zk.czxid(path)`: the transaction that created the node, which grows: a fencing token.
fn czxid(state: &mut LuaState) -> Native {
    let line = line(state, "zk.czxid", "")?;
    match answer(state, "zk.czxid", Zk::Created { path: line.path })? {
        Answer::Number(zxid) => lua::give(state, LuaValue::Float(zxid as f64)),
        answer => Err(odd(state, "zk.czxid", &answer)),
    }
}

/// `zk.session()`: "connected", "suspended" or "expired".
fn session(state: &mut LuaState) -> Native {
    match ask(state, "zk.session", Query::Session)? {
        Answer::Session(session) => give_plain(state, &Plain::text(session_name(session))),
        answer => Err(odd(state, "zk.session", &answer)),
    }
}

/// `zk.session_id()`: this process's session, or "0x0".
fn session_id(state: &mut LuaState) -> Native {
    match ask(state, "zk.session_id", Query::SessionId)? {
        Answer::Number(session) => give_plain(state, &session_text(session)),
        answer => Err(odd(state, "zk.session_id", &answer)),
    }
}

/// `zk.session_changed("connected")`: waits until it is in another state, and says which.
fn session_changed(state: &mut LuaState) -> Native {
    let from = text_arg(state, 1, "zk.session_changed", "the state that it is in")?;
    let all = [Session::Connected, Session::Suspended, Session::Expired];
    let Some(from) = all.into_iter().find(|it| session_name(*it) == from) else {
        let help = check::nearest(&from, all.map(session_name));
        return Err(lua::error(state, format!("zk.session_changed: unknown state `{from}`{help}")));
    };
    match wait(state, "zk.session_changed", Wish::SessionChanged(from))? {
        Answer::Session(session) => give_plain(state, &Plain::text(session_name(session))),
        answer => Err(odd(state, "zk.session_changed", &answer)),
    }
}

/// The number at the end of a name, of its last ten digits; names without one come first.
pub(super) fn sequence(name: &str) -> (Option<i64>, &str) {
    let digits = name.len().checked_sub(10).and_then(|at| name.get(at..));
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    (digits.and_then(|digits| digits.parse().ok()), name)
}

/// `zk.seq(name)`: the place of a numbered node in the line, to be compared with others.
fn seq(state: &mut LuaState) -> Native {
    let name = text_arg(state, 1, "zk.seq", "the name or path of a node")?;
    let last = name.rsplit('/').next().unwrap_or(&name);
    if sequence(last).0.is_none() {
        return Err(lua::error(
            state,
            format!("zk.seq: `{name}` does not end in the ten digits of a numbered node"),
        ));
    }
    give_plain(state, &Plain::Opaque(Opaque::Sequence(Rc::from(last))))
}

/// `zk.before(names, me)`: the node just before mine in the line; nil if mine is the first, false if it is not there.
fn before(state: &mut LuaState) -> Native {
    let me = text_arg(state, 2, "zk.before", "my node")?;
    let me = me.rsplit('/').next().unwrap_or(&me).to_owned();
    let LuaValue::Table(list) = lua::arg(state, 1) else {
        return Err(lua::error(
            state,
            "zk.before takes the names that zk.children returned, and my node",
        ));
    };
    let mut names = Vec::new();
    while let LuaValue::Str(name) = list.get_int(names.len() as i64 + 1) {
        names.push(String::from_utf8_lossy(name.as_bytes()).into_owned());
    }
    if !names.contains(&me) {
        return lua::give(state, LuaValue::Bool(false));
    }
    let mine = sequence(&me);
    let earlier = names.iter().filter(|name| sequence(name) < mine);
    match earlier.max_by(|one, other| sequence(one).cmp(&sequence(other))) {
        Some(name) => give_plain(state, &Plain::text(name.as_str())),
        None => lua::give(state, LuaValue::Nil),
    }
}

/// `zk.name(path)`: the last part of a path.
fn name(state: &mut LuaState) -> Native {
    let path = text_arg(state, 1, "zk.name", "the path")?;
    give_plain(state, &Plain::text(path.rsplit('/').next().unwrap_or(&path)))
}
