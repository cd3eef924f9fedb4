//! What models can name: recipes, workloads, properties and faults, joined at the top.

use crate::cx::{LockBox, WorkBox};
use crate::json::{Problem, Section};
use crate::locks;
use crate::property;
use crate::sim;
use crate::suggest;
use crate::workload;

/// One thing that a model can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// Its name in model files.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// Where it comes from; empty where it is only described here.
    pub source: &'static str,
    /// What it needs: a store, or the ledger; empty if nothing.
    pub needs: &'static str,
    /// Its parameters, each with what it means and its default.
    pub params: &'static [(&'static str, &'static str)],
}

/// All lock recipes.
pub fn recipes() -> Vec<About> {
    let about = |entry: &locks::Entry| {
        let locks::About { name, title, source, store, params } = *entry.about;
        let needs = match store {
            locks::Store::None => "",
            locks::Store::Redis => "redis",
            locks::Store::ZooKeeper => "zookeeper",
            locks::Store::OfParts => "what its locks need",
            locks::Store::OfScript => "what its script calls",
        };
        About { name, title, source, needs, params }
    };
    locks::names().filter_map(locks::find).map(about).collect()
}

/// All workloads.
pub fn workloads() -> Vec<About> {
    let about = |entry: &workload::Entry| {
        let workload::About { name, title, ledger, params, .. } = *entry.about;
        About { name, title, source: "", needs: if ledger { "ledger" } else { "" }, params }
    };
    workload::catalogue().iter().map(about).collect()
}

/// All properties.
pub fn properties() -> Vec<About> {
    let about = |entry: &property::Entry| {
        let property::About { name, title, source, params, .. } = *entry.about;
        About { name, title, source, needs: "", params }
    };
    property::catalogue().iter().map(about).collect()
}

/// All faults.
pub fn faults() -> Vec<About> {
    let about = |about: &sim::About| {
        let sim::About { name, title, source, needs, params } = *about;
        About { name, title, source, needs, params }
    };
    sim::catalogue().map(about).collect()
}

/// The recipe and its parameters that `{"set-nx-px": {…}}` names.
pub fn recipe(section: &Section<'_>) -> Result<(LockBox, &'static locks::About), Box<Problem>> {
    let member = section.only_member()?;
    let entry = locks::find(&member.name).ok_or_else(|| {
        let names: Vec<&str> = locks::names().collect();
        let problem = member.unknown("recipe", names.iter().copied());
        match described(&member.name, &names) {
            Some(help) => problem.with_help(help),
            None => problem,
        }
    })?;
    Ok((entry.build(&member.value)?, entry.about))
}

/// Which recipes a name means that is not like the name of one, but stands in what is said of them, as that of a library.
fn described(name: &str, names: &[&str]) -> Option<String> {
    if suggest::nearest(name, names.iter().copied()).is_some() {
        return None;
    }
    let about = |it: &&locks::Entry| {
        let locks::About { name: own, title, source, .. } = *it.about;
        !suggest::with_word(name, &[own, title, source]).is_empty()
    };
    let found: Vec<String> = locks::catalogue()
        .iter()
        .filter(about)
        .map(|entry| format!("`{}`", entry.about.name))
        .collect();
    match found.as_slice() {
        [] => None,
        [one] => Some(format!("did you mean {one}? `lockstep list recipes {name}` says more")),
        several => {
            let several = several.join(", ");
            Some(format!("did you mean one of {several}? `lockstep list recipes {name}` says more"))
        }
    }
}

/// The workload and its parameters that `{"section": {…}}` names.
pub fn workload(
    section: &Section<'_>,
) -> Result<(WorkBox, &'static workload::About), Box<Problem>> {
    let member = section.only_member()?;
    let entry = workload::catalogue().iter().find(|entry| entry.about.name == member.name);
    let known = workload::catalogue().iter().map(|entry| entry.about.name);
    let entry = entry.ok_or_else(|| member.unknown("workload", known))?;
    Ok((entry.build(&member.value)?, entry.about))
}
