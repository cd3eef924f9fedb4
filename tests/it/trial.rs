//! A lock in Rust, searched by one call: what the macros say of locks that hold and that do not.

use std::panic::catch_unwind;

use lockstep::cx::{Cx, Grant, Lock, LockError};
use lockstep::{assert_holds, assert_violated, check};

/// A key that is set if it is not there, and deleted; or looked for first, and then set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct MyLock {
    in_one: bool,
}

impl Lock for MyLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let redis = cx.redis(0);
        let free = if self.in_one {
            redis.setnx(&"mine", &"1").await?
        } else {
            redis.get(&"mine").await?.is_none() && redis.set(&"mine", &"1").await?
        };
        if free { Ok(Grant::default()) } else { Err(LockError::Busy) }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        cx.redis(0).del(&"mine").await?;
        Ok(())
    }

    fn place(&self) -> String {
        "mine".to_owned()
    }
}

const MODEL: &str = r#"{
    "title": "t", "why": "w", "store": {"redis": {}}, "lock": {"none": {}},
    "clients": {"processes": 2}, "work": {"section": {"work": "1s"}}, "properties": ["mutual-exclusion"]
}"#;

#[test]
fn a_lock_that_holds_is_told_from_one_that_does_not() {
    assert_holds!(MODEL, MyLock { in_one: true });
    assert_violated!(MODEL, MyLock { in_one: false }, "mutual-exclusion");
}

#[test]
fn what_fails_shows_the_story() {
    let failed = catch_unwind(|| assert_holds!(MODEL, MyLock { in_one: false })).unwrap_err();
    let text = failed.downcast_ref::<String>().unwrap();
    for part in ["enters while c1 is", "because", "VIOLATED  mutual-exclusion"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
    let holds = MyLock { in_one: true };
    assert!(catch_unwind(|| assert_violated!(MODEL, holds, "mutual-exclusion")).is_err());
}

#[test]
fn a_wrong_model_is_an_error() {
    let wrong = check("{}", MyLock { in_one: true }).unwrap_err().to_string();
    assert!(wrong.contains("missing fields `store`, `lock`"), "{wrong}");
}
