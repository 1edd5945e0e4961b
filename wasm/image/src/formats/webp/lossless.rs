//! Lossless WebP, by the crate `image-webp`.

use crate::error::{Result, unsupported};
use crate::pixels::Pixels;
use image_webp::{ColorType, EncoderParams, WebPEncoder};

/// A file; `predictor` says whether neighbours predict pixels, which pays but for planes that are
/// differences already.
pub fn encode(pixels: &Pixels<u8>, predictor: bool, icc: Option<&[u8]>, exif: Option<&[u8]>) -> Result<Vec<u8>> {
    let color = match pixels.channels {
        1 => ColorType::L8,
        2 => ColorType::La8,
        3 => ColorType::Rgb8,
        _ => ColorType::Rgba8,
    };
    let mut params = EncoderParams::default();
    params.use_predictor_transform = predictor;
    let mut file = Vec::new();
    let mut encoder = WebPEncoder::new(&mut file);
    encoder.set_params(params);
    if let Some(icc) = icc {
        encoder.set_icc_profile(icc.to_vec());
    }
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif.to_vec());
    }
    encoder
        .encode(&pixels.samples, pixels.width, pixels.height, color)
        .map_err(|error| unsupported(format!("WebP: {error}")))?;
    Ok(file)
}
