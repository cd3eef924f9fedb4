//! `properties`: what must hold.

use crate::json::{Problem, Section};
use crate::property::{self, Facts, PropertyBox};
use crate::workload;

/// The properties that judge what reaches the ledger: without one they have nothing to judge.
const OF_LEDGER: [&str; 6] = [
    "mutual-exclusion-by-act",
    "lost-update",
    "stale-read",
    "red-packets",
    "balance",
    "repeatable-read",
];

/// Reads the list.
pub(super) fn from_section(
    section: &Section<'_>,
    works: &[&workload::About],
    facts: &Facts,
) -> Result<Vec<PropertyBox>, Box<Problem>> {
    let mut properties: Vec<PropertyBox> = Vec::new();
    for entry in section.elements()? {
        let property = property::build(&entry, facts)?;
        let name = property.name();
        if properties.iter().any(|other| other.name() == name) {
            return Err(entry.error(format!("the property `{name}` is there twice")));
        }
        if OF_LEDGER.contains(&name) && !works.iter().any(|work| work.ledger) {
            let message = format!(
                "`{name}` judges the ledger, which the work `{}` does not use",
                workload::names(works)
            );
            return Err(entry.error(message));
        }
        properties.push(property);
    }
    if properties.is_empty() {
        return Err(section.error("no property: nothing could be found out"));
    }
    Ok(properties)
}
