//! A browser without a window, driven as the `WebDriver` standard has it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A browser with one page.
pub(super) struct Browser {
    driver: Child,
    session: String,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = minreq::delete(&self.session).with_timeout(10).send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts a browser; none where there is none.
    pub(super) fn start() -> Option<Self> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let said = BufReader::new(driver.stdout.take()?);
        let port = said.lines().map_while(Result::ok).find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse::<u16>().ok()
        })?;
        let options = json!({
            "args": ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,1000"]
        });
        let wanted = json!({
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}
        });
        let url = format!("http://127.0.0.1:{port}/session");
        let body = json!({"capabilities": {"alwaysMatch": wanted}});
        let begun = send(&minreq::post(&url), &body);
        let Ok(begun) = begun else {
            // The driver is there and the browser is not.
            let _ = driver.kill();
            let _ = driver.wait();
            return None;
        };
        let session = format!("{url}/{}", begun["sessionId"].as_str()?);
        Some(Self { driver, session })
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        send(&minreq::post(format!("{}/{path}", self.session)), body).unwrap()
    }

    /// Opens a page and waits until it says that it is ready.
    pub(super) fn open(&self, url: &str) {
        self.post("url", &json!({ "url": "about:blank" }));
        self.post("url", &json!({ "url": url }));
        let ready = "const done = arguments[0]; const look = () => document.documentElement.dataset.ready ? done(1) \
                     : setTimeout(look, 20); look();";
        self.post("execute/async", &json!({"script": ready, "args": []}));
    }

    /// What a script of the page returns, after the next picture is drawn.
    pub(super) fn eval(&self, script: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => {{ done((() => {{ {script} }})()); }}));"
        );
        self.post("execute/async", &json!({"script": script, "args": []}))
    }

    /// Presses keys one after the other.
    pub(super) fn press(&self, keys: &str) {
        let each = keys.chars().flat_map(|key| {
            [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
        });
        let keys = json!({"type": "key", "id": "keys", "actions": each.collect::<Vec<_>>()});
        self.post("actions", &json!({"actions": [keys]}));
    }

    /// Whether the machine prefers dark pages from now on.
    pub(super) fn prefer(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let params = json!({"features": features});
        let body = json!({"cmd": "Emulation.setEmulatedMedia", "params": params});
        self.post("goog/cdp/execute", &body);
    }

    /// What the console says of what went wrong since the last look.
    pub(super) fn complaints(&self) -> Vec<String> {
        let log = self.post("se/log", &json!({"type": "browser"}));
        let all = log.as_array().unwrap().iter();
        // How a test reads pixels back is no business of the page.
        all.filter(|it| {
            it["level"] != "INFO" && it["level"] != "DEBUG" && it["source"] != "rendering"
        })
        .map(Value::to_string)
        .collect()
    }
}

fn send(request: &minreq::Request, body: &Value) -> Result<Value, String> {
    let request = request.clone().with_header("Content-Type", "application/json");
    let answer = request.with_body(body.to_string()).with_timeout(60).send();
    let answer = answer.map_err(|error| error.to_string())?;
    let text = answer.as_str().map_err(|error| error.to_string())?;
    let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if answer.status_code >= 400 {
        return Err(value["value"].to_string());
    }
    Ok(value["value"].take())
}
