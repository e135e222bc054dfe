//! The desktop shell: connects the engine, the window and the system's plugins, and contains no rules itself.

pub mod appearance;
pub mod commands;
pub mod error;
pub mod events;
pub mod state;

mod arguments;
mod ask;
mod clipboard;
#[cfg(test)]
mod contract;
mod enrollments;
mod ephemeral;
mod files;
mod gesture;
mod handovers;
mod held;
mod inspections;
mod instance;
mod jwks;
mod printing;
#[cfg(test)]
mod recorded;
mod session_bus;
mod window;

use anyhow::Context as _;
use appearance::Look;
use arguments::Arguments;
use clap::{
    Parser,
    builder::StyledStr,
    error::{ContextKind, ContextValue, ErrorKind},
};
use clipboard::Clipboard;
use commands::jwks::AllowedHosts;
use engine::{Profile, handover, hardening};
use enrollments::Enrollments;
use ephemeral::Room;
use gesture::Gestures;
use handovers::Handovers;
use held::HeldTokens;
use inspections::Inspections;
use state::AppState;
use std::{io::Write, path::PathBuf, process::ExitCode};
use tauri::{Manager, RunEvent};

/// The exit code if the program cannot start: wrong usage, no display, no window library.
const CANNOT_START: u8 = 2;

/// Runs the program until its window is closed. Every failure to start is one line on standard error and exit code 2.
pub fn run() -> ExitCode {
    hardening::keep_memory_private();
    hardening::keep_files_private();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refusal) => return answer(refusal),
    };
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            // Do not leave behind a token that will not be shown.
            if let (Ok(profile), Some(file)) = (arguments.profile(), &arguments.inspect) {
                profile.discard(file);
            }
            #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
            {
                eprintln!("token-workbench: {}", jose::visible_lines(&format!("{reason:#}")));
            }
            ExitCode::from(CANNOT_START)
        }
    }
}

/// Prints clap's text (help, the version, errors in the arguments) without characters that control the terminal.
fn answer(mut refusal: clap::Error) -> ExitCode {
    if refusal.kind() == ErrorKind::UnknownArgument {
        // The argument may be a token, and standard error ends up in logs.
        refusal.insert(ContextKind::InvalidArg, ContextValue::String("…".into()));
        let tip = StyledStr::from("to inspect a token: twb inspect --gui");
        refusal.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    let text = refusal.to_string();
    let text = jose::visible_lines(&text);
    // The stream may be closed.
    let _ = if refusal.use_stderr() {
        std::io::stderr().write_all(text.as_bytes())
    } else {
        std::io::stdout().write_all(text.as_bytes())
    };
    u8::try_from(refusal.exit_code()).unwrap_or(CANNOT_START).into()
}

fn start(arguments: &Arguments) -> anyhow::Result<()> {
    arguments::check_display()?;
    let profile = arguments.profile()?;
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    // Read the file before looking for an open window of this profile, so that errors are reported in this terminal.
    // Only the program that shows the text deletes the file.
    let text = arguments.inspect.as_deref().map(handover::read).transpose()?;
    let mut context = tauri::generate_context!("tauri.conf.json");
    // One window per profile: single-instance and the web view's data are keyed by the identifier.
    if let Some(suffix) = arguments::identifier_suffix(&profile) {
        context.config_mut().identifier.push_str(&suffix);
    }
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        let identifier = (profile != Profile::Ephemeral).then_some(context.config().identifier.as_str());
        if matches!(instance::settle(identifier)?, instance::Start::There) {
            return Ok(());
        }
    }
    let mut builder = tauri::Builder::default();
    #[cfg(all(unix, not(target_os = "macos")))]
    let hidden = session_bus::hide_if_a_service_hangs();
    // Hold the connection until GTK shares it; GIO would otherwise close it and open a new one.
    #[cfg(all(unix, not(target_os = "macos")))]
    let _known = hidden.is_none().then(session_bus::become_known_to_the_portal);
    // Debug builds may be debugged.
    if !cfg!(debug_assertions) {
        hardening::keep_debuggers_away();
    }
    #[cfg(all(unix, not(target_os = "macos")))]
    if let Some(hidden) = hidden {
        // The first plugin is set up right after GTK has started and before anything else looks for the bus.
        let shown = tauri::plugin::Builder::<tauri::Wry>::new("session-bus").setup(move |_, _| {
            hidden.show();
            Ok(())
        });
        builder = builder.plugin(shown.build());
    }
    arguments::open_display()?;
    open_window(builder, context, profile, text, arguments.inspect.clone())
}

fn open_window(
    mut builder: tauri::Builder<tauri::Wry>,
    context: tauri::Context,
    profile: Profile,
    text: Option<String>,
    file: Option<PathBuf>,
) -> anyhow::Result<()> {
    let declared = commands::builder();
    let look = Look::of(&profile);
    let room = if profile == Profile::Ephemeral {
        Some(Room::make().context("there is no place for the web view's temporary folder")?)
    } else {
        let of = profile.clone();
        builder = builder
            .plugin(tauri_plugin_single_instance::init(move |app, arguments, folder| {
                handovers::started_again(app, &of, arguments, &folder);
            }))
            .plugin(window::remembers_its_size());
        None
    };
    let window = builder
        .manage(Gestures::default())
        .manage(Clipboard::default())
        .manage(AllowedHosts::default())
        .manage(Handovers::starting_with(text))
        .manage(Inspections::default())
        .manage(HeldTokens::default())
        .manage(Enrollments::default())
        .manage(look)
        .manage(AppState::open(profile))
        .manage(room)
        .invoke_handler(gesture::guarded(declared.invoke_handler()))
        .setup(move |app| {
            declared.mount_events(app);
            let workbench = app.state::<AppState>();
            if let Some(file) = file {
                workbench.profile().discard(&file);
            }
            workbench.profile().sweep_handovers();
            window::open(app.handle(), app.state::<Option<Room>>().as_ref().map(Room::folder))?;
            workbench.start(app.handle());
            Ok(())
        })
        .build(context)?;
    window.run(|app, event| {
        if matches!(event, RunEvent::Exit) {
            app.state::<Clipboard>().end();
            if let Some(room) = app.state::<Option<Room>>().as_ref() {
                room.leave();
            }
        }
    });
    Ok(())
}
