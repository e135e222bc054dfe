//! The desktop shell: it puts the engine, the window and the system's plugins together, and holds no rule of its own.

pub mod commands;
pub mod error;
pub mod events;
pub mod state;

mod arguments;
#[cfg(test)]
mod contract;
mod convert;
mod window;

use clap::Parser;
use state::Workbench;
use std::process::ExitCode;
use tauri::Manager;

/// The exit code for anything that keeps the program from starting: usage, no display, no window library.
const CANNOT_START: u8 = 2;

/// Runs the program until its window is closed. Every failure to start is one line on standard error and exit code 2.
pub fn run() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let started = arguments::check_display().and_then(|()| {
        let profile = arguments.profile()?;
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_writer(std::io::stderr)
            .init();
        open_window(profile)
    });
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
            {
                eprintln!("token-workbench: {reason:#}");
            }
            ExitCode::from(CANNOT_START)
        }
    }
}

fn open_window(profile: engine::Profile) -> anyhow::Result<()> {
    let mut context = tauri::generate_context!("tauri.conf.json");
    // One window for each profile: the identifier is what single-instance and the web view's own data go by.
    if let Some(suffix) = arguments::identifier_suffix(&profile) {
        context.config_mut().identifier.push_str(&suffix);
    }
    let ephemeral = profile == engine::Profile::Ephemeral;
    let declared = commands::builder();
    let mut builder = tauri::Builder::default();
    if !ephemeral {
        builder = builder
            .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| window::show(app)))
            .plugin(window::remembers_its_size());
    }
    builder
        .plugin(tauri_plugin_clipboard_manager::init())
        .manage(Workbench::open(profile))
        .invoke_handler(declared.invoke_handler())
        .setup(move |app| {
            declared.mount_events(app);
            window::open(app.handle())?;
            app.state::<Workbench>().start(app.handle());
            Ok(())
        })
        .run(context)?;
    Ok(())
}
