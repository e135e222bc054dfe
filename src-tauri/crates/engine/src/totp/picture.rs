//! The QR code of an `otpauth` URI.

use crate::secret::SecretText;
use qrcode::{EcLevel, QrCode, render::svg::Color};

/// The minimum width and height of the picture in CSS pixels; each module is scaled up to a whole number of pixels.
const LEAST_SIZE: u32 = 240;

/// An SVG document with the quiet zone that scanners need, dark on light in any theme. `None` if the URI is too long
/// for a QR code.
pub(super) fn qr_svg(uri: &SecretText) -> Option<SecretText> {
    let code = QrCode::with_error_correction_level(uri.expose(), EcLevel::M).ok()?;
    let mut renderer = code.render::<Color<'_>>();
    renderer.min_dimensions(LEAST_SIZE, LEAST_SIZE).quiet_zone(true);
    renderer.dark_color(Color("#111")).light_color(Color("#fff"));
    Some(SecretText::new(renderer.build()))
}
