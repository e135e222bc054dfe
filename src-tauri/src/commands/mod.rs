//! What the window can ask for. A command is: parse, one call of the engine, convert.
//!
//! Every command is declared three times, because three readers need it: in [`builder`] (names and TypeScript), in
//! `names.txt` (Tauri's permissions) and in `capabilities/main.json` (what the window may call). A test compares them.

pub mod clipboard;
pub mod clock;
pub mod edit;
pub mod handover;
pub mod inspect;
pub mod jwks;
pub mod keyring;
pub mod passwords;
pub mod policies;
pub mod sessions;
pub mod sign_in;
pub mod store;
pub mod users;
pub mod workbench;

use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

/// Declares every command and event of the window once.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            workbench::workbench,
            store::retry_store,
            store::confirm_restore,
            store::start_anew,
            keyring::retry_keyring,
            keyring::unlock_keyring,
            keyring::enter_passphrase,
            keyring::choose_vault,
            keyring::replace_lost_keys,
            users::list_users,
            users::list_scopes,
            users::create_user,
            users::set_user_active,
            users::set_user_scopes,
            users::reset_failures,
            passwords::rate_password,
            sign_in::sign_in,
            sign_in::confirm_sign_in,
            sign_in::reveal_pending,
            sessions::list_sessions,
            sessions::show_session,
            sessions::refresh_session,
            sessions::race_refresh,
            sessions::end_session,
            sessions::end_sessions_of,
            sessions::reveal_token,
            inspect::inspect,
            inspect::guess_secret,
            jwks::fetch_jwks,
            edit::start_draft,
            edit::edit_draft,
            edit::preview_draft,
            edit::list_signers,
            edit::test_key_published,
            edit::publish_test_key,
            edit::list_faults,
            edit::compare_tokens,
            clock::move_clock,
            clock::reset_clock,
            handover::take_handover,
            policies::list_policies,
            policies::save_policy,
            policies::delete_policy,
            clipboard::read_clipboard,
            clipboard::copy_text,
        ])
        .events(collect_events![crate::events::WorkbenchChanged, crate::events::HandedOver])
        .error_handling(ErrorHandlingMode::Result)
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
}
