//! The window shows only its own page, and nothing in it makes the web view open a connection.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
};
use workbench_tests::desktop::Desktop;

/// A link to the listener.
const LINK: &str =
    "const a = document.createElement('a'); a.href = ADDRESS; a.textContent = 'x'; document.body.append(a);";
const FORM: &str = "const f = document.createElement('form'); f.action = ADDRESS; document.body.append(f);";

/// The data that a browser provides when a link is dropped.
const DROP: &str = "const data = new DataTransfer(); data.setData('text/html', '<a href=\"' + ADDRESS + '\">x</a>');
    data.setData('text/uri-list', ADDRESS);
    for (const kind of ['dragenter', 'dragover', 'drop']) {
        const init = { bubbles: true, cancelable: true, dataTransfer: data };
        document.querySelector('textarea').dispatchEvent(new DragEvent(kind, init));
    }";

/// A link that covers the whole window and counts clicks.
const COVER: &str = "a.style.cssText = 'position: fixed; inset: 0; z-index: 9999';
    for (const kind of ['click', 'auxclick']) {
        a.addEventListener(kind, () => { window.presses += 1; });
    }";

/// TAU-05. The scripts are injected through WebDriver, bypassing the page's content security policy.
#[tokio::test]
async fn no_script_link_or_drop_leads_the_window_away_or_connects_to_anybody() {
    let desktop = Desktop::start();
    let display = desktop.display();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let app = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    let here: String = app.read("window.stays = true; window.presses = 0; return location.href").await;
    let run = async |script: &str| {
        let _: Option<()> = app.read(&format!("const ADDRESS = '{address}'; {script}; return null")).await;
    };
    let stays = async |what: &str| {
        app.settles().await;
        let now: (bool, String) = app.read("return [window.stays === true, location.href]").await;
        assert_eq!(now, (true, here.clone()), "{what}");
        assert_eq!(display.titles(), ["Token Workbench"], "{what}");
        let connected = listener.accept().map(|_| "somebody was connected to");
        assert_eq!(connected.map_err(|error| error.kind()), Err(ErrorKind::WouldBlock), "{what}");
    };
    for script in [
        "window.open(ADDRESS)",
        "window.open(ADDRESS, '_self')",
        "window.open(ADDRESS, 'other', 'width=200,height=200')",
        "window.open('about:blank')",
        "window.open('file:///etc/passwd', '_self')",
        "location.href = ADDRESS",
        "location.replace(ADDRESS)",
        "location.href = 'file:///etc/passwd'",
        "location.href = 'data:text/html,<h1>x</h1>'",
        &format!("{LINK} a.click()"),
        &format!("{LINK} a.target = '_blank'; a.click()"),
        &format!("{LINK} a.download = 'x'; a.click()"),
        &format!("{LINK} a.ping = ADDRESS; a.click()"),
        &format!("{FORM} f.submit()"),
        &format!("{FORM} f.method = 'post'; f.target = '_blank'; f.submit()"),
        "const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=' + ADDRESS; document.head.append(m)",
        "const f = document.createElement('iframe'); f.src = ADDRESS; document.body.append(f)",
        "const l = document.createElement('link'); l.rel = 'preconnect'; l.href = ADDRESS; document.head.append(l)",
        "const l = document.createElement('link'); l.rel = 'prefetch'; l.href = ADDRESS; document.head.append(l)",
        "navigator.sendBeacon(ADDRESS, 'x')",
        "try { new WebSocket(ADDRESS.replace('http', 'ws')) } catch { }",
        DROP,
    ] {
        run(script).await;
        stays(script).await;
    }
    // Real mouse clicks on a link that fills the window.
    run(&format!("{LINK} {COVER}")).await;
    for (presses, button) in [(1, 1), (2, 2)] {
        display.click("Token Workbench", button, 300, 300);
        let pressed = async || (app.read::<u32>("return window.presses").await == presses).then_some(());
        app.until("the press to arrive", pressed).await;
        stays("a press of the mouse").await;
    }
    app.quit().await;
}
