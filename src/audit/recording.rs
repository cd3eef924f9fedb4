//! Recordings of real Redis servers: they have the answers that logs lack.

use std::collections::BTreeMap;

use super::finding::Findings;
use super::hold::Moment;
use super::redis::Auditor;
use super::report::{Audit, Kept, Options};
use crate::store::redis::Reply;
use crate::time::Micros;
use crate::trace::recorded::monitor::{Entry, From, Group};
use crate::trace::recorded::redis::{Act, Answer, Turn, What, read};
use crate::trace::{BadRecording, Header, Line};

impl Audit {
    /// Reads a recording of Redis. Each of several servers is a lock server of its own.
    pub fn of_redis_recording(
        header: &Header,
        lines: &[Line],
        options: &Options,
    ) -> Result<Self, BadRecording> {
        #[derive(serde::Deserialize, Default)]
        struct Config {
            #[serde(default)]
            epoch_us: i64,
        }
        let epoch = header.member::<Config>("config")?.epoch_us;
        let events = read(header, lines)?;
        let mut findings = Findings::within(options.window.clone());
        let mut kept = Kept::new(options);
        let mut servers: BTreeMap<usize, Auditor> = BTreeMap::new();
        let mut databases: BTreeMap<(usize, String), usize> = BTreeMap::new();
        let mut commands = 0;
        for event in events {
            let server = servers.entry(event.server).or_insert_with(|| Auditor::new(Micros(epoch)));
            match event.what {
                What::Server(turn) => {
                    let clock = Micros(epoch) + event.at;
                    let moment = Moment { at: event.at, clock, line: event.line };
                    if turn == Turn::Restart {
                        server.restart(moment);
                    }
                }
                What::Client(client, Act::Disconnect) => server.disconnect(&client),
                What::Client(client, Act::Call(words, answer)) => {
                    let db = databases.entry((event.server, client.clone())).or_insert(0);
                    if words[0].eq_ignore_ascii_case(b"select")
                        && answer == Answer::Reply(Reply::OK)
                    {
                        let number = words.get(1).and_then(|it| it.to_text().parse().ok());
                        *db = number.unwrap_or(*db);
                    }
                    commands += 1;
                    let entry = Entry {
                        line: event.line,
                        at: Micros(epoch) + event.at,
                        db: *db,
                        from: From::Client(client),
                        words: words.to_vec(),
                    };
                    let reply = match answer {
                        Answer::Reply(reply) => Some(reply),
                        Answer::None | Answer::Blocked => None,
                    };
                    let (entry, lua) = (Some(entry), Vec::new());
                    let group = Group { entry, lua, long: false, recorded: true, reply };
                    server.step(&group, &mut findings, &mut |place, hold| kept.add(place, hold));
                }
                What::Client(..) => {}
            }
        }
        let mut audit = kept.audit(findings);
        audit.commands = commands;
        for auditor in servers.into_values() {
            audit.take(auditor, options);
        }
        Ok(audit)
    }
}
