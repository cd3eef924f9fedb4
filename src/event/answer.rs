//! What of the messages of an event answers the request, and what others mean.

use super::Sent;
use crate::store::zookeeper::Message;
use crate::store::{AnyMessage, Link, Outbound, redis};

/// Which of the messages answers the request that came over `link`; the others come by themselves.
pub fn answer_in(sent: &[Sent], link: Link) -> Option<usize> {
    sent.iter().position(|(to, message)| {
        *to == link && matches!(message, Outbound::Message(it) if is_answer(it))
    })
}

fn is_answer(message: &AnyMessage) -> bool {
    matches!(
        message,
        AnyMessage::Redis(redis::Message::Reply(_))
            | AnyMessage::ZooKeeper(Message::Reply(_) | Message::Connect(_))
            | AnyMessage::Ledger(_)
    )
}

/// Whether a ZooKeeper server says with it that the client's session is over.
pub fn is_session_over(message: &AnyMessage) -> bool {
    matches!(message, AnyMessage::ZooKeeper(Message::Connect(reply)) if reply.session.is_none())
}
