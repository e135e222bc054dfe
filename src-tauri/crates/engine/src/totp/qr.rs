//! The QR code of an `otpauth` URI.

use crate::secret::SecretText;
use qrcode::{Color as Module, EcLevel, QrCode, render::svg::Color};

/// The minimum width and height of the picture in CSS pixels; each module is scaled up to a whole number of pixels.
const LEAST_SIZE: u32 = 240;

/// A QR code without its quiet zone, for drawing.
#[derive(Debug, Clone)]
pub struct QrDrawing {
    /// Its width and height in modules.
    pub modules: u16,
    /// The dark modules as the data of an SVG path, one unit for each module.
    pub path: SecretText,
}

/// An SVG document with the quiet zone that scanners need, dark on light in any theme. `None` if the URI is too long
/// for a QR code.
pub(super) fn svg(uri: &SecretText) -> Option<SecretText> {
    let code = code(uri)?;
    let mut renderer = code.render::<Color<'_>>();
    renderer.min_dimensions(LEAST_SIZE, LEAST_SIZE).quiet_zone(true);
    renderer.dark_color(Color("#111")).light_color(Color("#fff"));
    Some(SecretText::new(renderer.build()))
}

/// The same, for drawing. `None` if the URI is too long for a QR code.
pub(super) fn drawing(uri: &SecretText) -> Option<QrDrawing> {
    use std::fmt::Write;
    let code = code(uri)?;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Module::Dark) {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", run.len());
            }
            x += run.len();
        }
    }
    Some(QrDrawing { modules: u16::try_from(code.width()).ok()?, path: SecretText::new(path) })
}

fn code(uri: &SecretText) -> Option<QrCode> {
    QrCode::with_error_correction_level(uri.expose(), EcLevel::M).ok()
}
