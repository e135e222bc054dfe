//! GTK and WebKit call services of the session bus while they start, and wait 25 and 30 seconds for each. If one of
//! them hangs, the bus is hidden from GTK until it has started: the window then has no screen reader and cannot keep
//! the computer awake, but it opens.
#![cfg(all(unix, not(target_os = "macos")))]

use gtk::{gio, glib};
use std::{env, ffi::OsString, sync::mpsc, thread, time::Duration};
use zbus::blocking::Connection;

/// How long a service may take, including its start. One that is running answers within milliseconds.
const DEADLINE: Duration = Duration::from_millis(1_500);

/// The variable with the bus's address, and an address that has no bus.
pub(crate) const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";
pub(crate) const NO_BUS: &str = "disabled:";

/// The variable with the address of the accessibility bus. WebKit asks the session bus only if it is not set
/// (`PlatformDisplay::accessibilityBusAddress`).
const ACCESSIBILITY_BUS: &str = "AT_SPI_BUS_ADDRESS";

/// A call that GTK makes: service, object, interface, method, and its argument.
type Question = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

/// The portal, used to keep the computer awake (`gtk_application_impl_dbus_startup`).
const PORTAL: Question = (
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.DBus.Properties",
    "GetAll",
    Some("org.freedesktop.portal.Inhibit"),
);

/// The bus used by screen readers (`atk-bridge`, and WebKit even where `NO_AT_BRIDGE` is set).
const ACCESSIBILITY: Question = ("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None);

/// The real address of the bus while it is hidden.
pub(crate) struct Hidden(OsString);

/// Hides the bus if a service that GTK will wait for does not answer. Makes the same calls as GTK: others may be
/// answered by the service's D-Bus library even while the service itself hangs.
pub(crate) fn hide_if_a_service_hangs() -> Option<Hidden> {
    let address = env::var_os(BUS)?;
    let [portal, accessibility] = [PORTAL, ACCESSIBILITY].map(|question| {
        let (say, answer) = mpsc::channel();
        // If nobody answers, the thread is abandoned.
        thread::spawn(move || {
            ask(question);
            let _ = say.send(());
        });
        answer
    });
    let portal_answers = portal.recv_timeout(DEADLINE).is_ok();
    // Both were asked at the same time.
    let rest = if portal_answers { DEADLINE } else { Duration::ZERO };
    let accessibility_answers = accessibility.recv_timeout(rest).is_ok();
    if portal_answers && accessibility_answers {
        return None;
    }
    tracing::warn!("a service of the session bus hangs: the window starts without it");
    if !accessibility_answers && let Err(error) = glib::setenv(ACCESSIBILITY_BUS, NO_BUS, false) {
        tracing::warn!(%error, "the web view will wait for the accessibility bus");
    }
    glib::setenv(BUS, NO_BUS, true).ok().map(|()| Hidden(address))
}

impl Hidden {
    /// Shows the bus again, mainly for the keyring.
    pub(crate) fn show(&self) {
        if let Err(error) = glib::setenv(BUS, &self.0, true) {
            tracing::warn!(%error, "the session bus stays hidden");
        }
    }
}

/// Lets the portal identify GTK's connection while it still can: the portal opens `/proc/<pid>/root` at a connection's
/// first call, remembers what it found, and refuses a process that is not dumpable. Without this, file dialogs that GTK
/// shows through the portal (`GTK_USE_PORTAL=1`) would not open.
pub(crate) fn become_known_to_the_portal() -> Option<gio::DBusConnection> {
    let bus = gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE).ok()?;
    let (service, object, ..) = PORTAL;
    // This method needs no desktop backend and changes nothing. An error, or a missing portal, is as good as an answer.
    let _ = bus.call_sync(
        Some(service),
        object,
        "org.freedesktop.portal.NetworkMonitor",
        "GetAvailable",
        None,
        None,
        gio::DBusCallFlags::NONE,
        DEADLINE.as_millis().try_into().unwrap_or(-1),
        gio::Cancellable::NONE,
    );
    Some(bus)
}

/// Waits for an answer; an error or a missing service counts as one.
fn ask((service, object, interface, method, argument): Question) {
    let Ok(bus) = Connection::session() else { return };
    let _ = match argument {
        Some(argument) => bus.call_method(Some(service), object, Some(interface), method, &argument),
        None => bus.call_method(Some(service), object, Some(interface), method, &()),
    };
}
