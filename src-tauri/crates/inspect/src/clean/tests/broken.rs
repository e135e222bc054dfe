//! Tokens broken over lines inside other text, and truncated tokens.

use super::words::{numbered, token, told};
use crate::clean::{Cut, clean};
use crate::parse;
use crate::testing::Draft;

/// The token in lines of that width.
fn lines(token: &str, width: usize) -> Vec<&str> {
    let mut rest = token;
    let mut lines = Vec::new();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(width.min(rest.len()));
        lines.push(line);
        rest = after;
    }
    lines
}

fn last(text: &str, token: &str) -> String {
    told(text, token).pop().unwrap_or_default()
}

#[test]
fn a_token_is_joined_whatever_broke_it() {
    for token in [token(), numbered(7), Draft::new().token()] {
        for width in [20, 40, 64, 76, 100] {
            let parts = lines(&token, width);
            let breaks = parts.len() - 1;
            let s = if breaks == 1 { "" } else { "s" };
            let inside = |what: &str| format!("Removed {breaks} {what}{s} inside the token");
            let plain = parts.join("\n");
            assert_eq!(last(&plain, &token), inside("line break"));
            assert_eq!(last(&parts.join("\r"), &token), inside("line break"));
            assert_eq!(last(&parts.join("\r\n"), &token), inside("line break"));
            assert_eq!(last(&parts.join(" "), &token), inside("space"));
            for around in [
                format!("Here is my token:\n\n{plain}\n\nThanks,\nBob"),
                format!("Here is my token:\n{plain}\nThanks,\nBob"),
                format!("my token is {plain} and it fails"),
                format!("{{\"access_token\": \"{plain}\", \"x\": 1}}"),
                format!("token: \"{plain}\", next"),
                format!("Cookie: a=b; sid={plain}; Path=/"),
                format!("Authorization: Bearer {plain}"),
                format!("curl -H 'Authorization: Bearer {plain}' https://x/"),
                format!("<code>{plain}</code>"),
            ] {
                assert_eq!(last(&around, &token), inside("line break"), "{around}");
            }
            assert_eq!(last(&format!("\"{}\"", parts.join("\" +\n  \"")), &token), inside("string concatenation"));
            assert_eq!(last(&format!("x = '{}';", parts.join("'\n  + '")), &token), inside("string concatenation"));
            assert_eq!(last(&format!("(\"{}\")", parts.join("\"\n  \"")), &token), inside("string concatenation"));
            assert_eq!(last(&format!("t=\"{}\";", parts.join("\\n")), &token), inside("written-out line break"));
            assert_eq!(
                last(&format!("echo {} > f", parts.join("\\\n")), &token),
                inside("backslash").replace("hs ", "hes ")
            );
            assert_eq!(last(&format!("Token:=20\n{}\nBye", parts.join("=\n")), &token), inside("soft line break"));
            for mark in ["> ", ">> ", "# ", "// ", " * ", "│ "] {
                let quoted: Vec<String> = parts.iter().map(|part| format!("{mark}{part}\n")).collect();
                let text = format!("{mark}Hello,\n{mark}\n{}{mark}Bye", quoted.concat());
                let told = last(&text, &token);
                assert!(told.contains(&format!(" {breaks} mark{s} inside the token")), "{text} {told}");
            }
            for gutter in [" | ", ": ", "\t"] {
                let numbered = parts.iter().enumerate().map(|(n, part)| format!("{:>3}{gutter}{part}\n", n + 1));
                let told = last(&numbered.collect::<String>(), &token);
                assert!(told.contains(&format!(" {breaks} line number{s} inside the token")), "{told}");
            }
        }
    }
}

#[test]
fn a_dot_at_the_end_of_a_line_has_its_segment_in_the_next() {
    let unknown = "eyJhbGciOiJYIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";
    let broken = unknown.replace('.', ".\n");
    for text in [format!("Here:\n{broken}\n\nThanks"), format!("Here:\n{broken}\nThanks,\nBob"), broken.clone()] {
        assert_eq!(last(&text, unknown), "Removed 2 line breaks inside the token");
    }
}

#[test]
fn what_cannot_be_joined_is_a_token_that_breaks_off() {
    let t = token();
    for (text, kept) in [
        (format!("{}\n--- 2026 ---\n{}", &t[..90], &t[90..]), &t[..90]),
        (format!("a {}\nb {}", &t[..90], &t[90..]), &t[..90]),
    ] {
        let cleaned = clean(&text);
        assert_eq!((cleaned.text.as_str(), cleaned.cut), (kept, Some(Cut::LineEnd)), "{text}");
        let report = Draft::new().judge(&text);
        assert_eq!(report.problems[0].title, "The token breaks off at the line end");
        assert!(!report.problems.iter().any(|problem| problem.title.contains("base64")), "{:?}", report.problems);
        assert_eq!(report.trace[0].reason, "The token breaks off at the line end");
    }
}

#[test]
fn an_ellipsis_after_a_token_that_was_cut_is_taken_off_and_the_token_breaks_off() {
    let t = token();
    let payload = t.rfind('.').unwrap() - 10;
    for end in [payload, t.len() - 10] {
        for sign in ["...", "\u{2026}", "....", "[...]", " "] {
            for (before, after) in [("", ""), ("token=", " user=alice"), ("\"", "\"")] {
                if sign == " " {
                    continue;
                }
                let text = format!("{before}{}{sign}{after}", &t[..end]);
                let cleaned = clean(&text);
                assert_eq!((cleaned.text.as_str(), cleaned.cut), (&t[..end], Some(Cut::Ellipsis)), "{text}");
                let message = "Removed the ellipsis after the token: whatever printed it shortened it";
                assert!(cleaned.clean_ups.iter().any(|clean_up| clean_up.message == message), "{text}");
                let report = Draft::new().judge(&text);
                assert_eq!(report.problems[0].title, "The token breaks off");
                assert_eq!(report.problems[0].at, Some(u32::try_from(end).unwrap()));
            }
        }
    }
    // The signature has its algorithm's length, so nothing is missing.
    assert_eq!(told(&format!("{t}..."), &t), ["Removed the ellipsis after the token"]);
    assert!(parse(&format!("{t}...")).is_well_formed());
    assert_eq!(clean(&format!("{}...", &t[..30])).text, &t[..30]);
}
