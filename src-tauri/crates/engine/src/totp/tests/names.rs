use super::*;
use crate::totp::{BeginError, LabelError, OptionsError};

/// Renders the SVG as a browser would, one sample per pixel, and scans it as a phone would.
fn read_qr(svg: &SecretText) -> String {
    let svg = svg.expose();
    let number = |text: &str| text.parse::<usize>().unwrap();
    let attribute = |name: &str| number(svg.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap());
    let (width, height) = (attribute("width"), attribute("height"));
    assert!(width >= 240 && width == height, "{width} x {height}");
    assert!(svg.starts_with("<?xml") && !svg.contains("<script") && !svg.contains("style="));
    let mut pixels = vec![255_u8; width * height];
    let path = svg.split_once(" d=\"").unwrap().1.split('"').next().unwrap();
    for bar in path.split('M').filter(|bar| !bar.is_empty()) {
        // M{left} {top}h{w}v{h}H{left}V{top}
        let (left, rest) = bar.split_once(' ').unwrap();
        let (top, rest) = rest.split_once('h').unwrap();
        let (w, rest) = rest.split_once('v').unwrap();
        let (h, _) = rest.split_once('H').unwrap();
        for y in number(top)..number(top) + number(h) {
            pixels[y * width + number(left)..][..number(w)].fill(17);
        }
    }
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one QR code is found");
    grids[0].decode().unwrap().1
}

fn begin(bench: &Bench, issuer: &str, account: &str) -> Result<Enrollment, BeginError> {
    let options = FactorOptions { issuer: issuer.into(), account: Some(account.into()), ..FactorOptions::default() };
    bench.engine.begin_enrollment("alice", &Password::new(PASSWORD), SESSION, &options)
}

#[test]
fn the_usual_uri_is_what_every_app_expects() {
    let bench = Bench::with_user("alice");
    let enrollment = bench.begin("alice");
    let secret = enrollment.secret.expose();
    let wanted = format!("otpauth://totp/Token%20Workbench:alice?secret={secret}&issuer=Token%20Workbench");
    assert_eq!(enrollment.uri.expose(), wanted);
    assert_eq!(secret.len(), 32);
    assert_eq!(read_qr(&enrollment.qr_svg), wanted);
}

#[test]
fn any_name_comes_out_of_the_qr_code_as_it_went_in() {
    let bench = Bench::with_user("alice");
    let long = "x".repeat(300);
    for (issuer, account) in [
        ("100% & Co #1", "a&b=c#d%20e?f/g\\h"),
        ("Bücher 🔐", "ålice+test@exämple.com 👩‍🚀"),
        ("a%3Ab", "c%3ad"),
        ("<\"'>", "\u{202e}right\u{0}to\nleft"),
        (&*long, "alice"),
        ("Token Workbench", &*long),
        (&*long, &*long),
        (&"é".repeat(100), &"é".repeat(100)),
    ] {
        let enrollment = begin(&bench, issuer, account).unwrap();
        let read = read_qr(&enrollment.qr_svg);
        assert_eq!(read, enrollment.uri.expose(), "{issuer:?} {account:?}");
        assert!(read.is_ascii() && !read.contains(' '));
        let phone = totp_rs::Totp::from_url(&read).unwrap();
        assert_eq!((phone.issuer(), phone.account_name()), (Some(issuer), account));
        bench.engine.confirm_enrollment("alice", SESSION, &Phone(phone).code(START)).unwrap();
        bench.engine.remove_second_factor("alice", &Password::new(PASSWORD)).unwrap();
    }
}

#[test]
fn a_name_that_no_app_would_read_is_refused_with_the_reason() {
    let bench = Bench::with_user("alice");
    let refused = |issuer: &str, account: &str| match begin(&bench, issuer, account) {
        Err(BeginError::Options(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("Token: Workbench", "alice"), OptionsError::Issuer(LabelError::Colon));
    assert_eq!(refused("Token Workbench", "a:b"), OptionsError::Account(LabelError::Colon));
    assert_eq!(refused("Token Workbench", " "), OptionsError::Account(LabelError::Empty));
    assert_eq!(refused(&"x".repeat(301), "alice"), OptionsError::Issuer(LabelError::TooLong));
    assert_eq!(refused(&"🔐".repeat(300), "alice"), OptionsError::TooLongForQr);
    assert_eq!(refused("Token Workbench", &"🔐".repeat(300)), OptionsError::TooLongForQr);
}
