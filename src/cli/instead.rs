//! A model with another recipe in the place of its own: the same clients, the same work, the same faults.

use serde_json::{Map, Value, json};

use super::field::Text;
use crate::locks::{self, About, Store};
use crate::model::Model;

/// The recipe of the model's one lock; none if roles have locks of their own.
pub(super) fn recipe(text: &Text) -> Option<&str> {
    let Some(Value::Object(lock)) = text.value.get("lock") else { return None };
    let roles = text.get("clients.roles").and_then(Value::as_object);
    let own = roles.is_some_and(|it| it.values().any(|role| role.get("lock").is_some()));
    if own { None } else { lock.keys().next().map(String::as_str) }
}

/// The parameters of the model's lock that the other recipe has too: a time to live stays what it is.
fn shared(text: &Text, about: &About) -> Map<String, Value> {
    let Some(Value::Object(lock)) = text.value.get("lock") else { return Map::new() };
    let own = lock.values().next().and_then(Value::as_object).into_iter().flatten();
    let has = |name: &str| about.params.iter().any(|(param, _)| *param == name);
    // A defect of one recipe is none of another's, even where it is called the same.
    let carried = ["ttl", "retry", "key", "directory", "lease", "wait", "renew"];
    let kept = own.filter(|(name, _)| has(name) && carried.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What the recipe runs on, if it is not what the model has.
fn default_store(store: Store) -> Value {
    match store {
        Store::None | Store::OfScript => json!({ "none": {} }),
        // Three, for those that ask for a majority.
        Store::Redis | Store::OfParts => json!({ "redis": { "servers": 3 } }),
        Store::ZooKeeper => json!({ "zookeeper": {} }),
    }
}

/// The model with `about` in the place of its recipe, on its own store if the recipe runs on that; or why not.
pub(super) fn with_recipe(text: &Text, about: &About) -> Result<(Text, Model), String> {
    if recipe(text).is_none() {
        return Err("the roles have locks of their own".to_owned());
    }
    let mut first = None;
    for own_store in [true, false] {
        let kept = Value::Object(shared(text, about));
        for params in [kept, json!({})] {
            let mut other = text.clone();
            other.forget_expectations();
            let Value::Object(fields) = &mut other.value else { break };
            fields.insert("lock".to_owned(), json!({ about.name: params }));
            if !own_store {
                fields.insert("store".to_owned(), default_store(about.store));
                if let Some(Value::Object(given)) = fields.get_mut("given") {
                    given.retain(|name, _| name != "redis" && name != "nodes");
                }
            }
            match Model::parse(&text.path, other.value.to_string()) {
                Ok(model) => return Ok((other, model)),
                Err(problem) => drop(first.get_or_insert(problem.message)),
            }
        }
    }
    Err(first.unwrap_or_else(|| "it is no object".to_owned()))
}

/// Whether the recipe runs on a store of this kind.
pub(super) fn runs_on(about: &About, store: &str) -> bool {
    match about.store {
        Store::Redis => store == "redis",
        Store::ZooKeeper => store == "zookeeper",
        Store::None | Store::OfParts | Store::OfScript => false,
    }
}

/// The name of the model's store.
pub(super) fn store(text: &Text) -> &str {
    let store = text.value.get("store").and_then(Value::as_object);
    store.and_then(|it| it.keys().next()).map_or("", String::as_str)
}

/// The recipes that `names` are, or all; or what is no recipe.
pub(super) fn recipes(names: &[String]) -> Result<Vec<&'static About>, String> {
    if let [all] = names
        && all == "all"
    {
        return Ok(locks::catalogue().iter().map(|entry| entry.about).collect());
    }
    let find = |name: &String| {
        let known = || locks::catalogue().iter().map(|entry| entry.about);
        known().find(|it| it.name == *name).ok_or_else(|| {
            let near = crate::suggest::nearest(name, known().map(|it| it.name));
            let help = near.map_or_else(
                || "`lockstep list recipes` has them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            format!("--recipes: no recipe `{name}`; {help}")
        })
    };
    names.iter().map(find).collect()
}
