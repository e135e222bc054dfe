//! The command line of `twb`. No option takes a secret of the profile, because every process can read command lines.
//! Only `inspect` takes another issuer's secret, for scripts that have nothing to hide.

mod clients;
mod keyring;
mod keys;
mod policies;
mod serve;
mod sessions;
mod settings;
mod users;

pub(crate) use clients::{AddClient, ClientsCommand, short as grant_name};
pub(crate) use keyring::KeyringCommand;
pub(crate) use keys::{KeysCommand, Switch};
pub(crate) use policies::{PoliciesCommand, Rules, SavePolicy};
pub(crate) use serve::Serve;
pub(crate) use sessions::{Guard, Refresh, RevokeSessions, SecondFactorCommand, SessionsCommand, SignIn};
pub(crate) use settings::{ClockCommand, DenyListCommand, PolicyCommand, ProfileCommand};
pub(crate) use users::{AddUser, UsersCommand};

use clap::{
    Args, Parser, Subcommand,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use engine::{profile::DEFAULT_PROFILE, secret::SecretText};
use inspect::SecretForm;
use std::{convert::Infallible, path::PathBuf};

/// Makes help list global options after a command's own.
const LAST: usize = 500;

/// Token Workbench on the command line: works with the same users, keys and tokens as the window, even while it is
/// open.
#[derive(Debug, Parser)]
#[command(name = "twb", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// The profile to work on.
    #[arg(long, global = true, display_order = LAST, value_name = "NAME", default_value = DEFAULT_PROFILE)]
    pub(crate) profile: String,
    /// Work on a new in-memory profile that is gone when this command ends.
    #[arg(long, global = true, display_order = LAST, conflicts_with = "profile")]
    pub(crate) ephemeral: bool,
    /// A file whose first line is the passphrase, for a profile whose keys are sealed with one.
    #[arg(long, global = true, display_order = LAST, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true, display_order = LAST)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add, list and change users.
    Users {
        #[command(subcommand)]
        command: UsersCommand,
    },
    /// Mint an access token for a user, without their password.
    Token(Token),
    /// Explain what a token is, who signed it, and whether a server would accept it.
    ///
    /// The token may include whatever surrounds it in a log: a header, quotes, JSON, a cURL command.
    #[command(after_help = INSPECT_HELP)]
    Inspect(Box<Inspect>),
    /// Judge an access token as an endpoint does. The token is the first line of standard input and is taken exactly as
    /// it is.
    ///
    /// Prints the verdict, the checks and what must change to pass; exit codes are those of `inspect`.
    Guard(Guard),
    /// Sign in with a password: the first line of standard input, or typed at a terminal. It is for tests: RFC 9700
    /// section 2.4 forbids the password grant.
    SignIn(SignIn),
    /// Complete a sign-in with a second factor. The first line of standard input is the pending token, the second is
    /// the code or a recovery code.
    Confirm,
    /// Sign in with a password and a recovery code together, which also ends a lock. The first line of standard input
    /// is the password, the second is the code. A correct code is used up even if the password is wrong.
    Recover(SignIn),
    /// Exchange a refresh token for a new pair. The token is the first line of standard input.
    Refresh(Refresh),
    /// Revoke a token: an access token on its own, a refresh token with its session. The token is the first line of
    /// standard input.
    Revoke,
    /// List, show and end sessions.
    Sessions {
        #[command(subcommand)]
        command: SessionsCommand,
    },
    /// Set up, show and remove second factors.
    SecondFactor {
        #[command(subcommand)]
        command: SecondFactorCommand,
    },
    /// Print the code that a user's authenticator shows now, for end-to-end tests.
    Totp(Totp),
    /// List, rotate, import and export signing keys.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Show or change where the keys are kept.
    Keyring {
        #[command(subcommand)]
        command: KeyringCommand,
    },
    /// List, show, save and delete the policies that `inspect` can judge by.
    Policies {
        #[command(subcommand)]
        command: PoliciesCommand,
    },
    /// Add, list and remove the clients of the local issuer.
    Clients {
        #[command(subcommand)]
        command: ClientsCommand,
    },
    /// Run the local issuer without the window, until Ctrl+C or SIGTERM.
    ///
    /// The first line says that it answers, and each line after it is a request.
    Serve(Serve),
    /// Move the profile's clock. The setting is stored with the profile.
    Clock {
        #[command(subcommand)]
        command: ClockCommand,
    },
    /// Show and change the rules, such as what happens on replay and revocation.
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// List the latest events, newest first: changes, sign-ins, and every use of a signing key by hand.
    Events(EventsArguments),
    /// Maintain the list of revoked access tokens.
    DenyList {
        #[command(subcommand)]
        command: DenyListCommand,
    },
    /// Show the profile, what was done when it turned out to be a copy, and start over if it is lost.
    Profile {
        #[command(subcommand)]
        command: ProfileCommand,
    },
    /// Copy the profile's database into a new file. Private keys are not included.
    Backup {
        /// The file to write. It must not exist.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the completions of a shell: twb completions bash > ~/.local/share/bash-completion/completions/twb
    Completions {
        /// The shell.
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages, one for each command.
    Man {
        /// The folder to write them to. It must exist.
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Totp {
    /// The user.
    #[arg(long = "user", value_name = "NAME")]
    pub(crate) username: String,
    /// If needed, wait for an unused code that stays valid this long: 10s.
    #[arg(long, value_name = "DURATION")]
    pub(crate) min_valid: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// Username.
    #[arg(long = "user", value_name = "NAME")]
    pub(crate) username: String,
    /// A scope to request; may be repeated. Default: all scopes the user holds.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// How long the token lives: 90s, 15m, 1h 30m. Default: as long as after a sign-in, which is 15 minutes, or 5 while
    /// tokens are short-lived.
    #[arg(long, value_name = "DURATION")]
    pub(crate) ttl: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The token, with whatever surrounds it in a log; `-` or nothing reads standard input.
    #[arg(value_name = "TOKEN", default_value = "-", hide_default_value = true)]
    pub(crate) text: String,
    /// Judge the text byte for byte, as a server receives it: take nothing off, not even a line break at the end.
    #[arg(long)]
    pub(crate) exact: bool,
    #[command(flatten)]
    pub(crate) key: UserKeyOption,
    /// Judge by this policy; the options below override it for this run. Default: the one saved for the token's issuer,
    /// the profile's own for its own tokens, or else the one for tokens from anywhere.
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: Option<String>,
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Show the token in the window of this profile instead. Opens the window or brings it to the front.
    #[arg(
        long,
        conflicts_with_all = [
            "exact", "given", "policy", "algorithms", "issuer", "audience", "scopes", "typ", "leeway", "at"
        ]
    )]
    pub(crate) gui: bool,
    /// Judge as of this time instead of now: 2026-11-23T14:30:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) at: Option<String>,
    /// Print the JSON Schema of the `--json` output, and inspect nothing.
    #[arg(long, exclusive = true)]
    pub(crate) json_schema: bool,
}

const INSPECT_HELP: &str = "\
Examples:
  twb inspect \"$TOKEN\"
  twb inspect --jwks jwks.json --issuer https://issuer.example --audience items-api < token.txt
  twb inspect --json --key secret.txt --key-form base64 < token.txt

Exit codes:
  0  accepted
  1  rejected
  2  no answer: wrong usage, no token, or a file that cannot be read
  3  not verified: nothing fails, but no key proves the signature, or the token was not read to its end";

/// The key to verify with, instead of this profile's. A value that starts with `-` is accepted as it is, because it may
/// be PEM meant for another option: clap would echo it as an unknown option.
#[derive(Debug, Args)]
pub(crate) struct UserKeyOption {
    /// Verify with a shared secret, as text; `-` reads standard input. Other users of the computer can see what stands
    /// here; use `--secret -` or `--secret-file FILE` to avoid that.
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true, group = "given", value_parser = secret)]
    pub(crate) secret: Option<SecretText>,
    /// Verify with the shared secret in a file, without the line break at its end; `-` reads standard input.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, group = "given")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Verify with a shared secret in base64 or base64url.
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true, group = "given", value_parser = secret)]
    pub(crate) secret_base64: Option<SecretText>,
    /// Verify with a shared secret in hexadecimal.
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true, group = "given", value_parser = secret)]
    pub(crate) secret_hex: Option<SecretText>,
    /// Verify with the key in a file: PEM, a certificate, a JWK, or a secret as text.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, group = "given")]
    pub(crate) key: Option<PathBuf>,
    /// Verify with a key from a JWK Set in a file.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, group = "given")]
    pub(crate) jwks: Option<PathBuf>,
    /// The encoding of a secret in the `--key` file.
    #[arg(
        long,
        value_name = "FORM",
        allow_hyphen_values = true,
        default_value = "text",
        requires = "key",
        value_parser = secret_forms()
    )]
    pub(crate) key_form: SecretForm,
    /// A file whose first line is the passphrase of an encrypted private key. Default: ask at the terminal.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, requires = "key")]
    pub(crate) key_passphrase_file: Option<PathBuf>,
}

/// Accepts any secret; neither `Debug` nor clap's messages print it.
fn secret(text: &str) -> Result<SecretText, Infallible> {
    Ok(SecretText::new(text))
}

/// The encodings of a shared secret: keyword, description, form.
const SECRET_FORMS: [(&str, &str, SecretForm); 3] = [
    ("text", "As text", SecretForm::Text),
    ("base64", "In base64 or base64url", SecretForm::Base64),
    ("hex", "In hexadecimal", SecretForm::Hex),
];

fn secret_forms() -> impl TypedValueParser<Value = SecretForm> {
    let words = SECRET_FORMS.map(|(word, meaning, _)| PossibleValue::new(word).help(meaning));
    PossibleValuesParser::new(words).map(|chosen| {
        let form = SECRET_FORMS.into_iter().find(|(word, ..)| *word == chosen);
        form.map_or_else(SecretForm::default, |(.., form)| form)
    })
}

fn at_least_one(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("write a number from 1 on")
}

/// Which events to list.
#[derive(Debug, Args)]
pub(crate) struct EventsArguments {
    /// The maximum number of events.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = at_least_one)]
    pub(crate) most: u32,
    /// Only events about this user.
    #[arg(long, value_name = "NAME", group = "whose")]
    pub(crate) user: Option<String>,
    /// Only events about this session.
    #[arg(long, value_name = "SID", allow_hyphen_values = true, group = "whose")]
    pub(crate) session: Option<String>,
    /// Only events about this signing key.
    #[arg(long, value_name = "KID", allow_hyphen_values = true, group = "whose")]
    pub(crate) key: Option<String>,
}
