//! Change the size.

use crate::args;
use crate::color::Color;
use crate::error::{Result, invalid, too_much};
use crate::limits::check_size;
use crate::pixels::{Pixels, Sample};
use crate::steps::pad::place;
use crate::wit::{Filter, Fit};
use wasmcell_resample::{FilterType, Layout, PixelType, ResizeAlg, ResizeOptions, resample};
use wide::u8x16;

/// What a resize does to a picture of a certain size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// The part of the picture that is used: left, top, width, height; all of it if none.
    pub region: Option<[f64; 4]>,
    /// The size that the part gets.
    pub size: (u32, u32),
    /// The size of the result, with the part in its middle.
    pub canvas: (u32, u32),
}

impl Plan {
    /// Plan a resize. Sizes that follow from the ratio are rounded to the nearest integer, 1 at
    /// least.
    ///
    /// # Errors
    /// Neither width nor height is given.
    pub fn new((width, height): (u32, u32), options: &args::Resize) -> Result<Self> {
        let whole = |size| Self { region: None, size, canvas: size };
        let (box_width, box_height) = match (options.width, options.height) {
            (None, None) => return Err(invalid("resize: width or height is needed")),
            (Some(box_width), None) => (box_width, scaled(height, box_width, width)),
            (None, Some(box_height)) => (scaled(width, box_height, height), box_height),
            (Some(box_width), Some(box_height)) => (box_width, box_height),
        };
        // Which side of the box binds: box width / width against box height / height.
        let by_width = u64::from(box_width) * u64::from(height);
        let by_height = u64::from(box_height) * u64::from(width);
        let mut inside = match by_width.cmp(&by_height) {
            // The side that is asked for is met; rounding the other one must not react upon it.
            _ if options.width.is_none() || options.height.is_none() => (box_width, box_height),
            std::cmp::Ordering::Less => (box_width, scaled(height, box_width, width)),
            std::cmp::Ordering::Equal => (box_width, box_height),
            std::cmp::Ordering::Greater => (scaled(width, box_height, height), box_height),
        };
        if !options.enlarge && (inside.0 > width || inside.1 > height) {
            inside = (width, height);
        }
        Ok(match options.fit {
            Fit::Inside => whole(inside),
            _ if options.width.is_none() || options.height.is_none() => whole(inside),
            Fit::Contain => Self { region: None, size: inside, canvas: (box_width, box_height) },
            Fit::Fill if options.enlarge => whole((box_width, box_height)),
            Fit::Fill => whole((box_width.min(width), box_height.min(height))),
            Fit::Cover => {
                let (wide, high) = (f64::from(width), f64::from(height));
                let enlarges = box_width > width || box_height > height;
                let (size, region) = if enlarges && !options.enlarge {
                    let size = (box_width.min(width), box_height.min(height));
                    (size, (f64::from(size.0), f64::from(size.1)))
                } else if by_width >= by_height {
                    ((box_width, box_height), (wide, by_height as f64 / f64::from(box_width)))
                } else {
                    ((box_width, box_height), (by_width as f64 / f64::from(box_height), high))
                };
                let region = [(wide - region.0) / 2.0, (high - region.1) / 2.0, region.0, region.1];
                Self { region: Some(region), size, canvas: size }
            }
        })
    }
}

impl Plan {
    /// The plan for the same picture with rows and columns exchanged. (A region lies in the middle:
    /// mirroring does not move it.)
    pub fn transposed(self) -> Self {
        Self {
            region: self.region.map(|[left, top, width, height]| [top, left, height, width]),
            size: (self.size.1, self.size.0),
            canvas: (self.canvas.1, self.canvas.0),
        }
    }
}

/// round(length × numerator / denominator), 1 at least.
fn scaled(length: u32, numerator: u32, denominator: u32) -> u32 {
    let (numerator, denominator) = (u64::from(numerator), u64::from(denominator));
    let rounded = (2 * u64::from(length) * numerator + denominator) / (2 * denominator);
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

/// Bring the picture to its new size. Colours of transparent pixels do not bleed: alpha is
/// multiplied in before, and taken out after.
pub fn resize<T: Sample>(pixels: Pixels<T>, options: &args::Resize) -> Result<Pixels<T>> {
    let plan = Plan::new((pixels.width, pixels.height), options)?;
    let resized = scale(pixels, plan.size, plan.region, options.filter)?;
    if plan.canvas == plan.size {
        return Ok(resized);
    }
    let background = Color::parse("resize: background", &options.background)?;
    let at = ((plan.canvas.0 - plan.size.0) / 2, (plan.canvas.1 - plan.size.1) / 2);
    place("resize", resized, plan.canvas, at, background)
}

/// Scale a region of the picture (all of it if none) to a size.
pub fn scale<T: Sample>(
    pixels: Pixels<T>,
    (width, height): (u32, u32),
    region: Option<[f64; 4]>,
    filter: Filter,
) -> Result<Pixels<T>> {
    let whole = [0.0, 0.0, pixels.width.into(), pixels.height.into()];
    if (width, height) == (pixels.width, pixels.height) && region.is_none_or(|region| region == whole) {
        return Ok(pixels);
    }
    check_size("resize", width, height, pixels.channels * size_of::<T>())?;
    let mut out = Pixels::<T>::zeroed("resize", width, height, pixels.channels)?;
    let mut options = ResizeOptions::new().resize_alg(algorithm(filter)).use_alpha(needs_alpha(&pixels, filter));
    if let Some([left, top, width, height]) = region {
        options = options.crop(left, top, width, height);
    }
    let pixel = pixel_type::<T>(pixels.channels);
    let layout = |width, height| Layout { width, height, pixel };
    let from = (layout(pixels.width, pixels.height), bytemuck::cast_slice(&pixels.samples));
    let to = (layout(width, height), bytemuck::cast_slice_mut(&mut out.samples));
    resample(from, to, &options).map_err(|error| too_much(format!("resize: {error}")))?;
    Ok(out)
}

/// Whether alpha must be multiplied in: not where nothing is mixed, or nothing is transparent.
fn needs_alpha<T: Sample>(pixels: &Pixels<T>, filter: Filter) -> bool {
    filter != Filter::Nearest && pixels.has_alpha() && !is_opaque(pixels)
}

/// Whether no pixel is transparent. Of large pictures, that would take a fifth of a resize pixel by pixel; so
/// all pixels are laid over each other, 16 bytes at a time, which vectors do.
fn is_opaque<T: Sample>(pixels: &Pixels<T>) -> bool {
    const LANES: usize = 16;
    let size = pixels.channels * size_of::<T>();
    let (chunks, rest) = bytemuck::cast_slice::<T, u8>(&pixels.samples).as_chunks::<LANES>();
    let all = |lanes: u8x16, chunk: &[u8; LANES]| lanes & u8x16::new(*chunk);
    let is_alpha_full = |pixel: &[u8]| pixel[size - size_of::<T>()..].iter().all(|byte| *byte == u8::MAX);
    let are_full = |bytes: &[u8]| bytes.chunks_exact(size).all(is_alpha_full);
    chunks.chunks(256).all(|some| are_full(&some.iter().fold(u8x16::MAX, all).to_array())) && are_full(rest)
}

fn pixel_type<T: Sample>(channels: usize) -> PixelType {
    match (size_of::<T>(), channels) {
        (1, 1) => PixelType::U8,
        (1, 2) => PixelType::U8x2,
        (1, 3) => PixelType::U8x3,
        (1, _) => PixelType::U8x4,
        (_, 1) => PixelType::U16,
        (_, 2) => PixelType::U16x2,
        (_, 3) => PixelType::U16x3,
        (_, _) => PixelType::U16x4,
    }
}

fn algorithm(filter: Filter) -> ResizeAlg {
    ResizeAlg::Convolution(match filter {
        Filter::Nearest => return ResizeAlg::Nearest,
        Filter::Box => FilterType::Box,
        Filter::Bilinear => FilterType::Bilinear,
        Filter::Hamming => FilterType::Hamming,
        Filter::Bicubic => FilterType::CatmullRom,
        Filter::Mitchell => FilterType::Mitchell,
        Filter::Lanczos3 => FilterType::Lanczos3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn options(width: impl Into<Option<u32>>, height: impl Into<Option<u32>>, fit: Fit) -> args::Resize {
        args::Resize { width: width.into(), height: height.into(), fit, ..args::Resize::default() }
    }

    fn size(from: (u32, u32), options: &args::Resize) -> (u32, u32) {
        Plan::new(from, options).unwrap().canvas
    }

    #[test]
    fn one_transparent_pixel_is_found_wherever_it_is() {
        fn check<T: Sample>(channels: usize) {
            let (width, height) = (67, 41);
            let mut pixels = Pixels { width, height, channels, samples: vec![T::MAX; 67 * 41 * channels] };
            for pixel in pixels.samples.chunks_exact_mut(channels) {
                pixel[0] = T::default();
            }
            assert!(is_opaque(&pixels));
            for at in [0, 1, 5, 1000, 67 * 41 - 1] {
                let mut other = pixels.clone();
                other.samples[(at + 1) * channels - 1] = T::from_u8(254);
                assert!(!is_opaque(&other), "{channels}, {at}");
            }
        }
        check::<u8>(2);
        check::<u8>(4);
        check::<u16>(2);
        check::<u16>(4);
    }

    #[test]
    fn sides_follow_the_ratio() {
        assert_eq!(size((3872, 2592), &options(1280, None, Fit::Inside)), (1280, 857)); // 856.86
        assert_eq!(size((3872, 2592), &options(None, 100, Fit::Cover)), (149, 100)); // 149.38
        assert_eq!(size((1000, 1), &options(10, None, Fit::Inside)), (10, 1)); // 0.01
        assert_eq!(size((4, 3), &options(2, None, Fit::Inside)), (2, 2)); // 1.5 is rounded up
    }

    #[test]
    fn fits() {
        let from = (400, 200);
        assert_eq!(size(from, &options(100, 100, Fit::Inside)), (100, 50));
        assert_eq!(size(from, &options(100, 100, Fit::Contain)), (100, 100));
        assert_eq!(size(from, &options(100, 100, Fit::Cover)), (100, 100));
        assert_eq!(size(from, &options(100, 100, Fit::Fill)), (100, 100));
        let plan = Plan::new(from, &options(100, 100, Fit::Cover)).unwrap();
        assert_eq!(plan.region, Some([100.0, 0.0, 200.0, 200.0]));
        let plan = Plan::new(from, &options(200, 50, Fit::Cover)).unwrap();
        assert_eq!(plan.region, Some([0.0, 50.0, 400.0, 100.0]));
    }

    #[test]
    fn pictures_are_not_enlarged_unasked() {
        let small = |width, height, fit| args::Resize { enlarge: false, ..options(width, height, fit) };
        assert_eq!(size((40, 20), &small(100, 100, Fit::Inside)), (40, 20));
        assert_eq!(size((40, 20), &small(100, 100, Fit::Contain)), (100, 100));
        assert_eq!(size((40, 20), &small(30, 100, Fit::Cover)), (30, 20));
        assert_eq!(size((40, 20), &small(30, 100, Fit::Fill)), (30, 20));
        assert_eq!(size((40, 20), &small(20, 100, Fit::Inside)), (20, 10));
    }

    #[test]
    fn a_side_is_needed() {
        assert!(matches!(Plan::new((4, 4), &options(None, None, Fit::Inside)), Err(Error::InvalidArgument(_))));
    }

    #[test]
    fn enormous_results_are_refused() {
        let pixels = Pixels { width: 1, height: 2, channels: 1, samples: vec![0u8; 2] };
        let result = resize(pixels, &options(65_535, None, Fit::Inside));
        assert!(matches!(result, Err(Error::LimitExceeded(_))));
    }

    #[test]
    fn box_filter_takes_the_mean() {
        let pixels = Pixels { width: 4, height: 2, channels: 1, samples: vec![0u16, 4, 100, 200, 8, 12, 300, 400] };
        let out = scale(pixels, (2, 1), None, Filter::Box).unwrap();
        assert_eq!(out.samples, [6, 250]);
    }

    #[test]
    fn transparent_colors_do_not_bleed() {
        // A red opaque pixel beside a green transparent one: half red, not a mixture.
        let pixels = Pixels { width: 2, height: 1, channels: 4, samples: vec![255u8, 0, 0, 255, 0, 255, 0, 0] };
        let out = scale(pixels, (1, 1), None, Filter::Box).unwrap();
        assert_eq!(out.samples, [255, 0, 0, 128]);
    }

    #[test]
    fn nearest_makes_no_new_colors() {
        let pixels = Pixels { width: 4, height: 1, channels: 1, samples: vec![1u8, 2, 3, 4] };
        assert_eq!(scale(pixels, (2, 1), None, Filter::Nearest).unwrap().samples, [2, 4]);
    }

    #[test]
    fn contain_fills_the_box() {
        let pixels = Pixels { width: 2, height: 1, channels: 1, samples: vec![0u8, 0] };
        let out =
            resize(pixels, &args::Resize { background: "#fff".to_owned(), ..options(2, 3, Fit::Contain) }).unwrap();
        assert_eq!(out.samples, [255, 255, 0, 0, 255, 255]);
    }
}
