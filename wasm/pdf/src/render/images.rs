//! Pictures as hayro draws them, onto a context of `vello_cpu`.

use super::colors::Inks;
use hayro::hayro_interpret::util::x_y_advances;
use hayro::hayro_interpret::{ImageData, LumaData, Paint, RasterImage, StencilImage};
use hayro::kurbo::{Affine, Rect};
use hayro::vello_cpu::peniko::{BlendMode, Compose, Extend, Fill, ImageQuality, ImageSampler, Mix};
use hayro::vello_cpu::{Image, ImageSource, PixelMetadata, Pixmap, RenderContext};
use pic_scale::{ImageSize, ImageStore, ImageStoreMut, PicScaleError, Resampling, ResamplingFunction, Scaler};
use std::sync::Arc;

/// Longest side of a picture that was made smaller, in pixels.
const MAX_SIDE: f32 = (u16::MAX / 2) as f32;

enum Colors {
    One([u8; 3]),
    Gray(Vec<u8>),
    Rgb(Vec<u8>),
}

/// What a picture is made of: its colours, and how much of them there is.
struct Picture {
    colors: Colors,
    alpha: Option<Vec<u8>>,
    width: u32,
    height: u32,
    interpolate: bool,
}

/// Draw a picture that has colours; `transform` is that from its pixels to those of the page.
pub fn raster(context: &mut RenderContext, image: &RasterImage<'_>, transform: Affine) {
    image.with_rgba(
        |color, alpha| {
            let (x, y) = color.scale_factors();
            let transform = transform * Affine::scale_non_uniform(x.into(), y.into());
            let (colors, width, height, interpolate) = match color {
                ImageData::Rgb(rgb) => (Colors::Rgb(rgb.data), rgb.width, rgb.height, rgb.interpolate),
                ImageData::Luma(luma) => (Colors::Gray(luma.data), luma.width, luma.height, luma.interpolate),
            };
            let picture = |alpha| Picture { colors, alpha, width, height, interpolate };
            match alpha {
                Some(mask) if (mask.width, mask.height, mask.interpolate) != (width, height, interpolate) => {
                    // Its mask is of another size: they are laid over one another as they are seen.
                    context.push_layer(None, None, None, None, None);
                    picture(None).draw(context, transform);
                    let inside = BlendMode::new(Mix::Normal, Compose::DestIn);
                    context.push_layer(None, Some(inside), None, None, None);
                    let (x, y) = (f64::from(width) / f64::from(mask.width), f64::from(height) / f64::from(mask.height));
                    Picture::of_one_color([0; 3], mask).draw(context, transform * Affine::scale_non_uniform(x, y));
                    context.pop_layer();
                    context.pop_layer();
                }
                alpha => picture(alpha.map(|mask| mask.data)).draw(context, transform),
            }
        },
        wanted(transform, image.width(), image.height()),
    );
}

/// Draw a picture that says only where there is a colour. Whether that is a plain one.
pub fn stencil(context: &mut RenderContext, inks: &mut Inks, image: &StencilImage<'_, '_>, transform: Affine) -> bool {
    let mut is_plain = true;
    image.with_stencil(
        |mask, paint| {
            let Paint::Color(color) = paint else { return is_plain = false };
            let (x, y) = mask.scale_factors;
            let transform = transform * Affine::scale_non_uniform(x.into(), y.into());
            let [red, green, blue, alpha] = inks.rgba(color);
            if alpha != 255 {
                context.push_opacity_layer(f32::from(alpha) / 255.0);
            }
            Picture::of_one_color([red, green, blue], mask).draw(context, transform);
            if alpha != 255 {
                context.pop_layer();
            }
        },
        wanted(transform, image.width(), image.height()),
    );
    is_plain
}

/// How large a picture is seen: decoders may make a smaller one at once.
fn wanted(transform: Affine, width: u32, height: u32) -> Option<(u32, u32)> {
    let (x, y) = x_y_advances(&transform);
    let seen = |advance: f64, side: u32| (advance * f64::from(side)).ceil() as u32;
    Some((seen(x.length(), width), seen(y.length(), height)))
}

impl Picture {
    fn of_one_color(color: [u8; 3], mask: LumaData) -> Self {
        let LumaData { data, width, height, interpolate, .. } = mask;
        Self { colors: Colors::One(color), alpha: Some(data), width, height, interpolate }
    }

    fn draw(mut self, context: &mut RenderContext, mut transform: Affine) {
        self.premultiply();
        let (x, y) = x_y_advances(&transform);
        let (x, y) = (x.length() as f32, y.length() as f32);
        if x < 1.0 || y < 1.0 {
            let side = |side: u32, scale: f32| (side as f32 * scale).ceil().clamp(1.0, MAX_SIDE) as u32;
            // A side that is seen larger stays as it is.
            let Some(smaller) = self.resized(side(self.width, x.min(1.0)), side(self.height, y.min(1.0))) else {
                return;
            };
            let shrunk = |from: u32, to: u32| f64::from(from) / f64::from(to);
            transform *=
                Affine::scale_non_uniform(shrunk(self.width, smaller.width), shrunk(self.height, smaller.height));
            self = smaller;
        }
        let (Ok(width), Ok(height)) = (u16::try_from(self.width), u16::try_from(self.height)) else { return };
        let metadata = PixelMetadata { may_have_transparency: self.alpha.is_some(), ..PixelMetadata::default() };
        let quality = if self.interpolate { ImageQuality::Medium } else { ImageQuality::Low };
        let pixmap = Pixmap::from_parts(self.rgba(), width, height, metadata);
        context.set_transform(transform);
        context.set_paint(Image {
            image: ImageSource::Pixmap(Arc::new(pixmap)),
            sampler: ImageSampler { x_extend: Extend::Pad, y_extend: Extend::Pad, quality, alpha: 1.0 },
        });
        context.set_fill_rule(Fill::NonZero);
        // A pixel that is touched belongs to the picture: parts of one that abut have no seams.
        context.set_aliasing_threshold(Some(1));
        context.fill_rect(&Rect::new(0.0, 0.0, width.into(), height.into()));
        context.set_aliasing_threshold(None);
    }

    fn premultiply(&mut self) {
        let Some(alpha) = &self.alpha else { return };
        match &mut self.colors {
            Colors::One(_) => {}
            Colors::Gray(gray) => gray.iter_mut().zip(alpha).for_each(|(gray, alpha)| *gray = times(*gray, *alpha)),
            Colors::Rgb(rgb) => {
                for (rgb, alpha) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(alpha) {
                    *rgb = rgb.map(|value| times(value, *alpha));
                }
            }
        }
    }

    fn resized(&self, width: u32, height: u32) -> Option<Self> {
        let scaler = Scaler::new(ResamplingFunction::Hermite);
        let from = ImageSize::new(self.width as usize, self.height as usize);
        let to = ImageSize::new(width as usize, height as usize);
        let gray = |data: &[u8]| resized(data, from, to, |from, to| scaler.plan_planar_resampling(from, to));
        let colors = match &self.colors {
            Colors::One(color) => Colors::One(*color),
            Colors::Gray(data) => Colors::Gray(gray(data)?),
            Colors::Rgb(data) => Colors::Rgb(resized(data, from, to, |from, to| scaler.plan_rgb_resampling(from, to))?),
        };
        let alpha = match &self.alpha {
            Some(alpha) => Some(gray(alpha)?),
            None => None,
        };
        Some(Self { colors, alpha, width, height, interpolate: self.interpolate })
    }

    /// As RGBA, premultiplied.
    fn rgba(&self) -> Vec<u8> {
        let mut out = vec![255; 4 * self.width as usize * self.height as usize];
        let pixels = out.as_chunks_mut::<4>().0;
        let set = |pixel: &mut [u8; 4], [red, green, blue]: [u8; 3]| *pixel = [red, green, blue, pixel[3]];
        if let Some(alpha) = &self.alpha {
            pixels.iter_mut().zip(alpha).for_each(|(pixel, alpha)| pixel[3] = *alpha);
        }
        match &self.colors {
            Colors::One(color) => {
                pixels.iter_mut().for_each(|pixel| set(pixel, color.map(|value| times(value, pixel[3]))));
            }
            Colors::Gray(gray) => pixels.iter_mut().zip(gray).for_each(|(pixel, gray)| set(pixel, [*gray; 3])),
            Colors::Rgb(rgb) => {
                pixels.iter_mut().zip(rgb.as_chunks::<3>().0).for_each(|(pixel, rgb)| set(pixel, *rgb));
            }
        }
        out
    }
}

/// A value times another, by 255, as vello_cpu does it.
fn times(value: u8, by: u8) -> u8 {
    ((u16::from(value) * u16::from(by) + 255) >> 8) as u8
}

fn resized<const N: usize>(
    data: &[u8],
    from: ImageSize,
    to: ImageSize,
    plan: impl FnOnce(ImageSize, ImageSize) -> std::result::Result<Arc<Resampling<u8, N>>, PicScaleError>,
) -> Option<Vec<u8>> {
    let mut out = vec![0; to.width * to.height * N];
    let source = ImageStore::<u8, N>::from_slice(data, from.width, from.height).ok()?;
    let mut target = ImageStoreMut::<u8, N>::from_slice(&mut out, to.width, to.height).ok()?;
    plan(from, to).ok()?.resample(&source, &mut target).ok()?;
    Some(out)
}
