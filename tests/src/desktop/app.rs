//! A program's window under WebDriver: controls are found, used and read as a person would.
//!
//! Every step waits for what it needs and on failure reports what is on the screen; nothing sleeps for a fixed time.

use super::{Display, Environment, PATIENCE, helper::Helper};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use thirtyfour::{Capabilities, Key, WebDriver, WebElement, prelude::*};

const FIND: &str = include_str!("find.js");
const PASTE: &str = include_str!("paste.js");
const SETTLE: &str = include_str!("settle.js");
const REPAINT: &str = include_str!("repaint.js");
const AXE: &str = include_str!("axe.js");

/// A running program with one window. Dropping it kills the program; [`App::quit`] closes the window.
pub struct App {
    driver: Option<WebDriver>,
    process: u32,
    display: Display,
    helper: Helper,
}

impl App {
    pub(super) async fn open(environment: &Environment, binary: &Path, arguments: &[&str]) -> Self {
        // Another program may take the port before the driver does. Then the driver ends and the test says so.
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a port is free").port();
        let mut helper = Helper::start(environment, "WebKitWebDriver", &[&format!("--port={port}")], "");
        helper.wait_until("listening", || TcpStream::connect(("127.0.0.1", port)).ok());

        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": binary, "args": arguments });
        capabilities.set("webkitgtk:browserOptions", options).expect("options are JSON");
        let session =
            WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities).request_timeout(PATIENCE * 3);
        // The driver does not notice a program that exits at once, and would wait for it.
        let opened = tokio::select! {
            session = session.connect() => session.map_err(|e| e.to_string()),
            () = ended(helper.id()) => Err("it ended".into()),
        };
        let driver = opened.unwrap_or_else(|e| panic!("{} opens no window: {e}\n{}", binary.display(), helper.log()));
        let process = child_of(helper.id()).expect("the driver has started the program");
        let display = Display::open(&environment.get("DISPLAY"));
        let app = Self { driver: Some(driver), process, display, helper };
        app.until("a loaded page", async || {
            let ready = "return document.readyState === 'complete' && location.href !== 'about:blank'";
            app.run(ready, vec![]).await.ok()?.as_bool()?.then_some(())
        })
        .await;
        app
    }

    /// The WebDriver session, for actions without a method here.
    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the session lasts as long as the app")
    }

    /// The program's process id.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// The program's terminal output.
    pub fn log(&self) -> String {
        self.helper.log()
    }

    /// The only reachable control with this role and accessible name. Part of a name is enough if no control has
    /// exactly it.
    pub async fn find(&self, role: &str, name: &str) -> WebElement {
        self.until(&format!("{role} “{name}”"), async || self.all(role, name).await.into_iter().next()).await
    }

    /// All such controls at this moment.
    pub async fn all(&self, role: &str, name: &str) -> Vec<WebElement> {
        let Ok(found) = self.run(FIND, vec![json!(role), json!(name)]).await else { return Vec::new() };
        let hits = found["hits"].as_array().cloned().unwrap_or_default();
        hits.into_iter().filter_map(|hit| WebElement::from_json(hit, self.driver().handle().clone()).ok()).collect()
    }

    /// Waits until there is no such control.
    pub async fn gone(&self, role: &str, name: &str) {
        self.until(&format!("no {role} “{name}”"), async || self.all(role, name).await.is_empty().then_some(())).await;
    }

    /// Clicks a control once it is there and enabled.
    pub async fn click(&self, role: &str, name: &str) {
        let click =
            async |element: WebElement| Ok(element.is_enabled().await? && element.click().await.map(|()| true)?);
        self.with(role, name, click).await;
    }

    /// Replaces a text field's content, key by key.
    pub async fn fill(&self, label: &str, text: &str) {
        let fill = async |field: WebElement| {
            field.clear().await?;
            field.send_keys(text).await.map(|()| true)
        };
        self.with("textbox", label, fill).await;
    }

    /// Acts on a control, and retries on failure, since the page may be changing.
    async fn with(&self, role: &str, name: &str, act: impl AsyncFn(WebElement) -> WebDriverResult<bool>) {
        self.display.nudge(self.process);
        let mut refusal = String::from("there is none");
        let done = self.patiently(async || {
            let outcome = act(self.all(role, name).await.into_iter().next()?).await;
            refusal = outcome.as_ref().map_or_else(ToString::to_string, |_| "it is disabled".into());
            outcome.is_ok_and(|done| done).then_some(())
        });
        if done.await.is_none() {
            self.fail(&format!("{role} “{name}” to be used: {refusal}")).await;
        }
    }

    /// Pastes over a text field's content, as from the clipboard.
    pub async fn paste(&self, label: &str, text: &str) {
        let paste = async |field: WebElement| self.run(PASTE, vec![field.to_json()?, json!(text)]).await.map(|_| true);
        self.with("textbox", label, paste).await;
    }

    /// Presses keys on the focused element: `Key::Control + "k"`, `Key::Escape`, text.
    pub async fn press(&self, keys: impl Into<thirtyfour::TypingData>) {
        let keys: String = keys.into().as_vec().into_iter().collect();
        self.display.nudge(self.process);
        let mut refusal = String::new();
        // The focus may move between the two questions. A refused call has pressed nothing.
        let done = self.patiently(async || {
            let pressed = async { self.driver().active_element().await?.send_keys(keys.as_str()).await }.await;
            pressed.inspect_err(|why| refusal = why.to_string()).ok()
        });
        if done.await.is_none() {
            self.fail(&format!("keys to reach the window: {refusal}")).await;
        }
    }

    /// Presses Escape, which closes the top layer.
    pub async fn escape(&self) {
        self.press(Key::Escape + "").await;
    }

    /// Waits until a text is on the screen, in any letter case.
    pub async fn shows(&self, text: &str) {
        self.until(&format!("the text “{text}”"), async || self.sees(text).await.then_some(())).await;
    }

    /// Waits until a text is no longer on the screen.
    pub async fn hides(&self, text: &str) {
        self.until(&format!("the text “{text}” to go"), async || (!self.sees(text).await).then_some(())).await;
    }

    /// Is a text on the screen now?
    pub async fn sees(&self, text: &str) -> bool {
        self.text().await.to_lowercase().contains(&text.to_lowercase())
    }

    /// All text on the screen, white space squeezed.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body.innerText", vec![]).await.unwrap_or_default();
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Runs a script in the page and reads what it returns.
    pub async fn read<T: DeserializeOwned>(&self, script: &str) -> T {
        let value = self.run(script, vec![]).await.expect("the script runs");
        serde_json::from_value(value).expect("the script returns what is asked for")
    }

    /// Has a script in the page call a command of the shell: `{"ok": …}` or `{"error": …}`.
    pub async fn calls(&self, command: &str, arguments: Value) -> Value {
        const CALL: &str = "const [command, args, done] = arguments;
            const call = window.__TAURI_INTERNALS__.invoke(command, args);
            call.then((data) => done({ ok: data ?? null }), (error) => done({ error }));";
        let answer = self.driver().execute_async(CALL, vec![json!(command), arguments]).await;
        answer.expect("the script runs").json().clone()
    }

    async fn run(&self, script: &str, arguments: Vec<Value>) -> WebDriverResult<Value> {
        Ok(self.driver().execute(script, arguments).await?.json().clone())
    }

    /// Polls until there is an answer; on timeout, fails with what is on the screen.
    pub async fn until<T>(&self, what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
        match self.patiently(ask).await {
            Some(answer) => answer,
            None => self.fail(what).await,
        }
    }

    async fn patiently<T>(&self, mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask().await {
                return Some(answer);
            }
            if Instant::now() > deadline {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    async fn fail(&self, what: &str) -> ! {
        let picture = self.keep_picture().await;
        let (text, log) = (self.text().await, self.log());
        panic!("waited for {what}\non the screen: {text}\npicture: {}\nlog: {log}", picture.display());
    }

    async fn keep_picture(&self) -> PathBuf {
        let test = std::thread::current().name().unwrap_or("main").replace("::", "-");
        let path = super::built("token-workbench").with_file_name("window-failures").join(format!("{test}.png"));
        let _ = self.run(REPAINT, vec![]).await;
        if let (Some(folder), Ok(png)) = (path.parent(), self.driver().screenshot_as_png().await) {
            let _ = fs::create_dir_all(folder).and_then(|()| fs::write(&path, png));
        }
        path
    }

    /// Resizes the window so that its page has this size.
    pub async fn resize(&self, width: u32, height: u32) {
        self.driver().set_window_rect(0, 0, width, height).await.expect("the window takes a size");
        let size = format!("return innerWidth === {width} && innerHeight === {height}");
        self.until(&format!("a page of {width} × {height}"), async || {
            self.run(&size, vec![]).await.ok()?.as_bool()?.then_some(())
        })
        .await;
    }

    /// Waits until all transitions have finished: a half-faded layer has neither its final colours nor its place.
    pub async fn settles(&self) {
        self.driver().execute_async(SETTLE, vec![]).await.expect("the page comes to rest");
    }

    /// Writes a screenshot of the window to a PNG file.
    pub async fn screenshot(&self, path: &Path) {
        self.settles().await;
        self.run(REPAINT, vec![]).await.expect("the script runs");
        let png = self.driver().screenshot_as_png().await.expect("the window can be pictured");
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(path, png).expect("the picture can be written");
    }

    /// axe-core's findings on the current page, one line each; empty is good.
    pub async fn axe(&self) -> Vec<String> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&source).expect("axe-core is installed: run `make test`, or `npm ci` in ui/");
        if !self.read::<bool>("return 'axe' in window").await {
            self.run(&axe, vec![]).await.expect("axe-core loads");
        }
        self.settles().await;
        let violations = self.driver().execute_async(AXE, vec![]).await.expect("axe-core runs");
        violations.convert().expect("axe-core answers with lines")
    }

    /// Closes the window as a user would and waits for the program to end.
    pub async fn quit(mut self) {
        // The program may exit before it answers.
        let _ = self.driver().close_window().await;
        let deadline = Instant::now() + PATIENCE;
        while runs(self.process) {
            assert!(Instant::now() < deadline, "the program goes on after its window was closed:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.abandon();
    }

    /// Drops the session without calling a driver that may be gone.
    fn abandon(&mut self) {
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.abandon();
    }
}

/// Waits until the driver has started a program and that program has ended.
async fn ended(driver: u32) {
    let mut program = None;
    while program.is_none_or(runs) {
        tokio::time::sleep(Duration::from_millis(25)).await;
        program = program.or_else(|| child_of(driver));
    }
}

/// The first child of a process.
fn child_of(parent: u32) -> Option<u32> {
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(|&process| {
        let field = |line: &str| line.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok();
        fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|line| field(&line) == Some(parent))
    })
}

/// Is any thread of a process alive? The main one may end first, and its record stays until the driver has read it.
fn runs(process: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return false };
    let dead = |stat: String| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']));
    threads.flatten().any(|thread| fs::read_to_string(thread.path().join("stat")).is_ok_and(|stat| !dead(stat)))
}
