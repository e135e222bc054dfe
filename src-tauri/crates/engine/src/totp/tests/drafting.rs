use super::*;
use crate::{
    records::{CodeAlgorithm, CodeSettings},
    totp::{ConfirmError, DraftError, FactorDraft, OptionsError, SecondFactor, find_accounts},
};

fn draft(bench: &Bench) -> FactorDraft {
    bench.engine.draft_factor("alice", &FactorOptions::default()).unwrap()
}

/// What an authenticator app makes of a draft.
fn phone(draft: &FactorDraft) -> Phone {
    Phone(totp_rs::Totp::from_url_unchecked(draft.card().unwrap().uri.expose()).unwrap())
}

#[test]
fn nothing_is_saved_before_a_code_is_confirmed() {
    let bench = Bench::with_user("alice");
    let (before, file) = (bench.events(), bench.files());
    let draft = draft(&bench);
    let phone = phone(&draft);
    let codes = bench.engine.draft_codes(&draft, 0).unwrap();
    assert_eq!(codes.phone_code.unwrap().expose(), phone.code(START));
    assert_eq!(bench.events(), before);
    assert_eq!(bench.files(), file);
    assert_eq!(bench.engine.second_factor("alice").unwrap(), Some(SecondFactor::Off));

    let wrong = if phone.code(START) == "000000" { "000001" } else { "000000" };
    assert_eq!(bench.engine.save_draft(&draft, wrong), Err(ConfirmError::WrongCode));
    assert_eq!(bench.engine.second_factor("alice").unwrap(), Some(SecondFactor::Off));
    // Whoever sees the secret guesses nothing: the right code works at once, and no sign-in has to wait.
    assert_eq!(bench.engine.save_draft(&draft, &phone.code(START)).unwrap().len(), 10);
    assert_eq!(bench.engine.failures("alice").unwrap().0.count, 0);
    assert!(matches!(bench.engine.second_factor("alice").unwrap(), Some(SecondFactor::On { .. })));
    assert_eq!(bench.verify("alice", &phone.code(START)), CodeCheck::Replayed { step: START / 30 });
    bench.at(START + 30);
    assert_eq!(bench.verify("alice", &phone.code(START + 30)), CodeCheck::Accepted { step: START / 30 + 1 });
    let stored = bench.files();
    assert!(!stored.windows(20).any(|bytes| bytes == phone.secret()), "the secret is sealed");
}

#[test]
fn a_phone_whose_clock_is_off_is_compared_with_what_is_accepted() {
    let bench = Bench::with_user("alice");
    let draft = draft(&bench);
    let phone = phone(&draft);
    bench.at(START + 7);
    for (drift, offset) in [(0, 0), (26, 1), (-26, -1), (53, 2), (-7, 0), (-8, -1)] {
        let codes = bench.engine.draft_codes(&draft, drift).unwrap();
        let shown = phone.code(START + 7 + drift);
        assert_eq!(codes.phone_code.as_ref().unwrap().expose(), shown);
        assert_eq!(codes.phone_next.unwrap().expose(), phone.code(START + 37 + drift));
        assert_eq!(codes.phone_step.unwrap() - START / 30, offset);
        let steps: Vec<i64> = codes.window.steps.iter().map(|step| step.step - START / 30).collect();
        assert_eq!(steps, [-1, 0, 1]);
        let matching = codes.window.steps.iter().find(|step| step.code.expose() == shown);
        assert_eq!(matching.map(|step| step.step - START / 30), (offset.abs() < 2).then_some(offset));
        assert_eq!((codes.last_used, codes.window.steps.iter().any(|step| step.used)), (None, false));
    }
    // A code from too far away says how far.
    let far = bench.engine.save_draft(&draft, &phone.code(START + 7 + 90));
    assert_eq!(far, Err(ConfirmError::OtherTime { seconds: 90 }));
    assert!(bench.engine.draft_codes(&draft, i64::MIN).unwrap().phone_code.is_none(), "there are no codes before 1970");
    assert!(bench.engine.draft_codes(&draft, i64::MAX).unwrap().phone_code.is_some());
}

#[test]
fn once_it_is_saved_the_used_step_and_those_before_it_are_marked() {
    let bench = Bench::with_user("alice");
    let draft = draft(&bench);
    bench.engine.save_draft(&draft, &phone(&draft).code(START)).unwrap();
    let codes = bench.engine.draft_codes(&draft, 0).unwrap();
    let used: Vec<bool> = codes.window.steps.iter().map(|step| step.used).collect();
    assert_eq!((used, codes.last_used), (vec![true, true, false], Some(START / 30)));
}

#[test]
fn a_draft_ends_after_ten_minutes_with_its_user_and_with_another_factor() {
    let bench = Bench::with_user("alice");
    let of = |name: &str| bench.engine.draft_factor(name, &FactorOptions::default());
    assert_eq!(of("bob").unwrap_err(), DraftError::NoSuchUser("bob".into()));
    let late = draft(&bench);
    assert_eq!(late.expires_at.seconds(), START + 600);
    bench.at(START + 600);
    assert_eq!(bench.engine.save_draft(&late, &phone(&late).code(START + 600)), Err(ConfirmError::Lapsed));

    let (first, second) = (draft(&bench), draft(&bench));
    assert_ne!(first.card().unwrap().secret, second.card().unwrap().secret);
    bench.engine.save_draft(&first, &phone(&first).code(START + 600)).unwrap();
    let refused = bench.engine.save_draft(&second, &phone(&second).code(START + 600));
    assert_eq!(refused, Err(ConfirmError::AlreadyOn));
    assert_eq!(of("alice").unwrap_err(), DraftError::AlreadyOn);

    bench.engine.remove_second_factor("alice", &Password::new(PASSWORD)).unwrap();
    bench.engine.delete_user("alice").unwrap();
    bench.at(START + 601).create("alice");
    let refused = bench.engine.save_draft(&second, &phone(&second).code(START + 600));
    assert_eq!(refused, Err(ConfirmError::NoSuchUser), "it is another alice");
}

#[test]
fn a_draft_replaces_a_factor_that_waits_for_its_first_code() {
    let bench = Bench::with_user("alice");
    bench.begin("alice");
    let draft = draft(&bench);
    bench.engine.save_draft(&draft, &phone(&draft).code(START)).unwrap();
    assert!(matches!(bench.engine.second_factor("alice").unwrap(), Some(SecondFactor::On { .. })));
}

#[test]
fn other_settings_keep_the_secret_and_an_existing_secret_brings_its_own() {
    let bench = Bench::with_user("alice");
    let draft = draft(&bench);
    let odd = CodeSettings { algorithm: CodeAlgorithm::Sha256, digits: 8, period_seconds: 60 };
    let changed = draft.with_settings(odd).unwrap();
    assert_eq!(changed.card().unwrap().secret, draft.card().unwrap().secret);
    let uri = changed.card().unwrap().uri;
    assert!(
        uri.expose().contains("algorithm=SHA256&digits=8&period=60") || {
            let has = |part: &str| uri.expose().contains(part);
            has("algorithm=SHA256") && has("digits=8") && has("period=60")
        }
    );
    let refused = draft.with_settings(CodeSettings { digits: 9, ..odd });
    assert_eq!(refused.unwrap_err(), OptionsError::Digits(9));

    // 80 bits, as many servers hand out.
    let found = find_accounts("otpauth://totp/Example:bob?secret=JBSWY3DPEHPK3PXP&issuer=Example&digits=7").unwrap();
    let brought = draft.with_account(found.accounts[0].as_ref().unwrap());
    assert_eq!((brought.secret_bits(), brought.settings().digits), (80, 7));
    assert!(brought.card().unwrap().uri.expose().starts_with("otpauth://totp/Example:bob?secret=JBSWY3DPEHPK3PXP"));
    bench.engine.save_draft(&brought, &phone(&brought).code(START)).unwrap();
    bench.at(START + 30);
    let check = bench.verify("alice", &phone(&brought).code(START + 30));
    assert_eq!(check, CodeCheck::Accepted { step: START / 30 + 1 });
}

#[test]
fn a_draft_shows_no_secret_in_a_debug_text() {
    let bench = Bench::with_user("alice");
    let draft = draft(&bench);
    let card = draft.card().unwrap();
    let said = format!("{draft:?} {card:?}");
    assert!(!said.contains(card.secret.expose()) && !said.contains("otpauth") && !said.contains("M0 0"), "{said}");
}
