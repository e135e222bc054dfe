//! The program that `tests/crash` kills: it works on a profile in an endless loop and prints a line before each step
//! and a line once the step was acknowledged.
//!
//! `crash-subject FOLDER SEED`

#![cfg(unix)]

#[path = "../../crash/bench.rs"]
mod bench;
#[path = "../../crash/vault.rs"]
mod vault;

use bench::{Dice, PASSWORD};
use engine::{
    Engine,
    keys::Purpose,
    refresh::RefreshError,
    rules::Rotation,
    secret::{Password, RefreshToken, SecretText},
    sign_in::{SignIn, SignedIn},
    users::NewUser,
};
use jose::Algorithm;
use std::{
    error::Error,
    io::{Write, stdout},
    path::Path,
};

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// A session as its client knows it.
struct Client {
    sid: String,
    refresh: RefreshToken,
    used: Option<RefreshToken>,
    access: String,
    generation: u64,
}

/// A user with a second factor, and the recovery codes that are left.
struct Enrolled {
    username: String,
    codes: Vec<SecretText>,
}

struct Subject {
    engine: Engine,
    dice: Dice,
    seed: String,
    clients: Vec<Client>,
    enrolled: Vec<Enrolled>,
    users: usize,
}

fn main() -> Done {
    let mut args = std::env::args().skip(1);
    let (Some(folder), Some(seed)) = (args.next(), args.next()) else { return Err("crash-subject FOLDER SEED".into()) };
    let engine = bench::open(Path::new(&folder))?;
    let dice = Dice::new(seed.parse()?);
    let mut subject = Subject { engine, dice, seed, clients: Vec::new(), enrolled: Vec::new(), users: 0 };
    subject.engine.set_rotation(match subject.dice.throw(3) {
        0 => Rotation::Evidence,
        _ => Rotation::Strict,
    })?;
    loop {
        subject.step()?;
    }
}

/// Writes one line in a single write, so that a reader sees all of it or nothing.
fn say(words: &[&str]) -> Done {
    let mut out = stdout().lock();
    out.write_all((words.join("\t") + "\n").as_bytes())?;
    Ok(out.flush()?)
}

impl Subject {
    fn step(&mut self) -> Done {
        let throw = self.dice.throw(100);
        if self.clients.is_empty() || throw < 15 {
            return self.sign_in();
        }
        let chosen = self.dice.throw(self.clients.len());
        match throw {
            15..55 => self.refresh(chosen),
            55..62 => self.replay(chosen),
            62..72 => self.end(chosen),
            72..84 => self.revoke(chosen),
            84..89 => self.rotate_key(),
            89..95 => self.enroll(),
            _ => self.recover(),
        }
    }

    fn sign_in(&mut self) -> Done {
        say(&["begin", "sign-in"])?;
        let SignIn::Done(signed_in) = self.engine.sign_in("alice", &Password::new(PASSWORD), None)? else {
            return Err("alice has a second factor".into());
        };
        self.signed_in(signed_in)
    }

    fn signed_in(&mut self, signed_in: SignedIn) -> Done {
        let refresh = signed_in.refresh_token.ok_or("a sign-in gives a refresh token")?;
        say(&["session", &signed_in.sid, &signed_in.access_token, refresh.expose()])?;
        let (sid, access) = (signed_in.sid, signed_in.access_token);
        self.clients.push(Client { sid, refresh, used: None, access, generation: 0 });
        Ok(())
    }

    fn refresh(&mut self, chosen: usize) -> Done {
        let client = &mut self.clients[chosen];
        say(&["begin", "refresh", &client.sid])?;
        let next = self.engine.refresh(&client.refresh, None)?;
        let refresh = next.refresh_token.ok_or("a refresh gives a refresh token")?;
        client.generation += 1;
        say(&["refreshed", &client.sid, &client.generation.to_string(), &next.access_token, refresh.expose()])?;
        client.used = Some(std::mem::replace(&mut client.refresh, refresh));
        client.access = next.access_token;
        Ok(())
    }

    /// Presents a used token again.
    fn replay(&mut self, chosen: usize) -> Done {
        let client = &mut self.clients[chosen];
        let Some(used) = client.used.take() else { return Ok(()) };
        say(&["begin", "replay", &client.sid])?;
        match self.engine.refresh(&used, None) {
            Err(RefreshError::Replayed { .. }) => {
                say(&["ended", &client.sid])?;
                self.clients.swap_remove(chosen);
                Ok(())
            }
            // The evidence preset forgives a token whose answer may have been lost.
            Ok(next) => {
                let refresh = next.refresh_token.ok_or("a refresh gives a refresh token")?;
                client.generation += 1;
                say(&["refreshed", &client.sid, &client.generation.to_string(), &next.access_token, refresh.expose()])?;
                client.refresh = refresh;
                client.access = next.access_token;
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }

    fn end(&mut self, chosen: usize) -> Done {
        let client = self.clients.swap_remove(chosen);
        say(&["begin", "end", &client.sid])?;
        if !self.engine.end_session(&client.sid)? {
            return Err("a live session can be ended".into());
        }
        say(&["ended", &client.sid])
    }

    /// Revokes an access token, or a session by its refresh token.
    fn revoke(&mut self, chosen: usize) -> Done {
        if self.dice.throw(4) == 0 {
            let client = self.clients.swap_remove(chosen);
            say(&["begin", "end", &client.sid])?;
            self.engine.revoke(client.refresh.expose())?;
            return say(&["ended", &client.sid]);
        }
        let client = &self.clients[chosen];
        say(&["begin", "revoke", &client.access])?;
        self.engine.revoke(&client.access)?;
        say(&["revoked", &client.access])
    }

    fn rotate_key(&self) -> Done {
        let (purpose, algorithm) = match self.dice.throw(4) {
            0 => (Purpose::Access, Algorithm::EdDsa),
            1 => (Purpose::Access, Algorithm::Es256),
            2 => (Purpose::Refresh, Algorithm::Hs256),
            _ => (Purpose::Mfa, Algorithm::Hs256),
        };
        say(&["begin", "key", purpose.as_str()])?;
        let key = self.engine.rotate_key(purpose, Some(algorithm))?;
        say(&["key", purpose.as_str(), &key.kid])
    }

    fn enroll(&mut self) -> Done {
        self.users += 1;
        let username = format!("u{}-{}", self.seed, self.users);
        say(&["begin", "user", &username])?;
        self.engine.create_user(&NewUser {
            username: username.clone(),
            display_name: String::new(),
            email: String::new(),
            password: Password::new(PASSWORD),
            scopes: vec!["items:read".into()],
        })?;
        say(&["user", &username])?;
        say(&["begin", "pending", &username])?;
        let password = Password::new(PASSWORD);
        self.engine.begin_enrollment(&username, &password, &self.seed, &Default::default())?;
        say(&["pending", &username])?;
        let window = self.engine.code_window(&username)?.ok_or("a pending factor has codes")?;
        let step = window.steps.iter().rfind(|step| step.begins_at <= window.now).ok_or("one step is now")?;
        say(&["begin", "enroll", &username])?;
        let codes = self.engine.confirm_enrollment(&username, &self.seed, step.code.expose())?;
        say(&["enrolled", &username, &codes.len().to_string()])?;
        self.enrolled.push(Enrolled { username, codes });
        Ok(())
    }

    /// Signs in with a recovery code.
    fn recover(&mut self) -> Done {
        let Some(enrolled) = self.enrolled.last_mut() else { return Ok(()) };
        let Some(code) = enrolled.codes.pop() else { return Ok(()) };
        let SignIn::SecondFactorDue { pending, .. } =
            self.engine.sign_in(&enrolled.username, &Password::new(PASSWORD), None)?
        else {
            return Err("a user with a second factor got in without it".into());
        };
        say(&["begin", "recover", &enrolled.username])?;
        let signed_in = self.engine.confirm_sign_in(&pending, code.expose())?;
        say(&["recovered", &enrolled.username, &enrolled.codes.len().to_string(), code.expose()])?;
        self.signed_in(signed_in)
    }
}
