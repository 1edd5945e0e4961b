//! What the tests share.

use std::path::Path;
use wasmcell_image::Module;
use wasmcell_image::wit::{Decode, Error, Guest, Jpeg, Output, Picture, PixelFormat, Png, Raster, Step, Tiff, Webp};

/// A file of `data/`.
pub fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub const AS_STORED: Decode = Decode { auto_orient: Some(false) };
pub const UPRIGHT: Decode = Decode { auto_orient: None };

/// The pixels of a file, as stored.
pub fn decode(file: &[u8]) -> Result<Raster, Error> {
    pixels(Picture::File(file.to_vec()), AS_STORED, &[])
}

pub fn pixels(input: Picture, decode: Decode, steps: &[Step]) -> Result<Raster, Error> {
    match Module::run_raster(input, decode, steps.to_vec(), None)? {
        Picture::Raster(raster) => Ok(raster),
        Picture::File(_) => panic!("a file, where pixels were asked for"),
    }
}

pub fn encode(raster: Raster, output: Output) -> Result<Vec<u8>, Error> {
    match Module::run_raster(Picture::Raster(raster), AS_STORED, Vec::new(), Some(output))? {
        Picture::File(file) => Ok(file),
        Picture::Raster(_) => panic!("pixels, where a file was asked for"),
    }
}

/// The samples of a pixel, whatever the depth.
pub fn pixel(raster: &Raster, x: u32, y: u32) -> Vec<u32> {
    let (channels, bytes) = layout(raster.format);
    let start = (y * raster.width + x) as usize * channels * bytes;
    let samples = &raster.pixels[start..start + channels * bytes];
    match bytes {
        1 => samples.iter().map(|sample| u32::from(*sample)).collect(),
        _ => samples.as_chunks().0.iter().map(|pair| u32::from(u16::from_le_bytes(*pair))).collect(),
    }
}

pub fn layout(format: PixelFormat) -> (usize, usize) {
    match format {
        PixelFormat::L8 => (1, 1),
        PixelFormat::La8 => (2, 1),
        PixelFormat::Rgb8 => (3, 1),
        PixelFormat::Rgba8 => (4, 1),
        PixelFormat::L16 => (1, 2),
        PixelFormat::La16 => (2, 2),
        PixelFormat::Rgb16 => (3, 2),
        PixelFormat::Rgba16 => (4, 2),
    }
}

pub const FORMATS: [PixelFormat; 8] = [
    PixelFormat::L8,
    PixelFormat::La8,
    PixelFormat::Rgb8,
    PixelFormat::Rgba8,
    PixelFormat::L16,
    PixelFormat::La16,
    PixelFormat::Rgb16,
    PixelFormat::Rgba16,
];

/// A picture in which all pixels differ.
pub fn raster(format: PixelFormat, width: u32, height: u32) -> Raster {
    let (channels, bytes) = layout(format);
    let length = (width * height) as usize * channels * bytes;
    let pixels = (0..length).map(|i| (i * 37 + i / 7) as u8).collect();
    Raster { width, height, format, pixels }
}

pub fn png() -> Output {
    Output::Png(Png { level: None, exif: None })
}

pub fn jpeg() -> Output {
    Output::Jpeg(Jpeg { quality: Some(95), subsampling: None, progressive: None, background: None, exif: None })
}

pub fn webp(lossless: bool) -> Output {
    Output::Webp(Webp { quality: None, lossless: Some(lossless), exif: None })
}

pub fn tiff() -> Output {
    Output::Tiff(Tiff { compression: None })
}
