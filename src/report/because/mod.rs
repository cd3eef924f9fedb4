//! stub
use super::cast::Cast;
use crate::event::Record;

/// x
#[derive(Clone, Debug)]
pub struct Because;

/// x
pub fn because(_: &Cast, _: &[Record], _: bool) -> Option<Because> {
    None
}

impl Because {
    /// x
    pub fn text(&self, _: &Cast, _: &[Record]) -> String {
        String::new()
    }
}
