//! Existing secrets: from URIs, from the QR codes of Google Authenticator, from pictures, and from hostile input.

use crate::{
    records::{CodeAlgorithm, CodeSettings},
    totp::{Account, BringInError, Label, Part, PictureError, Unusable, find_accounts, read_qr_codes},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use qrcode::{Color, QrCode};
use std::io::Cursor;

type One = Result<Account, (Label, Unusable)>;

fn one(text: &str) -> One {
    let mut accounts = find_accounts(text).unwrap().accounts;
    assert_eq!(accounts.len(), 1);
    accounts.remove(0)
}

fn why(text: &str) -> Unusable {
    one(text).unwrap_err().1
}

#[test]
fn a_uri_is_read_as_apps_write_it() {
    let usual = CodeSettings::default();
    let odd = CodeSettings { algorithm: CodeAlgorithm::Sha512, digits: 8, period_seconds: 60 };
    let secret = "secret=JBSWY3DPEHPK3PXP";
    for (uri, issuer, name, settings) in [
        (
            format!("otpauth://totp/Example:alice@example.com?{secret}&issuer=Example"),
            "Example",
            "alice@example.com",
            usual,
        ),
        (format!("otpauth://totp/Example%3Aalice?{secret}"), "Example", "alice", usual),
        (format!("otpauth://totp/Old:alice?{secret}&issuer=New%20Name"), "New Name", "alice", usual),
        (format!("  otpauth://totp/a+b%20c?issuer=B%C3%BCro&{secret}\n"), "Büro", "a+b c", usual),
        (format!("otpauth://totp/E:a?{secret}&algorithm=sha-512&digits=8&period=60"), "E", "a", odd),
        ("otpauth://totp/E:a?secret=jbsw%20y3dp-ehpk3pxp%3D%3D".to_owned(), "E", "a", usual),
    ] {
        let account = one(&uri).unwrap();
        assert_eq!((account.issuer.as_deref(), account.name.as_deref()), (Some(issuer), Some(name)), "{uri}");
        assert_eq!((account.settings, &**account.secret), (settings, &b"Hello!\xDE\xAD\xBE\xEF"[..]), "{uri}");
        assert!(!format!("{account:?}").contains("Hello"));
    }
    let bare = one("jbsw y3dp ehpk 3pxp").unwrap();
    assert_eq!((bare.issuer, bare.name, bare.settings), (None, None, usual));
}

#[test]
fn what_cannot_be_used_says_why() {
    let with = |rest: &str| format!("otpauth://totp/E:a?secret=JBSWY3DPEHPK3PXP&{rest}");
    assert_eq!(why("otpauth://hotp/E:a?secret=JBSWY3DPEHPK3PXP&counter=1"), Unusable::Counted);
    assert_eq!(why(&with("algorithm=MD5")), Unusable::Algorithm("MD5".into()));
    assert_eq!(why(&with("digits=5")), Unusable::Digits("5".into()));
    assert_eq!(why(&with("digits=six")), Unusable::Digits("six".into()));
    assert_eq!(why(&with("period=0")), Unusable::Period("0".into()));
    assert_eq!(why(&with("period=-30")), Unusable::Period("-30".into()));
    assert_eq!(why("otpauth://totp/E:a?secret=JBSWY3DP"), Unusable::Length { bits: 40 });
    assert_eq!(why("otpauth://totp/E:a?secret=no+base32!"), Unusable::Secret);
    assert_eq!(why("otpauth://totp/E:a"), Unusable::Secret);
    assert_eq!(why(&format!("otpauth://totp/E:a?secret={}", "A".repeat(400))), Unusable::Length { bits: 2000 });
    for text in ["", "hello", "https://example.com/", "JBSWY3DP", "1234567890", &"A".repeat(100_000)] {
        assert_eq!(find_accounts(text).unwrap_err(), BringInError::Unknown, "{text:.20}");
    }
}

/// A handover of Google Authenticator, written out byte by byte: two accounts by the time, one counted one.
fn handover(parts: &[u8]) -> String {
    let field = |tag: u8, bytes: &[u8]| [&[tag << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let number = |tag: u8, value: u8| vec![tag << 3, value];
    let account = |name: &str, issuer: &str, [algorithm, digits, kind]: [u8; 3]| {
        let fields = [
            field(1, b"Hello!\xDE\xAD\xBE\xEF"),
            field(2, name.as_bytes()),
            field(3, issuer.as_bytes()),
            number(4, algorithm),
            number(5, digits),
            number(6, kind),
        ];
        field(1, &fields.concat())
    };
    let accounts = [
        account("Example:alice", "Example", [1, 1, 2]),
        account("bob", "", [2, 2, 2]),
        account("carol", "Counter", [1, 1, 1]),
        account("dave", "Old", [4, 1, 2]),
    ];
    let data = STANDARD.encode([&accounts.concat(), parts].concat());
    let data: String = url::form_urlencoded::byte_serialize(data.as_bytes()).collect();
    format!("otpauth-migration://offline?data={data}")
}

#[test]
fn the_accounts_of_google_authenticator_come_over_one_by_one() {
    let found = find_accounts(&handover(&[2 << 3, 1, 3 << 3, 3, 4 << 3, 1])).unwrap();
    assert_eq!(found.part, Some(Part { number: 2, of: 3 }));
    let [alice, bob, carol, dave] = &found.accounts[..] else { panic!("{found:?}") };
    let alice = alice.as_ref().unwrap();
    assert_eq!((alice.issuer.as_deref(), alice.name.as_deref()), (Some("Example"), Some("alice")));
    assert_eq!(&**alice.secret, b"Hello!\xDE\xAD\xBE\xEF");
    let bob = bob.as_ref().unwrap();
    let settings = CodeSettings { algorithm: CodeAlgorithm::Sha256, digits: 8, period_seconds: 30 };
    assert_eq!((bob.issuer.as_deref(), bob.name.as_deref(), bob.settings), (None, Some("bob"), settings));
    let (label, why) = carol.as_ref().unwrap_err();
    assert_eq!((label.name.as_deref(), why), (Some("carol"), &Unusable::Counted));
    assert_eq!(dave.as_ref().unwrap_err().1, Unusable::Algorithm("MD5".into()));
    assert_eq!(find_accounts(&handover(&[])).unwrap().part, None);

    for (data, error) in [
        ("", BringInError::Damaged),
        ("?data=%%%", BringInError::Damaged),
        ("?data=", BringInError::Empty),
        ("?data=/////w==", BringInError::Damaged),
    ] {
        let text = format!("otpauth-migration://offline{data}");
        assert_eq!(find_accounts(&text).unwrap_err(), error, "{data}");
    }
}

#[test]
fn damaged_handovers_never_panic() {
    let whole = handover(&[]);
    for at in "otpauth-migration://offline?data=".len()..whole.len() {
        let _ = find_accounts(&whole[..at]);
        for sign in ["A", "/", "%", "é"] {
            let _ = find_accounts(&format!("{}{sign}{}", &whole[..at], &whole[at + 1..]));
        }
    }
}

/// A picture of a QR code, `scale` pixels for each module.
fn drawn(text: &str, scale: u32, dark: u8, light: u8) -> GrayImage {
    let code = QrCode::new(text).unwrap();
    let (width, colors) = (u32::try_from(code.width()).unwrap(), code.to_colors());
    GrayImage::from_fn((width + 8) * scale, (width + 8) * scale, |x, y| {
        let (x, y) = ((x / scale).wrapping_sub(4), (y / scale).wrapping_sub(4));
        let is_dark = x < width && y < width && colors[(y * width + x) as usize] == Color::Dark;
        Luma([if is_dark { dark } else { light }])
    })
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

#[test]
fn qr_codes_are_read_from_pictures() {
    let uri = "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example";
    let read = |picture: &DynamicImage, format| {
        let found = read_qr_codes(&file(picture, format)).unwrap();
        found.iter().map(|text| text.to_string()).collect::<Vec<_>>()
    };
    for (scale, dark, light) in [(3, 0, 255), (5, 40, 200), (4, 255, 0), (60, 0, 255)] {
        let picture = DynamicImage::ImageLuma8(drawn(uri, scale, dark, light));
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            assert_eq!(read(&picture, format), [uri], "{scale} {dark} {light} {format:?}");
        }
    }
    // Dark on nothing, as some programs save it.
    let clear = drawn(uri, 4, 0, 255);
    let clear = image::RgbaImage::from_fn(clear.width(), clear.height(), |x, y| {
        image::Rgba([0, 0, 0, 255 - clear.get_pixel(x, y)[0]])
    });
    assert_eq!(read(&DynamicImage::ImageRgba8(clear), ImageFormat::Png), [uri]);

    let nothing = DynamicImage::new_luma8(200, 200);
    assert_eq!(read_qr_codes(&file(&nothing, ImageFormat::Png)).unwrap_err(), PictureError::NoCode);
    assert_eq!(read_qr_codes(b"%PDF-1.7").unwrap_err(), PictureError::Unreadable);
    assert_eq!(read_qr_codes(b"").unwrap_err(), PictureError::Unreadable);
    assert_eq!(read_qr_codes(&vec![0; 11 << 20]).unwrap_err(), PictureError::TooLarge);
}

#[test]
fn damaged_pictures_are_refused_without_a_panic_and_a_huge_one_before_it_is_decoded() {
    let whole = file(&DynamicImage::ImageLuma8(drawn("otpauth://totp/a?secret=A", 2, 0, 255)), ImageFormat::Png);
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        let _ = read_qr_codes(&damaged);
        let _ = read_qr_codes(&whole[..at]);
    }
    // The header promises 100,000 pixels on a side; its checksum is right.
    let mut huge = whole;
    huge[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let sum = crc32fast::hash(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&sum);
    assert_eq!(read_qr_codes(&huge).unwrap_err(), PictureError::TooLarge);
}
