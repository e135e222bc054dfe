//! The local issuer over real sockets: what is sent, and the status, headers and body that come back.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

mod bearer;
mod browser;
mod clients;
mod hostile;
mod metadata;
mod openapi;
mod real_clients;
mod second_factor;
mod token;

use engine::{
    Engine,
    clients::{Grant, NewClient},
    events::Source,
};
use issuer::{Issuer, Options, Server, access::Access, traffic::Record};
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::oneshot;
use workbench_tests::app::{App, PASSWORD};

/// A profile with an issuer that answers for it, as in two processes.
struct Http {
    app: App,
    port: u16,
    issuer: Arc<Issuer>,
    traffic: Arc<Mutex<Vec<Record>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// An answer as it came.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Http {
    fn of(app: App) -> Self {
        let App { engine, .. } = app.another_process();
        let engine = engine.acting_through(Source::Issuer).unwrap();
        let traffic = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&traffic);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let server = runtime.block_on(Server::bind(&Options::default())).unwrap();
        let port = server.port();
        let base = format!("http://localhost:{port}");
        let listener = Box::new(move |record| heard.lock().unwrap().push(record));
        let issuer = Issuer::new(Arc::new(engine), base, Access::at(port, &[]), listener);
        let (stop, stopped) = oneshot::channel();
        let router = issuer.router();
        let thread = std::thread::spawn(move || {
            runtime.block_on(server.run(router, async {
                let _ = stopped.await;
            }));
        });
        Self { app, port, issuer, traffic, stop: Some(stop), thread: Some(thread) }
    }

    fn engine(&self) -> &Engine {
        &self.app.engine
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// Sends bytes as they are and reads until the server closes.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may refuse and close before all is sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n", self.port);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        Answer::of(&self.raw(format!("{head}\r\n{body}").as_bytes()))
    }

    fn form(&self, target: &str, body: &str) -> Answer {
        self.send("POST", target, &[FORM], body)
    }

    fn form_as(&self, client: (&str, &str), target: &str, body: &str) -> Answer {
        self.send("POST", target, &[FORM, ("Authorization", &basic(client))], body)
    }

    fn get(&self, target: &str, token: &str) -> Answer {
        self.send("GET", target, &[("Authorization", &format!("Bearer {token}"))], "")
    }

    fn json(&self, target: &str, token: Option<&str>, body: &str) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        self.send("POST", target, &headers, body)
    }

    /// Alice's tokens, by the password grant.
    fn sign_in(&self) -> Value {
        let answer = self.form("/token", &format!("grant_type=password&username=alice&password={}", encoded(PASSWORD)));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// A confidential client that may use every grant, and its secret.
    fn client(&self, id: &str) -> String {
        let new = NewClient { id: id.into(), confidential: true, grants: Grant::ALL.to_vec(), ..NewClient::default() };
        self.engine().add_client(&new).unwrap().1.unwrap().expose().to_owned()
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

impl Answer {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(name, value)| (name.into(), value.into()));
        Self { status, headers: headers.collect(), body: body.into() }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Status, headers that the endpoint chose, and body. Those that every answer has are tested once.
    fn golden(&self) -> String {
        const COMMON: [&str; 8] = [
            "access-control-expose-headers",
            "connection",
            "content-length",
            "content-security-policy",
            "cross-origin-resource-policy",
            "date",
            "referrer-policy",
            "x-content-type-options",
        ];
        let own = self.headers.iter().filter(|(name, _)| !COMMON.contains(&name.as_str()) && name != "vary");
        let lines: Vec<String> = own.map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{}\n{}\n\n{}", self.status, lines.join("\n"), self.body)
    }
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn basic((id, secret): (&str, &str)) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

fn encoded(text: &str) -> String {
    text.replace('+', "%2B").replace(' ', "+")
}

/// A refusal with a JSON body and no header but those of every refusal.
fn refusal(status: u16, error: &str, sentence: &str) -> String {
    format!(
        "{status}\ncontent-type: application/json\ncache-control: no-store\npragma: no-cache\n\n\
         {{\"error\":\"{error}\",\"error_description\":\"{sentence}\",\"detail\":\"{sentence}\"}}"
    )
}
