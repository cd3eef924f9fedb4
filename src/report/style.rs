//! The colours of reports. They say nothing that the text does not say.

use anstyle::{AnsiColor, Style};

/// What is wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Who has the lock.
pub(super) const HELD: Style = AnsiColor::Green.on_default().bold();
/// What went wrong outside of the protocol.
pub(super) const FAULT: Style = AnsiColor::Yellow.on_default();
/// What matters less than what stands beside it.
pub(super) const FAINT: Style = Style::new().dimmed();
/// The heading of something.
pub(super) const TITLE: Style = Style::new().bold();
