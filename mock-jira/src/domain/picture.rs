//! Pictures: which files have a thumbnail, and how it is made.

use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::io::{BufRead, Cursor, Seek};

/// Larger files have no thumbnail, in bytes.
pub const LARGEST: i64 = 32 * 1024 * 1024;
/// The larger side of a thumbnail for which no size is asked.
pub const SIDE: u32 = 200;

/// Longest side of a picture that is looked into.
const LONGEST_SIDE: u32 = 16_384;
/// Most memory for looking into one.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// An encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Whether thumbnails can be made of a file, as far as its beginning tells.
pub fn is_picture(file: impl BufRead + Seek) -> bool {
    let Ok(reader) = ImageReader::new(file).with_guessed_format() else { return false };
    reader.into_dimensions().is_ok_and(|(width, height)| width.max(height) <= LONGEST_SIDE)
}

/// A picture that fits into a size, never larger than it was; `None` if the content can't be read.
pub fn thumbnail(content: &[u8], width: u32, height: u32) -> Option<Picture> {
    let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    // Photographs stay photographs; everything else may be transparent.
    let photograph = reader.format() == Some(ImageFormat::Jpeg);
    let image = reader.decode().ok()?;
    let (width, height) = (width.clamp(1, image.width()), height.clamp(1, image.height()));
    let small = image.thumbnail(width, height);
    if photograph { encode(&small.into_rgb8().into(), ImageFormat::Jpeg) } else { encode(&small, ImageFormat::Png) }
}

/// The picture for files that have none: a sheet of paper.
pub fn sheet() -> Option<Picture> {
    let sheet = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let (paper, line) = ((40..160).contains(&x) && (20..180).contains(&y), y % 20 < 4 && (56..144).contains(&x));
        match (paper, line && (40..160).contains(&y)) {
            (true, true) => Rgb([179, 185, 196]),
            (true, false) => Rgb([255, 255, 255]),
            (false, _) => Rgb([241, 242, 244]),
        }
    });
    encode(&sheet.into(), ImageFormat::Png)
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Option<Picture> {
    let mut content = Cursor::new(Vec::new());
    image.write_to(&mut content, format).ok()?;
    Some(Picture { media_type: format.to_mime_type(), content: content.into_inner() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        encode(&DynamicImage::new_rgb8(width, height), format).unwrap().content
    }

    #[test]
    fn thumbnails_keep_their_shape_and_never_grow() {
        for (size, asked, wanted) in [
            ((400, 100), (200, 200), (200, 50)),
            ((400, 100), (u32::MAX, 10), (40, 10)),
            ((30, 20), (200, 200), (30, 20)),
            ((30, 20), (0, 0), (1, 1)),
        ] {
            for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif] {
                let content = drawn(size.0, size.1, format);
                assert!(is_picture(Cursor::new(&content)));
                let made = thumbnail(&content, asked.0, asked.1).unwrap();
                let expected = if format == ImageFormat::Jpeg { "image/jpeg" } else { "image/png" };
                assert_eq!(made.media_type, expected);
                let made = image::load_from_memory(&made.content).unwrap();
                assert_eq!((made.width(), made.height()), wanted);
            }
        }
    }

    #[test]
    fn what_is_no_picture_has_no_thumbnail() {
        assert!(!is_picture(Cursor::new(b"GIF89a")));
        assert_eq!(thumbnail(b"plain", 10, 10), None);
        let mut cut = drawn(100, 100, ImageFormat::Png);
        cut.truncate(cut.len() / 2);
        assert!(is_picture(Cursor::new(&cut)));
        assert_eq!(thumbnail(&cut, 10, 10), None);
        assert!(sheet().is_some());
    }
}
