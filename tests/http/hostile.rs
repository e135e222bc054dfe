//! Strangers, damage and excess: checklist rows HTTP and TOK-11.

use crate::{Answer, Http, refusal};
use issuer::{BindError, Options, Server};
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    time::Duration,
};
use workbench_tests::app::App;

fn alice() -> Http {
    Http::of(App::new().with_user("alice"))
}

/// HTTP-02, HTTP-14.
#[test]
fn a_foreign_host_is_refused_before_anything_is_routed() {
    let http = alice();
    let ask = |head: &str| http.raw(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes());
    let port = http.port;
    let own = [
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        format!("LocalHost:{port}"),
    ];
    for host in own {
        assert_eq!(Answer::of(&ask(&format!("GET /health HTTP/1.1\r\nHost: {host}"))).status, 200, "{host}");
    }
    let sentence = format!("This issuer does not answer to that Host; ask for localhost:{port}");
    for host in [format!("evil.example:{port}"), String::new(), format!(":{port}"), "localhost:1".into()] {
        let answer = Answer::of(&ask(&format!("GET /nothing HTTP/1.1\r\nHost: {host}")));
        assert_eq!(answer.golden(), refusal(403, "access_denied", &sentence), "{host}");
    }
    for head in [
        "GET /health HTTP/1.1".to_owned(),
        "GET /health HTTP/1.0".into(),
        format!("GET /health HTTP/1.1\r\nHost: localhost:{port}\r\nHost: localhost:{port}"),
        format!("GET http://localhost:{port}/health HTTP/1.1\r\nHost: localhost:{port}"),
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: localhost:{port}"),
        format!("CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost:{port}"),
    ] {
        let status = Answer::of(&ask(&head)).status;
        assert!([400, 403].contains(&status), "{status}: {head}");
    }
    let star = Answer::of(&ask(&format!("OPTIONS * HTTP/1.1\r\nHost: localhost:{port}")));
    assert!(star.status < 500);
}

/// HTTP-03, HTTP-04, HTTP-05, HTTP-07.
#[test]
fn pages_of_other_origins_get_nothing_until_they_are_listed() {
    let http = alice();
    let page = ("Origin", "http://localhost:5173");
    let token = http.send("POST", "/token", &[crate::FORM, page], "grant_type=password");
    let sentence = "The origin http://localhost:5173 is not on this issuer's list; allow it if it is yours";
    assert_eq!(token.golden(), refusal(403, "access_denied", sentence));
    let refused = http.traffic.lock().unwrap().last().cloned().unwrap();
    assert_eq!(refused.about.refused_origin.as_deref(), Some("http://localhost:5173"));
    let preflight =
        [page, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Private-Network", "true")];
    for origin in ["https://evil.example", "null", "http://localhost:5173"] {
        let mut headers = preflight;
        headers[0].1 = origin;
        let answer = http.send("OPTIONS", "/token", &headers, "");
        assert_eq!(answer.status, 403, "{origin}");
        assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control")), "{:?}", answer.headers);
    }
    // A page that makes the browser send a form, or load a picture.
    let access = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    for site in ["cross-site", "same-site"] {
        let headers = [crate::FORM, ("Sec-Fetch-Site", site)];
        let forged = http.send("POST", "/revoke", &headers, &format!("client_id=workbench&token={access}"));
        assert_eq!(forged.status, 403);
        assert_eq!(http.send("GET", "/health", &[("Sec-Fetch-Site", site)], "").status, 403);
    }
    assert_eq!(http.get("/me", &access).status, 200);

    http.issuer.allow("http://localhost:5173").unwrap();
    let answer = http.send("OPTIONS", "/token", &preflight, "");
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:5173"));
    assert_eq!(answer.header("access-control-allow-private-network"), None);
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let answer = http.send("GET", "/me", &[page, ("Sec-Fetch-Site", "same-site")], "");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:5173"));
    assert_eq!(answer.header("access-control-expose-headers"), Some("www-authenticate"));
    let other = http.send("GET", "/me", &[("Origin", "http://localhost:5174")], "");
    assert_eq!((other.status, other.header("access-control-allow-origin")), (403, None));
}

/// HTTP-11.
#[test]
fn every_answer_keeps_browsers_from_misusing_it() {
    let http = alice();
    for answer in [
        http.send("GET", "/health", &[], ""),
        http.send("GET", "/nothing", &[], ""),
        http.send("GET", "/token", &[], ""),
        http.send("GET", "/me", &[("Origin", "null")], ""),
    ] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{}", answer.status);
        }
        assert_eq!(answer.header("server"), None);
    }
}

/// HTTP-10.
#[test]
fn what_two_servers_could_read_differently_is_refused_or_closed() {
    let http = alice();
    let head = format!("POST /token HTTP/1.1\r\nHost: localhost:{}\r\n", http.port);
    let after = "GET /health HTTP/1.1\r\n\r\n";
    for (name, rest) in [
        ("two lengths", format!("Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd{after}")),
        ("a length that is no number", format!("Content-Length: +4\r\n\r\nabcd{after}")),
        ("an unknown coding", format!("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{after}")),
        ("chunked twice", format!("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{after}")),
        ("a folded line", format!("X: a\r\n b\r\n\r\n{after}")),
        ("a space before the colon", format!("Content-Length : 4\r\n\r\nabcd{after}")),
        ("a null byte", format!("X: a\0b\r\n\r\n{after}")),
        ("a bad chunk", format!("Transfer-Encoding: chunked\r\n\r\nzz\r\n{after}")),
        ("a length and chunks", format!("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{after}")),
    ] {
        let said = http.raw(format!("{head}Connection: close\r\n{rest}").as_bytes());
        let answers = said.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{name}: {said}");
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{name}: {said}");
    }
    let many: String = (0..10_000).map(|at| format!("X-{at}: a\r\n")).collect();
    assert!(http.raw(format!("{head}{many}\r\n").as_bytes()).starts_with("HTTP/1.1 431"));
    let long = format!("{head}X: {}\r\n\r\n", "a".repeat(1 << 20));
    let said = http.raw(long.as_bytes());
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    assert_eq!(http.send(&"A".repeat(10_000), "/health", &[], "").status, 405);
    assert_eq!(http.traffic.lock().unwrap().last().unwrap().method, "A".repeat(20), "no more of it is kept");
    assert_eq!(http.send("GET", "/health", &[], "").status, 200, "others are still served");
}

/// TOK-11.
#[test]
fn large_slow_and_idle_clients_hold_nobody_up() {
    let http = alice();
    let announced = http.raw(
        format!(
            "POST /token HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 10485760\r\n\r\n",
            http.port
        )
        .as_bytes(),
    );
    let answer = Answer::of(&announced);
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    assert_eq!(answer.json()["detail"], "The body is longer than 65536 bytes");
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 17, "a".repeat(1 << 17));
    let chunked = format!(
        "POST /token HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Transfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n",
        http.port
    );
    let said = http.raw(chunked.as_bytes());
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 413"), "{said}");

    // A body that comes to a stop, and heads that never begin.
    let mut slow = http.connect();
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 100\r\n\r\na",
        http.port
    );
    slow.write_all(head.as_bytes()).unwrap();
    // A client that asks for much and reads nothing.
    let mut greedy = http.connect();
    let script =
        format!("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", http.port).repeat(100);
    greedy.write_all(script.as_bytes()).unwrap();
    let idle: Vec<TcpStream> = (0..400).map(|_| http.connect()).collect();
    assert_eq!(http.send("GET", "/health", &[], "").status, 200);
    let mut said = String::new();
    slow.read_to_string(&mut said).unwrap();
    let answer = Answer::of(&said);
    assert_eq!(answer.status, 408);
    assert_eq!(answer.json()["detail"], "The body did not arrive within 10 seconds");
    for mut one in idle {
        let mut rest = Vec::new();
        // Closed by the server, not by this test.
        assert!(one.read_to_end(&mut rest).is_ok());
    }
    let mut taken = Vec::new();
    // The buffers hold a part; the rest was given up.
    let _ = greedy.read_to_end(&mut taken);
    assert!(taken.len() < 50 << 20, "{} bytes", taken.len());
}

/// HTTP-01, HTTP-09.
#[test]
fn it_listens_on_loopback_alone_and_a_taken_port_is_said() {
    let http = alice();
    assert!(TcpStream::connect(("::1", http.port)).is_ok() || TcpListener::bind(("::1", 0)).is_err());
    let outside = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    outside.connect("192.0.2.1:9").ok();
    if let Ok(address) = outside.local_addr().map(|address| address.ip())
        && !address.is_loopback()
        && !address.is_unspecified()
    {
        let refused = TcpStream::connect_timeout(&(address, http.port).into(), Duration::from_secs(5));
        assert!(refused.is_err(), "it is reached at {address}");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = Options { port: http.port, ..Options::default() };
    let Err(error @ BindError::Taken { free: Some(free), .. }) = runtime.block_on(Server::bind(&options)).map(drop)
    else {
        panic!("the port was taken twice");
    };
    assert_eq!(error.to_string(), format!("Port {} is taken by another program; {free} is free", http.port));
    // A program on the other address family would answer half of the clients.
    if let Ok(other) = TcpListener::bind(("::1", 0)) {
        let options = Options { port: other.local_addr().unwrap().port(), ..Options::default() };
        let error = runtime.block_on(Server::bind(&options)).map(drop);
        assert!(matches!(error, Err(BindError::Taken { .. })), "{error:?}");
    }
    let options = Options { port: 0, also: vec![IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))] };
    let server = runtime.block_on(Server::bind(&options)).unwrap();
    assert!(TcpStream::connect(("127.0.0.2", server.port())).is_ok(), "an address that was named");
}

/// What is in flight when the server stops is answered, and its port is free.
#[test]
fn stopping_answers_what_is_in_flight_and_frees_the_port() {
    let mut http = alice();
    let body =
        format!("grant_type=password&username=alice&password={}", crate::encoded(workbench_tests::app::PASSWORD));
    let request = format!(
        "POST /token HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n",
        http.port,
        body.len()
    );
    let mut stream = http.connect();
    let idle = http.connect();
    stream.write_all(request.as_bytes()).unwrap();
    // The head has arrived once a second connection, made later, is answered.
    assert_eq!(http.send("GET", "/health", &[], "").status, 200);
    drop(http.stop.take());
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(Answer::of(&answer).status, 200);
    http.thread.take().unwrap().join().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", http.port)).is_err());
    drop(idle);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = Options { port: http.port, ..Options::default() };
    assert!(runtime.block_on(Server::bind(&options)).is_ok());
}
