//! `twb serve`: another process that answers over HTTP until it is told to end.

#![cfg(unix)]

use crate::{Twb, binary};
use engine::clock::Stopwatch;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

struct Serving {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Serving {
    fn start(twb: &Twb, arguments: &[&str]) -> Self {
        let mut child = Command::new(binary())
            .args(arguments)
            .env("HOME", twb.home.path())
            .env("XDG_DATA_HOME", twb.home.path().join("data"))
            .env("XDG_RUNTIME_DIR", twb.home.path())
            .env("TZ", "UTC")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    fn json(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// Tells it to end and waits. Returns the exit code and what else it printed.
    fn end(mut self) -> (Option<i32>, String) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request.
fn send(url: &str, head: &str, body: &str) -> TcpStream {
    let host = url.strip_prefix("http://").unwrap();
    let port: u16 = host.rsplit(':').next().unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = body.len();
    let request = format!("{head} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    stream.write_all(format!("{request}{form}{body}").as_bytes()).unwrap();
    stream
}

/// Sends a request and returns the status and body of the answer.
fn ask(url: &str, head: &str, body: &str) -> (u16, String) {
    let mut stream = send(url, head, body);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn sign_in(user: &Value) -> String {
    let text = |name: &str| user[name].as_str().unwrap().replace(' ', "+");
    format!("grant_type=password&username={}&password={}", text("username"), text("password"))
}

#[test]
fn the_demo_lists_what_to_sign_in_with_and_then_every_request() {
    let twb = Twb::new();
    let ready_file = twb.home.path().join("ready");
    let file = ready_file.to_str().unwrap();
    let mut serving =
        Serving::start(&twb, &["--ephemeral", "serve", "--port", "0", "--demo", "--json", "--ready-file", file]);
    let ready = serving.json();
    let url = ready["url"].as_str().unwrap().to_owned();
    assert_eq!(ready["event"], "ready");
    assert_eq!(fs::read_to_string(&ready_file).unwrap(), format!("{url}\n"));
    let [alice, bob, carol] = &ready["users"].as_array().unwrap()[..] else { panic!("{ready}") };

    let (status, body) = ask(&url, "POST /token", &sign_in(alice));
    assert_eq!((status, body.contains("mfa_required")), (403, true), "{body}");
    assert!(alice["otpauth"].as_str().unwrap().starts_with("otpauth://totp/Token%20Workbench:alice?secret="));
    let (status, body) = ask(&url, "POST /token", &sign_in(bob));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["scope"]), (200, &"items:read".into()));
    let claims = jose::parse_exact(body["access_token"].as_str().unwrap());
    assert_eq!(claims.claim_text("iss"), Some(url.as_str()), "the issuer is the address");
    assert_eq!(ask(&url, "POST /token", &sign_in(carol)).0, 400, "inactive");
    let client = &ready["clients"][1];
    let secret = client["client_secret"].as_str().unwrap();
    let credentials = format!("client_id={}&client_secret={secret}", client["client_id"].as_str().unwrap());
    let (status, _) = ask(&url, "POST /token", &format!("grant_type=client_credentials&{credentials}"));
    assert_eq!(status, 200);
    let (_, body) = ask(&url, "GET /.well-known/oauth-authorization-server", "");
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["issuer"], url.as_str());

    let requests: Vec<Value> = (0..5).map(|_| serving.json()).collect();
    let facts = |at: usize| (&requests[at]["path"], &requests[at]["status"], &requests[at]["username"]);
    assert_eq!(facts(0), (&"/token".into(), &403.into(), &"alice".into()));
    assert_eq!(facts(1), (&"/token".into(), &200.into(), &"bob".into()));
    assert_eq!(requests[3]["client_id"], "items-api");
    let all = Value::Array(requests).to_string();
    assert!(!all.contains("horse") && !all.contains(secret), "{all}");
    assert_eq!(serving.end(), (Some(0), String::new()));
}

#[test]
fn without_json_the_same_is_said_in_words() {
    let twb = Twb::new();
    let mut serving = Serving::start(&twb, &["--ephemeral", "serve", "--port", "0"]);
    let first = serving.line();
    let url = first.split(' ').nth(4).unwrap().to_owned();
    assert_eq!(first, format!("The issuer answers at {url} (for tests: plain http, and the password grant)\n"));
    assert_eq!(ask(&url, "GET /me", "").0, 401);
    let line = serving.line();
    assert!(line.contains(" UTC 401 GET /me ") && line.ends_with(" ms\n"), "{line}");
    assert_eq!(serving.end().0, Some(0));
}

#[test]
fn what_cannot_be_served_is_said() {
    let twb = Twb::new();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = twb.run(&["--ephemeral", "serve", "--port", &port], "");
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with(&format!("twb: Port {port} is taken by another program")), "{}", said.err);

    let said = twb.run(&["--ephemeral", "serve", "--port", "0", "--open-cors", "*"], "");
    let sentence = "twb: * is not an origin: write one such as http://localhost:5173, without a path\n";
    assert_eq!((said.err.as_str(), said.code), (sentence, 2));

    let password = "a long enough passphrase\n";
    twb.says(&["users", "add", "dave"], password);
    let said = twb.run(&["serve", "--port", "0", "--demo"], "");
    let sentence = "--demo needs a profile without users: add --ephemeral, or name a new profile with --profile";
    assert_eq!((said.err.as_str(), said.code), (format!("twb: {sentence}\n").as_str(), 2));
}

/// What waits for a lock, or for the keyring, does not hold the end up.
#[test]
fn it_ends_at_once_though_a_request_waits_for_another_process() {
    let twb = Twb::new();
    twb.says(&["users", "add", "dave"], "a long enough passphrase\n");
    let mut serving = Serving::start(&twb, &["serve", "--port", "0", "--json"]);
    let url = serving.json()["url"].as_str().unwrap().to_owned();
    let database = twb.home.path().join("data/token-workbench/profiles/default/workbench.db");
    let other = rusqlite::Connection::open(database).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waits = send(&url, "POST /token", "grant_type=password&username=dave&password=wrong");
    assert_eq!(ask(&url, "GET /health", "").0, 200);
    let watch = Stopwatch::start();
    assert_eq!(serving.end().0, Some(0));
    // A write waits five seconds for another process.
    assert!(watch.elapsed() < Duration::from_secs(4), "{:?}", watch.elapsed());
    assert_eq!(waits.read(&mut [0; 1]).unwrap_or_default(), 0, "nobody answered");
    other.execute_batch("ROLLBACK").unwrap();
}
