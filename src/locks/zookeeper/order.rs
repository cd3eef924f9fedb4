//! In which order a recipe takes numbered nodes: the right one, and those that go wrong.

use std::rc::Rc;

use serde::Deserialize;

use super::number::{number_of, value_of};
use crate::store::zookeeper::Children;

/// An order of numbered nodes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    /// By their last ten digits.
    #[default]
    Digits,
    /// By their numbers as texts, sign included, as most libraries do: right until the counter runs over.
    Texts,
    /// By their whole names: right only where they differ in the number alone.
    Names,
    /// As they stand in the reply.
    Reply,
    /// By serial numbers, which may run over: RFC 1982.
    Serial,
}

/// The same where [`Order::Texts`] is the default: what Curator and kazoo do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct AsTexts(Order);

impl Default for AsTexts {
    fn default() -> Self {
        Self(Order::Texts)
    }
}

impl std::ops::Deref for AsTexts {
    type Target = Order;
    fn deref(&self) -> &Order {
        &self.0
    }
}

impl AsTexts {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "order",
        "of the nodes: their numbers as \"texts\", or by \"digits\", \"names\", \"serial\", \"reply\" as in `sequential`: \
         \"texts\"",
    );
}

impl Order {
    /// The parameter, for a recipe whose default is that of [`Order`].
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "order",
        "of the nodes: by their last ten \"digits\", their numbers as \"texts\", whole \"names\", \"serial\" numbers \
         that may run over, or as in the \"reply\": \"digits\"",
    );

    /// The nodes that stand before `me`, in this order; none if `me` is not there.
    pub(super) fn lower<'c>(self, children: &'c Children, me: &str) -> Vec<&'c Rc<str>> {
        let line = self.line(children, me);
        let mine = line.iter().position(|name| &***name == me).unwrap_or(0);
        line.into_iter().take(mine).collect()
    }

    /// The node just before `me`.
    pub(super) fn before<'c>(self, children: &'c Children, me: &str) -> Option<&'c Rc<str>> {
        match self {
            Self::Digits => children.before(me),
            _ => self.lower(children, me).pop(),
        }
    }

    /// All of them in this order, as it looks from `me`.
    fn line<'c>(self, children: &'c Children, me: &str) -> Vec<&'c Rc<str>> {
        let mut line: Vec<_> = children.in_sequence().collect();
        match self {
            Self::Digits => {}
            Self::Texts => line.sort_by_key(|name| number_of(name)),
            Self::Names => line.sort(),
            Self::Reply => line = children.names().iter().collect(),
            Self::Serial => {
                let mine = value_of(me);
                line.sort_by_key(|name| value_of(name).wrapping_sub(mine));
            }
        }
        line
    }
}
