//! `twb serve`: the local issuer without a window.

mod demo;

use crate::{
    Outcome,
    arguments::{Arguments, Serve},
    keyring,
    print::{self, Form},
    profile,
};
use anyhow::Context as _;
use demo::Demo;
use engine::{
    Engine, Profile, Rules,
    clock::{Clock as _, SystemClock},
    events::Source,
    hardening, named_file,
};
use issuer::{Issuer, Options, Server, access::Access, traffic::Record};
use serde_json::{Value, json};
use std::{
    fs,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

/// How many requests may wait to be printed. A reader that stops must not stop the issuer.
const MOST_WAITING: usize = 10_000;
/// How long the last lines may take to be printed at the end.
const LAST_LINES: Duration = Duration::from_millis(100);

/// Serves until the program is told to end.
pub(crate) fn run(arguments: &Arguments, what: &Serve, profile: &Profile) -> anyhow::Result<Outcome> {
    hardening::allow_many_connections();
    if let Some(file) = &what.ready_file {
        // One of an earlier run would say that this one is ready.
        let _ = fs::remove_file(file);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let ended = ended()?;
        let server = Server::bind(&Options { port: what.port, also: what.addresses.clone() }).await?;
        let base = format!("http://localhost:{}", server.port());
        let engine = open(arguments, profile, &base)?;
        let demo = what.demo.then(|| Demo::fill(&engine)).transpose()?;
        let mut access = Access::at(server.port(), &what.aliases);
        for origin in &what.origins {
            access.allow(origin)?;
        }
        let form = Form { as_json: arguments.json, moved: crate::clock::moved(&engine) };
        warn(&engine, what, &base, &form)?;
        let printer = Printer::start(arguments.json);
        let told = printer.clone();
        let issuer = Issuer::new(Arc::clone(&engine), base.clone(), access, Box::new(move |record| told.tell(&record)));
        if let Some(file) = &what.ready_file {
            // Whoever waits for it must not find half of it.
            named_file::replace(file, |out| writeln!(out, "{base}")).with_context(|| file.display().to_string())?;
        }
        say_ready(&base, demo.as_ref(), &form)?;
        // The first request should not wait for the keyring.
        thread::spawn(move || {
            if let Err(error) = engine.prepare_keys() {
                print::complain(&format!("No token can be signed yet: {error}"));
            }
        });
        server.run(issuer.router(), ended).await;
        printer.finish();
        Ok(Outcome::Done)
    });
    // Work that still waits, for a lock or the keyring, has nobody left to answer.
    runtime.shutdown_background();
    outcome
}

/// The profile, whose tokens name the address as their issuer unless its policy names another.
fn open(arguments: &Arguments, profile: &Profile, base: &str) -> anyhow::Result<Arc<Engine>> {
    let rules = Rules { issuer: base.to_owned(), ..Rules::default() };
    let engine = Engine::open(profile, rules)?.acting_through(Source::Issuer)?;
    keyring::ask_when_needed(&engine, arguments.passphrase_file.clone());
    profile::say_restored(&engine, &arguments.command);
    Ok(Arc::new(engine))
}

/// Says what is not as the user may expect.
fn warn(engine: &Engine, what: &Serve, base: &str, form: &Form) -> anyhow::Result<()> {
    form.warn();
    let issuer = engine.rules()?.issuer.clone();
    if issuer != base {
        print::complain(&format!(
            "The policy's issuer is {issuer}, so clients that look for it at {base} refuse it; twb policy reset issuer"
        ));
    }
    for address in &what.addresses {
        print::complain(&format!("Listening on {address} too: whoever reaches it can try to sign in"));
    }
    Ok(())
}

fn say_ready(base: &str, demo: Option<&Demo>, form: &Form) -> anyhow::Result<()> {
    if form.as_json {
        let mut ready = json!({ "event": "ready", "url": base });
        if let Some(demo) = demo {
            ready["users"] = demo.users();
            ready["clients"] = demo.clients();
        }
        return print::json(format!("{ready}\n"));
    }
    let mut words = format!("The issuer answers at {base} (for tests: plain http, and the password grant)\n");
    words.push_str(&demo.map_or_else(String::new, Demo::words));
    print::text(&words)
}

enum Printed {
    Line(String),
    /// All lines before it are printed: say so.
    Done(SyncSender<()>),
}

/// Prints requests from a thread of its own, in order.
#[derive(Clone)]
struct Printer {
    lines: SyncSender<Printed>,
    /// The reader is too slow, and was told so.
    is_behind: Arc<AtomicBool>,
    as_json: bool,
}

impl Printer {
    fn start(as_json: bool) -> Self {
        let (lines, waiting) = sync_channel::<Printed>(MOST_WAITING);
        thread::spawn(move || {
            for next in waiting {
                let printed = match next {
                    Printed::Line(line) if as_json => print::json(line),
                    Printed::Line(line) => print::text(&line),
                    Printed::Done(told) => told.send(()).map_err(Into::into),
                };
                if printed.is_err() {
                    return;
                }
            }
        });
        Self { lines, is_behind: Arc::default(), as_json }
    }

    /// Waits until all is printed, but not for a reader that has stopped.
    fn finish(&self) {
        let (told, done) = sync_channel(1);
        if self.lines.try_send(Printed::Done(told)).is_ok() {
            let _ = done.recv_timeout(LAST_LINES);
        }
    }

    fn tell(&self, record: &Record) {
        let line = if self.as_json { format!("{}\n", describe(record)) } else { words(record) };
        if self.lines.try_send(Printed::Line(line)).is_err() && !self.is_behind.swap(true, Ordering::Relaxed) {
            print::complain("Requests are no longer printed one by one: the reader of this output is too slow");
        }
    }
}

fn describe(record: &Record) -> Value {
    let about = &record.about;
    let micros = u32::try_from(record.micros).unwrap_or(u32::MAX);
    json!({
        "event": "request",
        "at": print::rfc3339(SystemClock.now()),
        "method": record.method,
        "path": record.path,
        "status": record.status,
        "ms": f64::from(micros) / 1000.0,
        "client_id": about.client,
        "username": about.username,
        "jti": about.jti,
        "refused_origin": about.refused_origin,
    })
}

fn words(record: &Record) -> String {
    let Record { method, path, status, micros, about } = record;
    let mut line = format!("{} {status} {method} {path} {} ms", print::moment(SystemClock.now()), micros / 1000);
    for (name, value) in
        [("user", &about.username), ("client", &about.client), ("refused origin", &about.refused_origin)]
    {
        if let Some(value) = value {
            line.push_str(&format!(", {name} {}", print::on_one_line(value)));
        }
    }
    line.push('\n');
    line
}

/// Done once the program is told to end: by Ctrl+C, or by SIGTERM where there is one.
#[cfg(unix)]
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
