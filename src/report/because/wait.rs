//! Why somebody waits in vain.

use std::collections::BTreeMap;

use serde_json::Value;

use super::moment;
use super::tenure::Tenure;
use crate::report::cast::{Cast, Kind, thread_name};
use crate::report::{deviation, words};
use crate::time::Micros;
use crate::trace::own::{Act, Event, ProcessEvent, What};

/// More requests than an attempt takes.
const MANY: u64 = 12;

/// Who entered last.
struct Holder {
    who: String,
    at: Micros,
    /// When and how that ended.
    end: Option<(Micros, &'static str)>,
}

/// What is known of those who take part.
#[derive(Default)]
struct Known {
    /// Who asks, and since when.
    asking: BTreeMap<String, Micros>,
    /// Since when each thread has asked, or had asked before it got the lock.
    since: BTreeMap<String, Micros>,
    /// The last request of each thread, when it was executed, and its answer.
    last: BTreeMap<String, (Micros, String)>,
    /// How many requests each thread has sent since anybody entered.
    asked: BTreeMap<String, u64>,
    /// The longest that each thread has let pass between two requests.
    gap: BTreeMap<String, Micros>,
    /// Who entered last.
    holder: Option<Holder>,
    /// Processes that died, and when.
    died: BTreeMap<String, Micros>,
    /// What was sent to processes that had not asked in that moment and has not been heard.
    unheard: Vec<(Micros, String, String)>,
    /// Publications that nobody heard.
    unpublished: Option<(Micros, String)>,
    /// Connections that broke: when, whose, and to which server.
    lost: Vec<(Micros, String, String)>,
    /// The server that was made the master last, and when.
    promoted: Option<(Micros, String)>,
}

/// `goes_round` says that those who wait go on asking for ever.
pub(super) fn sentences(
    cast: &Cast,
    events: &[Event],
    tenures: &[Tenure],
    goes_round: bool,
) -> Vec<String> {
    let mut known = Known::default();
    for event in events {
        known.hear(event);
    }
    let now = events.last().map(|event| event.at).unwrap_or_default();
    // A wait that was too long ended with an entry: what matters is what stood in the way until then.
    if let Some(Holder { who, at, end: None }) = &known.holder
        && *at == now
    {
        let kept = known.kept(who, tenures, now);
        return if kept.is_empty() { known.meanwhile(who, cast, events) } else { kept };
    }
    let mut sentences: Vec<String> = known.holder().into_iter().collect();
    // In a round it is free at one time and taken at another.
    if !goes_round || tenures.iter().any(|it| it.end.is_none()) {
        sentences.extend(known.in_the_way(cast, tenures));
    }
    sentences.extend(known.missed());
    sentences.extend(known.waiters(now, goes_round));
    sentences
}

impl Known {
    fn hear(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            What::Executed { from, thread, call, reply, sent, .. } => {
                let who = thread_name(from, *thread);
                let answer =
                    reply.as_ref().map(|it| format!(" → {}", words::reply(it))).unwrap_or_default();
                let text = format!("{}{answer}", words::call(call));
                if text.to_uppercase().starts_with("PUBLISH")
                    && reply.as_deref() == Some(&Value::from(0))
                {
                    self.unpublished = Some((at, who.clone()));
                }
                *self.asked.entry(who.clone()).or_default() += 1;
                if let Some((before, _)) = self.last.get(&who) {
                    let gap = self.gap.entry(who.clone()).or_default();
                    *gap = (*gap).max(at - *before);
                }
                self.last.insert(who, (at, text));
                self.send(at, sent);
            }
            What::Deadline { sent, .. } => self.send(at, sent),
            What::Heard { to, heard, .. } => {
                let heard = words::reply(heard);
                let place =
                    self.unheard.iter().position(|(_, it, what)| it == to && *what == heard);
                if let Some(place) = place {
                    self.unheard.remove(place);
                }
            }
            What::Server { server, event } if event == "promoted" => {
                self.promoted = Some((at, server.clone()));
            }
            What::Lost { to, from, .. } => self.lost.push((at, to.clone(), from.clone())),
            What::Process { process, event: ProcessEvent::Crashes } => {
                self.died.insert(process.clone(), at);
                let of = |who: &str| who.split('.').next() == Some(process);
                self.asking.retain(|who, _| !of(who));
                if let Some(Holder { who, end: end @ None, .. }) = &mut self.holder
                    && of(who)
                {
                    *end = Some((at, "died"));
                }
            }
            What::Did(did) => match did.act {
                Act::Asks => {
                    self.since.insert(did.who.clone(), at);
                    self.asking.insert(did.who.clone(), at);
                }
                Act::Enters { .. } => {
                    self.asking.remove(&did.who);
                    self.asked.clear();
                    self.holder = Some(Holder { who: did.who.clone(), at, end: None });
                }
                Act::Leaves => {
                    if let Some(Holder { who, end: end @ None, .. }) = &mut self.holder
                        && *who == did.who
                    {
                        *end = Some((at, "left its section"));
                    }
                }
                Act::Done => {
                    self.asking.remove(&did.who);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn send(&mut self, at: Micros, sent: &[crate::trace::own::Sent]) {
        for sent in sent.iter().filter(|it| it.message.get("closed").is_none()) {
            self.unheard.push((at, sent.to.clone(), words::reply(&sent.message)));
        }
    }

    fn holder(&self) -> Option<String> {
        let Holder { who, at, end } = self.holder.as_ref()?;
        let at = moment(*at);
        Some(match end {
            None => format!("{who} got the lock last, at {at}, and has not left its section."),
            Some((end, how)) => {
                format!("{who} had the lock last, from {at} on; it {how} at {}.", moment(*end))
            }
        })
    }

    /// What kept the lock from `who`, who has it `now`, for longest.
    fn kept(&self, who: &str, tenures: &[Tenure], now: Micros) -> Vec<String> {
        let Some(&asked) = self.since.get(who) else { return Vec::new() };
        let ended = tenures.iter().filter_map(|it| Some((it, it.end.as_ref()?.0)));
        let last = ended.filter(|(_, until)| *until >= asked).max_by_key(|it| it.1);
        let Some((last, until)) = last else { return Vec::new() };
        let died = self.died.get(last.owner.split('.').next().unwrap_or(&last.owner));
        let died = died.filter(|at| last.since <= **at);
        let died = died.map(|at| format!(", which died at {},", moment(*at))).unwrap_or_default();
        let itself = if last.owner == who { " itself" } else { "" };
        let (what, owner) = (words::node(&last.what), &last.owner);
        let (asked, since) = (moment(asked), moment(last.since));
        let free = until < now;
        let until = moment(until);
        let mut sentences = vec![format!(
            "{who} had asked at {asked}; {owner}{itself}{died} had put {what} there at {since}, and it was there until {until}."
        )];
        // It was free, and who waits did not know.
        if free {
            sentences.extend(self.unpublished());
            sentences.extend(self.missed_by(who));
        }
        sentences
    }

    /// Who had the lock and what went wrong while `who` waited.
    fn meanwhile(&self, who: &str, cast: &Cast, events: &[Event]) -> Vec<String> {
        let Some(&asked) = self.since.get(who) else { return Vec::new() };
        let told = events.iter().filter(|it| it.at >= asked).filter_map(|event| {
            let what = match &event.what {
                What::Deviation { deviation, site, cost } if *cost > 0 => {
                    deviation::tell(site, deviation, cast).sentence
                }
                What::Did(did) if did.who != who => match did.act {
                    Act::Enters { .. } => format!("{} got the lock", did.who),
                    Act::Leaves => format!("{} left its section", did.who),
                    _ => return None,
                },
                _ => return None,
            };
            Some(format!("{what} at {}", moment(event.at)))
        });
        let told: Vec<String> = told.take(6).collect();
        let asked = moment(asked);
        match told.as_slice() {
            [] => vec![format!("{who} had asked at {asked}.")],
            _ => vec![format!("{who} had asked at {asked}; since then {}.", words::list(&told))],
        }
    }

    /// What stands where the lock lives.
    fn in_the_way(&self, cast: &Cast, tenures: &[Tenure]) -> Vec<String> {
        let there: Vec<&Tenure> = tenures.iter().filter(|it| it.end.is_none()).collect();
        // Of several servers with one memory no list is kept.
        if tenures.is_empty() {
            return Vec::new();
        }
        // What its replica had not heard of when it was promoted is not known from the requests of clients.
        if let (true, Some((at, server))) = (there.is_empty(), &self.promoted) {
            let at = moment(*at);
            return vec![format!(
                "{server}, the master since {at}, has what it had heard of from the master before."
            )];
        }
        if there.is_empty() {
            return vec!["Nothing stands where the lock lives: it is free.".to_owned()];
        }
        let several = cast.servers.len() > 2;
        let tell = |tenure: &&Tenure| {
            let Tenure { owner, since, .. } = tenure;
            let what = words::node(&tenure.what);
            let on = if several { format!(" on {}", tenure.server) } else { String::new() };
            let since = moment(*since);
            let process = owner.split('.').next().unwrap_or(owner);
            // A new process of that name has what it put there itself.
            let whose = match self.died.get(process).filter(|at| tenure.since <= **at) {
                Some(at) => {
                    format!("{owner}, which died at {}, put it there at {since}", moment(*at))
                }
                None if self.asking.contains_key(owner) => {
                    format!("{owner}, which waits itself, put it there at {since}")
                }
                None => format!("{owner} put it there at {since}"),
            };
            let life = match (tenure.kind, tenure.ttl, tenure.renewed.last()) {
                (Kind::Redis, None, _) => ", without a time to live".to_owned(),
                (Kind::Redis, Some(ttl), None) => format!(", to live for {}", moment(ttl)),
                (Kind::Redis, Some(_), Some(last)) => format!(
                    ", and it was renewed {} times, last at {}",
                    tenure.renewed.len(),
                    moment(*last)
                ),
                _ => String::new(),
            };
            format!("{what}{on} is there: {whose}{life}.")
        };
        there.iter().take(4).map(tell).collect()
    }

    /// Wake-ups that were missed.
    fn missed(&self) -> Vec<String> {
        let waiters = self.asking.keys().filter_map(|who| self.missed_by(who));
        self.unpublished().into_iter().chain(waiters).collect()
    }

    fn unpublished(&self) -> Option<String> {
        let (at, who) = self.unpublished.as_ref()?;
        let at = moment(*at);
        Some(format!("Nobody heard what {who} published at {at}: nobody was subscribed."))
    }

    /// What the process of `who` has not heard.
    fn missed_by(&self, who: &str) -> Option<String> {
        let process = who.split('.').next().unwrap_or(who);
        if let Some((at, _, server)) = self.lost.iter().rev().find(|(_, it, _)| it == process) {
            let at = moment(*at);
            return Some(format!(
                "{process} lost its connection to {server} at {at}, and what was sent meanwhile."
            ));
        }
        let (at, _, what) = self.unheard.iter().find(|(_, to, _)| to == process)?;
        Some(format!("{process} never heard {what}, sent at {}.", moment(*at)))
    }

    fn waiters(&self, now: Micros, goes_round: bool) -> Vec<String> {
        let tell = |(who, since): (&String, &Micros)| {
            let since = moment(*since);
            let Some((at, last)) = self.last.get(who) else {
                return format!("{who} waits since {since}, and has not been answered yet.");
            };
            // Who asks at intervals asks again before long; the run went on long enough to see it often.
            let often = self.asked.get(who).is_some_and(|asked| *asked > MANY);
            let goes_on = goes_round
                || often && self.gap.get(who).is_some_and(|gap| now - *at <= *gap + *gap);
            let at = moment(*at);
            if goes_on {
                format!("{who} waits since {since} and goes on asking ({last}).")
            } else {
                format!(
                    "{who} waits since {since}; it asked last at {at} ({last}), and nothing wakes it."
                )
            }
        };
        self.asking.iter().take(4).map(tell).collect()
    }
}
