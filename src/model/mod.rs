//! Models: one JSON file says what runs, what may go wrong, what must hold, and what is expected.
//!
//! [`fields::SECTIONS`] has all sections with their fields, shapes and defaults; `lockstep list fields` shows them, and
//! the parsers of the sections take their names from there.
//!
//! Each section parses itself. What is unknown or impossible is a [`Problem`] at its place.

mod bounds;
mod case;
mod clients;
mod clock;
mod costs;
mod expect;
mod faults;
pub mod fields;
mod given;
mod habits;
mod horizon;
mod inline;
mod network;
mod properties;
mod redis_client;
mod replicas;
mod store;

use std::path::Path;

pub use bounds::Bounds;
pub use case::{Case, Form};
pub use expect::{Expect, Verdict};
pub use network::Network;

use crate::cx::LockBox;
use crate::json::{Document, Problem, Section};
use crate::property::PropertyBox;
use crate::sim::{Costs, Fault, ProcessSetup, ServerSetup, Setup, Timing};
use crate::time::Micros;

/// A model.
#[derive(Clone, Debug)]
pub struct Model {
    text: String,
    title: String,
    why: String,
    case: Option<Case>,
    store: store::Store,
    given: given::Given,
    clients: clients::Clients,
    network: Network,
    costs: Costs,
    faults: Vec<Fault>,
    properties: Vec<PropertyBox>,
    horizon: Micros,
    bounds: Bounds,
    expect: Option<Expect>,
    expect_run: Option<Expect>,
}

impl Model {
    /// Reads the model in the file at `path`.
    pub fn open(path: &Path) -> Result<Self, Box<Problem>> {
        Self::from_document(&Document::open(path)?)
    }

    /// Reads the model in `text`, the content of the file at `path`, which is only named in messages.
    pub fn parse(path: impl AsRef<Path>, text: impl Into<String>) -> Result<Self, Box<Problem>> {
        Self::from_document(&Document::parse(path, text)?)
    }

    /// Reads the model that `document` is.
    pub fn from_document(document: &Document) -> Result<Self, Box<Problem>> {
        let root = document.root();
        let fields = root.fields(&fields::names("model"))?;
        let sentence = |name| fields.get(name).map_or(Ok(String::new()), |it| sentence(&it));
        let (title, why) = (sentence("title")?, sentence("why")?);
        let clients = fields.get("clients");
        // Roles may have their own locks and works.
        let has_roles = clients.is_some_and(|it| {
            it.members().is_ok_and(|members| members.iter().any(|member| member.name == "roles"))
        });
        let required = ["store", "lock", "clients", "work", "properties"];
        let own = if has_roles { ["lock", "work"].as_slice() } else { &[] };
        let required: Vec<&str> = required.into_iter().filter(|name| !own.contains(name)).collect();
        fields.require(&required)?;
        let store = store::Store::from_section(&fields.field("store")?)?;
        let defaults = clients::Defaults { lock: fields.get("lock"), work: fields.get("work") };
        let clients = clients::Clients::from_section(&fields.field("clients")?, &store, defaults)?;
        let works = &clients.works;
        let given = given::Given::from_section(fields.get("given"), &store, &clients)?;
        let servers = store.server_names();
        let network = Network::from_section(fields.get("network"), &clients, &servers)?;
        let costs = costs::from_section(fields.get("costs"))?;
        let has_ledger = given.ledger().is_some();
        let faults = faults::from_section(fields.get("faults"), &clients, &store, has_ledger)?;
        let facts = given.facts(&clients, &faults);
        let properties = properties::from_section(&fields.field("properties")?, works, &facts)?;
        let mut spans = store.durations();
        spans.extend(clients.compare_with());
        let horizon = horizon::of(&root, &faults, &network, &clients.leases, spans);
        if store.is_ensemble()
            && let Some(place) = properties.iter().position(|it| it.name() == "release-safety")
        {
            let section = fields.field("properties")?;
            let elements = section.elements()?;
            let message = "who removed a node is not known where several servers answer: not judged on an ensemble";
            return Err(elements[place].error(message));
        }
        let names: Vec<&str> = properties.iter().map(PropertyBox::name).collect();
        let expect = |name| fields.get(name).map(|section| Expect::from_section(&section, &names));
        Ok(Self {
            text: inline::text(document)?,
            title,
            why,
            case: fields.get("case").map(|field| Case::from_section(&field)).transpose()?,
            bounds: Bounds::from_section(fields.get("bounds"))?,
            expect: expect("expect").transpose()?,
            expect_run: expect("expect_run").transpose()?,
            store,
            given,
            clients,
            network,
            costs,
            faults,
            properties,
            horizon,
        })
    }

    /// The same with this lock in the place of every client's.
    #[must_use]
    pub fn with_lock(mut self, lock: &LockBox) -> Self {
        for client in &mut self.clients.processes {
            client.lock = lock.clone();
        }
        self
    }

    /// What the model shows; empty if it does not say.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Why it is so, and where that is known from; empty if it does not say.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Which entry of the catalogue of failures it shows, if it is one of those.
    pub fn case(&self) -> Option<&Case> {
        self.case.as_ref()
    }

    /// The whole file, with the scripts that it names. A trace carries it, so that it can be replayed without the files.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where `check` and `run` stop.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What servers and clients take for their work, in sampled timing.
    pub fn costs(&self) -> &Costs {
        &self.costs
    }

    /// How many choices that cost nothing a search tries in one run, with the faults beside them. Who lists `reorder` asks
    /// for as many messages that are overtaken as its budget, up to 3.
    fn choices(&self) -> u8 {
        if let Some(choices) = self.bounds.choices {
            return choices;
        }
        let reorders = self.faults.iter().filter(|fault| fault.is_always_tried());
        let reorders = reorders.map(|fault| fault.budget.map_or(3, |budget| budget.min(3) as u8));
        reorders.max().unwrap_or(0).max(Bounds::CHOICES)
    }

    /// The verdict that `check` should come to.
    pub fn expect(&self) -> Option<&Expect> {
        self.expect.as_ref()
    }

    /// The verdict that `run` should come to.
    pub fn expect_run(&self) -> Option<&Expect> {
        self.expect_run.as_ref()
    }

    /// The world with abstract timing, as `check` searches it.
    pub fn abstract_setup(&self) -> Setup {
        self.setup(Timing::Abstract)
    }

    /// The world with sampled timing and the network's latencies, as `run` runs it.
    pub fn sampled_setup(&self) -> Setup {
        self.setup(self.network.timing())
    }

    /// The world with this timing.
    ///
    /// With abstract timing ZooKeeper keeps no times in its nodes, and the end of a session within its tick is a
    /// draw; with sampled timing it is as a default configuration has it.
    pub fn setup(&self, timing: Timing) -> Setup {
        let mut servers = self.store.servers(timing, &self.given);
        servers.extend(self.given.ledger().map(|ledger| ServerSetup {
            name: faults::LEDGER.to_owned(),
            state: crate::sim::AnyServer::Ledger(ledger),
            drift_ppm: 0,
        }));
        let session_timeout_ms = self.store.session_timeout_ms();
        let library = self.store.library();
        let processes = self.clients.processes.iter().map(|client| ProcessSetup {
            name: client.name.clone(),
            threads: vec![(client.lock.clone(), client.work.clone()); client.threads],
            clock: client.clock.clone(),
            session_timeout_ms,
            library,
            redis: self.store.redis_client(),
            starts: client.starts,
            arrival: client.arrival,
            habits: client.habits,
        });
        Setup {
            servers,
            processes: processes.collect(),
            timing,
            round_trip: self.network.round_trip,
            costs: self.costs,
            far: self.network.far.clone(),
            lateness: Some(self.network.most),
            most_free: self.choices(),
            faults: self.faults.clone(),
            properties: self.properties.clone(),
            horizon: self.horizon,
            sentinel: self.store.sentinel(),
            watches_place: true,
        }
    }
}

/// A text with something in it.
fn sentence(section: &Section<'_>) -> Result<String, Box<Problem>> {
    let text: String = section.to()?;
    if text.trim().is_empty() {
        return Err(section.error("an empty text says nothing"));
    }
    Ok(text)
}
