//! Screenshots of the real window, for the README and for reviewing the screens.
//!
//!   screenshots                     Inspect (dark and light) and Users, into docs/screenshots
//!   screenshots --all [--out DIR]   every screen in three sizes, dark and light
#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::unwrap_used,
        clippy::print_stdout,
        reason = "a tool for developers: it prints, and a failed step ends it"
    )
)]

#[cfg(target_os = "linux")]
mod linux {
    use std::path::{Path, PathBuf};
    use thirtyfour::{By, Key};
    use workbench_tests::desktop::{App, Desktop, Theme};
    use workbench_tests::tokens::{CREDENTIAL_KEY, ENCRYPTED, FOREIGN, credential};

    const PASSWORD: &str = "four unrelated grey words";
    const SIZES: [(u32, u32); 3] = [(1280, 800), (960, 640), (1600, 1000)];

    #[tokio::main(flavor = "current_thread")]
    pub(crate) async fn main() {
        let arguments = std::env::args().skip(1).collect::<Vec<_>>();
        let all = arguments.iter().any(|argument| argument == "--all");
        let out = arguments.iter().position(|argument| argument == "--out").map(|at| PathBuf::from(&arguments[at + 1]));
        let folder =
            out.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/screenshots"));
        for (theme, name) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
            let mut album = Album { folder: folder.clone(), theme: name, all };
            album.fill(theme).await;
        }
    }

    struct Album {
        folder: PathBuf,
        theme: &'static str,
        all: bool,
    }

    impl Album {
        async fn fill(&mut self, theme: Theme) {
            let mut desktop = Desktop::with_screen(1700, 1100);
            desktop.prefer(theme);
            let app = desktop.open_app(&[]).await;
            self.take(&app, "first-run", false).await;
            app.click("button", "Sessions").await;
            app.find("heading", "No sessions yet").await;
            self.take(&app, "sessions-empty", false).await;
            app.click("button", "Users").await;
            app.find("heading", "No users yet").await;
            self.take(&app, "users-empty", false).await;
            add_users(&desktop);
            app.find("row", "carol").await;
            app.click("button", "New user").await;
            app.fill("Username", "dave").await;
            app.fill("Password", "correct horse").await;
            self.take(&app, "new-user", false).await;
            app.click("button", "Cancel").await;
            app.click("button", "Discard this user?").await;
            app.gone("dialog", "New user").await;

            app.resize(1280, 800).await;
            app.click("button", "Inspect").await;
            app.paste("Token", FOREIGN).await;
            app.find("heading", "Not verified").await;
            app.click("button", "Try another key").await;
            app.fill("Secret, PEM, certificate, JWK or JWK Set", "eW91ci0yNTYtYml0LXNlY3JldA").await;
            app.shows("matches once the secret is read as base64").await;
            self.take(&app, "another-key", self.theme == "dark").await;
            app.click("button", "Cancel").await;
            app.gone("dialog", "Try another key").await;
            app.click("button", "Clear the token").await;
            app.click("button", "Users").await;
            app.click("gridcell", "alice").await;
            app.click("button", "Sign in as alice").await;
            app.fill("Password", PASSWORD).await;
            self.take(&app, "sign-in", false).await;
            app.click("button", "Sign in").await;
            app.find("heading", "Accepted").await;
            app.gone("status", "Signed in as alice").await;
            self.take(&app, "inspect", true).await;
            let token = app.find("textbox", "Token").await.prop("value").await.unwrap().unwrap();
            desktop.twb(&["clock", "shift", "+17m"], "");
            app.find("heading", "Rejected").await;
            self.take(&app, "inspect-expired", false).await;
            app.click("button", "Re-sign for 15 m").await;
            app.find("heading", "Accepted").await;
            app.gone("status", "Re-signed. The original is under Recent").await;
            app.click("button", "Edit & re-sign").await;
            app.find("heading", "Would be accepted").await;
            self.take(&app, "edit", self.theme == "dark").await;
            app.click("button", "Break it").await;
            self.take(&app, "edit-break", false).await;
            app.click("menuitem", "wrong audience").await;
            app.find("heading", "Would be rejected").await;
            app.click("button", "How to write it").await;
            self.take(&app, "edit-broken", false).await;
            app.escape().await;
            app.click("button", "Set aud and re-sign").await;
            // A token broken on purpose is signed with the test key, which no server accepts.
            app.shows("is the test key").await;
            app.click("button", "Policy").await;
            self.take(&app, "policies", false).await;
            app.click("menuitem", "New policy from").await;
            app.find("dialog", "New policy").await;
            self.take(&app, "policy", false).await;
            app.click("button", "Cancel").await;
            desktop.twb(&["inspect", "--gui"], FOREIGN);
            app.shows("Another token came").await;
            self.take(&app, "edit-waiting", false).await;
            app.click("button", "Drop the changes, open it").await;
            app.find("heading", "Not verified").await;
            desktop.twb(&["clock", "real"], "");
            app.paste("Token", &token).await;
            app.find("heading", "Accepted").await;
            app.click("button", "Users").await;
            self.take(&app, "users", self.theme == "dark").await;
            app.click("button", "Keys").await;
            app.find("grid", "Signing keys").await;
            self.take(&app, "keys", self.theme == "dark").await;
            app.press("r").await;
            app.find("dialog", "Rotate the access key").await;
            self.take(&app, "rotate", false).await;
            app.escape().await;
            app.gone("dialog", "Rotate the access key").await;
            if !self.all {
                self.sessions(&desktop, &app).await;
            }

            if self.all {
                app.resize(1280, 800).await;
                app.click("button", "Inspect").await;
                app.paste("Token", &format!("{{\"access_token\":\"{token}\",\"id_token\":\"{FOREIGN}\"}}")).await;
                app.find("region", "In this paste").await;
                self.take(&app, "choices", false).await;
                app.click("button", "Copy as").await;
                self.take(&app, "copy-as", false).await;
                app.escape().await;
                app.press("d").await;
                app.find("region", "Changes").await;
                self.take(&app, "compare", false).await;
                app.escape().await;
                app.paste("Token", ENCRYPTED).await;
                app.shows("encrypted").await;
                self.take(&app, "encrypted", false).await;
                self.other_kinds(&app).await;
                app.paste("Token", &token).await;
                app.find("heading", "Accepted").await;
                desktop.twb(&["clock", "shift", "+31m"], "");
                app.find("heading", "Rejected").await;
                self.take(&app, "inspect-shifted-clock", false).await;
                desktop.twb(&["clock", "real"], "");
                app.find("heading", "Accepted").await;
                let rules = ["--issuer", "http://localhost:8787", "--alg", "ES256", "--leeway", "180"];
                let scopes = ["--scope", "items:read", "--scope", "orders:write"];
                desktop.twb(&[&["policies", "save", "Partner API"], &rules[..], &scopes].concat(), "");
                desktop.twb(&["clock", "shift", "+15m"], "");
                app.find("heading", "Rejected").await;
                app.click("button", "Policy").await;
                app.click("menuitemradio", "Partner API").await;
                app.shows("Within leeway").await;
                self.take(&app, "inspect-leeway", false).await;
                desktop.twb(&["clock", "real"], "");
                app.paste("Token", &format!("{}A{}", &token[..60], &token[61..])).await;
                app.find("heading", "Not a valid token").await;
                self.take(&app, "inspect-broken", false).await;
                self.sessions(&desktop, &app).await;
                self.import(&desktop, &app).await;
                self.ending_keys_and_tokens(&desktop, &app).await;
                app.quit().await;
                desktop.lock_keyring();
                let app = desktop.open_app(&[]).await;
                app.find("heading", "is locked").await;
                self.take(&app, "keyring-locked", false).await;
                self.without_keys(&app).await;
                app.quit().await;
                desktop.stop_keyring();
                let app = desktop.open_app(&[]).await;
                app.find("heading", "No keyring service is running").await;
                self.take(&app, "keyring-missing", false).await;
            }
        }

        /// An opened JWE, an SD-JWT with its key binding, and a text that is no JWT.
        async fn other_kinds(&self, app: &App) {
            app.resize(1280, 800).await;
            app.click("button", "Clear the token").await;
            app.click("button", "Encrypted (JWE)").await;
            app.find("heading", "Decrypted").await;
            self.take(app, "decrypted", false).await;
            app.resize(1280, 800).await;
            app.paste("Token", &credential()).await;
            app.shows("1 hidden").await;
            self.take(app, "sd-jwt", false).await;
            app.resize(1280, 800).await;
            app.press("k").await;
            app.fill("Secret, PEM, certificate, JWK or JWK Set", CREDENTIAL_KEY).await;
            app.click("button", "Use this key").await;
            app.find("heading", "Accepted").await;
            self.take(app, "sd-jwt-verified", false).await;
            app.resize(1280, 800).await;
            let session = "eyJfZnJlc2giOnRydWUsInVzZXJfaWQiOiI0MiJ9.awQ6CA.eusc6ux3vnAVfPpvdPEmmidTvec";
            app.paste("Token", session).await;
            app.find("heading", "Not a JWT").await;
            self.take(app, "not-a-jwt", false).await;
            app.resize(1280, 800).await;
        }

        /// What each line of a file would do.
        async fn import(&self, desktop: &Desktop, app: &App) {
            const HASH: &str = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW";
            let file = desktop.home().join("people.csv");
            let others = "bob,,,,items:read items:write,sales\ncarol,,,,items:read,\nol ivia,,,,items:read,\n\
                          mallory,,,$2x$05$abcdefghijklmnopqrstuu,,\npeggy,Peggy,,,items:read,\nsybil,,,,orders:all,\n";
            let first = format!("heidi,Heidi,heidi@example.com,{HASH},items:read,sales\n");
            let old = format!("ivan,,,{},items:read items:write,\n", HASH.replace("$12$", "$08$"));
            let head = "login,full_name,mail,pw,roles,department\n";
            std::fs::write(&file, [head, &first, &old, others].concat()).unwrap();
            app.resize(1280, 800).await;
            app.click("button", "Users").await;
            app.click("button", "Import and export").await;
            app.click("menuitem", "Import users").await;
            app.find("dialog", "Import users").await;
            let chooser = app.driver().find(By::Css("input[type=file]")).await.unwrap();
            chooser.send_keys(file.to_str().unwrap()).await.unwrap();
            app.shows("A username cannot contain a space").await;
            self.take(app, "import", false).await;
            app.escape().await;
            app.gone("dialog", "Import users").await;
        }

        /// The deny list, and a key that is about to end.
        async fn ending_keys_and_tokens(&self, desktop: &Desktop, app: &App) {
            app.resize(1280, 800).await;
            app.click("button", "Sessions").await;
            app.click("button", "Deny list").await;
            app.find("dialog", "Deny list").await;
            self.take(app, "deny-list", false).await;
            app.escape().await;
            app.gone("dialog", "Deny list").await;
            desktop.twb(&["keys", "rotate"], "");
            app.click("button", "Keys").await;
            app.click("gridcell", "Retiring").await;
            app.click("button", "Retire now").await;
            self.take(app, "keys-retire", false).await;
            app.escape().await;
        }

        /// Each view while the keyring is locked.
        async fn without_keys(&self, app: &App) {
            app.resize(1280, 800).await;
            app.press(Key::Escape).await;
            for view in ["Users", "Sessions", "Keys"] {
                app.resize(1280, 800).await;
                app.click("button", view).await;
                app.shows("See what can be done").await;
                self.take(app, &format!("{}-locked", view.to_lowercase()), false).await;
            }
            app.resize(1280, 800).await;
            app.press(Key::Control + "j").await;
            app.find("region", "Activity").await;
            self.take(app, "activity-locked", false).await;
        }

        /// Sessions in every state, the last of them ended by a replay.
        async fn sessions(&self, desktop: &Desktop, app: &App) {
            app.resize(1280, 800).await;
            for user in ["bob", "carol", "bob"] {
                desktop.twb(&["sign-in", user], &format!("{PASSWORD}\n"));
            }
            desktop.twb(&["sessions", "revoke", "--user", "carol"], "");
            app.click("button", "Sessions").await;
            app.shows("4 in this profile, 3 active").await;
            app.click("gridcell", "alice").await;
            app.find("region", "Session of alice").await;
            for (used, next) in [("R0", "R1"), ("R1", "R2"), ("R2", "R3")] {
                app.click("button", "Refresh").await;
                app.shows(&format!("Answer to {used}")).await;
                app.shows(next).await;
            }
            self.take(app, "sessions", self.theme == "dark").await;
            app.resize(1280, 800).await;
            app.click("button", "Race 8").await;
            app.shows("1 won").await;
            self.take(app, "sessions-race", self.theme == "dark").await;
            app.resize(1280, 800).await;
            // The first one is the rail's.
            app.all("button", "Activity").await.pop().unwrap().click().await.unwrap();
            app.shows("used again").await;
            self.take(app, "activity", self.theme == "dark").await;
            app.escape().await;
            app.resize(1280, 800).await;
            self.second_factor(desktop, app).await;
        }

        /// Setting up a second factor, and the second step of a sign-in after a wrong code.
        async fn second_factor(&self, desktop: &Desktop, app: &App) {
            app.resize(1280, 800).await;
            // In the middle of a step, so that a phone that is ahead is in the next one.
            desktop.twb(&["clock", "freeze", "2026-11-23T14:32:07Z"], "");
            app.click("button", "Users").await;
            app.click("gridcell", "bob").await;
            app.click("button", "Enroll").await;
            app.find("group", "Virtual phone").await;
            app.fill("Phone clock drift in seconds", "+26\u{e007}").await;
            app.shows("pass as step +1").await;
            app.click("button", "Show the secret").await;
            app.click("button", "Fill from phone").await;
            self.take(app, "enroll", self.theme == "dark").await;
            app.click("button", "Change").await;
            app.click("radio", "SHA-256").await;
            app.shows("ignore the algorithm").await;
            self.take(app, "enroll-unusual", false).await;
            app.click("radio", "SHA-1").await;
            app.click("button", "Use an existing secret").await;
            app.fill("URI or secret", "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP\u{e007}").await;
            app.shows("1 account found").await;
            self.take(app, "enroll-existing", false).await;
            app.click("button", "Back").await;
            app.click("button", "Sync").await;
            app.click("button", "Fill from phone").await;
            app.click("button", "Confirm and turn on").await;
            app.shows("The second factor is on").await;
            self.take(app, "enrolled", false).await;
            app.click("button", "Copy the recovery codes").await;
            app.click("button", "Done").await;
            app.gone("dialog", "Enroll a second factor for bob").await;
            desktop.twb(&["clock", "real"], "");
            app.click("button", "Sign in as bob").await;
            app.fill("Password", PASSWORD).await;
            app.click("button", "Sign in").await;
            app.find("textbox", "Code of the authenticator").await;
            app.press("000000").await;
            app.shows("The code is not right").await;
            app.press("136").await;
            self.take(app, "sign-in-code", false).await;
            app.click("button", "Cancel").await;
        }

        /// Takes a screenshot: one for the README, or one in each size for every screen.
        async fn take(&self, app: &App, screen: &str, readme: bool) {
            let sizes = if self.all {
                &SIZES[..]
            } else if readme {
                &SIZES[..1]
            } else {
                &[]
            };
            for &(width, height) in sizes {
                app.resize(width, height).await;
                let size = if self.all { format!("-{width}x{height}") } else { String::new() };
                let path = self.folder.join(format!("{screen}-{}{size}.png", self.theme));
                app.screenshot(&path).await;
                println!("{}", path.display());
            }
        }
    }

    fn add_users(desktop: &Desktop) {
        let users = [
            ("alice", "Alice Liddell", &["items:read", "items:write"][..]),
            ("bob", "Bob", &["items:read"]),
            ("carol", "Carol", &["items:read", "users:admin"]),
        ];
        for (name, display, scopes) in users {
            let email = format!("{name}@example.com");
            let mut arguments = vec!["users", "add", name, "--display-name", display, "--email", &email];
            scopes.iter().for_each(|scope| arguments.extend(["--scope", scope]));
            let said = desktop.twb(&arguments, &format!("{PASSWORD}\n"));
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        }
    }
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

/// Other systems have no WebDriver for the window's engine.
#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), &'static str> {
    Err("screenshots are taken on Linux")
}
