//! Commands that read: `ls`, `get`, `stat`, `getAcl`, `getEphemerals`, `getAllChildrenNumber`, `sync`.

use crate::store::zookeeper::{Answer, Op, Stat, ZkError};

use super::failure::Failure;
use super::options::Options;
use super::path::{child, validate};
use super::wire::Refused;
use super::{ZooKeeperShell, acl, stat};

impl ZooKeeperShell {
    pub(super) fn ls(&mut self, options: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        let path = options.arguments[0];
        let watch = watch(options, "ls path [watch]", "ls [-w] path", out);
        validate(path)?;
        if options.has('R') {
            return self.walk(path, watch, out, &mut |_, path, out| {
                out.push_str(path);
                out.push('\n');
            });
        }
        let (names, stat) = self.children(path, watch, out)?;
        out.push_str(&format!("[{}]\n", names.join(", ")));
        if options.has('s') {
            out.push_str(&stat::block(&stat));
        }
        Ok(())
    }

    pub(super) fn get(&mut self, options: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        let path = options.arguments[0];
        let watch = watch(options, "get path [watch]", "get [-s] [-w] path", out);
        validate(path)?;
        let op = Op::GetData { path: path.into(), watch };
        let Answer::Data(data, stat) = self.ask_about(path, op, out)? else { return Ok(()) };
        if watch {
            self.sessions.current_mut().watches.data(path);
        }
        // No data at all is printed as the text `null`.
        let data = data.as_deref().unwrap_or(b"null");
        out.push_str(&String::from_utf8_lossy(data));
        out.push('\n');
        if options.has('s') {
            out.push_str(&stat::block(&stat));
        }
        Ok(())
    }

    pub(super) fn stat(&mut self, options: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        let path = options.arguments[0];
        let watch = watch(options, "stat path [watch]", "stat [-w] path", out);
        validate(path)?;
        let result = self.ask(Op::Exists { path: path.into(), watch }, out);
        let watches = &mut self.sessions.current_mut().watches;
        match &result {
            Ok(_) if watch => watches.data(path),
            Err(Refused::By(ZkError::NoNode)) if watch => watches.exist(path),
            _ => {}
        }
        if let Answer::Stat(stat) = result.map_err(|refused| refused.about(path))? {
            out.push_str(&stat::block(&stat));
        }
        Ok(())
    }

    pub(super) fn get_acl(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let path = options.arguments[0];
        validate(path)?;
        let op = Op::GetAcl { path: path.into() };
        if let Answer::Acl(list, stat) = self.ask_about(path, op, out)? {
            acl::print(&list, out);
            if options.has('s') {
                out.push_str(&stat::block(&stat));
            }
        }
        Ok(())
    }

    pub(super) fn get_ephemerals(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let prefix = options.arguments.first().copied().unwrap_or("/");
        validate(prefix)?;
        let op = Op::GetEphemerals { prefix: prefix.into() };
        if let Answer::Ephemerals(paths) = self.ask_about(prefix, op, out)? {
            out.push_str(&format!("[{}]\n", paths.join(", ")));
        }
        Ok(())
    }

    pub(super) fn get_all_children_number(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let path = options.arguments[0];
        validate(path)?;
        let op = Op::GetAllChildrenNumber { path: path.into() };
        if let Answer::Number(number) = self.ask_about(path, op, out)? {
            out.push_str(&format!("{number}\n"));
        }
        Ok(())
    }

    pub(super) fn sync(&mut self, options: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        let path = options.arguments[0];
        validate(path)?;
        match self.ask(Op::Sync { path: path.into() }, out) {
            Ok(_) => out.push_str("Sync is OK\n"),
            Err(Refused::By(error)) => {
                out.push_str(&format!("Sync has failed. rc={}\n", error.code()));
            }
            Err(refused @ Refused::Lost(_)) => return Err(refused.about(path)),
        }
        Ok(())
    }

    /// Asks about `path`, and says it as `zkCli` does if that does not work.
    pub(super) fn ask_about(
        &mut self,
        path: &str,
        op: Op,
        out: &mut String,
    ) -> Result<Answer, Failure> {
        self.ask(op, out).map_err(|refused| refused.about(path))
    }

    /// The names of the children, sorted.
    pub(super) fn children(
        &mut self,
        path: &str,
        watch: bool,
        out: &mut String,
    ) -> Result<(Vec<String>, Stat), Failure> {
        let op = Op::GetChildren2 { path: path.into(), watch };
        let Answer::ChildrenAndStat(children, stat) = self.ask_about(path, op, out)? else {
            return Ok(Default::default());
        };
        if watch {
            self.sessions.current_mut().watches.child(path);
        }
        let mut names: Vec<String> =
            children.by_name().iter().map(|name| (**name).to_owned()).collect();
        // Java sorts by units of UTF-16.
        names.sort_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
        Ok((names, stat))
    }

    /// Visits the node and everything below it: all children of a node before their children.
    pub(super) fn walk(
        &mut self,
        path: &str,
        watch: bool,
        out: &mut String,
        visit: &mut dyn FnMut(&mut Self, &str, &mut String),
    ) -> Result<(), Failure> {
        self.ask_about(path, Op::GetData { path: path.into(), watch }, out)?;
        if watch {
            self.sessions.current_mut().watches.data(path);
        }
        visit(self, path, out);
        let mut left = vec![path.to_owned()];
        while let Some(path) = left.pop() {
            let (names, _) = self.children(&path, watch, out)?;
            let paths: Vec<String> = names.iter().map(|name| child(&path, name)).collect();
            for path in &paths {
                visit(self, path, out);
            }
            left.extend(paths.into_iter().rev());
        }
        Ok(())
    }
}

/// Whether to leave a watch; an argument after the path is an old way to ask for one.
fn watch(options: &Options<'_>, old: &str, new: &str, out: &mut String) -> bool {
    let is_old = options.arguments.len() > 1;
    if is_old {
        out.push_str(&format!("'{old}' has been deprecated. Please use '{new}' instead.\n"));
    }
    is_old || options.has('w')
}
