//! Keyspace notifications.

use super::config::NotifyFlags;
use super::ctx::Ctx;
use super::reply::Bytes;

impl Ctx<'_> {
    /// Tells those who listen that `event` happened to a key of the selected database, if its class is
    /// enabled.
    pub(crate) fn notify(&mut self, class: NotifyFlags, event: &'static str, key: &Bytes) {
        self.notify_in(self.db, class, event, key);
    }

    /// The same for a key of another database.
    pub(crate) fn notify_in(
        &mut self,
        db: usize,
        class: NotifyFlags,
        event: &'static str,
        key: &Bytes,
    ) {
        self.core.replication.note_event(db, class, event, key);
        let enabled = self.core.config.notify;
        if !enabled.contains(class) || self.core.pubsub.is_silent() {
            return;
        }
        let event = Bytes::from_static(event.as_bytes());
        if enabled.contains(NotifyFlags::KEYSPACE) {
            self.publish(&channel("keyspace", db, key), &event);
        }
        if enabled.contains(NotifyFlags::KEYEVENT) {
            self.publish(&channel("keyevent", db, &event), key);
        }
    }
}

/// `__keyspace@0__:name`.
fn channel(kind: &str, db: usize, name: &[u8]) -> Bytes {
    let mut channel = format!("__{kind}@{db}__:").into_bytes();
    channel.extend_from_slice(name);
    channel.into()
}
