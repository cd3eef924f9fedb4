//! Scripts against a host of a few string commands.

use std::collections::BTreeMap;

use lockstep::store::redis::script::{Host, Script};
use lockstep::store::redis::{Bytes, Reply};

/// Strings under keys.
#[derive(Default)]
struct Strings {
    keys: BTreeMap<Bytes, Bytes>,
    calls: Vec<Vec<Bytes>>,
}

impl Host for Strings {
    fn call(&mut self, argv: Vec<Bytes>) -> Reply {
        self.calls.push(argv.clone());
        let name = argv[0].to_text().to_lowercase();
        match (name.as_str(), &argv[1..]) {
            ("get", [key]) if key.starts_with(b"list") => Reply::Error(
                "WRONGTYPE Operation against a key holding the wrong kind of value".into(),
            ),
            ("get", [key]) => self.keys.get(key).cloned().map_or(Reply::Nil, Reply::Bulk),
            ("set", [key, value]) => {
                self.keys.insert(key.clone(), value.clone());
                Reply::Status("OK".into())
            }
            ("del", keys) => {
                Reply::Int(keys.iter().filter(|key| self.keys.remove(*key).is_some()).count() as i64)
            }
            ("mget", keys) => Reply::Array(
                keys.iter()
                    .map(|key| self.keys.get(key).cloned().map_or(Reply::Nil, Reply::Bulk))
                    .collect(),
            ),
            ("get" | "set", _) => {
                Reply::Error("ERR Wrong number of args calling Redis command from script".into())
            }
            _ => Reply::Error("ERR Unknown Redis command called from script".into()),
        }
    }
}

/// The reply to EVAL, as text.
fn eval(text: &str, keys: &[&str], args: &[&str]) -> String {
    eval_on(&mut Strings::default(), text, keys, args)
}

fn eval_on(host: &mut Strings, text: &str, keys: &[&str], args: &[&str]) -> String {
    let list = |items: &[&str]| items.iter().map(|item| Bytes::from(*item)).collect::<Vec<_>>();
    let reply = match Script::load(&Bytes::from(text)) {
        Ok(script) => script.eval(&list(keys), &list(args), host),
        Err(reply) => reply,
    };
    show(&reply)
}

fn show(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) => format!("+{}", text.to_text()),
        Reply::Error(text) => format!("-{}", text.to_text()),
        Reply::Int(number) => number.to_string(),
        Reply::Bulk(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Reply::Nil => "nil".into(),
        Reply::Array(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
        }
    }
}

#[test]
fn try_out() {
    for text in std::fs::read_to_string("/tmp/scripts.txt").unwrap_or_default().lines() {
        println!("{text}\n   {}", eval(text, &["k1", "k2"], &["a1", "a2"]));
    }
}
