//! Places where a token should stand and does not: words for nothing, names of variables, asterisks.

use super::NotJwt;
use jose::parse::Parsed;
use jose::visible::excerpt;

/// Longer texts are no placeholders.
const LONGEST: usize = 200;

const SHOWN: usize = 40;

/// The words that languages write for nothing, in lower case, and what happened.
const NOTHING: [(&str, &str); 27] = [
    ("null", NO_VALUE),
    ("undefined", NO_VALUE),
    ("none", NO_VALUE),
    ("nil", NO_VALUE),
    ("nan", NO_VALUE),
    ("nul", NO_VALUE),
    ("<nil>", NO_VALUE),
    ("<null>", NO_VALUE),
    ("(null)", NO_VALUE),
    ("(nil)", NO_VALUE),
    ("%!s(<nil>)", NO_VALUE),
    ("%!s(missing)", NO_VALUE),
    ("optional(nil)", NO_VALUE),
    ("b'none'", NO_VALUE),
    ("empty", NO_VALUE),
    ("false", YES_OR_NO),
    ("true", YES_OR_NO),
    ("[object object]", AN_OBJECT),
    ("[object undefined]", NO_VALUE),
    ("[object null]", NO_VALUE),
    ("[object promise]", A_PROMISE),
    ("promise { <pending> }", A_PROMISE),
    ("[object response]", AN_OBJECT),
    ("[object arraybuffer]", AN_OBJECT),
    ("{}", AN_OBJECT),
    ("[]", AN_OBJECT),
    ("system.string[]", AN_OBJECT),
];

const NO_VALUE: &str = "It is what a program writes for a value that is not there: look up the token before the \
                        request is made, and send no header without one.";
const YES_OR_NO: &str = "A test whether there is a token was sent in place of the token.";
const AN_OBJECT: &str = "An object was turned into text: send its member that holds the token, such as `access_token`.";
const A_PROMISE: &str = "The token was not awaited: the request was made with the promise of a token.";

/// A text in the place of a token that nobody filled in.
pub(super) fn unfilled(text: &str) -> Option<NotJwt> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.trim_matches(|character: char| character.is_whitespace() || "\"'`;,".contains(character));
    let lower = text.to_ascii_lowercase();
    if let Some((_, why)) = NOTHING.iter().find(|(word, _)| *word == lower) {
        let title = format!("The client sent the word {text}: it had no token");
        return Some(place(title, why).named(format!("The word {text}")));
    }
    if lower.starts_with("system.threading.tasks.task") || lower.starts_with("<coroutine object ") {
        return Some(place(format!("The client sent {}: it had no token", excerpt(text, SHOWN)), A_PROMISE));
    }
    if ["bearer", "dpop", "token", "jwt", "authorization", "authorization:"].contains(&lower.as_str()) {
        let title = format!("There is no token, only the word {text}");
        return Some(place(title, "The token is to follow it, after a space: the client had none to send."));
    }
    let shown = excerpt(text, SHOWN);
    let title = format!("The place {shown} was not filled in");
    if is_template(text) {
        let message = "It names a variable that nothing replaced: it is not set, or single quotes kept the shell or \
                       the template from replacing it. Put the token itself there.";
        return Some(place(title, message));
    }
    is_example(&lower).then(|| place(title, "It stands in an example for your own token: put the token itself there."))
}

fn place(title: String, message: &'static str) -> NotJwt {
    let kind = NotJwt::new("an unfilled place", message).or_else("Send the token itself");
    NotJwt { title, ..kind }
}

/// Variables of shells, templates and programs.
fn is_template(text: &str) -> bool {
    const PAIRS: [(&str, &str); 15] = [
        ("${", "}"),
        ("{{", "}}"),
        ("$(", ")"),
        ("$((", "))"),
        ("$[", "]"),
        ("<%", "%>"),
        ("#{", "}"),
        ("%{", "}"),
        ("@{", "}"),
        ("{%", "%}"),
        ("%(", ")s"),
        ("<", ">"),
        ("{", "}"),
        ("__", "__"),
        ("@@", "@@"),
    ];
    let is_name = |name: &str| {
        !name.is_empty()
            && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    let in_pair = PAIRS.iter().any(|(open, close)| {
        let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).map(str::trim);
        // JSON and XML have quotes, colons and closing tags.
        inside.is_some_and(|inside| {
            inside.contains(char::is_alphabetic) && (open.len() > 1 || inside.split_whitespace().all(is_name))
        })
    });
    // A command takes them apart at a space.
    let is_opened = ["{{", "${{", "${", "$(", "<%"].contains(&text);
    let sign = |sign: &str| text.strip_prefix(sign).is_some_and(is_name);
    let percent = text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    let program = ["process.env.", "import.meta.env.", "os.environ", "System.getenv", "secrets.", "env."];
    in_pair
        || is_opened
        || ["$env:", "$Env:", "$$", "$", ":", "@"].into_iter().any(sign)
        || percent.is_some_and(is_name)
        || program.into_iter().any(|start| text.starts_with(start) && text.len() > start.len())
}

/// The words of documentation, in lower case.
fn is_example(lower: &str) -> bool {
    const WORDS: [&str; 19] = [
        "token",
        "access_token",
        "access-token",
        "accesstoken",
        "id_token",
        "refresh_token",
        "jwt_token",
        "jwttoken",
        "mytoken",
        "my_token",
        "my-token",
        "api_key",
        "apikey",
        "changeme",
        "todo",
        "header.payload.signature",
        "xxxxx.yyyyy.zzzzz",
        "xxx.yyy.zzz",
        "aaa.bbb.ccc",
    ];
    let is_thing = |text: &str| ["token", "jwt", "key", "secret", "bearer"].into_iter().any(|it| text.contains(it));
    let plain = lower.trim_matches(|character: char| "<>[](){}".contains(character));
    let is_words = plain.bytes().all(|byte| byte.is_ascii_lowercase() || b"_- .".contains(&byte));
    let is_asked = ["your", "my_", "my-", "insert", "paste", "replace", "enter", "put", "some", "the_"];
    WORDS.contains(&plain)
        || (is_words && is_thing(plain) && is_asked.into_iter().any(|start| plain.starts_with(start)))
        || (is_words && is_thing(plain) && (plain.ends_with("here") || plain.ends_with("_goes_here")))
        || (plain.len() >= 3 && plain.bytes().all(|byte| byte == b'x' || byte == b'.'))
}

/// A token of which a log or a form shows only a part.
pub(super) fn masked(text: &str) -> Option<NotJwt> {
    const WORDS: [&str; 12] = [
        "[REDACTED]",
        "<REDACTED>",
        "[redacted]",
        "<redacted>",
        "[FILTERED]",
        "[MASKED]",
        "[masked]",
        "[HIDDEN]",
        "<hidden>",
        "[secure]",
        "REDACTED",
        "<secret hidden>",
    ];
    const SIGNS: [&str; 6] = ["***", "•••", "●●●", "███", "xxxxxxxx", "XXXXXXXX"];
    if text.contains(char::is_whitespace) {
        return None;
    }
    let sign = WORDS.into_iter().chain(SIGNS).find(|sign| text.contains(sign));
    let sign = sign.or_else(|| is_shortened(text).then_some("..."))?;
    let message = format!(
        "Whatever showed it put `{sign}` in place of a part, and nothing brings that back: copy the token where it is \
         issued or sent, such as a network panel."
    );
    let kind = NotJwt::new("a masked token", message).or_else("Paste the whole token");
    Some(NotJwt { title: "A part of the token is masked".to_owned(), ..kind })
}

/// Three dots inside of what starts as a token does.
fn is_shortened(text: &str) -> bool {
    // What follows is more of the token, in base64url, and no full stop or bracket of the text around it.
    let is_left_out = |rest: &str| rest.starts_with(|next: char| next.is_ascii_alphanumeric() || "-_".contains(next));
    text.starts_with("eyJ") && text.split("...").skip(1).any(is_left_out)
}

/// The same for a token whose header can be read: the rest, or a part of it, is masked.
pub(super) fn masked_part(text: &str, parsed: &Parsed) -> Option<NotJwt> {
    let (header, rest) = parsed.token().split_once('.').unwrap_or((parsed.token(), ""));
    let signature = rest.rsplit('.').next().unwrap_or_default();
    let is_crossed_out = signature.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x'));
    if parsed.is_well_formed() && !is_crossed_out {
        return None;
    }
    let around = text.split_whitespace().find(|word| word.contains(header));
    // Three asterisks on both sides are Markdown's.
    let around = around.filter(|word| !word.starts_with("***"));
    masked(parsed.token()).or_else(|| around.and_then(masked))
}
