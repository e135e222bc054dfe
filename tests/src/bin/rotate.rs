//! Rotates a refresh token of the default profile many times, faster than as many calls of `twb refresh`:
//! `rotate TIMES`, with the token on standard input. Prints each new token on a line.

use engine::{Engine, Profile, rules::Rules, secret::RefreshToken};
use std::{
    error::Error,
    io::{Write, stdin, stdout},
};

fn main() -> Result<(), Box<dyn Error>> {
    let times: u32 = std::env::args().nth(1).ok_or("rotate TIMES")?.parse()?;
    let mut token = String::new();
    stdin().read_line(&mut token)?;
    let engine = Engine::open(&Profile::named("default")?, Rules::default())?;
    for _ in 0..times {
        let pair = engine.refresh(&RefreshToken::new(token.trim()), None)?;
        token = pair.refresh_token.ok_or("the session has no refresh token")?.expose().to_owned();
        writeln!(stdout(), "{token}")?;
    }
    Ok(())
}
