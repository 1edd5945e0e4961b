//! A picture in the colours of VP8, and its key frame by the crate `oxideav-vp8`.

use crate::pixels::Pixels;
use oxideav_vp8::encoder::{EncodeError, KeyframeParams, TrellisStrength};
use oxideav_vp8::{
    I420Frame, Vp8CodedHeader, encode_keyframe_with_fitted_token_prob_updates, encode_keyframe_with_token_prob_updates,
};
use std::borrow::Cow;

/// Macroblocks from which on the statistics of the coefficients are taken from a part of the picture.
const SAMPLED_FROM: usize = 1_500;

/// Quantizer index below which coefficients are chosen by rate and distortion: qualities from 92.
const TRELLIS_BELOW: u8 = 8;

/// Means of samples in (nearly) linear light, as libwebp takes them for the chroma: coloured
/// text comes 0.5 dB nearer to the source than with plain means.
struct Gamma {
    to_linear: [i32; 256],
    /// Four times the sample, for a mean.
    from_linear: Vec<i32>,
}

impl Gamma {
    const SCALE: f64 = 4095.0;
    const EXPONENT: f64 = 0.8;

    fn new() -> Self {
        let from = |mean: i32| ((f64::from(mean) / Self::SCALE).powf(1.0 / Self::EXPONENT) * 1020.0 + 0.5) as i32;
        Self {
            to_linear: std::array::from_fn(|sample| {
                ((sample as f64 / 255.0).powf(Self::EXPONENT) * Self::SCALE + 0.5) as i32
            }),
            from_linear: (0..=Self::SCALE as i32).map(from).collect(),
        }
    }

    /// Four times the mean.
    fn sum(&self, samples: [i32; 4]) -> i32 {
        let [first, others @ ..] = samples;
        if others == [first; 3] {
            return 4 * first;
        }
        let sum: i32 = samples.iter().map(|&sample| self.to_linear[sample as usize]).sum();
        self.from_linear[((sum + 2) / 4) as usize]
    }
}

/// A picture in Y′CbCr 4:2:0, of the range that VP8 has: luma 16–235.
#[derive(Clone)]
pub struct Planes {
    width: usize,
    height: usize,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

impl Planes {
    /// Convert, with the coefficients of libwebp.
    pub fn new(pixels: &Pixels<u8>) -> Self {
        let Pixels { ref samples, channels, .. } = *pixels;
        let (width, height) = (pixels.width as usize, pixels.height as usize);
        let rgb = |pixel: &[u8]| match channels {
            1 | 2 => [i32::from(pixel[0]); 3],
            _ => [i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2])],
        };
        let y = samples
            .chunks_exact(channels)
            .map(|pixel| {
                let [r, g, b] = rgb(pixel);
                ((16_839 * r + 33_059 * g + 6_420 * b + (16 << 16) + (1 << 15)) >> 16) as u8
            })
            .collect();
        let gamma = Gamma::new();
        let length = width.div_ceil(2) * height.div_ceil(2);
        let (mut u, mut v) = (Vec::with_capacity(length), Vec::with_capacity(length));
        for top in (0..height).step_by(2) {
            let line = |y: usize| &samples[y * width * channels..(y + 1) * width * channels];
            let lines = [line(top), line((top + 1).min(height - 1))];
            for left in (0..width).step_by(2) {
                let right = (left + 1).min(width - 1);
                let color = |line: &[u8], x: usize| rgb(&line[x * channels..(x + 1) * channels]);
                let [a, b] = lines.map(|line| color(line, left));
                let [c, d] = lines.map(|line| color(line, right));
                let [r, g, b] = [0, 1, 2].map(|i| gamma.sum([a[i], b[i], c[i], d[i]]));
                let chroma = |value: i32| ((value + (128 << 18) + (1 << 17)) >> 18).clamp(0, 255) as u8;
                u.push(chroma(-9_719 * r - 19_081 * g + 28_800 * b));
                v.push(chroma(28_800 * r - 24_116 * g - 4_684 * b));
            }
        }
        Self { width, height, y, u, v }
    }

    /// A VP8 key frame.
    pub fn encode(&self, index: u8) -> Result<Vec<u8>, EncodeError> {
        let params = KeyframeParams {
            y_ac_qi: index,
            // The level that is best for most pictures; a search for it gains nothing.
            loop_filter_level: index.div_ceil(2).min(63),
            // Saves a third where a fine quantizer meets a smooth picture; else it gains nothing
            // at equal size, and takes as long again.
            trellis_strength: if index < TRELLIS_BELOW { TrellisStrength::DEFAULT } else { TrellisStrength::OFF },
            ..KeyframeParams::default()
        };
        // Probabilities that fit the picture save 5 to 20 %. They take a second pass, which for
        // a great picture sees but a part of it.
        let sample = self.sample();
        let fitted = encode_keyframe_with_fitted_token_prob_updates(&sample.frame(), &params)?;
        if let Cow::Borrowed(_) = sample {
            return Ok(fitted);
        }
        // A key frame has ten bytes before its header.
        match fitted.get(10..).map(|header| Vp8CodedHeader::parse(header, true)) {
            Some(Ok(header)) => {
                encode_keyframe_with_token_prob_updates(&self.frame(), &params, &header.token_prob_updates)
            }
            _ => encode_keyframe_with_fitted_token_prob_updates(&self.frame(), &params),
        }
    }

    fn frame(&self) -> I420Frame<'_> {
        I420Frame::packed(self.width as u32, self.height as u32, &self.y, &self.u, &self.v)
    }

    /// Some stripes of a great picture, spread evenly: at least an eighth of it.
    fn sample(&self) -> Cow<'_, Self> {
        const STRIPE: usize = 32; // lines
        let macroblocks = self.width.div_ceil(16) * self.height.div_ceil(16);
        let every = (macroblocks / (SAMPLED_FROM / 2)).min(8);
        if macroblocks < SAMPLED_FROM || self.height < 2 * every * STRIPE {
            return Cow::Borrowed(self);
        }
        let mut sample = Self { width: self.width, height: 0, y: Vec::new(), u: Vec::new(), v: Vec::new() };
        let chroma_width = self.width.div_ceil(2);
        for stripe in (every / 2..self.height / STRIPE).step_by(every) {
            let lines = stripe * STRIPE..(stripe + 1) * STRIPE;
            sample.height += STRIPE;
            sample.y.extend_from_slice(&self.y[lines.start * self.width..lines.end * self.width]);
            let chroma = lines.start / 2 * chroma_width..lines.end / 2 * chroma_width;
            sample.u.extend_from_slice(&self.u[chroma.clone()]);
            sample.v.extend_from_slice(&self.v[chroma]);
        }
        Cow::Owned(sample)
    }
}
