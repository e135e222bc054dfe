//! Pasted text stays text: it adds nothing to the page, fetches nothing, and the window keeps responding.

use crate::steps::shown_token;
use serde_json::json;
use std::{collections::HashSet, fs};
use workbench_tests::desktop::{App, Desktop};

/// Counts elements that a page of text does not need. Icons are inline SVG, so images are foreign too.
const FOREIGN: &str = "return document.querySelectorAll(
    'img, script:not([src]), iframe, object, embed, base, meta[http-equiv], form[action], audio, video, link:not([rel~=stylesheet]):not([rel~=modulepreload]), [onerror], [onload]'
).length + performance.getEntriesByType('resource').filter((entry) => !/^(tauri|ipc):/.test(entry.name)).length";

const LISTEN: &str = "window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));";

#[tokio::test]
async fn nothing_pasted_becomes_anything_but_text() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    let _: Option<()> = app.read(LISTEN).await;
    let before: u32 = app.read(FOREIGN).await;

    let html = r#"<img src="https://example.org/x" onerror="violations.push('ran')"><script>violations.push('ran')</script><iframe src="https://example.org"></iframe>"#;
    // {"alg":"none","kid":"<img src=x onerror=violations.push(1)>"} .
    // {"sub":"<script>violations.push(2)</script>","iss":"\u202egro.elpmaxe"}
    let inside = "eyJhbGciOiJub25lIiwia2lkIjoiPGltZyBzcmM9eCBvbmVycm9yPXZpb2xhdGlvbnMucHVzaCgxKT4ifQ.\
        eyJzdWIiOiI8c2NyaXB0PnZpb2xhdGlvbnMucHVzaCgyKTwvc2NyaXB0PiIsImlzcyI6Ilx1MjAyZWdyby5lbHBtYXhlIn0.";
    let huge = format!("eyJ{}", "A".repeat(1024 * 1024));
    let whole = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let bidi = "\u{202e}eyJhbGci\u{2066}.\u{200b}eyJ\u{feff}.\u{0}x";
    for text in [html, inside, bidi, &whole[..whole.len() / 2], &whole[..3], "{", "....", " \n\t ", &huge] {
        app.paste("Token", text).await;
        answers(&app, &text.chars().take(40).collect::<String>()).await;
        let after: u32 = app.read(FOREIGN).await;
        assert_eq!(after, before, "{text:.80}");
        clear(&app).await;
    }
    let violations: Vec<String> = app.read("return window.violations").await;
    assert_eq!(violations, [""; 0]);

    app.paste("Token", whole).await;
    app.find("heading", "Rejected").await;
    assert_eq!(shown_token(&app).await, whole);
    app.quit().await;
}

/// The window shows a verdict on the text, if there is any, and still accepts a click.
async fn answers(app: &App, what: &str) {
    app.until(&format!("an answer to {what:?}"), async || {
        // The empty window names some of these words too, so only a heading is an answer.
        let none = !app.all("heading", "No verdict yet").await.is_empty();
        (none == what.trim().is_empty()).then_some(())
    })
    .await;
    app.click("button", "Users").await;
    app.find("heading", "No users yet").await;
    app.click("button", "Inspect").await;
}

async fn clear(app: &App) {
    app.until("an empty field", async || {
        if let Some(button) = app.all("button", "Clear the token").await.into_iter().next() {
            button.click().await.ok()?;
        }
        (!app.all("textbox", "Token").await.is_empty() && app.all("button", "Clear the token").await.is_empty())
            .then_some(())
    })
    .await;
}

/// One token's answer never has more elements than this.
const MOST_ELEMENTS: u32 = 6_000;

#[tokio::test]
async fn no_amount_of_claims_depth_or_dots_fills_the_page_or_opens_a_connection() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    let _: Option<()> = app.read(LISTEN).await;
    let foreign: u32 = app.read(FOREIGN).await;
    let token = |header: &str, claims: &str| {
        format!("{}.{}", jose::signing_input(header.as_bytes(), claims.as_bytes()), "A".repeat(86))
    };
    let header = r#"{"alg":"ES256","typ":"at+jwt","kid":"k"}"#;
    let plain = token(header, r#"{"sub":"alice","exp":4102444800}"#);
    let elements = "return document.querySelectorAll('*').length";
    // The number of elements for a token alone, without the list of recent ones.
    let alone = async |pasted: &str| {
        app.paste("Token", pasted).await;
        app.until("the token to be shown", async || (shown_token(&app).await == pasted).then_some(())).await;
        app.click("button", "Clear").await;
        app.gone("region", "Recent tokens").await;
        app.settles().await;
        app.read::<u32>(elements).await
    };
    let before = alone(&plain).await;
    let connections = connections_of(app.process());

    // Names, values and header parameters that try to be more than text add only as many elements as the same number of
    // harmless ones.
    let hostile = [
        "<img src='https://example.org/x'>",
        "<svg onload=alert(1)>",
        "{{constructor.constructor('alert(1)')()}}",
        "${7*7}",
        "javascript:alert(1)",
        "]]><script>alert(1)</script>",
        "\\u202egro.elpmaxe\\u2066",
    ];
    for text in hostile {
        let with = |value: &str| {
            let claims = format!(r#"{{"sub":"alice","exp":4102444800,"{value}":"{value}"}}"#);
            token(&format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"k","{value}":"{value}"}}"#), &claims)
        };
        let harmless = alone(&with(&"h".repeat(text.len()))).await;
        assert_eq!(alone(&with(text)).await, harmless, "{text}");
    }

    let claims = token(header, &format!("{{{}}}", vec!["\"a\":1"; 100_000].join(",")));
    assert!(claims.len() < 1024 * 1024, "it is read, not refused for its length");
    let few: Vec<String> = (0..9_000).map(|n| format!("\"c{n}\":{n}")).collect();
    let few = token(header, &format!("{{{}}}", few.join(",")));
    let deep = token(header, &format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)));
    let dots = ".".repeat(1_000_000);
    for (what, text) in
        [("10^5 claims", claims), ("9000 claims", few), ("depth 10^5", deep), ("a megabyte of dots", dots)]
    {
        app.paste("Token", &text).await;
        answers(&app, what).await;
        let after: u32 = app.read(elements).await;
        assert!(after < MOST_ELEMENTS, "{what}: {after} elements");
        clear(&app).await;
    }
    assert_eq!(alone(&plain).await, before, "nothing stays behind");
    assert_eq!(connections_of(app.process()), connections, "nothing was connected to");
    assert_eq!(app.read::<u32>(FOREIGN).await, foreign, "nothing was asked for");
    assert_eq!(app.read::<Vec<String>>("return window.violations").await, [""; 0]);
    app.quit().await;
}

/// Payloads a text might contain, with prefixes that break out of an attribute, a comment or an element.
fn payloads() -> Vec<String> {
    const TRIES: [&str; 20] = [
        "<img src=x onerror=ran()>",
        "<script>ran()</script>",
        "<svg onload=ran()>",
        "<svg><script href='data:,ran()'/></svg>",
        "<iframe src='javascript:ran()'></iframe>",
        "<a href='javascript:ran()' id=hostile>x</a>",
        "<object data='javascript:ran()'></object>",
        "<embed src='javascript:ran()'>",
        "<base href='https://evil.example/'>",
        "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
        "<form action='https://evil.example/'><button>x</button></form>",
        "<link rel=stylesheet href='https://evil.example/x.css'>",
        "<style>*{display:none}</style>",
        "<details open ontoggle=ran()>",
        "<video><source onerror=ran()></video>",
        "<math><a xlink:href='javascript:ran()'>x</a></math>",
        "<input autofocus onfocus=ran()>",
        "{{constructor.constructor('ran()')()}}",
        "${ran()}",
        "javascript:ran()",
    ];
    const DISGUISES: [(&str, &str); 10] = [
        ("", ""),
        ("\">", ""),
        ("'>", "<'"),
        ("-->", "<!--"),
        ("]]>", "<![CDATA["),
        ("</script>", "<script>"),
        ("</textarea></title></style>", ""),
        ("\u{202e}\u{2066}", "\u{200b}\0"),
        ("&lt;", "&#x3c;&#x0;"),
        ("\\u003c\r\n\t", "`"),
    ];
    let disguised = |text| DISGUISES.iter().map(move |(before, after)| format!("{before}{text}{after}"));
    TRIES.into_iter().flat_map(disguised).collect()
}

/// A token with a text in twenty-four places.
fn token_full_of(text: &str) -> String {
    let header = json!({
        "alg": "ES256", "kid": text, "typ": text, "cty": text, "jku": text, "x5u": text, (text): 1, "own": text,
    });
    let claims = json!({
        "iss": text, "sub": text, "aud": [text], "jti": text, "sid": text, "scope": text, "client_id": text,
        "email": text, "name": text, "picture": text, "nonce": text, "amr": [text], "acr": text, "exp": text,
        "own": {(text): text, "list": [text, [text]]}, (format!("{text} ")): true,
    });
    format!("{}.{}", jose::signing_input(header.to_string().as_bytes(), claims.to_string().as_bytes()), "A".repeat(86))
}

/// The kinds of elements, links, and attributes that can run scripts.
const KINDS: &str = "const all = [...document.querySelectorAll('*')];
    const acts = all.some((one) => [...one.attributes].some((attribute) => attribute.name.startsWith('on')));
    return [...new Set(all.map((one) => one.tagName))].concat([document.links.length, acts, window.runs].map(String)).sort()";

/// UI-01.
#[tokio::test]
async fn two_hundred_hostile_texts_in_twenty_places_are_text() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    let _: Option<()> = app.read(LISTEN).await;
    let _: Option<()> = app.read("window.runs = 0; window.ran = () => { window.runs += 1; };").await;
    let show = async |text: &str| {
        let token = token_full_of(text);
        app.paste("Token", &token).await;
        app.until("the token to be shown", async || (shown_token(&app).await == token).then_some(())).await;
        app.find("heading", "Rejected").await;
        app.settles().await;
        app.read::<Vec<String>>(KINDS).await
    };
    // Harmless texts with the same kinds of characters show every kind of element to expect.
    let mut harmless = show("harmless").await;
    for text in ["\u{202e}harmless\0", "https://example.org/x.png", "two words", "a@example.org"] {
        harmless.extend(show(text).await);
    }
    let foreign: u32 = app.read(FOREIGN).await;
    let title = app.driver().title().await.unwrap();
    let payloads = payloads();
    assert_eq!(payloads.len(), 200);
    for text in &payloads {
        let more: Vec<_> = show(text).await.into_iter().filter(|kind| !harmless.contains(kind)).collect();
        assert_eq!(more, [""; 0], "{text}");
    }
    assert_eq!(app.read::<u32>(FOREIGN).await, foreign, "nothing was added or asked for");
    assert_eq!(app.read::<Vec<String>>("return window.violations").await, [""; 0]);
    assert_eq!(app.driver().title().await.unwrap(), title);
    app.quit().await;
}

/// The TCP sockets of a process and its descendants, as listed in `/proc/net`: local and remote address.
fn connections_of(process: u32) -> HashSet<String> {
    let parent = |process: u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok()
    };
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let family: Vec<u32> = all
        .filter(|&one| std::iter::successors(Some(one), |&one| parent(one)).any(|ancestor| ancestor == process))
        .collect();
    let sockets: HashSet<String> = family
        .iter()
        .filter_map(|process| fs::read_dir(format!("/proc/{process}/fd")).ok())
        .flatten()
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok()?.to_str().map(str::to_owned))
        .filter_map(|link| link.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned))
        .collect();
    assert!(!sockets.is_empty(), "a window has sockets, to its display at least");
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines().skip(1));
    let ours = lines.filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        sockets.contains(*columns.get(9)?).then(|| format!("{} {}", columns[1], columns[2]))
    });
    ours.collect()
}
