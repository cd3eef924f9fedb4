//! In which order a recipe takes numbered nodes: the right one, and those that go wrong.

use std::rc::Rc;

use serde::Deserialize;

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

/// The number that a server appended, with its sign.
///
/// Ten digits, or a minus sign before them once the counter has run over. Where the name itself ends in a hyphen, a
/// sign is a second one.
fn number_of(name: &str) -> &str {
    let digits = name.len().saturating_sub(10);
    let named = name.get(..digits).unwrap_or_default();
    let signed = named.strip_suffix('-').is_some_and(|named| named.ends_with(['-', '_']));
    name.get(digits - usize::from(signed)..).unwrap_or_default()
}

pub(super) fn value_of(name: &str) -> i32 {
    number_of(name).parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{number_of, value_of};

    #[test]
    fn a_sign_is_told_from_the_hyphen_of_a_name() {
        for (name, number) in [
            ("lock-0000000007", 7),
            ("lock--0000000007", -7),
            ("c1-0000__lock__2147483647", i32::MAX),
            ("c1-0000__lock__-2147483648", i32::MIN),
        ] {
            assert_eq!(value_of(name), number, "{name}");
        }
        assert_eq!(number_of("leases"), "leases");
    }
}
