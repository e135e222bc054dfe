//! What is wrong with the disclosures that follow an SD-JWT's token.

use super::ParseProblem;
use crate::words::list;

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

    /// The key binding JWT names another verifier.
    pub fn binding_for_another() -> ParseProblem {
        let title = "The key binding JWT is for another verifier";
        let message = "Its aud is not the audience of the policy: it was presented elsewhere, and may be a replay.";
        ParseProblem::new(title, message, title, "Sign a key binding JWT for this verifier", "RFC 9901 §7.3")
    }

    /// The key binding JWT says that it was made later than now.
    pub fn binding_from_future(ahead: &str) -> ParseProblem {
        let title = format!("The key binding JWT is made {ahead} in the future");
        let message = "Its iat says when the holder signed it: one that is dated ahead can be replayed until then.";
        ParseProblem::new(&title, message, &title, "Set `iat` to the time at which it is signed", "RFC 9901 §7.3")
    }

    /// The key binding JWT has ended by its own `exp`.
    pub fn binding_over(ago: &str) -> ParseProblem {
        let title = format!("The key binding JWT expired {ago} ago");
        let message = "It was made for one presentation, which is over.";
        ParseProblem::new(&title, message, &title, "Sign a key binding JWT for each presentation", "RFC 9901 §7.3")
    }

    /// The text ends inside a disclosure.
    pub fn unfinished_disclosure() -> ParseProblem {
        let title = "The last disclosure does not end with ~";
        let message = "Its end is missing, or a sign in it belongs to no disclosure: what it says is not read.";
        let fix = "Send the SD-JWT to its end: a ~ after each disclosure, then the key binding JWT, if any";
        ParseProblem::new(title, message, title, fix, "RFC 9901 §4")
    }

    /// The digests are by a hash of this name, which this crate does not know, so that no disclosure can be checked.
    pub fn unknown_digests(name: &str) -> ParseProblem {
        let title = format!("The disclosures cannot be checked: {name} is no hash this build knows");
        let message = "Its claims may be other ones than the issuer signed.";
        let mut fault = ParseProblem::new(&title, message, &title, "", "RFC 9901 §7.1");
        fault.limit = true;
        fault
    }

    /// A disclosed claim has the name of another in the same object, so readers take one or the other (RFC 9901 section
    /// 7.1).
    pub fn shadowing_disclosure(name: &str) -> ParseProblem {
        let title = format!("A disclosure brings {name}, which is there already");
        let message = "Two claims of one name in an object: whoever verifies this must refuse all of it.";
        ParseProblem::new(&title, message, &title, "Leave the disclosure out", "RFC 9901 §7.1")
    }

    /// A digest stands more than once in the claims or the disclosures (RFC 9901 section 7.1).
    pub fn repeated_digest() -> ParseProblem {
        let title = "A digest of the SD-JWT stands twice";
        let message = "Nothing shows which place its disclosure is for: whoever verifies this must refuse all of it.";
        ParseProblem::new(title, message, title, "Issue it with a digest for each claim", "RFC 9901 §7.1")
    }

    /// Claims that decide whether the token is valid are disclosures, so its holder may leave them out; `rfc` says that
    /// they must not be.
    pub fn disclosed_validity(names: &[String], rfc: &'static str) -> ParseProblem {
        let title = match names {
            [name] => format!("{name} is a disclosure"),
            names => format!("{} are disclosures", list(names)),
        };
        let message = "Whoever presents it can leave them out, so no check may rest on them.";
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let fix = format!("Issue it with {} among the claims that are always shown", list(&quoted));
        ParseProblem::new(&title, message, &title, &fix, rfc)
    }

    /// The key binding JWT at its end proves nothing (RFC 9901 section 7.3).
    pub fn wrong_key_binding() -> ParseProblem {
        let title = "The key binding JWT does not fit";
        let message = "It is not valid, not signed with the key in cnf, or not made for these disclosures.";
        let fix = "Sign a key binding JWT for this presentation, with the key in `cnf`";
        ParseProblem::new(title, message, title, fix, "RFC 9901 §7.3")
    }
}
