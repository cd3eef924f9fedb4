//! Commands that write: `create`, `set`, `delete`, `deleteall`, `setAcl`.

use crate::store::zookeeper::{
    Answer, Create, CreateForm, CreateMode, Data, MultiResult, Op, ZkError, open,
};

use super::failure::{self, Failure};
use super::options::Options;
use super::path::{child, validate};
use super::wire::Refused;
use super::{ZooKeeperShell, acl, stat};

/// The longest time to live, in milliseconds (ms): 40 bits.
const LONGEST_TTL_MS: i64 = (1 << 40) - 1;

/// How many nodes `deleteall` deletes at a time.
const BATCH: usize = 1000;

impl ZooKeeperShell {
    pub(super) fn create(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let (mode, form) = kind(options)?;
        let path = options.arguments[0];
        let data: Data = options.arguments.get(1).map(|text| text.as_bytes().into());
        let acl = options.arguments.get(2).map_or_else(open, |text| acl::parse(text, out));
        if mode.is_sequential() { validate(&format!("{path}1")) } else { validate(path) }?;
        if acl.is_empty() {
            return Err(Failure(format!(
                "{}\nAcl is not valid : null",
                failure::code("InvalidACL", "")
            )));
        }
        let create = Create { form, path: path.into(), data, acl, mode };
        match self.ask(Op::Create(create), out) {
            Ok(Answer::Path(created) | Answer::Created(created, _)) => {
                out.push_str(&format!("Created {created}\n"));
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(refused) => {
                if refused == Refused::By(ZkError::InvalidACL) {
                    // It is said twice.
                    out.push_str(&format!("{}\n", failure::code("InvalidACL", path)));
                }
                Err(refused.about(path))
            }
        }
    }

    pub(super) fn set(&mut self, options: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        let (path, data) = (options.arguments[0], options.arguments[1]);
        let version = options.version()?;
        validate(path)?;
        let data = Some(data.as_bytes().into());
        let op = Op::SetData { path: path.into(), data, version };
        if let Answer::Stat(stat) = self.ask_about(path, op, out)?
            && options.has('s')
        {
            out.push_str(&stat::block(&stat));
        }
        Ok(())
    }

    pub(super) fn delete(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        if options.arguments.len() > 1 {
            out.push_str(
                "'delete path [version]' has been deprecated. Please use 'delete [-v version] path' instead.\n",
            );
        }
        let path = options.arguments[0];
        let version = options.version()?;
        validate(path)?;
        self.ask_about(path, Op::Delete { path: path.into(), version }, out)?;
        Ok(())
    }

    /// `rmr`, the old name of `deleteall`.
    pub(super) fn rmr(&mut self, options: &Options<'_>, out: &mut String) -> Result<(), Failure> {
        out.push_str("The command 'rmr' has been deprecated. Please use 'deleteall' instead.\n");
        self.delete_all(options, out)
    }

    pub(super) fn delete_all(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let bad = || Failure("-b argument must be an int value".to_owned());
        let batch = match options.value('b') {
            None => BATCH,
            Some(text) => text.parse::<i32>().map_err(|_| bad())?.max(1) as usize,
        };
        let root = options.arguments[0];
        validate(root)?;
        // First all nodes, level by level; then from the end.
        let mut paths = vec![root.to_owned()];
        let mut next = 0;
        while let Some(path) = paths.get(next).cloned() {
            let (names, _) = self.children(&path, false, out)?;
            paths.extend(names.iter().map(|name| child(&path, name)));
            next += 1;
        }
        paths.reverse();
        let mut failed = false;
        for paths in paths.chunks(batch) {
            let delete = |path: &String| Op::Delete { path: path.as_str().into(), version: -1 };
            let result = self.ask(Op::Multi(paths.iter().map(delete).collect()), out);
            failed |= result.is_err()
                || matches!(result, Ok(Answer::Multi(parts)) if parts.iter().any(is_error));
        }
        if failed {
            out.push_str("Failed to delete some node(s) in the subtree!\n");
        }
        Ok(())
    }

    pub(super) fn set_acl(
        &mut self,
        options: &Options<'_>,
        out: &mut String,
    ) -> Result<(), Failure> {
        let path = options.arguments[0];
        let acl = acl::parse(options.arguments[1], out);
        let version = options.version()?;
        validate(path)?;
        if acl.is_empty() {
            return Err(Failure("Acl is not valid : null".to_owned()));
        }
        if options.has('R') {
            return self.walk(path, false, out, &mut |shell, path, out| {
                let op = Op::SetAcl { path: path.into(), acl: acl.clone(), version };
                if let Err(failure) = shell.ask_about(path, op, out) {
                    out.push_str(&failure.0);
                    out.push('\n');
                }
            });
        }
        let op = Op::SetAcl { path: path.into(), acl, version };
        if let Answer::Stat(stat) = self.ask_about(path, op, out)?
            && options.has('s')
        {
            out.push_str(&stat::block(&stat));
        }
        Ok(())
    }
}

fn is_error(part: &MultiResult) -> bool {
    matches!(part, MultiResult::Error(_) | MultiResult::NotDone)
}

/// Which kind of node the options ask for.
fn kind(options: &Options<'_>) -> Result<(CreateMode, CreateForm), Failure> {
    let bad = |text: &str| Err(Failure(text.to_owned()));
    let (ephemeral, sequential) = (options.has('e'), options.has('s'));
    if options.has('c') && (ephemeral || sequential) {
        return bad(
            "-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.",
        );
    }
    let Some(ttl) = options.value('t') else {
        return Ok(match (ephemeral, sequential) {
            (true, true) => (CreateMode::EphemeralSequential, CreateForm::Create),
            (true, false) => (CreateMode::Ephemeral, CreateForm::Create),
            (false, true) => (CreateMode::PersistentSequential, CreateForm::Create),
            _ if options.has('c') => (CreateMode::Container, CreateForm::Container),
            (false, false) => (CreateMode::Persistent, CreateForm::Create),
        });
    };
    let Ok(ttl) = ttl.parse::<i64>() else {
        return bad("-t argument must be a long value");
    };
    if ephemeral {
        return bad("TTLs cannot be used with Ephemeral znodes");
    }
    if options.has('c') {
        return bad("TTLs cannot be used with Container znodes");
    }
    if !(1..=LONGEST_TTL_MS).contains(&ttl) {
        return bad(&format!("ttl must be positive and cannot be larger than: {LONGEST_TTL_MS}"));
    }
    let mode = if sequential {
        CreateMode::PersistentSequentialWithTtl
    } else {
        CreateMode::PersistentWithTtl
    };
    Ok((mode, CreateForm::Ttl(ttl)))
}
