//! Clients that others wrote, unmodified: each script in `tests/clients` has one of them use the issuer.

use crate::Http;
use engine::{
    clock::{Clock as _, SystemClock},
    keys::Purpose,
};
use serde_json::json;
use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};
use workbench_tests::app::{App, PASSWORD, START};

/// Runs a script and rotates the signing key where it asks for that.
fn run(script: &str) {
    let app = App::new().with_user("alice");
    app.create("bob", &["items:read"]).unwrap();
    // The clients read the computer's clock.
    app.clock.advance_seconds(SystemClock.now().seconds() - START);
    let http = Http::of(app);
    let url = format!("http://localhost:{}", http.port);
    http.engine().set_rule("issuer", &url).unwrap();
    let secret = http.client("items-api");
    let user = |username: &str| json!({ "username": username, "password": PASSWORD });
    let ready = json!({
        "url": url,
        "users": [user("alice"), user("bob")],
        "clients": [{ "client_id": "workbench" }, { "client_id": "items-api", "client_secret": secret }],
    });

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = match script.ends_with(".py") {
        true => Command::new(root.join(".setup/clients/bin/python")),
        false => Command::new("node"),
    };
    // Some keep files where they are started.
    let room = tempfile::tempdir().unwrap();
    let (output, printed) = io::pipe().unwrap();
    let mut child = command
        .arg(root.join("tests/clients").join(script).canonicalize().unwrap())
        .current_dir(room.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(printed.try_clone().unwrap())
        .stderr(printed)
        .spawn()
        .unwrap_or_else(|error| panic!("{script}: {error}; scripts/setup.sh test installs what it needs"));
    // It holds the other end of the pipe.
    drop(command);
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{ready}").unwrap();
    let mut said = String::new();
    for line in BufReader::new(output).lines() {
        let line = line.unwrap();
        if line == "rotate" {
            http.engine().rotate_key(Purpose::Access, None).unwrap();
            writeln!(input).unwrap();
        }
        said.push_str(&line);
        said.push('\n');
    }
    let status = child.wait().unwrap();
    assert!(status.success() && said.contains("ok "), "{script}: {status}\n{said}");
}

#[test]
fn authlib() {
    run("python/authlib_client.py");
}

#[test]
fn fastapi() {
    run("python/fastapi_app.py");
}

#[test]
fn jose() {
    run("node/jose_jwks.js");
}

#[test]
fn oauth4webapi() {
    run("node/oauth4webapi_client.js");
}

#[test]
fn openid_client() {
    run("node/openid_client.js");
}

#[test]
fn pyjwt() {
    run("python/pyjwt_jwks.py");
}

#[test]
fn requests_oauthlib() {
    run("python/requests_oauthlib_client.py");
}

#[test]
fn schemathesis() {
    run("python/schemathesis_run.py");
}
