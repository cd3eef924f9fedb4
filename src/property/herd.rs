//! Herd: one change in the store does not wake everybody who waits, and those who wait do not ask all the time.

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Fields, Problem, Section};
use crate::time::Micros;

/// The property `herd`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Herd {
    /// How many clients one change may wake.
    notifications: u32,
    /// How many requests those who wait may send from one entry to the next, if that is judged.
    requests: Option<u32>,
    /// Requests since the last entry.
    asked: u32,
    asking: Asking,
    /// The most clients that one change woke, if those were too many.
    worst: u32,
}

impl Herd {
    /// What it is.
    pub const ABOUT: About = About {
        name: "herd",
        title: "one change in the store wakes few of those who wait",
        vacuous: "no change in the store woke a client, nor (where requests are counted) did anybody ask who waited",
        source: "Hunt et al. 2010, \"ZooKeeper\", section 2.4: the herd effect",
        params: &[
            ("notifications", "how many clients one change may wake: 1"),
            ("requests", "how many requests those who wait may send per entry: not judged"),
        ],
    };

    /// One change wakes at most so many clients.
    pub fn new(notifications: u32) -> Self {
        Self { notifications, requests: None, asked: 0, asking: Asking::default(), worst: 0 }
    }

    /// Reads `"herd"`, `{"notifications": 1}` or `{"requests": 12}`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        let Some(fields) = parameters(section, &["notifications", "requests"])? else {
            return Ok(Self::new(1));
        };
        let number = |fields: &Fields<'_>, name: &str| -> Result<Option<u32>, Box<Problem>> {
            let number = fields.optional(name)?;
            match (number, fields.get(name)) {
                (Some(0), Some(field)) => {
                    Err(field.error("0: nobody who waits could ever learn that the lock is free"))
                }
                _ => Ok(number),
            }
        };
        let notifications = number(&fields, "notifications")?.unwrap_or(1);
        Ok(Self { requests: number(&fields, "requests")?, ..Self::new(notifications) })
    }

    fn asks(&mut self) -> Judgement {
        let Some(most) = self.requests else { return Judgement::nothing() };
        self.asked = (self.asked + 1).min(most.saturating_add(1));
        if self.asked <= most {
            // Of two requests since somebody last entered at least one is of somebody who waits.
            return Judgement { violated: None, happened: self.asked > 1 };
        }
        let waiting = self.asking.count();
        Judgement::violated(format!(
            "more than {most} requests of {waiting} who wait since somebody last entered"
        ))
    }

    fn wakes(&mut self, clients: u32, by: Option<Who>, names: &dyn Names) -> Judgement {
        if clients <= self.notifications {
            return Judgement::happened();
        }
        let change = match by {
            Some(who) => format!("a request of {}", names.who(who)),
            None => "one change in the store".to_owned(),
        };
        let most = self.notifications;
        self.worst = self.worst.max(clients);
        Judgement::violated(format!(
            "{change} wakes {clients} clients at once, and one can get the lock: at most {most} should be woken"
        ))
    }
}

impl Property for Herd {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn worst(&self) -> u32 {
        self.worst
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        let waited_for = self.asking.is_waited_for(event);
        self.asking.observe(event);
        match event {
            Event::Wakes { by, clients } => return self.wakes(clients.len() as u32, *by, names),
            Event::InLine(_) => return self.asks(),
            Event::Enters { .. } => {
                self.asked = 0;
                if self.requests.is_some() && waited_for {
                    return Judgement::happened();
                }
            }
            _ => {}
        }
        Judgement::nothing()
    }
}
