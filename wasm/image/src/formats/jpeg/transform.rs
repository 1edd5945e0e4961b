//! The inverse cosine transform: the coefficients of a block of 8 × 8 samples to the samples, of all or
//! half its size.
//!
//! The accurate integer transform of libjpeg (`jidctint.c`, after Loeffler, Ligtenberg and Moschytz 1989),
//! in the same arithmetic, so that samples are the same to the bit. It stands here as that of the crate
//! reads and writes one sample at a time, and has no vectors for the half size.

use bytemuck::cast;
use wide::{i16x8, i32x4, u8x16, u32x4};

/// Bits of the fraction of the constants below.
const CONST_BITS: u32 = 13;
/// Bits of the fraction that is kept between the two passes.
const PASS1_BITS: u32 = 2;
/// What the passes shift away; the second also divides by 8.
const FIRST: u32 = CONST_BITS - PASS1_BITS;
const SECOND: u32 = CONST_BITS + PASS1_BITS + 3;

/// A table by which coefficients are multiplied, in rows.
pub struct Quantization([i16x8; 8]);

impl Quantization {
    /// None if a value does not fit in 16 bits with a sign: then the products are of no use either.
    pub fn new(values: &[u16; 64]) -> Option<Self> {
        values.iter().all(|value| i16::try_from(*value).is_ok()).then(|| Self(cast(*values)))
    }
}

/// The 8 × 8 samples of a block, to rows that begin `stride` apart.
#[inline]
pub fn whole(coefficients: &[i16; 64], Quantization(table): &Quantization, out: &mut [u8], stride: usize) {
    let rows: [i16x8; 8] = cast(*coefficients);
    let [first, others @ ..] = rows;
    let ac = others.into_iter().fold(first & i16x8::new([0, -1, -1, -1, -1, -1, -1, -1]), |all, row| all | row);
    if ac == i16x8::ZERO {
        let mean = (coefficients[0].wrapping_mul(table[0].as_array()[0]).wrapping_add(4) >> 3).saturating_add(128);
        for row in out.chunks_mut(stride).take(8) {
            row[..8].fill(mean.clamp(0, 255) as u8);
        }
        return;
    }
    let columns = pass::<FIRST>(std::array::from_fn(|i| rows[i] * table[i]));
    let samples = i16x8::transpose(pass::<SECOND>(i16x8::transpose(columns)));
    let centered = samples.map(|row| row.saturating_add(i16x8::splat(128)));
    let pairs: [[[u8; 8]; 2]; 4] =
        std::array::from_fn(|i| cast(u8x16::narrow_i16x8(centered[2 * i], centered[2 * i + 1])));
    for (row, samples) in out.chunks_mut(stride).zip(pairs.as_flattened()) {
        row[..8].copy_from_slice(samples);
    }
}

/// The block at half its size: 4 × 4 samples, of its 4 × 4 lowest frequencies.
#[inline]
pub fn half(coefficients: &[i16; 64], Quantization(table): &Quantization, out: &mut [u8], stride: usize) {
    let rows: [i16x8; 8] = cast(*coefficients);
    let low = |i: usize| {
        let [even, odd]: [u32x4; 2] = cast(widen(rows[i] * table[i]));
        cast(even.unpack_lo(odd))
    };
    let columns = butterfly4([low(0), low(1), low(2), low(3)]).map(descale::<FIRST>);
    let samples = transpose4(butterfly4(transpose4(columns)).map(descale::<SECOND>));
    let pair =
        |i: usize| i16x8::from_i32x8_saturate(cast([samples[i], samples[i + 1]])).saturating_add(i16x8::splat(128));
    let samples: [[u8; 4]; 4] = cast(u8x16::narrow_i16x8(pair(0), pair(2)));
    for (row, samples) in out.chunks_mut(stride).zip(samples) {
        row[..4].copy_from_slice(&samples);
    }
}

/// One dimension of the transform, of eight columns at once.
#[inline]
fn pass<const BITS: u32>(rows: [i16x8; 8]) -> [i16x8; 8] {
    let rows = rows.map(widen);
    let [even, odd] = [0, 1].map(|lanes| butterfly(rows.map(|row| row[lanes])).map(descale::<BITS>));
    std::array::from_fn(|i| cast((even[i] & i32x4::splat(0xFFFF)) | (odd[i] << 16)))
}

/// Numbers 0, 2, 4, 6 and 1, 3, 5, 7 in 32 bits each.
#[inline]
fn widen(row: i16x8) -> [i32x4; 2] {
    let pairs: i32x4 = cast(row);
    [(pairs << 16) >> 16, pairs >> 16]
}

#[inline]
fn descale<const BITS: u32>(row: i32x4) -> i32x4 {
    (row + i32x4::splat(1 << (BITS - 1))) >> BITS
}

#[inline]
fn times(row: i32x4, constant: i32) -> i32x4 {
    row * i32x4::splat(constant)
}

/// The eight points of a transform, scaled by 2 to the `CONST_BITS`.
#[inline]
fn butterfly(s: [i32x4; 8]) -> [i32x4; 8] {
    let z1 = times(s[2] + s[6], 4433);
    let (t2, t3) = (z1 - times(s[6], 15137), z1 + times(s[2], 6270));
    let (t0, t1) = ((s[0] + s[4]) << CONST_BITS, (s[0] - s[4]) << CONST_BITS);
    let (even0, even1, even2, even3) = (t0 + t3, t1 + t2, t1 - t2, t0 - t3);

    let (z3, z4) = (s[7] + s[3], s[5] + s[1]);
    let z5 = times(z3 + z4, 9633);
    let (z1, z2) = (times(s[7] + s[1], 7373), times(s[5] + s[3], 20995));
    let (z3, z4) = (z5 - times(z3, 16069), z5 - times(z4, 3196));
    let odd0 = times(s[1], 12299) - z1 + z4;
    let odd1 = times(s[3], 25172) - z2 + z3;
    let odd2 = times(s[5], 16819) - z2 + z4;
    let odd3 = times(s[7], 2446) - z1 + z3;
    [even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3, even3 - odd3, even2 - odd2, even1 - odd1, even0 - odd0]
}

/// The four points of a transform of half the length: of the even part above.
#[inline]
fn butterfly4(s: [i32x4; 4]) -> [i32x4; 4] {
    let (even0, even1) = ((s[0] + s[2]) << CONST_BITS, (s[0] - s[2]) << CONST_BITS);
    let z = times(s[1] + s[3], 4433);
    let (odd0, odd1) = (z + times(s[1], 6270), z - times(s[3], 15137));
    [even0 + odd0, even1 + odd1, even1 - odd1, even0 - odd0]
}

#[inline]
fn transpose4([a, b, c, d]: [i32x4; 4]) -> [i32x4; 4] {
    let [a, b, c, d]: [u32x4; 4] = [cast(a), cast(b), cast(c), cast(d)];
    let (ac, bd) = (a.unpack_lo(c), b.unpack_lo(d));
    let (ac_high, bd_high) = (a.unpack_hi(c), b.unpack_hi(d));
    [ac.unpack_lo(bd), ac.unpack_hi(bd), ac_high.unpack_lo(bd_high), ac_high.unpack_hi(bd_high)].map(cast)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_1_SQRT_2, PI};

    const TABLE: [u16; 64] = [3; 64];

    /// Blocks as photographs have them: the higher a frequency, the smaller and rarer.
    fn blocks() -> impl Iterator<Item = [i16; 64]> {
        let mut state = 1_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16
        };
        std::iter::repeat_with(move || {
            std::array::from_fn(|i| {
                let frequency = (i / 8 + i % 8) as i16;
                let size = 330 / (1 + frequency * frequency);
                if random().rem_euclid(frequency + 1) == 0 { random() % (size + 1) } else { 0 }
            })
        })
        .take(2_000)
        .chain([[0; 64]])
        .chain((-400..400).map(|dc| std::array::from_fn(|i| if i == 0 { dc } else { 0 })))
    }

    #[test]
    fn whole_blocks_are_those_of_libjpeg() {
        let (table, theirs) = (Quantization::new(&TABLE).unwrap(), libjpeg_turbo_rs::simd::detect().idct_islow);
        for block in blocks() {
            let (mut ours, mut expected) = ([0; 64], [0; 64]);
            whole(&block, &table, &mut ours, 8);
            theirs(&block, &TABLE, &mut expected);
            assert_eq!(ours, expected, "{block:?}");
        }
    }

    /// By the definition, of the lowest frequencies.
    #[test]
    fn half_blocks_are_sums_of_cosines() {
        let table = Quantization::new(&TABLE).unwrap();
        let wave = |x: usize, u: usize| {
            let norm = if u == 0 { FRAC_1_SQRT_2 } else { 1.0 };
            norm * ((2 * x + 1) as f64 * u as f64 * PI / 8.0).cos()
        };
        for block in blocks() {
            let mut ours = [0; 16];
            half(&block, &table, &mut ours, 4);
            for (i, sample) in ours.into_iter().enumerate() {
                let term =
                    |k: usize| f64::from(3 * block[k / 4 * 8 + k % 4]) * wave(i / 4, k / 4) * wave(i % 4, k % 4) / 4.0;
                let expected = (128.0 + (0..16).map(term).sum::<f64>()).clamp(0.0, 255.0);
                assert!((f64::from(sample) - expected).abs() < 0.8, "{sample}, {expected}: {block:?}");
            }
        }
    }

    #[test]
    fn tables_of_large_values_are_left_to_others() {
        assert!(Quantization::new(&[0x8000; 64]).is_none());
    }
}
