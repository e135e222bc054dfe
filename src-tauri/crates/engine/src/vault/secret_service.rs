//! What the keyring library cannot tell about the Linux Secret Service: who provides it, whether it is locked, and how
//! to make it show its prompt. (Secret Service API draft 0.2, freedesktop.org.)

use super::VaultError;
use secret_service::{
    EncryptionType, Error,
    blocking::{Collection, SecretService},
};
use zbus::{
    MatchRule,
    blocking::{MessageIterator, fdo::DBusProxy},
    names::BusName,
};

/// The bus name of whoever provides the service, and the root of its objects.
const SERVICE: &str = "org.freedesktop.secrets";
const OBJECTS: &str = "/org/freedesktop/secrets";

/// Bus names that providers own besides `org.freedesktop.secrets`, and the names users know.
const PROVIDERS: [(&str, &str); 4] = [
    ("org.gnome.keyring", "GNOME Keyring"),
    ("org.kde.kwalletd6", "KWallet"),
    ("org.kde.kwalletd5", "KWallet"),
    ("org.keepassxc.KeePassXC.MainWindow", "KeePassXC"),
];

/// The name by which users know the provider of the Secret Service.
pub(super) fn provider() -> Result<String, VaultError> {
    let absent = |error: zbus::Error| VaultError::Absent { system: error.to_string() };
    let connection = zbus::blocking::Connection::session().map_err(absent)?;
    let bus = DBusProxy::new(&connection).map_err(absent)?;
    let owner = |name: &'static str| {
        BusName::try_from(name).ok().and_then(|name| bus.get_name_owner(name).ok()).map(|owner| owner.to_string())
    };
    let service =
        owner(SERVICE).ok_or_else(|| VaultError::Absent { system: "nobody owns org.freedesktop.secrets".into() })?;
    let known = PROVIDERS.iter().find(|(name, _)| owner(name).as_deref() == Some(&service));
    Ok(known.map_or("Secret Service", |(_, called)| called).into())
}

/// Checks whether the default collection is unlocked, without triggering the prompt that reading from a locked one
/// would show.
pub(super) fn check_unlocked() -> Result<(), VaultError> {
    // Nothing secret crosses this connection, so it need not be encrypted.
    let service = SecretService::connect(EncryptionType::Plain).map_err(|error| sort(&error))?;
    let locked = |system: &str| VaultError::Locked { system: system.into() };
    match service.get_default_collection() {
        Ok(collection) if is_locked(&collection)? => {
            Err(locked("org.freedesktop.Secret.Error.IsLocked: the default collection is locked"))
        }
        Ok(_) => Ok(()),
        Err(Error::NoResult) => Err(VaultError::NoCollection),
        Err(error) => Err(sort(&error)),
    }
}

/// Calls `changed` after each signal of the service's objects, and when the service starts or ends. Returns when the
/// bus ends.
pub(super) fn watch(mut changed: impl FnMut()) -> zbus::Result<()> {
    let connection = zbus::blocking::Connection::session()?;
    let bus = DBusProxy::new(&connection)?;
    let signals = || MatchRule::builder().msg_type(zbus::message::Type::Signal);
    // A collection tells of its lock by a property, and of its making by a signal of the service.
    bus.add_match_rule(signals().path_namespace(OBJECTS)?.build())?;
    let owner = signals().sender("org.freedesktop.DBus")?.member("NameOwnerChanged")?.add_arg(SERVICE)?;
    bus.add_match_rule(owner.build())?;
    for message in MessageIterator::from(&connection) {
        let message = message?;
        let header = message.header();
        let is_of_service = header.path().is_some_and(|path| path.starts_with(OBJECTS));
        if is_of_service || header.member().is_some_and(|member| member == "NameOwnerChanged") {
            changed();
        }
    }
    Ok(())
}

/// Unlocks the default collection, or creates it. Both show the provider's prompt and wait for it.
pub(super) fn unlock() -> Result<(), VaultError> {
    let service = SecretService::connect(EncryptionType::Plain).map_err(|error| sort(&error))?;
    match service.get_default_collection() {
        Ok(collection) => collection.unlock().map_err(|error| match error {
            // The user closed the prompt; the keyring itself refused nothing.
            Error::Prompt => VaultError::Locked { system: "the prompt was closed; the keyring is still locked".into() },
            error => sort(&error),
        })?,
        Err(Error::NoResult) => match service.create_collection("Login", "default") {
            Ok(_) => {}
            Err(Error::Prompt) => return Err(VaultError::NoCollection),
            Err(error) => return Err(sort(&error)),
        },
        Err(error) => return Err(sort(&error)),
    }
    check_unlocked()
}

/// Whether the error means that no service answers.
pub(super) fn is_absent(error: &Error) -> bool {
    use zbus::fdo::Error as Fdo;
    match error {
        Error::Unavailable => true,
        Error::ZbusFdo(Fdo::ServiceUnknown(_) | Fdo::NameHasNoOwner(_) | Fdo::NoServer(_) | Fdo::Disconnected(_)) => {
            true
        }
        Error::Zbus(
            zbus::Error::Connection(..)
            | zbus::Error::InputOutput(_)
            | zbus::Error::Address(_)
            | zbus::Error::Handshake(_),
        ) => true,
        Error::Zbus(zbus::Error::FDO(inner)) => {
            matches!(**inner, Fdo::ServiceUnknown(_) | Fdo::NameHasNoOwner(_) | Fdo::NoServer(_) | Fdo::Disconnected(_))
        }
        Error::Zbus(zbus::Error::MethodError(name, ..)) => {
            let name = name.as_str();
            name.starts_with("org.freedesktop.DBus.Error.")
                && ["ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected"].iter().any(|end| name.ends_with(end))
                || name.starts_with("org.freedesktop.DBus.Error.Spawn.")
        }
        _ => false,
    }
}

fn is_locked(collection: &Collection<'_>) -> Result<bool, VaultError> {
    collection.is_locked().map_err(|error| sort(&error))
}

fn sort(error: &Error) -> VaultError {
    let system = error.to_string();
    match error {
        error if is_absent(error) => VaultError::Absent { system },
        Error::Locked => VaultError::Locked { system },
        Error::Prompt | Error::PromptDisconnected => VaultError::Denied { system },
        _ => VaultError::Failed { system },
    }
}
