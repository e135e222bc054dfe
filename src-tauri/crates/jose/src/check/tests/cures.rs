//! What a failed check tells to change.

use super::*;

#[test]
fn a_misspelt_algorithm_is_cured_by_its_right_name() {
    let any = Draft::new().policy(|policy| policy.algorithms = crate::Algorithm::ALL.to_vec());
    assert_eq!(any.header("alg", "\"hs256\"").step(Check::Algorithm).fix, "Set `alg` to HS256");
}

#[test]
fn every_name_that_stands_twice_is_told() {
    let twice = Draft::new().also("sub", "\"b\"").also("iss", "\"c\"").policy(|policy| policy.own_tokens = true);
    let step = twice.step(Check::Parse);
    assert!(step.reason.contains("Name iss appears twice: "), "{}", step.reason);
    assert!(step.reason.contains("Name sub appears twice: "), "{}", step.reason);
    assert!(matches!(&*step.fix, "Send `sub` and `iss` once" | "Send `iss` and `sub` once"), "{}", step.fix);
}

#[test]
fn a_wanted_value_whose_end_could_be_missed_is_quoted_in_the_fix() {
    for (issuer, fix) in [
        ("https://a.example.", "Set `iss` to exactly \"https://a.example.\""),
        ("https://a.example ", "Set `iss` to exactly \"https://a.example \""),
        ("https://a.example/", "Set `iss` to exactly https://a.example/"),
    ] {
        let draft = Draft::new().policy(|policy| policy.issuer = Some(issuer.to_owned()));
        assert_eq!(draft.step(Check::IssuerAndAudience).fix, fix);
    }
}
