//! Setting up a second factor: the QR code is read by another program, and another program computes the codes.

use crate::steps::{PASSWORD, add_user, focus};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{fs, path::Path, process::Command};
use thirtyfour::{By, Key};
use workbench_tests::desktop::{App, Desktop, key};

/// What a phone's camera makes of the window: the text of the only QR code on the screen, read by zbar.
async fn scanned(app: &App, folder: &Path) -> String {
    let picture = folder.join("screen.png");
    app.screenshot(&picture).await;
    let read = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&picture).output().unwrap();
    let text = String::from_utf8(read.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "one QR code is found: {text}");
    text.trim().to_owned()
}

fn parameter<'a>(uri: &'a str, name: &str) -> &'a str {
    uri.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap()
}

/// A code, computed by oathtool.
pub(crate) fn computed(secret: &str, at: &str, algorithm: &str, digits: u8) -> String {
    let (totp, digits) = (format!("--totp={algorithm}"), format!("--digits={digits}"));
    let code = Command::new("oathtool").args([&totp, &digits, "-b", "--now", at, secret]).output().unwrap();
    assert!(code.status.success(), "{}", String::from_utf8_lossy(&code.stderr));
    String::from_utf8(code.stdout).unwrap().trim().to_owned()
}

pub(crate) fn freeze(desktop: &Desktop, at: &str) {
    assert!(desktop.twb(&["clock", "freeze", at], "").status.success());
}

async fn open_sheet(app: &App, user: &str) {
    app.click("button", "Users").await;
    app.click("gridcell", user).await;
    app.click("button", "Enroll").await;
    app.find("dialog", &format!("Enroll a second factor for {user}")).await;
    app.find("group", "Virtual phone").await;
}

#[tokio::test]
async fn a_phone_scans_the_window_and_its_codes_sign_in_from_then_on() {
    let desktop = Desktop::start();
    add_user(&desktop, "bob");
    freeze(&desktop, "2026-11-23T14:30:11Z");
    let app = desktop.open_app(&[]).await;
    app.resize(1280, 800).await;
    open_sheet(&app, "bob").await;
    let uri = scanned(&app, desktop.home()).await;
    assert!(uri.starts_with("otpauth://totp/Token%20Workbench:bob?"), "{uri}");
    let secret = parameter(&uri, "secret");
    assert!(!app.text().await.contains(&secret[..4]), "the secret is hidden until it is asked for");
    let code = computed(secret, "2026-11-23 14:30:11 UTC", "sha1", 6);
    app.shows(&format!("{} {}", &code[..3], &code[3..])).await;
    assert_eq!(app.axe().await, Vec::<String>::new());

    // Shown and copied on request.
    app.click("button", "Copy the secret").await;
    app.shows("It leaves the clipboard in 60 s").await;
    assert_eq!(desktop.display().selection("CLIPBOARD").as_deref(), Some(secret));
    app.click("button", "Show the secret").await;
    app.shows(&uri).await;

    // A phone that is two minutes ahead is refused, and told how far it is off.
    app.find("textbox", "Code of the authenticator").await.click().await.unwrap();
    app.press(computed(secret, "2026-11-23 14:32:11 UTC", "sha1", 6)).await;
    app.shows("Would be refused").await;
    app.press(Key::Enter + "").await;
    app.shows("This code belongs to a time 2 m from now").await;
    let state = |user: &str| String::from_utf8(desktop.twb(&["users", "show", user, "--json"], "").stdout).unwrap();
    assert!(
        state("bob").contains(r#""state":"off""#) || state("bob").contains(r#""state": "off""#),
        "{}",
        state("bob")
    );
    for _ in 0..6 {
        app.press(Key::Backspace + "").await;
    }
    app.press(&*code).await;
    app.shows("Would pass as step 0").await;
    app.press(Key::Enter + "").await;
    app.shows("The second factor is on").await;
    assert_eq!(app.axe().await, Vec::<String>::new());

    // The recovery codes are printed and saved through the system's dialogs; closing a dialog keeps nothing.
    let display = desktop.display();
    app.click("button", "Print the recovery codes").await;
    display.waits_for("Print");
    display.press("Print", &[key::ESCAPE]);
    display.waits_until_gone("Print");
    app.shows("Keep the recovery codes before you close this").await;
    app.click("button", "Save the recovery codes").await;
    display.waits_for("Save recovery codes");
    display.press("Save recovery codes", &[key::RETURN]);
    app.shows("Recovery codes saved").await;
    let shown = app.text().await;
    let path = shown.split_whitespace().find(|word| word.ends_with("recovery-codes-bob.txt")).unwrap().to_owned();
    let saved = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let codes: Vec<&str> = saved.lines().filter(|line| line.len() == 11 && line.contains('-')).collect();
    assert_eq!(codes.len(), 10, "{saved}");
    assert!(codes.iter().all(|code| shown.contains(code)));
    app.click("button", "Done").await;
    app.gone("dialog", "Enroll a second factor for bob").await;
    assert!(!app.text().await.contains(codes[0]));

    // A sign-in takes a new code; the one that confirmed is used up.
    app.click("button", "Sign in as bob").await;
    app.fill("Password", PASSWORD).await;
    app.click("button", "Sign in").await;
    app.find("textbox", "Code of the authenticator").await;
    app.press(&*code).await;
    app.shows("This code was used already").await;
    freeze(&desktop, "2026-11-23T14:31:11Z");
    app.press(computed(secret, "2026-11-23 14:31:11 UTC", "sha1", 6)).await;
    app.find("heading", "Accepted").await;

    // New recovery codes and the removal take the password.
    app.click("button", "Users").await;
    app.click("button", "New recovery codes").await;
    app.fill("Password of bob", PASSWORD).await;
    app.click("button", "Make new codes").await;
    app.find("list", "Recovery codes").await;
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.click("button", "Copy the recovery codes").await;
    app.shows("The set of recovery codes is copied").await;
    let copied = display.selection("CLIPBOARD").unwrap();
    assert_eq!(copied.lines().count(), 10);
    assert!(!codes.iter().any(|old| copied.contains(old)));
    app.click("button", "Done").await;
    app.gone("dialog", "New recovery codes for bob").await;
    app.click("button", "Remove").await;
    app.find("dialog", "Remove the second factor of bob").await;
    app.fill("Password of bob", PASSWORD).await;
    app.click("button", "Remove the second factor").await;
    app.gone("dialog", "Remove the second factor of bob").await;
    app.shows("none: the password alone signs in").await;
    app.quit().await;
}

/// Two accounts as Google Authenticator hands them over: name, issuer, secret, SHA-1, six digits, by the time.
fn handover() -> String {
    let field = |tag: u8, bytes: &[u8]| [&[tag << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let account = |name: &str, secret: &[u8]| {
        let parts = [field(1, secret), field(2, name.as_bytes()), field(3, b"Example"), vec![32, 1, 40, 1, 48, 2]];
        field(1, &parts.concat())
    };
    let message = [account("alice", b"the first secret"), account("bob", b"Hello!\xDE\xAD\xBE\xEF")].concat();
    let data = STANDARD.encode(message).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("otpauth-migration://offline?data={data}")
}

#[tokio::test]
async fn an_existing_secret_comes_from_a_picture_and_by_the_keyboard_alone() {
    let desktop = Desktop::start();
    add_user(&desktop, "bob");
    freeze(&desktop, "2026-11-23T14:30:11Z");
    let app = desktop.open_app(&[]).await;
    app.resize(960, 640).await;
    app.press(Key::Control + "3").await;
    focus(&app, "bob").await;
    app.press(Key::Enter + "").await;
    app.find("dialog", "bob").await;
    focus(&app, "Enroll").await;
    app.press(Key::Enter + "").await;
    app.find("dialog", "Enroll a second factor for bob").await;
    focus(&app, "Use an existing secret").await;
    app.press(" ").await;
    app.find("textbox", "URI or secret").await;
    app.paste("URI or secret", &handover()).await;
    app.press(Key::Enter + "").await;
    app.shows("2 accounts found").await;
    assert_eq!(app.axe().await, Vec::<String>::new());
    focus(&app, "Use bob").await;
    app.press(Key::Enter + "").await;
    app.shows("The secret has 80 bits").await;
    let uri = scanned(&app, desktop.home()).await;
    assert_eq!(parameter(&uri, "secret"), "JBSWY3DPEHPK3PXP");

    // The QR code on the screen, brought in as a picture.
    app.click("button", "New secret").await;
    app.hides("The secret has 80 bits").await;
    app.click("button", "Use an existing secret").await;
    let chooser = app.driver().find(By::Css("input[type=file]")).await.unwrap();
    chooser.send_keys(desktop.home().join("screen.png").to_str().unwrap()).await.unwrap();
    app.shows("1 account found").await;
    app.click("button", "Use bob").await;

    // Eight digits and SHA-256: named apps would show wrong codes.
    app.click("button", "Change").await;
    app.click("radio", "SHA-256").await;
    app.shows("Authy ignore the algorithm").await;
    app.click("radio", "8 digits").await;
    app.shows("TOTP SHA256, 8 digits, 30 s").await;
    let code = computed("JBSWY3DPEHPK3PXP", "2026-11-23 14:30:11 UTC", "sha256", 8);
    app.shows(&format!("{} {}", &code[..4], &code[4..])).await;

    // The phone's clock drifts by the arrow keys; its code is filled in and refused once it is too far off.
    focus(&app, "Phone clock drift").await;
    for _ in 0..20 {
        app.press(Key::Right + "").await;
    }
    app.shows("The phone’s code would pass as step +1").await;
    app.shows("Phone is 20 s ahead, still in the window").await;
    app.click("button", "Fill from phone").await;
    app.shows("Would pass as step +1").await;
    app.escape().await;
    app.find("button", "Discard this enrollment?").await;
    app.click("button", "Fill from phone").await;
    app.press(Key::Control + Key::Enter).await;
    app.shows("The second factor is on").await;
    // The recovery codes come into sight by themselves, with the focus on the first thing to do with them.
    const SEEN: &str =
        "const codes = document.querySelector('ul[aria-label=\"Recovery codes\"]').getBoundingClientRect();
        const foot = document.querySelector('.layer .foot').getBoundingClientRect();
        return codes.bottom <= foot.top && document.activeElement.innerText.startsWith('Copy')";
    app.until("the recovery codes in sight", async || app.read::<bool>(SEEN).await.then_some(())).await;
    app.quit().await;
}
