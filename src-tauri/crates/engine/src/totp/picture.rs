//! QR codes in a picture that a person chose.

use image::{DynamicImage, ImageReader, Limits, imageops::FilterType};
use std::io::Cursor;
use zeroize::Zeroizing;

/// The largest picture, in bytes.
pub const LARGEST_PICTURE: usize = 10 << 20;
/// The longest side of a picture, in pixels.
pub const LONGEST_PICTURE_SIDE: u32 = 10_000;
/// The most memory that a decoder may take, in bytes.
const MOST_MEMORY: u64 = 512 << 20;
/// The sides in pixels to which larger pictures are reduced, one after another: a photo's modules are large, and its
/// grain disturbs the reader.
const REDUCED: [u32; 2] = [1600, 800];

/// Why no QR code was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// It is larger than this program reads.
    #[error("The picture is larger than 10 MB or 10,000 pixels on a side")]
    TooLarge,
    /// It is no picture that can be read.
    #[error("The file is not a PNG or JPEG picture that can be read")]
    Unreadable,
    /// No QR code was found in it.
    #[error("No QR code was found in the picture")]
    NoCode,
}

/// The texts of all QR codes in a PNG or JPEG picture.
///
/// # Errors
/// [`PictureError`]
pub fn read_qr_codes(file: &[u8]) -> Result<Vec<Zeroizing<String>>, PictureError> {
    if file.len() > LARGEST_PICTURE {
        return Err(PictureError::TooLarge);
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| PictureError::Unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_PICTURE_SIDE);
    limits.max_image_height = Some(LONGEST_PICTURE_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        image::ImageError::Limits(_) => PictureError::TooLarge,
        _ => PictureError::Unreadable,
    })?;
    let found = texts(&picture);
    if !found.is_empty() {
        return Ok(found);
    }
    for side in REDUCED.into_iter().filter(|side| picture.width().max(picture.height()) > *side) {
        let found = texts(&picture.resize(side, side, FilterType::Triangle));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Err(PictureError::NoCode)
}

/// Reads dark codes on light, and light codes on dark if there are none.
fn texts(picture: &DynamicImage) -> Vec<Zeroizing<String>> {
    // What is transparent is seen on white.
    let mut over = DynamicImage::new_rgba8(picture.width(), picture.height()).into_rgba8();
    over.fill(255);
    image::imageops::overlay(&mut over, picture, 0, 0);
    let grey = DynamicImage::ImageRgba8(over).into_luma8();
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let read = |flip: u8| {
        let pixel = |x: usize, y: usize| grey.as_raw()[y * width + x] ^ flip;
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, pixel);
        let grids = prepared.detect_grids();
        let decoded = grids.iter().filter_map(|grid| grid.decode().ok());
        decoded.map(|(_, text)| Zeroizing::new(text)).collect::<Vec<_>>()
    };
    let dark = read(0);
    if dark.is_empty() { read(0xFF) } else { dark }
}
