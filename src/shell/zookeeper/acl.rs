//! Access control lists, as they are written: `world:anyone:cdrwa,ip:10.0.0.1:r`.

use std::fmt::Write;

use crate::store::zookeeper::{ADMIN, Acl, AclList, CREATE, DELETE, READ, WRITE};

const PERMISSIONS: [(char, i32); 5] =
    [('c', CREATE), ('d', DELETE), ('r', READ), ('w', WRITE), ('a', ADMIN)];

/// Reads a list; what is wrong in it is told and left out, as `zkCli` does.
pub(super) fn parse(text: &str, out: &mut String) -> AclList {
    let mut acl = Vec::new();
    for entry in text.split(',') {
        let parts = entry.split_once(':').and_then(|(scheme, rest)| {
            rest.rsplit_once(':').map(|(id, permissions)| (scheme, id, permissions))
        });
        let Some((scheme, id, permissions)) = parts else {
            let _ = writeln!(out, "{entry} does not have the form scheme:id:perm");
            continue;
        };
        let mut perms = 0;
        for letter in permissions.chars() {
            match PERMISSIONS.iter().find(|(known, _)| *known == letter) {
                Some((_, bit)) => perms |= bit,
                None => {
                    let _ = writeln!(out, "Unknown perm type: {letter}");
                }
            }
        }
        acl.push(Acl::new(perms, scheme, id));
    }
    acl.into()
}

/// A list as `getAcl` prints it.
pub(super) fn print(acl: &AclList, out: &mut String) {
    for entry in acl.iter() {
        let letters: String = PERMISSIONS
            .iter()
            .filter(|(_, bit)| entry.perms & bit != 0)
            .map(|(letter, _)| *letter)
            .collect();
        // An identity ends with a line of its own: that is how its type prints itself.
        let _ = writeln!(out, "'{},'{}\n: {letters}", entry.who.scheme, entry.who.id);
    }
}
