//! Locks one inside the other: hold and wait, as in Coffman, Elphick and Shoshani 1971, "System Deadlocks".

use serde::Deserialize;

use super::parts::Parts;
use super::{About, Retry, Store};
use crate::cx::{Cx, Grant, Lock, LockBox, LockError};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// Several locks, of any recipes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Nested {
    parts: Parts,
    refused: Refused,
    retry: Retry,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Refused {
    #[default]
    Waits,
    LetsGo,
}

impl Nested {
    /// What it is.
    pub const ABOUT: About = About {
        name: "nested",
        title: "several locks, of any recipes, one inside the other",
        source: "Coffman, Elphick and Shoshani 1971, \"System Deadlocks\"",
        store: Store::OfParts,
        params: &[
            Parts::LOCKS,
            Parts::ORDER,
            Parts::REGISTRY,
            (
                "refused",
                "who is refused an inner one \"waits\" and keeps the outer ones, or \"lets-go\" of all: \"waits\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let fields = section.fields(&["locks", "order", "registry", "refused", "retry"])?;
        Ok(Self {
            parts: Parts::from_fields(&fields)?,
            refused: fields.optional("refused")?.unwrap_or_default(),
            retry: fields.optional("retry")?.unwrap_or_default(),
        })
    }
}

impl Lock for Nested {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (begun, steps) = (cx.looping(()), self.parts.steps(cx));
        let mut grant: Option<Grant> = None;
        for (place, &(depth, object)) in steps.iter().enumerate() {
            cx.keep(&begun, &(self.parts.objects.clone(), grant.clone()));
            // 1. Acquire the next one; who is refused waits and asks again, with the outer ones in hand ...
            let mut lock = cx.looping(self.parts.objects[object].clone());
            let inner = loop {
                cx.turn(&mut lock).await;
                let (now, result) = lock.acquire_in(&cx.deeper(depth)).await;
                *lock = now;
                match result {
                    Ok(inner) => break inner,
                    Err(_) if self.refused == Refused::Waits => cx.wait(lock.retry()).await,
                    // ... or lets them go, and begins anew.
                    Err(error) => {
                        self.parts.objects[object] = lock.clone();
                        let _ = self.parts.let_go(cx, &steps[..place]).await;
                        return Err(error);
                    }
                }
            };
            self.parts.objects[object] = lock.clone();
            // 2. All are held as long as each is.
            grant = Some(grant.map_or(inner.clone(), |outer| outer.and(&inner, cx)));
        }
        Ok(grant.unwrap_or_default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. The inner ones first.
        let steps = self.parts.steps(cx);
        self.parts.let_go(cx, &steps).await
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.parts.objects[0].place()
    }

    fn places(&self) -> Vec<String> {
        self.parts.objects.iter().flat_map(LockBox::places).collect()
    }

    fn is_queue(&self) -> bool {
        self.parts.objects[0].is_queue()
    }

    fn counts_for(&self) -> Option<Micros> {
        self.parts.objects.iter().filter_map(LockBox::counts_for).min()
    }
}
