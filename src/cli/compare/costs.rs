//! `compare --costs`: the cost model of what is compared.

use serde_json::{Value, json};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{FAINT, Output, TITLE};
use super::subjects::Question;
use crate::report::words;
use crate::sim::Costs;
use crate::visible;

/// Whether a cost is the default.
fn usual_is(span: crate::time::Micros, name: &str) -> bool {
    Costs::default().all().iter().any(|it| it.0 == name && it.1 == span)
}

/// Shows the costs of each strategy: once, where all have the same.
pub(super) fn tell(question: &Question, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let mut all: Vec<(Vec<String>, Costs, [crate::time::Micros; 2])> = Vec::new();
    for subject in &question.subjects {
        let Ok(text) = &subject.text else { continue };
        let model = text.read("")?;
        let network = [model.network().least, model.network().most];
        match all.iter_mut().find(|it| it.1 == *model.costs() && it.2 == network) {
            Some(known) if known.0.contains(&subject.strategy) => {}
            Some(known) => known.0.push(subject.strategy.clone()),
            None => all.push((vec![subject.strategy.clone()], *model.costs(), network)),
        }
    }
    if output.json {
        let costs: Vec<Value> = all
            .iter()
            .map(|(strategies, costs, network)| {
                let us: serde_json::Map<String, Value> =
                    costs.all().iter().map(|it| (it.0.to_owned(), json!(it.1.0))).collect();
                json!({"strategies": strategies, "us": us, "latency_us": [network[0].0, network[1].0]})
            })
            .collect();
        output.write_json(&json!({"command": "compare", "costs": costs, "exit": 0}))?;
        return Ok(Exit::Expected);
    }
    let default = Costs::default().all();
    for (strategies, costs, [least, most]) in &all {
        output.text(TITLE, &visible::line(&words::list(strategies)))?;
        for ((name, span, what), (_, usual, _)) in costs.all().iter().zip(default) {
            let usual = format!(" (by default {} µs)", usual.0);
            let changed = if usual_is(*span, name) { String::new() } else { usual };
            writeln!(output.out(), "  {name:<19} {:>8} µs  {what}{changed}", span.0)?;
        }
        let between = format!("{least} to {most}");
        writeln!(
            output.out(),
            "  {:<19} {between:>10}  a message, one way (`network`)",
            "latency"
        )?;
        writeln!(output.out())?;
    }
    let text = "set them in the model: \"costs\": {\"zookeeper_request\": \"80us\"}; where they come from: docs/costs.md";
    output.text(FAINT, text)?;
    Ok(Exit::Expected)
}
