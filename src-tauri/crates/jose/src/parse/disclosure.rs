//! What is wrong with the disclosures that follow an SD-JWT's token.

use super::ParseProblem;

impl ParseProblem {
    /// This many disclosures are referred to by no digest, so nothing shows that the issuer wrote them (RFC 9901
    /// section 7.1).
    pub fn stray_disclosures(count: usize) -> ParseProblem {
        let title = match count {
            1 => "A disclosure fits no digest".to_owned(),
            _ => format!("{count} disclosures fit no digest"),
        };
        let message =
            "Its text was changed, or it belongs to another token: whoever verifies this must refuse all of it.";
        ParseProblem::new(&title, message, &title, "Leave it out, or send it as the issuer wrote it", "RFC 9901 §7.1")
    }

    /// The key binding JWT at its end proves nothing (RFC 9901 section 7.3).
    pub fn wrong_key_binding() -> ParseProblem {
        let title = "The key binding JWT does not fit";
        let message = "It is not signed with the key in cnf, or not made for these disclosures.";
        let fix = "Sign a key binding JWT for this presentation, with the key in `cnf`";
        ParseProblem::new(title, message, title, fix, "RFC 9901 §7.3")
    }
}
