//! MONITOR shows what a real server's MONITOR shows, line by line, but for the time.

use std::collections::BTreeMap;
use std::path::Path;

use lockstep::store::redis::{Bytes, Config, Draw, Message, RedisServer, Reply};
use lockstep::store::{Env, Inbound, Link, Outbound, Server};
use lockstep::time::Micros;
use lockstep::trace::Trace;
use serde_json::Value;

const MONITOR: Link = Link(0);

#[derive(Default)]
struct Log(Vec<String>);

impl Env<RedisServer> for Log {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        if let (MONITOR, Outbound::Message(Message::Push(Reply::Status(line)))) = (link, message) {
            self.0.push(line.to_text());
        }
    }

    fn draw(&mut self, _: &Draw, _: u32) -> u32 {
        0
    }
}

#[test]
fn a_recorded_session_is_shown_alike() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/recorded/redis");
    let trace = Trace::open(&folder.join("monitor-paired.jsonl")).unwrap();
    let ports = trace.header.members["config"]["client_ports"].as_object().unwrap();

    let mut server = RedisServer::new(Config::default());
    let mut log = Log::default();
    server.deliver(Micros::ZERO, MONITOR, Inbound::Connect, &mut log);
    server.deliver(
        Micros::ZERO,
        MONITOR,
        Inbound::Request([Bytes::from("MONITOR")].into()),
        &mut log,
    );
    let mut links = BTreeMap::new();
    for line in &trace.events {
        let event: Value = line.parse().unwrap();
        let client = event["client"].as_str().unwrap().to_owned();
        // The model has the number of the link in the place of the port.
        let port = ports[&client].as_u64().unwrap();
        let link = *links.entry(client).or_insert(Link(port as u32));
        let message = if event.get("connect").is_some() {
            Inbound::Connect
        } else if event.get("disconnect").is_some() {
            Inbound::Disconnect
        } else if let Some(call) = event["call"].as_array() {
            Inbound::Request(call.iter().map(|word| Bytes::from(word.as_str().unwrap())).collect())
        } else {
            continue;
        };
        server.deliver(Micros(event["at"].as_i64().unwrap()), link, message, &mut log);
    }

    let without_time = |line: &str| line.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap();
    let recorded = std::fs::read_to_string(folder.join("monitor-paired.log")).unwrap();
    let recorded: Vec<String> =
        recorded.lines().skip(1).filter(|line| !line.is_empty()).map(without_time).collect();
    let shown: Vec<String> = log.0.iter().map(|line| without_time(line)).collect();
    for (recorded, shown) in recorded.iter().zip(&shown) {
        assert_eq!(recorded, shown);
    }
    assert_eq!(recorded.len(), shown.len());
    assert!(shown.len() > 500);
}

/// Every EXEC that runs is shown, also one that finds no transaction, or gives one up.
#[test]
fn an_exec_is_shown_whatever_becomes_of_it() {
    let mut server = RedisServer::new(Config::default());
    let mut log = Log::default();
    let mut tell = |link, message| server.deliver(Micros::ZERO, link, message, &mut log);
    let line = |text: &str| Inbound::Request(text.split(' ').map(Bytes::from).collect());
    tell(MONITOR, Inbound::Connect);
    tell(MONITOR, line("MONITOR"));
    tell(Link(5), Inbound::Connect);
    for text in ["EXEC", "MULTI", "NOSUCH", "EXEC", "WATCH k", "SET k 1", "MULTI", "GET k", "EXEC"]
    {
        tell(Link(5), line(text));
    }
    let shown: Vec<&str> = log.0.iter().filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(shown, ["EXEC", "MULTI", "EXEC", "WATCH", "SET", "MULTI", "EXEC"]);
}
