//! Whom a kazoo lock waits for: `_get_predecessor` of <https://github.com/python-zk/kazoo>, `recipe/lock.py`.

use std::rc::Rc;

use serde::Deserialize;

use super::order::Order;
use super::role::Role;
use crate::store::zookeeper::Children;

/// Among whom the predecessor is sought.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Contenders {
    /// Those with lower numbers.
    #[default]
    Lower,
    /// All (until 2.8): a reader, which is no contender itself, does not find its own place among them (issue 649).
    All,
}

impl Contenders {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "contenders",
        "the predecessor is sought among \"lower\" nodes, or by readers among \"all\" (until 2.8): \"lower\"",
    );

    /// The predecessor: a reader waits for writers, a writer for everybody.
    pub(super) fn before(
        self,
        order: Order,
        role: Role,
        children: &Children,
        me: &str,
    ) -> Option<Rc<str>> {
        let reads = role == Role::Read;
        let contends =
            |node: &&Rc<str>| node.contains("__lock__") || !reads && node.contains("__rlock__");
        let last = match self {
            Self::All if reads => children.in_sequence().rfind(contends),
            _ => order.lower(children, me).into_iter().rfind(contends),
        };
        last.cloned()
    }
}
