//! `addWatch` and `removewatches`.

use crate::store::zookeeper::{AddWatchMode, Op, WatcherType};

use super::ZooKeeperShell;
use super::failure::Failure;
use super::options::Options;
use super::path::validate;

impl ZooKeeperShell {
    pub(super) fn add_watch(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let path = options.arguments[0];
        let mode = match options.value('m').map(str::to_uppercase).as_deref() {
            None | Some("PERSISTENT_RECURSIVE") => AddWatchMode::PersistentRecursive,
            Some("PERSISTENT") => AddWatchMode::Persistent,
            Some(_) => {
                return Err(Failure::usage(
                    "addWatch [-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] \
                     - default is PERSISTENT_RECURSIVE",
                ));
            }
        };
        validate(path)?;
        self.ask_about(path, Op::AddWatch { path: path.into(), mode }, out)?;
        self.sessions.current_mut().watches.add(path, mode);
        Ok(())
    }

    pub(super) fn remove_watches(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let path = options.arguments[0];
        let kind = if options.has('c') {
            WatcherType::Children
        } else if options.has('d') {
            WatcherType::Data
        } else {
            WatcherType::Any
        };
        validate(path)?;
        self.ask_about(path, Op::RemoveWatches { path: path.into(), kind }, out)?;
        let place = self.sessions.place();
        for event in self.sessions.current_mut().watches.remove(path, kind) {
            self.watched(place, "SyncConnected", event, path, out);
        }
        Ok(())
    }
}
