//! Everything in the window has enough room, at every size of the window and of the text.

use crate::steps::{add_user, sign_in};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use workbench_tests::desktop::Desktop;

/// Only the text is enlarged: what holds it has to follow.
#[tokio::test]
async fn the_rail_and_the_keys_at_the_bottom_have_room_for_the_largest_text() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("list", "Keys of this view").await;
    app.resize(960, 640).await;
    app.calls("set_appearance", json!({"appearance": {"theme": "system", "text_size": 150}})).await;
    let room = "const inside = (inner, outer) => {
            const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
            return Math.min(a.left - b.left, b.right - a.right);
        };
        const least = (selector, outer) =>
            Math.min(...[...document.querySelectorAll(selector)].map((one) => inside(one, outer(one))));
        const enlarged = parseFloat(getComputedStyle(document.querySelector('nav .label')).fontSize) > 16;
        return enlarged
            ? [least('nav .label', (one) => one.closest('nav')), least('footer ul:last-child li', () => document.body)]
            : null";
    let [label, key] = app.until("the larger text", async || app.read::<Option<[f64; 2]>>(room).await).await;
    assert!(label >= 8.0, "{label} px beside a label of the rail");
    assert!(key >= 8.0, "{key} px beside a key at the bottom");
}

/// Beside long names and values, at the usual size of the window and at its smallest.
#[tokio::test]
async fn a_long_value_leaves_room_for_its_meaning() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    let text = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let address = format!("https://login.example.com/{}", "a-long-tenant/".repeat(8));
    let name = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
    let claims = json!({"iss": address, "sub": address, "aud": "items-api", "exp": 1_795_856_340, name: address});
    let token = format!("{}.{}.c2ln", text(json!({"alg": "HS256", "typ": "JWT"})), text(claims));
    app.paste("Token", &token).await;
    app.shows("a-long-tenant").await;
    for (width, height, least) in [(1280, 800, 80.0), (960, 640, 40.0)] {
        app.resize(width, height).await;
        app.settles().await;
        let widths: Vec<f64> = app
            .read(
                "return [...document.querySelectorAll('[role=row] > .meaning')]
                    .filter((one) => one.textContent.trim() !== '').map((one) => one.clientWidth)",
            )
            .await;
        let narrowest = widths.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(narrowest >= least, "{width} wide: {widths:?}");
    }
}

/// Beside the edge of the view, and of what scrolls in it.
#[tokio::test]
async fn a_table_and_a_chain_end_where_the_rest_of_their_view_ends() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    app.resize(960, 640).await;
    app.click("button", "Keys").await;
    app.find("grid", "Signing keys").await;
    let right = |name: &str| {
        format!(
            "Math.round([...document.querySelectorAll('.main button')]
        .find((one) => one.textContent.trim() === '{name}').getBoundingClientRect().right)"
        )
    };
    let [above, below]: [f64; 2] =
        app.read(&format!("return [{}, {}]", right("Rotate access key"), right("Rotate"))).await;
    assert!((above - below).abs() < 2.0, "{below} below {above}");

    app.click("button", "Sessions").await;
    app.click("gridcell", "alice").await;
    for (used, next) in [("R0", "R1"), ("R1", "R2"), ("R2", "R3")] {
        app.click("button", "Refresh").await;
        // The chain may be drawn before the answer is there; the button waits for the answer.
        app.shows(&format!("Answer to {used}")).await;
        app.shows(next).await;
    }
    let gap = "const scroller = document.querySelector('.scroller[aria-label=\"Refresh token family\"]');
        const last = scroller.querySelector('li:last-child').getBoundingClientRect();
        return scroller.scrollWidth > scroller.clientWidth && scroller.getBoundingClientRect().right - last.right";
    let gap: serde_json::Value = app.read(gap).await;
    assert!(gap.as_f64().is_some_and(|gap| gap >= 15.0), "{gap} px after the newest token");
}
