use super::*;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tempfile::TempDir;

fn right() -> Password {
    Password::new("plaid lantern quorum drizzle")
}

fn created() -> (TempDir, PassphraseVault) {
    let folder = tempfile::tempdir().unwrap();
    let vault = PassphraseVault::inside(folder.path());
    vault.create(&right()).unwrap();
    (folder, vault)
}

fn text(text: &str) -> VaultText {
    VaultText::new(text)
}

#[test]
fn what_is_kept_opens_with_the_passphrase_only_and_stands_nowhere_in_the_file() {
    let (folder, vault) = created();
    vault.write("profile:key", &text("canary secret")).unwrap();
    vault.write("profile:other", &text("another")).unwrap();
    vault.delete("profile:other").unwrap();
    vault.delete("profile:never").unwrap();

    let later = PassphraseVault::inside(folder.path());
    assert!(matches!(later.read("profile:key"), Err(VaultError::PassphraseDue { .. })));
    assert!(matches!(later.write("profile:key", &text("x")), Err(VaultError::PassphraseDue { .. })));
    assert_eq!(later.enter(&Password::new("plaid lantern quorum drizzlE")), Err(VaultError::WrongPassphrase));
    assert!(matches!(later.read("profile:key"), Err(VaultError::PassphraseDue { .. })));
    later.enter(&right()).unwrap();
    assert_eq!(later.read("profile:key"), Ok(Some(text("canary secret"))));
    assert_eq!(later.read("profile:other"), Ok(None));

    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let bytes = fs::read(file.path()).unwrap();
        for secret in ["canary secret", right().expose()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{:?}", file.path());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        }
    }
}

#[test]
fn a_damaged_file_is_never_taken_for_a_wrong_passphrase() {
    let (_folder, vault) = created();
    vault.write("profile:key", &text("secret")).unwrap();
    let good = fs::read(vault.file()).unwrap();
    let is_damaged = |bytes: &[u8]| {
        fs::write(vault.file(), bytes).unwrap();
        matches!(vault.enter(&right()), Err(VaultError::Failed { .. }))
    };
    for end in (0..good.len() - 2).step_by(7) {
        assert!(is_damaged(&good[..end]), "cut at {end}");
    }
    // Only letters and digits carry meaning; the spaces between them do not.
    for at in (0..good.len()).filter(|at| good[*at].is_ascii_alphanumeric()).step_by(5) {
        let mut changed = good.clone();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(is_damaged(&changed), "byte {at}");
    }
    fs::remove_file(vault.file()).unwrap();
    assert!(matches!(vault.enter(&right()), Err(VaultError::Failed { .. })));
    fs::write(vault.file(), good).unwrap();
    vault.enter(&right()).unwrap();
}

#[test]
fn a_prepared_file_can_neither_make_guessing_cheap_nor_swap_entries() {
    let (_folder, vault) = created();
    vault.write("a", &text("of a")).unwrap();
    vault.write("b", &text("of b")).unwrap();
    let prepare = |change: &dyn Fn(&mut Contents)| {
        let mut contents = vault.contents().unwrap();
        change(&mut contents);
        fs::write(vault.file(), contents.to_text()).unwrap();
    };
    let good = fs::read(vault.file()).unwrap();
    for cost in [
        Cost { memory_kib: 8, ..Cost::NEW },
        Cost { passes: 1, ..Cost::NEW },
        Cost { memory_kib: u32::MAX, ..Cost::NEW },
        Cost { passes: u32::MAX, ..Cost::NEW },
    ] {
        prepare(&|contents| contents.cost = cost);
        assert!(matches!(vault.enter(&right()), Err(VaultError::Failed { .. })), "{cost:?}");
        fs::write(vault.file(), &good).unwrap();
    }
    prepare(&|contents| {
        let b = contents.entries["b"].clone();
        contents.entries.insert("a".into(), b);
    });
    assert!(matches!(vault.read("a"), Err(VaultError::Failed { .. })), "an entry opens under its own name only");
    assert_eq!(vault.read("b"), Ok(Some(text("of b"))));
}

#[test]
fn two_processes_that_write_at_once_lose_nothing() {
    let (folder, vault) = created();
    let other = PassphraseVault::inside(folder.path());
    other.enter(&right()).unwrap();
    thread::scope(|scope| {
        for (vault, name) in [(&vault, "one"), (&other, "two")] {
            scope.spawn(move || {
                for number in 0..10 {
                    vault.write(&format!("{name}:{number}"), &text(name)).unwrap();
                }
            });
        }
    });
    assert_eq!(vault.contents().unwrap().entries.len(), 20);
}

#[test]
fn what_a_killed_process_left_half_written_is_in_nobodys_way() {
    let (_folder, vault) = created();
    fs::write(vault.file().with_extension("new"), "half a fi").unwrap();
    vault.write("a", &text("of a")).unwrap();
    assert_eq!(vault.read("a"), Ok(Some(text("of a"))));
    assert!(!vault.file().with_extension("new").exists());
}

#[test]
fn a_vault_is_never_made_over_another() {
    let (_folder, vault) = created();
    let before = fs::read(vault.file()).unwrap();
    assert!(matches!(vault.create(&Password::new("another passphrase")), Err(VaultError::Failed { .. })));
    assert_eq!(fs::read(vault.file()).unwrap(), before);
}

#[test]
fn the_passphrase_is_asked_for_once_and_only_when_it_is_needed() {
    let (folder, vault) = created();
    vault.write("a", &text("of a")).unwrap();
    let later = PassphraseVault::inside(folder.path());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    later.ask_with(Box::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(right())
    }));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert_eq!(later.read("a"), Ok(Some(text("of a"))));
    later.write("b", &text("of b")).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    let nobody = PassphraseVault::inside(folder.path());
    nobody.ask_with(Box::new(|| Err("use a terminal".into())));
    assert_eq!(nobody.read("a"), Err(VaultError::PassphraseDue { hint: "use a terminal".into() }));
}

#[test]
fn one_letter_typed_in_two_ways_opens_the_same_vault() {
    let folder = tempfile::tempdir().unwrap();
    let vault = PassphraseVault::inside(folder.path());
    vault.create(&Password::new("gr\u{FC}ne Otter, elf Geigen")).unwrap();
    let later = PassphraseVault::inside(folder.path());
    assert_eq!(later.enter(&Password::new("gru\u{308}ne Otter, elf Geigen")), Ok(()));
}

#[test]
fn a_file_that_cannot_be_written_leaves_nothing_beside_it_and_a_full_disk_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("keys.vault/in-the-way")).unwrap();
    let vault = PassphraseVault::inside(folder.path());
    assert!(vault.create(&Password::new("a passphrase of some length")).is_err());
    assert!(!folder.path().join("keys.new").exists());
    let full = vault.sort_io(&io::ErrorKind::StorageFull.into()).to_string();
    assert_eq!(full, format!("No room left to write {}", folder.path().join("keys.vault").display()));
}
