//! Swagger UI in a real browser: the Authorize dialog signs in, and the endpoints answer to whoever that is.

use crate::Http;
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};
use thirtyfour::{ChromiumLikeCapabilities as _, prelude::*};
use workbench_tests::app::{App, PASSWORD};

/// A browser without a window, and its driver.
struct Browser {
    driver: WebDriver,
    _process: Process,
}

/// A process that ends with its value.
struct Process(Child);

impl Browser {
    async fn start() -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Process)
            .unwrap_or_else(|error| panic!("chromedriver: {error}; scripts/setup.sh test installs it"));
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_headless().unwrap();
        // The sandbox wants privileges that build machines do not give.
        capabilities.set_no_sandbox().unwrap();
        capabilities.set_disable_dev_shm_usage().unwrap();
        // As high as the page, so that nothing lies under its header once it is scrolled to.
        capabilities.add_arg("--window-size=1400,3000").unwrap();
        let url = format!("http://127.0.0.1:{port}");
        for _ in 0..200 {
            if let Ok(driver) = WebDriver::new(&url, capabilities.clone()).await {
                driver.set_implicit_wait_timeout(Duration::from_secs(20)).await.unwrap();
                return Self { driver, _process: process };
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the browser did not start");
    }

    async fn css(&self, selector: &str) -> WebElement {
        self.driver.find(By::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    async fn click(&self, selector: &str) {
        self.css(selector).await.click().await.unwrap();
    }

    async fn sign_in(&self, username: &str) {
        self.click(".auth-wrapper .authorize").await;
        self.css("#oauth_username").await.send_keys(username).await.unwrap();
        self.css("#oauth_password").await.send_keys(PASSWORD).await.unwrap();
        // The dialog has a button for each scheme.
        self.click("button[aria-label='Apply given OAuth2 credentials']").await;
        // Signed in, it offers to sign out.
        self.css("button[aria-label='Remove authorization']").await;
        self.click(".modal-ux .close-modal").await;
    }

    /// Sends the request of an operation and returns the status that is shown.
    async fn try_out(&self, operation: &str) -> String {
        self.click(&format!("{operation} .opblock-summary-control")).await;
        self.click(&format!("{operation} .try-out__btn")).await;
        self.click(&format!("{operation} .execute")).await;
        let shown = self.css(&format!("{operation} .live-responses-table .response .response-col_status")).await;
        shown.text().await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_authorize_dialog_signs_in_and_scopes_decide() {
    let http = Http::of(App::new().with_user("alice"));
    http.app.create("bob", &["items:read"]).unwrap();
    let base = format!("http://localhost:{}/docs/", http.port);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let users = [("alice", "#operations-Samples-items", "200"), ("bob", "#operations-Samples-new_item", "403")];
    for (username, operation, status) in users {
        let shown = runtime.block_on(async {
            let browser = Browser::start().await;
            browser.driver.goto(&base).await.unwrap();
            browser.sign_in(username).await;
            let shown = browser.try_out(operation).await;
            browser.driver.clone().quit().await.unwrap();
            shown
        });
        assert_eq!(shown, status, "{username}");
        let seen = http.traffic.lock().unwrap().last().cloned().unwrap();
        assert_eq!((seen.path.as_str(), seen.about.username.as_deref()), ("/items", Some(username)));
    }
}
