//! The locks that a lock is made of: which, in which order, and what is held already.

use serde::Deserialize;

use crate::cx::{Cx, LockBox, LockError};
use crate::json::{Document, Fields, Problem};

/// Locks, the outer ones first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Parts {
    pub(super) objects: Vec<LockBox>,
    /// Which object is taken at each step; one may be taken again.
    steps: Vec<usize>,
    order: Order,
    registry: Registry,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Order {
    #[default]
    AsListed,
    Opposite,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Registry {
    #[default]
    PerObject,
    PerPlace,
}

const DEFAULT: &str = r#"[{"set-nx-px": {"key": "lock-a"}}, {"set-nx-px": {"key": "lock-b"}}]"#;

impl Parts {
    pub(super) const LOCKS: (&'static str, &'static str) = (
        "locks",
        "the recipes, the outer ones first; \"again\" is the one before once more: two of set-nx-px",
    );
    pub(super) const ORDER: (&'static str, &'static str) =
        ("order", "\"as-listed\", or \"opposite\" for every second process: \"as-listed\"");
    pub(super) const REGISTRY: (&'static str, &'static str) = (
        "registry",
        "\"per-object\", or \"per-place\": what is held where a lock lives is only counted: \"per-object\"",
    );

    /// Reads `locks`, `order` and `registry` among `fields`.
    pub(super) fn from_fields(fields: &Fields<'_>) -> Result<Self, Box<Problem>> {
        let default = Document::parse("nested", DEFAULT)?;
        let list = fields.get("locks").unwrap_or_else(|| default.root());
        let (mut objects, mut steps) = (Vec::new(), Vec::new());
        for entry in list.elements()? {
            if entry.raw() == "\"again\"" {
                let before = steps.last().copied();
                steps.push(before.ok_or_else(|| entry.error("there is none before"))?);
                continue;
            }
            let member = entry.only_member()?;
            steps.push(objects.len());
            objects.push(super::build(&member.name, &member.value)?);
        }
        if !(1..=Cx::DEEPEST).contains(&steps.len()) {
            let (given, most) = (steps.len(), Cx::DEEPEST);
            return Err(list.error(format!("{given} locks: it must be from 1 to {most}")));
        }
        let order = fields.optional("order")?.unwrap_or_default();
        let registry = fields.optional("registry")?.unwrap_or_default();
        Ok(Self { objects, steps, order, registry })
    }

    /// The steps of this process, in its order: how deep each is, and which object it takes.
    ///
    /// What the registry says is held after the steps before is left out.
    pub(super) fn steps(&self, cx: &Cx) -> Vec<(usize, usize)> {
        let mut steps = self.steps.clone();
        if self.order == Order::Opposite && cx.surroundings().number % 2 == 1 {
            steps.reverse();
        }
        let place = |step: &usize| self.objects[*step].place();
        let is_counted = |depth: usize| {
            self.registry == Registry::PerPlace
                && steps[..depth].iter().any(|step| place(step) == place(&steps[depth]))
        };
        let taken = (0..steps.len()).filter(|&depth| !is_counted(depth));
        taken.map(|depth| (depth, steps[depth])).collect()
    }

    /// Gives back what was taken, the inner ones first; what fails first is what is told.
    pub(super) async fn let_go(
        &mut self,
        cx: &Cx,
        taken: &[(usize, usize)],
    ) -> Result<(), LockError> {
        let mut told = Ok(());
        for &(depth, object) in taken.iter().rev() {
            let (lock, released) = self.objects[object].release_in(&cx.deeper(depth)).await;
            self.objects[object] = lock;
            told = told.and(released);
        }
        told
    }
}
