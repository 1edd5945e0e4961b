//! Pixels over pixels, premultiplied, in the arithmetic of `vello_cpu`: whichever of the two draws, bytes are the same.

use hayro::kurbo::Rect;
use hayro::vello_cpu::Pixmap;
use std::cell::OnceCell;
use std::sync::Arc;

/// A colour as RGBA, not premultiplied.
pub type Rgba = [u8; 4];

/// Two bytes of a pixel, each with room for a product.
const PAIR: u32 = 0x00ff_00ff;

/// Both bytes of a pair times `by`, by 255.
fn scaled(pair: u32, by: u32) -> u32 {
    ((pair * by + PAIR) >> 8) & PAIR
}

/// A pixel times `by`, by 255.
fn times(pixel: u32, by: u32) -> u32 {
    scaled(pixel & PAIR, by) | scaled(pixel >> 8 & PAIR, by) << 8
}

fn premultiplied([red, green, blue, alpha]: Rgba) -> u32 {
    // As vello_cpu does it, in floating point.
    let by = f32::from(alpha) * (1.0 / 255.0);
    let of = |value: u8| (f32::from(value) * (1.0 / 255.0) * by * 255.0 + 0.5) as u8;
    u32::from_le_bytes([of(red), of(green), of(blue), alpha])
}

/// The coverage of a shape, row by row.
pub struct Mask {
    /// Where the left edge is, from the shape's origin.
    pub x: i32,
    /// Where the upper edge is.
    pub y: i32,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
    /// A byte for each pixel.
    pub coverage: Vec<u8>,
    /// The same as `vello_cpu` takes it, if that was asked for.
    pub picture: OnceCell<Arc<Pixmap>>,
}

impl Mask {
    /// What is left of it within a rectangle of the page, and where that is, if its corner is at `left` and `top`.
    pub fn within(&self, left: i32, top: i32, clip: Rect) -> Option<(Self, usize, usize)> {
        let cut = |start: i32, side: u16, from: f64, to: f64| {
            (start.max(from.floor() as i32)..(start + i32::from(side)).min(to.ceil() as i32)).map(|at| at as usize)
        };
        let (columns, rows) = (cut(left, self.width, clip.x0, clip.x1), cut(top, self.height, clip.y0, clip.y1));
        let at = (columns.clone().next()?, rows.clone().next()?);
        let [x0, y0, x1, y1] = [clip.x0, clip.y0, clip.x1, clip.y1].map(|edge| edge as f32);
        let mut coverage = Vec::with_capacity(columns.len() * rows.len());
        for y in rows.clone() {
            let by_row = covered(y, y0, y1);
            let row = (y as i32 - top) as usize * usize::from(self.width);
            for x in columns.clone() {
                let whole = f32::from(self.coverage[row + (x as i32 - left) as usize]);
                coverage.push((whole * by_row * covered(x, x0, x1) + 0.5) as u8);
            }
        }
        let (width, height) = (columns.len() as u16, rows.len() as u16);
        Some((Self { x: 0, y: 0, width, height, coverage, picture: OnceCell::new() }, at.0, at.1))
    }
}

/// How much of a pixel's side lies between two places.
fn covered(at: usize, from: f32, to: f32) -> f32 {
    (to.min(at as f32 + 1.0) - from.max(at as f32)).clamp(0.0, 1.0)
}

/// Paint through a mask; all of it lies within the pixmap, if `left` and `top` are its corner.
pub fn mask(pixmap: &mut Pixmap, mask: &Mask, left: usize, top: usize, color: Rgba) {
    let stride = 4 * usize::from(pixmap.width());
    let width = usize::from(mask.width);
    let color = premultiplied(color);
    let rows = pixmap.data_as_u8_slice_mut().chunks_exact_mut(stride).skip(top);
    for (row, coverage) in rows.zip(mask.coverage.chunks_exact(width)) {
        let Some(row) = row.get_mut(4 * left..4 * (left + width)) else { return };
        for (pixel, coverage) in row.as_chunks_mut::<4>().0.iter_mut().zip(coverage) {
            if *coverage != 0 {
                let over = times(color, u32::from(*coverage));
                let under = u32::from_le_bytes(*pixel);
                *pixel = (over + times(under, 255 - (over >> 24))).to_le_bytes();
            }
        }
    }
}

/// Fill a rectangle with an opaque colour; it lies within the pixmap.
pub fn rect(pixmap: &mut Pixmap, rect: Rect, color: Rgba) {
    let [x0, y0, x1, y1] = [rect.x0, rect.y0, rect.x1, rect.y1].map(|edge| edge as f32);
    let stride = 4 * usize::from(pixmap.width());
    let color = premultiplied(color);
    let (left, right) = (x0.floor() as usize, x1.ceil() as usize);
    // Between these, columns are covered wholly.
    let (begin, end) = (x0.ceil() as usize, (x1.floor() as usize).max(x0.ceil() as usize));
    let (top, bottom) = (y0.floor() as usize, y1.ceil() as usize);
    let rows = pixmap.data_as_u8_slice_mut().chunks_exact_mut(stride).enumerate();
    for (y, row) in rows.take(bottom).skip(top) {
        let Some(row) = row.get_mut(..4 * right) else { return };
        let pixels = row.as_chunks_mut::<4>().0;
        let by_row = covered(y, y0, y1);
        let blend = |pixel: &mut [u8; 4], coverage: u32| {
            let under = u32::from_le_bytes(*pixel);
            // Both products before one division, as vello_cpu's strips are painted.
            let pair = |over: u32, under: u32| ((over * coverage + under * (255 - coverage) + PAIR) >> 8) & PAIR;
            *pixel = (pair(color & PAIR, under & PAIR) | pair(color >> 8 & PAIR, under >> 8 & PAIR) << 8).to_le_bytes();
        };
        let full = (by_row * 255.0 + 0.5) as u32;
        for (x, pixel) in pixels.iter_mut().enumerate().skip(left) {
            if x >= begin && x < end {
                continue;
            }
            blend(pixel, (covered(x, x0, x1) * by_row * 255.0 + 0.5) as u32);
        }
        let Some(inner) = pixels.get_mut(begin..end) else { continue };
        if full == 255 {
            inner.fill(color.to_le_bytes());
        } else {
            inner.iter_mut().for_each(|pixel| blend(pixel, full));
        }
    }
}
