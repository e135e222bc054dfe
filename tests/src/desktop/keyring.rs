//! GNOME's keyring service without a desktop around it.

use super::{Environment, helper::Helper};
use std::{
    collections::HashMap,
    io::{Read, Write},
    os::unix::net::UnixStream,
    process::Command,
};
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

const PASSWORD: &str = "the keyring's own password";
const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// Starts the service with the login collection unlocked, creating it if necessary.
pub(super) fn start(environment: &Environment) -> Helper {
    let arguments = ["--unlock", "--foreground", "--components=secrets"];
    let mut helper = Helper::start(environment, "gnome-keyring-daemon", &arguments, PASSWORD);
    helper.wait_until("an unlocked keyring", || (locked(environment) == Some(false)).then_some(()));
    helper
}

pub(super) fn lock(environment: &Environment) {
    let login = format!("array:objpath:{COLLECTION}");
    let answer = ask(environment, SERVICE, &["org.freedesktop.Secret.Service.Lock", &login]);
    assert!(answer.is_some() && locked(environment) == Some(true), "the keyring does not lock");
}

/// Uses the login screen's protocol, since the public one would show a prompt.
pub(super) fn unlock(environment: &Environment) {
    const UNLOCK: u32 = 1;
    let mut socket = UnixStream::connect(environment.runtime().join("keyring/control")).expect("the keyring runs");
    let length = u32::try_from(PASSWORD.len()).unwrap();
    // A byte that carries the caller's credentials, then: length of all, operation, length of the password, password.
    let mut message = vec![0];
    message.extend([12 + length, UNLOCK, length].iter().flat_map(|number| number.to_be_bytes()));
    message.extend(PASSWORD.as_bytes());
    socket.write_all(&message).expect("the keyring listens");
    let mut answer = [0; 8];
    socket.read_exact(&mut answer).expect("the keyring answers");
    assert_eq!(answer, [0, 0, 0, 8, 0, 0, 0, 0], "the keyring refuses to unlock");
    assert_eq!(locked(environment), Some(false), "the keyring is still locked");
}

/// Is the login collection locked? `None`: no service, or no such collection.
fn locked(environment: &Environment) -> Option<bool> {
    let property = ["string:org.freedesktop.Secret.Collection", "string:Locked"];
    let answer = ask(environment, COLLECTION, &["org.freedesktop.DBus.Properties.Get", property[0], property[1]])?;
    Some(answer.contains("boolean true"))
}

/// All secrets, over an unencrypted session.
pub(super) async fn secrets(bus: &str) -> zbus::Result<Vec<String>> {
    type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);
    let connection = zbus::connection::Builder::address(bus)?.build().await?;
    let service = zbus::Proxy::new(&connection, NAME, SERVICE, "org.freedesktop.Secret.Service").await?;
    let (_, session): (OwnedValue, OwnedObjectPath) =
        service.call("OpenSession", &("plain", zbus::zvariant::Value::from(""))).await?;
    let login = zbus::Proxy::new(&connection, NAME, COLLECTION, "org.freedesktop.Secret.Collection").await?;
    let items: Vec<OwnedObjectPath> = login.get_property("Items").await?;
    let secrets: HashMap<OwnedObjectPath, Secret> = service.call("GetSecrets", &(items, session)).await?;
    Ok(secrets.into_values().map(|(_, _, value, _)| String::from_utf8_lossy(&value).into_owned()).collect())
}

fn ask(environment: &Environment, object: &str, call: &[&str]) -> Option<String> {
    let mut command: Command = environment.command("dbus-send");
    command.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", object]).args(call);
    let output = command.output().expect("dbus-send, a part of dbus, starts");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
