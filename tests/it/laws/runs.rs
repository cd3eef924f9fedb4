//! What a sampled run violates, the search violates.

use lockstep::model::Verdict;
use lockstep::run::run_only;
use serde_json::{Value, json};

use super::{ALL, Judged, Sample, bare, found_within, models, parse};

const SOME: Sample = Sample { first: 3, step: 6 };
/// What most searches need that find something.
const STATES: u64 = 1_000_000;
/// A run of more clients than this says nothing of a search.
const CLIENTS: usize = 32;

/// Of each model as it is and without its faults: whether any of so many seeds violates what the search does not.
fn judge(sample: Sample, seeds: u64) -> Judged {
    let mut judged = Judged::default();
    for (name, document) in models(sample) {
        let as_it_is = bare(&document);
        let mut without = as_it_is.clone();
        without["faults"] = json!([]);
        let cases: &[&Value] =
            if as_it_is.get("faults").is_some() { &[&as_it_is, &without] } else { &[&as_it_is] };
        for case in cases {
            let model = parse(&name, case.to_string());
            if model.abstract_setup().processes.len() > CLIENTS {
                continue;
            }
            let Some(seed) = (1..=seeds).find(|seed| run_only(&model, *seed).violation.is_some())
            else {
                continue;
            };
            let found = found_within(&name, case, STATES);
            match found.verdict {
                Verdict::Violated => judged.answered += 1,
                Verdict::Cut => judged.cut += 1,
                _ => judged.wrong.push(format!(
                    "{name} with {} faults: seed {seed} violates what the search calls {found:?}",
                    case["faults"].as_array().map_or(0, Vec::len),
                )),
            }
        }
    }
    judged
}

#[test]
fn what_a_run_violates_the_search_violates() {
    judge(SOME, 40).is_true(20);
}

#[test]
#[ignore = "takes minutes: all models, and 200 seeds of each"]
fn what_a_run_of_any_model_violates_the_search_violates() {
    judge(ALL, 200).is_true(150);
}
