//! Cells: values that the tasks of one process share.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use super::{Answer, Ask, Cx, Op, Pending, Value};

/// A value that the tasks of one process share.
pub struct Cell<T> {
    cx: Cx,
    name: &'static str,
    content: PhantomData<T>,
}

impl<T> fmt::Debug for Cell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cell {}", self.name)
    }
}

impl<T: Clone + Eq + Hash + fmt::Debug + Default + 'static> Cell<T> {
    /// The content, or the default before the first [`set`](Self::set).
    pub fn get(&self) -> T {
        match self.cx.ask(Ask::Read(self.name)) {
            Answer::Value(Some(value)) => value.get::<T>().cloned().unwrap_or_default(),
            _ => T::default(),
        }
    }

    /// Puts `content` into the cell, and wakes who waits for a change.
    pub fn set(&self, content: T) {
        self.cx.ask(Ask::Write(self.name, Value::new(content)));
    }

    /// Waits until somebody writes the cell, from now on.
    pub fn changed(&self) -> Pending<()> {
        self.cx.op(Op::Changed(self.name), |_| ())
    }
}

impl Cx {
    /// The cell of this name, shared by the tasks of the process.
    pub fn cell<T: Clone + Eq + Hash + fmt::Debug + Default + 'static>(
        &self,
        name: &'static str,
    ) -> Cell<T> {
        Cell { cx: self.clone(), name, content: PhantomData }
    }
}
