//! The report page in a real browser: nothing complains, and one can walk through a run with mouse, keys and links.
//!
//! Where there is no Chromium with its driver these tests say so and test nothing.

mod driver;

use std::path::Path;

use driver::Browser;
use serde_json::json;

use super::cli::{directory, lockstep_at};

/// The arrows as `WebDriver` names them.
const RIGHT: &str = "\u{e014}";
const END: &str = "\u{e010}";
const HOME: &str = "\u{e011}";

fn page(directory: &Path, model: &str, rest: &[&str]) -> String {
    let arguments = [&["report", model, "-o", "r.html"][..], rest].concat();
    let ran = lockstep_at(directory, &arguments, b"", None);
    assert!(ran.code < 2, "{}{}", ran.out, ran.err);
    format!("file://{}", directory.join("r.html").display())
}

fn browser() -> Option<Browser> {
    let browser = Browser::start();
    if browser.is_none() {
        #[expect(
            clippy::print_stdout,
            reason = "who reads the result must see that nothing was tested"
        )]
        {
            println!("skipped: chromium and chromedriver are not on this machine");
        }
    }
    browser
}

/// The step that is chosen, as its link names it, and its words.
fn chosen(browser: &Browser) -> (String, String) {
    let said = browser.eval("return [nameOf(current), now.querySelector('.said').textContent];");
    (said[0].as_str().unwrap().to_owned(), said[1].as_str().unwrap().to_owned())
}

#[test]
fn one_walks_through_a_run_with_keys_buttons_and_links() {
    let Some(browser) = browser() else { return };
    let url = page(&directory("browser_walk"), "set-nx-px-pause", &[]);
    browser.open(&url);
    assert_eq!(chosen(&browser).0, "1");
    browser.press("jj");
    let (step, words) = chosen(&browser);
    assert!(step == "5" && words.contains("10.001 s") && words.contains("c2"), "{step}: {words}");
    assert!(browser.eval("return location.hash;").as_str().unwrap().ends_with("#step=5"));
    browser.press("k");
    assert_eq!(chosen(&browser).0, "3");
    browser.press(END);
    assert_eq!(chosen(&browser).0, "7.2");
    browser.press(RIGHT);
    assert_eq!(chosen(&browser).0, "7.2", "there is nothing after the last one");
    browser.press(HOME);
    browser.eval("document.getElementById('next').click();");
    assert_eq!(chosen(&browser).0, "3");
    browser.press("v");
    assert!(chosen(&browser).1.contains("mutual-exclusion"));
    // Search, and from place to place.
    browser.press("/expires");
    browser.press("\u{e007}");
    assert!(chosen(&browser).1.contains("key lock of c1 expires"));
    assert_eq!(browser.eval("return $('found').textContent;"), "1 found");
    // A link to a step, and to what is between two.
    browser.open(&format!("{url}#step=6"));
    assert_eq!(chosen(&browser).0, "6");
    browser.open(&format!("{url}#step=4"));
    assert_eq!(chosen(&browser).0, "3");
    browser.open(&format!("{url}#step=99"));
    assert_eq!(chosen(&browser).0, "7.2");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_state_at_a_step_says_what_changed() {
    let Some(browser) = browser() else { return };
    let url = page(&directory("browser_state"), "set-nx-px-pause", &[]);
    browser.open(&format!("{url}#step=1"));
    let rows = "return [...now.querySelectorAll('tr.new, tr.changed, tr.gone')].map((r) => r.className + ' ' + r.textContent);";
    let at_first = browser.eval(rows);
    assert_eq!(at_first.as_array().unwrap().len(), 1, "{at_first}");
    assert!(at_first[0].as_str().unwrap().contains("new +lockc1-0000"), "{at_first}");
    // Later, and back again: the state is that of the step, whichever way one comes.
    browser.press(END);
    let there = browser.eval("return now.textContent;");
    assert!(there.as_str().unwrap().contains("c2-0000"), "{there}");
    browser.press(HOME);
    assert_eq!(browser.eval(rows), at_first);
    let clients = browser.eval("select(1); return now.textContent;");
    assert!(clients.as_str().unwrap().contains("in its critical section, paused"), "{clients}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn both_themes_draw_and_follow_the_machine() {
    let Some(browser) = browser() else { return };
    let url = page(&directory("browser_themes"), "sequential-pause", &[]);
    let colours = "const g = view.getContext('2d').getImageData(0, 0, view.width, view.height).data, c = new Set(); \
                   for (let i = 0; i < g.length; i += 4) c.add(`${g[i]},${g[i + 1]},${g[i + 2]}`); \
                   return [getComputedStyle(document.body).backgroundColor, c.size];";
    let mut seen = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        browser.open(&url);
        let drawn = browser.eval(colours);
        assert!(drawn[1].as_u64().unwrap() > 20, "nothing is drawn in {scheme}: {drawn}");
        seen.push(drawn[0].clone());
    }
    assert_ne!(seen[0], seen[1]);
    browser.press("d");
    assert_eq!(browser.eval(colours)[0], seen[0], "the key turns it around");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn ten_thousand_events_stay_smooth() {
    let Some(browser) = browser() else { return };
    let url = page(&directory("browser_many"), "models/red-packets/local.json", &["--seed", "3"]);
    browser.open(&url);
    let counts = browser.eval("return [S.length, P.arrows.length, list.children.length];");
    assert!(counts[1].as_u64().unwrap() + counts[0].as_u64().unwrap() > 1000, "{counts}");
    assert!(counts[2].as_u64().unwrap() < 1300, "not all of a long run is in the list: {counts}");
    // The same with many times as much: what is drawn is what is in sight.
    let grown = "const steps = S.length; while (P.arrows.length < 40000) P.arrows.push(...P.arrows.slice(0, 5000)); \
                 const from = performance.now(); for (let i = 0; i < 20; i++) { current = (i * 37) % steps; draw(); drawMap(); } \
                 return (performance.now() - from) / 20;";
    let took = browser.eval(grown).as_f64().unwrap();
    assert!(took < 250.0, "{took} ms for one picture");
    browser.press("+++");
    browser.press("0");
    browser.press("t");
    browser.press("t");
    let zoomed = browser.eval("return zoom === fitZoom;");
    assert_eq!(zoomed, json!(true));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn texts_of_others_stay_texts() {
    let Some(browser) = browser() else { return };
    let directory = directory("browser_hostile");
    let evil = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">&amp;\u{2028}'\"";
    let evil = serde_json::to_string(evil).unwrap();
    let model = format!(
        r#"{{"title": {evil}, "why": {evil}, "store": {{"redis": {{}}}}, "lock": {{"set-nx-px": {{"key": {evil}, "ttl": "10s", "retry": {{"after": "1s"}}}}}},
        "clients": {{"processes": 2}}, "work": {{"section": {{"work": "2s", "rounds": 1}}}},
        "given": {{"redis": [["SET", {evil}, {evil}], ["EXPIRE", {evil}, "1"]]}}, "faults": ["pause"], "properties": ["mutual-exclusion"]}}"#
    );
    std::fs::write(directory.join("m.json"), model).unwrap();
    let url = page(&directory, "m.json", &[]);
    browser.open(&url);
    browser.press("jjjjj");
    let page = browser.eval("return [document.title, document.querySelectorAll('img').length, document.scripts.length];");
    assert!(!page[0].as_str().unwrap().starts_with("owned"), "{page}");
    assert_eq!((page[1].as_u64(), page[2].as_u64()), (Some(0), Some(2)));
    assert!(
        browser
            .eval("return document.querySelector('h1').textContent;")
            .as_str()
            .unwrap()
            .contains("</script>")
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
