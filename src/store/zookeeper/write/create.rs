//! `create`, `create2`, `createTTL`, `createContainer`.

use super::super::acl;
use super::super::error::ZkError;
use super::super::id::Path;
use super::super::node::Owner;
use super::super::path;
use super::super::replica::Replica;
use super::super::request::{Create, CreateForm, CreateMode};
use super::super::txn::{Change, NewNode};
use super::Asker;

/// The longest time to live: five bytes of milliseconds (ms) (fact 18).
const MAX_TTL_MS: i64 = 0xff_ffff_ffff;

/// The order of the checks is that of fact 21.
pub(super) fn change(
    state: &Replica,
    asker: Asker<'_>,
    create: &Create,
) -> Result<Change, ZkError> {
    let mode = create.mode;
    check_mode(mode, create.form)?;
    let parent_path = path::parent(&create.path)?;
    let acl = acl::resolve(&create.acl, asker.identities)?;
    let parent = state.tree.node(parent_path)?;
    acl::check(&parent.acl, acl::CREATE, asker.identities)?;
    let path: Path = if mode.is_sequential() {
        format!("{}{:010}", create.path, parent.creates).into()
    } else {
        create.path.clone()
    };
    path::validate(&path)?;
    if state.tree.get(&path).is_some() {
        return Err(ZkError::NodeExists);
    }
    if matches!(parent.owner, Owner::Session(_)) {
        return Err(ZkError::NoChildrenForEphemerals);
    }
    let owner = match create.form {
        CreateForm::Container => Owner::Container,
        // A real server accepts it, and dies when it applies the transaction.
        CreateForm::Ttl(_) if !mode.has_ttl() => return Err(ZkError::BadArguments),
        CreateForm::Ttl(ms) => Owner::Ttl(ms),
        CreateForm::Create | CreateForm::Create2 if mode.is_ephemeral() => {
            Owner::Session(asker.session)
        }
        // A plain create with the flag of a container leaves a node that nobody reaps: the transaction has no room
        // for the difference.
        CreateForm::Create | CreateForm::Create2 => Owner::Nobody,
    };
    let with_stat = create.form != CreateForm::Create;
    Ok(Change::Create(NewNode { path, data: create.data.clone(), acl, owner, with_stat }))
}

fn check_mode(mode: CreateMode, form: CreateForm) -> Result<(), ZkError> {
    let good = match (mode, form) {
        (CreateMode::Unknown(_), _) => false,
        (mode, CreateForm::Ttl(ms)) if mode.has_ttl() => (1..=MAX_TTL_MS).contains(&ms),
        (_, CreateForm::Ttl(ms)) => ms < 0,
        (mode, _) => !mode.has_ttl(),
    };
    if good { Ok(()) } else { Err(ZkError::BadArguments) }
}
