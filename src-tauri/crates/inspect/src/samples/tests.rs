//! Each sample gets the verdict that it is there to show, under the rules that its issuer leads to.

use super::{Sample, SampleToken, Seed};
use crate::report::{Outcome, Report, VerdictOutcome};
use crate::user_keys::{UserKey, check_with_user_key};
use jose::judgement::{Check, SignatureState};
use jose::{Evidence, Facts, KeyChoice, Kind, Policy};

const NOW: i64 = 1_795_435_200;

fn made(sample: Sample) -> SampleToken {
    sample.make(NOW, &Seed::new([7; 108])).unwrap()
}

/// The report, with the key that goes along.
fn report(sample: Sample) -> Report {
    let SampleToken { token, key } = made(sample);
    let pasted = crate::parse(&token);
    let policy = Kind::of(&pasted).map_or_else(Policy::for_samples, Policy::for_kind);
    let key_choice = KeyChoice::None { reason: "no key".into() };
    let evidence = Evidence { policy, key: key_choice, facts: Facts::unknown("nothing known"), now: NOW };
    match key {
        Some(key) => check_with_user_key(&pasted, &UserKey::new(key.text, key.form), &evidence),
        None => crate::check(&pasted, &evidence),
    }
}

/// The checks that fail.
fn failed(report: &Report) -> Vec<Check> {
    report.trace.iter().filter(|step| step.outcome == Outcome::Fail).map(|step| step.check).collect()
}

#[test]
fn a_good_sample_is_accepted_and_nothing_is_said_against_it() {
    for sample in [Sample::Valid, Sample::IdToken] {
        let report = report(sample);
        assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted, "{sample:?} {:?}", report.verdict.detail);
        assert_eq!(report.findings.len(), 0, "{sample:?} {:?}", report.findings);
    }
    assert_eq!(report(Sample::IdToken).kind.unwrap().name, "ID token");
}

#[test]
fn a_faulty_sample_fails_the_one_check_that_it_is_about() {
    for (sample, check) in [
        (Sample::Expired, Check::Time),
        (Sample::WrongAudience, Check::IssuerAndAudience),
        (Sample::Milliseconds, Check::Time),
    ] {
        let report = report(sample);
        assert_eq!(failed(&report), [check], "{sample:?}");
        assert_eq!(report.signature.state, SignatureState::Verified, "{sample:?}");
    }
    assert_eq!(failed(&report(Sample::AlgNone))[0], Check::Algorithm);
    let expired = report(Sample::Expired);
    assert!(expired.trace.iter().any(|step| step.reason.contains("15 m")), "{:?}", expired.verdict.detail);
    let late = report(Sample::Milliseconds);
    assert!(late.trace.iter().any(|step| step.reason.contains("millisecond")), "{:?}", late.verdict.detail);
}

#[test]
fn the_well_known_secret_is_found_without_a_key() {
    let report = report(Sample::WellKnownSecret);
    assert_eq!(report.findings[0].id, "well_known_secret");
}

#[test]
fn the_encrypted_sample_is_opened_by_its_key() {
    let report = report(Sample::Encrypted);
    assert_eq!(report.user_key.unwrap().problem, None);
    assert!(report.claims.iter().any(|claim| claim.name == "sub"));
}

#[test]
fn another_seed_makes_other_keys() {
    let [one, other] = [[7; 108], [8; 108]].map(|seed| Sample::Valid.make(NOW, &Seed::new(seed)).unwrap());
    assert_ne!(one.token, other.token);
    assert_ne!(one.key.unwrap().text, other.key.unwrap().text);
}
