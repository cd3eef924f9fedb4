//! Which entries of the catalogue of failures models show of a recipe.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::{Case, Form, Model};

/// What models with a case say of each recipe.
#[derive(Debug, Default)]
pub(super) struct Cases(BTreeSet<(String, Case)>);

impl Cases {
    /// Takes note of a model.
    pub(super) fn add(&mut self, model: &Model) {
        let Some(case) = model.case() else { return };
        let fields: Value = serde_json::from_str(model.text()).unwrap_or_default();
        let mut recipes = Vec::new();
        named(&fields["lock"], &mut recipes);
        if let Value::Object(roles) = &fields["clients"]["roles"] {
            for role in roles.values() {
                named(&role["lock"], &mut recipes);
            }
        }
        self.0.extend(recipes.into_iter().map(|recipe| (recipe, case.clone())));
    }

    /// The failures that a recipe shows in one of its forms, or those of which it has the remedy.
    pub(super) fn of(&self, recipe: &str, broken: bool) -> Vec<String> {
        let of = self
            .0
            .iter()
            .filter(|(name, case)| name == recipe && broken == (case.form == Form::Broken));
        of.map(|(_, case)| case.id.clone()).collect()
    }
}

/// The recipe that `lock` names, and those that it is made of.
fn named(lock: &Value, recipes: &mut Vec<String>) {
    let Value::Object(member) = lock else { return };
    for (name, parameters) in member {
        recipes.push(name.clone());
        if let Value::Array(parts) = &parameters["locks"] {
            for part in parts {
                named(part, recipes);
            }
        }
    }
}
