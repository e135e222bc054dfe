//! Tests against a real server on this computer that answers with fixed bytes.

use super::*;
use std::{
    io::{BufRead, BufReader, ErrorKind, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    thread::{self, JoinHandle},
};

const SET: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#;

/// Long enough for a server on this computer, even under load.
const PATIENT: Duration = Duration::from_secs(20);

/// Takes one connection, reads the request, and lets `answer` write.
fn server(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
        let request = lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        answer(&mut stream);
        request
    });
    (port, served)
}

fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The error that the page receives.
fn told(address: &str, deadline: Duration) -> Result<Fetched, FetchError> {
    tauri::async_runtime::block_on(fetch(&Target::read(address)?, deadline))
}

/// The result for these response bytes, before errors of this computer are merged into one sentence, and the host.
fn answered(bytes: Vec<u8>) -> (Result<Fetched, FetchError>, String) {
    // The client may close the connection early; a failed write is then expected.
    let (port, _served) = server(move |stream| drop(stream.write_all(&bytes)));
    let target = Target::read(&format!("http://127.0.0.1:{port}/jwks.json")).unwrap();
    (tauri::async_runtime::block_on(get(&target, PATIENT)), format!("127.0.0.1:{port}"))
}

#[test]
fn a_set_is_fetched_and_the_request_tells_nothing_of_who_asks() {
    let (port, served) = server(|stream| stream.write_all(&response("200 OK", "set-cookie: a=b\r\n", SET)).unwrap());
    let fetched = told(&format!(" http://localhost:{port}/.well-known/jwks.json?v=1#part "), PATIENT);
    let host = format!("localhost:{port}");
    assert_eq!(fetched, Ok(Fetched { text: SET.into(), host: host.clone() }));
    let request = served.join().unwrap();
    let mut lines: Vec<_> = request.lines().map(str::to_ascii_lowercase).collect();
    lines[1..].sort();
    let agent = format!("user-agent: token-workbench/{}", env!("CARGO_PKG_VERSION"));
    let accept = "accept: application/jwk-set+json, application/json".to_owned();
    assert_eq!(lines, ["get /.well-known/jwks.json?v=1 http/1.1".to_owned(), accept, format!("host: {host}"), agent]);
}

#[test]
fn an_address_that_is_not_safe_to_ask_is_refused_before_anything_is_sent() {
    let long = format!("https://issuer.example/{}", "a".repeat(2048));
    for (address, error) in [
        ("", FetchError::Address),
        ("issuer.example/jwks.json", FetchError::Address),
        ("data:application/json,{}", FetchError::Address),
        ("file:///etc/passwd", FetchError::Address),
        (&long, FetchError::Address),
        ("http://issuer.example/jwks.json", FetchError::Insecure),
        ("http://localhost.issuer.example/", FetchError::Insecure),
        ("http://192.168.1.1/", FetchError::Insecure),
        ("http://[::2]/", FetchError::Insecure),
        ("ftp://localhost/", FetchError::Insecure),
        ("https://alice@issuer.example/", FetchError::Credentials),
        ("https://:canary@issuer.example/", FetchError::Credentials),
        ("http://alice:canary@localhost/", FetchError::Credentials),
    ] {
        let refused = told(address, PATIENT).unwrap_err();
        assert!(!refused.to_string().contains("canary"), "{refused}");
        assert_eq!(refused, error, "{address}");
    }
    for fine in ["https://issuer.example", "https://10.0.0.1:8443/keys", "http://127.8.9.1/", "http://[::1]:80/"] {
        assert!(checked(fine).is_ok(), "{fine}");
    }
}

#[test]
fn a_redirect_is_not_followed_and_its_target_is_named() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    other.set_nonblocking(true).unwrap();
    let target = format!("http://127.0.0.1:{}/keys", other.local_addr().unwrap().port());
    for (status, location, named) in [
        ("302 Found", target.clone(), Some(target.clone())),
        ("301 Moved Permanently", target.replace("http://", "http://alice:canary@"), None),
        ("307 Temporary Redirect", "http://issuer.example/".into(), None),
        ("308 Permanent Redirect", String::new(), None),
    ] {
        let header = if location.is_empty() { String::new() } else { format!("location: {location}\r\n") };
        let (refused, host) = answered(response(status, &header, ""));
        assert_eq!(refused, Err(FetchError::Redirected { host, location: named }));
    }
    assert_eq!(other.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody came");
}

#[test]
fn what_answers_with_something_else_is_told_apart() {
    for (status, number) in [("404 Not Found", 404), ("500 Internal Server Error", 500), ("401 Unauthorized", 401)] {
        let (refused, host) = answered(response(status, "", SET));
        assert_eq!(refused, Err(FetchError::Status { host, status: number }));
    }
    let bodies: [&[u8]; 8] = [
        b"",
        b"<!doctype html>",
        b"[]",
        b"{}",
        br#"{"keys":{}}"#,
        br#"{"keys":[1]}"#,
        b"{\"keys\":[]}x",
        b"\xff\xfe{\0",
    ];
    for body in bodies {
        let (refused, host) = answered(response("200 OK", "", body));
        assert_eq!(refused, Err(FetchError::NotASet(host)), "{body:?}");
    }
    let (fetched, _) = answered(response("200 OK", "content-type: text/plain\r\n", "\u{FEFF}{\"keys\": []}"));
    assert_eq!(fetched.unwrap().text, "\u{FEFF}{\"keys\": []}", "as it was answered");
    let (refused, host) = answered(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec());
    assert_eq!(refused, Err(FetchError::Unreachable(host)));
}

/// What is found at a URL whose server gives these answers, one for each connection, and the requested paths.
fn found(path: &str, answers: Vec<Vec<u8>>) -> (Result<Found, FetchError>, u16, Vec<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = thread::spawn(move || {
        let serve = |answer: Vec<u8>| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
            stream.write_all(&answer).unwrap();
            line.split(' ').nth(1).unwrap_or_default().to_owned()
        };
        answers.into_iter().map(serve).collect::<Vec<_>>()
    });
    let target = Target::read(&format!("http://127.0.0.1:{port}{path}")).unwrap();
    (tauri::async_runtime::block_on(find(&target, PATIENT)), port, served.join().unwrap())
}

const DOCUMENT: &str = "/realms/x/.well-known/openid-configuration";

fn body_of(text: &str) -> Vec<u8> {
    response("200 OK", "connection: close\r\n", text)
}

#[test]
fn a_discovery_document_leads_to_its_keys() {
    let named = body_of(r#"{"issuer":"https://a.example","jwks_uri":"https://keys.example/set"}"#);
    let (answer, _, _) = found(DOCUMENT, vec![named.clone()]);
    let Ok(Found::KeysAt(keys)) = answer else { panic!("{answer:?}") };
    assert_eq!(keys.origin(), "https://keys.example", "the host that is asked about next");
    let (answer, _, _) = found("/any/address", vec![named]);
    assert!(matches!(answer, Ok(Found::KeysAt(_))), "{answer:?}");
    let (answer, _, _) = found(DOCUMENT, vec![body_of(SET)]);
    assert!(matches!(answer, Ok(Found::Keys(_))), "{answer:?}");
}

#[test]
fn without_a_discovery_document_the_usual_place_is_tried() {
    let missing = response("404 Not Found", "connection: close\r\n", "");
    for nothing in [missing, body_of("{}"), body_of(r#"{"jwks_uri":"ftp://keys.example"}"#)] {
        let (answer, port, asked) = found(DOCUMENT, vec![nothing, body_of(SET)]);
        let Ok(Found::Keys(keys)) = answer else { panic!("{answer:?}") };
        assert_eq!(keys, Fetched { text: SET.into(), host: format!("127.0.0.1:{port}") });
        assert_eq!(asked, [DOCUMENT, "/realms/x/.well-known/jwks.json"]);
    }
    let (answer, ..) = found("/keys", vec![body_of("{}")]);
    assert!(answer.is_err(), "no other address is made up");
}

#[test]
fn a_document_from_elsewhere_has_no_say_about_this_computer() {
    let text = r#"{"jwks_uri":"http://127.0.0.1:8080/admin"}"#;
    assert!(keys_at(text, &Target::read("https://a.example/x").unwrap()).is_none());
    assert!(keys_at(text, &Target::read("http://localhost:3000/x").unwrap()).is_some());
}

#[test]
fn an_answer_that_is_too_large_is_cut_off_whatever_length_it_names() {
    let body = format!("{{\"keys\":[],\"x\":\"{}\"}}", "a".repeat(LONGEST));
    let (refused, host) = answered(response("200 OK", "", &body));
    assert_eq!(refused, Err(FetchError::TooLarge(host)));
    let endless = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}{body}");
    let (refused, host) = answered(endless.into_bytes());
    assert_eq!(refused, Err(FetchError::TooLarge(host)));
    let longest = format!("{{\"keys\":[]}}{}", " ".repeat(LONGEST - 11));
    assert_eq!(answered(response("200 OK", "", &longest)).0.unwrap().text.len(), LONGEST);
}

/// A server that writes `beginning` and then keeps the connection open until the other end is dropped.
fn stalling(beginning: &'static str) -> (u16, mpsc::Sender<()>, JoinHandle<String>) {
    let (release, held): (_, Receiver<()>) = mpsc::channel();
    let (port, served) = server(move |stream| {
        // A client that gave up has closed the connection.
        let _ = stream.write_all(beginning.as_bytes());
        let _ = held.recv();
    });
    (port, release, served)
}

#[test]
fn a_host_that_stalls_is_given_up() {
    for beginning in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"keys\""] {
        let (port, release, served) = stalling(beginning);
        let refused = told(&format!("http://localhost:{port}/"), Duration::from_millis(300));
        assert_eq!(refused, Err(FetchError::Unreachable(format!("localhost:{port}"))), "{beginning}");
        drop(release);
        served.join().unwrap();
    }
}

#[test]
fn a_failure_tells_nothing_of_the_network() {
    // On this computer: any answer, and none.
    let free: SocketAddr = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    assert_eq!(told(&format!("http://{free}/"), PATIENT), Err(FetchError::Unreachable(free.to_string())));
    for bytes in [
        response("404 Not Found", "", SET),
        response("302 Found", "location: http://127.0.0.1/\r\n", ""),
        response("200 OK", "", "{}"),
        response("200 OK", "", "a".repeat(LONGEST + 1)),
        b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
        b"".to_vec(),
    ] {
        let (port, _served) = server(move |stream| drop(stream.write_all(&bytes)));
        let host = format!("127.0.0.1:{port}");
        let refused = told(&format!("http://{host}/"), PATIENT);
        assert_eq!(refused.as_ref().map_err(ToString::to_string), Err(format!("No keys came from {host}")));
        // TLS with a server that does not speak it, and an untrusted certificate.
        assert_eq!(told(&format!("https://{free}/"), PATIENT), Err(FetchError::Unreachable(free.to_string())));
    }
    // Elsewhere: a label longer than 63 characters (RFC 1035 section 2.3.4), so that no resolver sends a query.
    let nowhere = format!("{}.invalid", "a".repeat(64));
    assert_eq!(told(&format!("https://{nowhere}/"), PATIENT), Err(FetchError::Unreachable(nowhere)));
}

#[test]
fn a_person_is_asked_about_scheme_host_and_port() {
    for (address, origin) in [
        ("https://issuer.example/.well-known/jwks.json?x=1#y", "https://issuer.example"),
        ("https://issuer.example:8443/", "https://issuer.example:8443"),
        ("http://LOCALHOST:3000/keys", "http://localhost:3000"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        // A lookalike name is shown in Punycode.
        ("https://\u{430}pple.example/", "https://xn--pple-43d.example"),
    ] {
        assert_eq!(Target::read(address).unwrap().origin(), origin);
    }
}
