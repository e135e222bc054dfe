use super::*;
use crate::store::Db;
use crate::{
    records::{CodeAlgorithm, CodeSettings},
    settings::ClockSetting,
    totp::codes::Generator,
};

/// The test vectors of RFC 4226 appendix D and RFC 6238 appendix B.
fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../vectors/otp_rfc4226_rfc6238.json")).unwrap()
}

fn generator(secret: &str, algorithm: &str, digits: u8) -> Generator {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let algorithm = CodeAlgorithm::stored(algorithm).unwrap();
    Generator::new(secret.as_bytes(), CodeSettings { algorithm, digits, period_seconds: 30 }).unwrap()
}

#[test]
fn codes_are_those_of_rfc_4226_and_rfc_6238() {
    let vectors = vectors();
    let hotp = &vectors["rfc4226_appendix_d"];
    let counters = hotp["counters"].as_array().unwrap();
    assert_eq!(counters.len(), 10);
    let made = generator(hotp["secret_b32"].as_str().unwrap(), "SHA1", 6);
    for (counter, code) in (0..).zip(counters) {
        assert_eq!(made.code(counter).unwrap().as_str(), code, "counter {counter}");
    }
    let totp = vectors["rfc6238_appendix_b"].as_array().unwrap();
    assert_eq!(totp.len(), 18);
    for case in totp {
        let digits = u8::try_from(case["digits"].as_u64().unwrap()).unwrap();
        let made = generator(case["secret_b32"].as_str().unwrap(), case["alg"].as_str().unwrap(), digits);
        let (time, code) = (case["time"].as_i64().unwrap(), case["totp"].as_str().unwrap());
        assert_eq!(made.code(time / 30).unwrap().as_str(), code, "{case}");
        assert_eq!(made.find(code, Timestamp::from_seconds(time), &[]), Some(time / 30), "{case}");
    }
}

#[test]
fn a_code_works_once_and_no_older_one_after_it() {
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    let step = START / 30;
    assert_eq!(bench.verify("alice", &phone.code(START)), CodeCheck::Replayed { step }, "the confirming code is used");

    bench.at(START + 60);
    assert_eq!(bench.verify("alice", &phone.code(START + 60)), CodeCheck::Accepted { step: step + 2 });
    assert_eq!(bench.verify("alice", &phone.code(START + 60)), CodeCheck::Replayed { step: step + 2 });
    assert_eq!(bench.verify("alice", &phone.code(START + 30)), CodeCheck::Replayed { step: step + 1 }, "an older step");
    bench.at(START + 89);
    assert_eq!(bench.verify("alice", &phone.code(START + 60)), CodeCheck::Replayed { step: step + 2 });
    assert_eq!(bench.verify("alice", &phone.code(START + 90)), CodeCheck::Accepted { step: step + 3 }, "a phone ahead");
}

#[test]
fn one_step_to_either_side_is_accepted_and_two_are_not() {
    for (drift, accepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let bench = Bench::with_user("alice");
        let (phone, _) = bench.enroll("alice");
        let now = START + 3000;
        let check = bench.at(now).verify("alice", &phone.code(now + drift * 30));
        let wanted = match accepted {
            true => CodeCheck::Accepted { step: now / 30 + drift },
            false => CodeCheck::OtherTime { seconds: drift * 30 },
        };
        assert_eq!(check, wanted, "{drift} steps");
    }
}

#[test]
fn the_last_second_of_a_step_belongs_to_it() {
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    bench.at(START + 3000 + 59);
    let step = START / 30 + 100;
    assert_eq!(bench.verify("alice", &phone.code(START + 3000)), CodeCheck::Accepted { step });
    bench.at(START + 3000 + 120);
    let back = CodeCheck::OtherTime { seconds: -60 };
    assert_eq!(bench.verify("alice", &phone.code(START + 3000 + 60)), back, "two steps back");
}

#[test]
fn white_space_and_the_script_of_a_codes_digits_do_not_count_and_nothing_else_is_forgiven() {
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    bench.at(START + 60);
    let code = phone.code(START + 60);
    let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    let unpadded = code.trim_start_matches('0');
    assert_eq!(bench.verify("alice", "+12345"), CodeCheck::Wrong);
    let nines = "9".repeat(1_000_000);
    for wrong in ["", " ", &code[..5], &format!("{code}0"), &format!("0{code}"), "-1234", "１", "a", &nines] {
        let length = wrong.trim().chars().count();
        assert_eq!(bench.verify("alice", wrong), CodeCheck::OtherLength { digits: 6, typed: length }, "{wrong:?}");
    }
    let is_length = |check| matches!(check, CodeCheck::OtherLength { .. });
    assert!(unpadded == code || is_length(bench.verify("alice", unpadded)));
    let wide: Vec<char> = wide.chars().collect();
    let spaced = format!(" {} {}\u{a0}\n", &code[..3], wide[3..].iter().collect::<String>());
    assert_eq!(bench.verify("alice", &spaced), CodeCheck::Accepted { step: START / 30 + 2 });
}

#[test]
fn of_fifty_sign_ins_with_one_good_code_one_is_accepted() {
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    let other = bench.another_process(2);
    bench.at(START + 60);
    let code = phone.code(START + 60);
    let checks: Vec<CodeCheck> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|n| {
                let (bench, code) = (if n % 2 == 0 { &bench } else { &other }, &code);
                scope.spawn(move || bench.verify("alice", code))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let step = START / 30 + 2;
    assert_eq!(checks.iter().filter(|check| **check == CodeCheck::Accepted { step }).count(), 1);
    assert_eq!(checks.iter().filter(|check| **check == CodeCheck::Replayed { step }).count(), 49);
}

#[test]
fn a_clock_that_goes_back_brings_no_used_code_back() {
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    bench.at(START + 600);
    assert!(matches!(bench.verify("alice", &phone.code(START + 600)), CodeCheck::Accepted { .. }));
    bench.at(START + 300);
    let step = START / 30 + 10;
    assert_eq!(bench.verify("alice", &phone.code(START + 300)), CodeCheck::Replayed { step });
    bench.at(START + 630);
    assert!(matches!(bench.verify("alice", &phone.code(START + 630)), CodeCheck::Accepted { .. }));
}

#[test]
fn no_moment_is_too_early_or_too_late() {
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    const DECADE: i64 = 315_576_000;
    for seconds in [-315_619_200, -1, 0, 29, START - DECADE] {
        bench.at(seconds);
        assert_eq!(bench.verify("alice", "000000"), CodeCheck::Wrong, "{seconds}");
        if let Ok(time) = u64::try_from(seconds) {
            let check = bench.verify("alice", &phone.0.generate(time).to_string());
            assert_eq!(check, CodeCheck::Replayed { step: seconds / 30 }, "{seconds}");
        }
        bench.engine.code_window("alice").unwrap().unwrap();
        bench.engine.second_factor("alice").unwrap().unwrap();
    }
    assert_eq!(bench.at(-60).engine.code_window("alice").unwrap().unwrap().steps.len(), 0, "no codes before 1970");
    // Ten years on, 2038, 2106, and the last possible moment.
    for seconds in [START + DECADE, 2_147_483_648, 4_294_967_296, 253_402_207_200] {
        bench.at(seconds);
        let step = seconds / 30;
        assert_eq!(bench.verify("alice", &phone.code(seconds)), CodeCheck::Accepted { step }, "{seconds}");
        assert_eq!(bench.engine.code_window("alice").unwrap().unwrap().steps.len(), 3);
    }
}

#[test]
fn the_window_shows_what_the_phone_shows_and_which_codes_are_used() {
    let bench = Bench::with_user("alice");
    assert!(bench.engine.code_window("alice").unwrap().is_none());
    assert!(bench.engine.code_window("nobody").unwrap().is_none());
    let (phone, _) = bench.enroll("alice");
    let window = bench.engine.code_window("ALICE").unwrap().unwrap();
    let steps: Vec<(i64, i64, &str, bool)> = window
        .steps
        .iter()
        .map(|step| (step.step - START / 30, step.begins_at.seconds() - START, step.code.expose(), step.used))
        .collect();
    let codes = [START - 30, START, START + 30].map(|at| phone.code(at));
    assert_eq!(steps, [(-1, -30, &*codes[0], true), (0, 0, &*codes[1], true), (1, 30, &*codes[2], false)]);
    assert!(!format!("{window:?}").contains(&codes[1]));
}

#[test]
fn a_code_used_under_a_moved_clock_is_used_for_good_and_blocks_no_other_day() {
    const YEAR: i64 = 365 * 86_400;
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    bench.at(START + 60);
    let used = |bench: &Bench, seconds: i64| {
        let check = bench.verify("alice", &phone.code(seconds));
        assert!(matches!(check, CodeCheck::Accepted { .. }), "{seconds}: {check:?}");
        assert_eq!(bench.verify("alice", &phone.code(seconds)), CodeCheck::Replayed { step: seconds / 30 });
        let older = bench.verify("alice", &phone.code(seconds - 30));
        assert_eq!(older, CodeCheck::Replayed { step: seconds / 30 - 1 }, "on this clock older ones are over");
    };
    for moved in [YEAR, 60, -YEAR, 86_400] {
        bench.engine.set_clock(ClockSetting::Shifted { ms: moved * 1000 }).unwrap();
        used(&bench, START + 60 + moved);
        bench.engine.set_clock(ClockSetting::Real).unwrap();
    }
    used(&bench, START + 60);
    // The computer's own clock runs ahead for two commands in a row.
    for seconds in [2 * YEAR, 2 * YEAR + 600] {
        used(&bench.with_a_clock_ahead(seconds), START + 60 + seconds);
    }
    bench.at(START + 150);
    used(&bench, START + 150);
    // A used code is refused wherever the clock is set.
    let years = [START + 60 + YEAR, START + 60 + 2 * YEAR, START + 660 + 2 * YEAR, START + 60 - YEAR];
    for at in years.into_iter().chain([START, START + 60, START + 120, START + 60 + 86_400]) {
        bench.engine.set_clock(ClockSetting::Frozen { at: Timestamp::from_seconds(at) }).unwrap();
        assert_eq!(bench.verify("alice", &phone.code(at)), CodeCheck::Replayed { step: at / 30 }, "{}", at - START);
    }
}

#[test]
fn what_is_not_remembered_any_more_counts_as_used() {
    const YEAR: i64 = 366 * 86_400;
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    for hours in 1..=4 {
        let now = START + YEAR + hours * 3600;
        assert!(matches!(bench.at(now).verify("alice", &phone.code(now)), CodeCheck::Accepted { .. }));
    }
    let steps = |db: &Db| db.query_row("SELECT min(step) FROM used_steps", [], |row| row.get(0));
    assert_eq!(bench.engine.store.read(steps), Ok((START + YEAR + 3600) / 30), "the first one is forgotten");
    bench.engine.set_clock(ClockSetting::Frozen { at: Timestamp::from_seconds(START) }).unwrap();
    assert_eq!(bench.verify("alice", &phone.code(START)), CodeCheck::Replayed { step: START / 30 });
}
