//! Luma and chroma, or grey levels alone, as planes of their own.

use super::color::can_enlarge;
use super::transform::{Quantization, half, whole};
use super::{error, limits};
use crate::error::Result;
use crate::limits::reserve;
use crate::pixels::Pixels;
use crate::steps::resize::scale;
use crate::wit::Filter;
use libjpeg_turbo_rs::common::types::ComponentInfo;
use libjpeg_turbo_rs::decode::bitstream::BitReader;
use libjpeg_turbo_rs::decode::entropy::{McuComponentPlan, McuDecoder, resolve_mcu_plan};
use libjpeg_turbo_rs::decode::marker::{JpegMetadata, MarkerReader};
use libjpeg_turbo_rs::{Decoder, FrameHeader, JpegError};

/// Samples on a side of a block.
const BLOCK: usize = 8;

/// The samples of one component.
pub struct Plane {
    /// One channel.
    pub pixels: Pixels<u8>,
    /// Its width and height as parts of the picture's.
    pub ratio: (f64, f64),
}

impl Plane {
    /// Of samples that are stored in whole blocks.
    fn new(mut samples: Vec<u8>, stride: usize, picture: (u32, u32), ratio: Ratio) -> Self {
        let (width, height) = (ratio.horizontal(picture.0), ratio.vertical(picture.1));
        let (used_width, used_height) = (width as usize, height as usize);
        if stride > used_width {
            for y in 1..used_height {
                samples.copy_within(y * stride..y * stride + used_width, y * used_width);
            }
        }
        samples.truncate(used_width * used_height);
        Self { pixels: Pixels { width, height, channels: 1, samples }, ratio: ratio.as_parts() }
    }

    /// Scaled, with `region` that of the picture. (A plane of half the size ends at half a pixel where
    /// the picture's side is odd.)
    pub fn scaled(self, size: (u32, u32), [left, top, width, height]: [f64; 4], filter: Filter) -> Result<Self> {
        let (x, y) = self.ratio;
        let pixels = scale(self.pixels, size, Some([left * x, top * y, width * x, height * y]), filter)?;
        Ok(Self { pixels, ratio: (1.0, 1.0) })
    }
}

/// A component's resolution in relation to the picture's.
#[derive(Clone, Copy)]
pub struct Ratio {
    own: (u32, u32),
    most: (u32, u32),
}

impl Ratio {
    fn of(frame: &FrameHeader) -> Vec<Self> {
        let sampling = |c: &ComponentInfo| (u32::from(c.horizontal_sampling), u32::from(c.vertical_sampling));
        let own = frame.components.iter().map(sampling);
        let most = own.clone().fold((1, 1), |most, own| (most.0.max(own.0), most.1.max(own.1)));
        own.map(|own| Self { own, most }).collect()
    }

    fn horizontal(self, width: u32) -> u32 {
        (width * self.own.0).div_ceil(self.most.0)
    }

    fn vertical(self, height: u32) -> u32 {
        (height * self.own.1).div_ceil(self.most.1)
    }

    /// Of half of that.
    pub fn halved(self) -> Self {
        Self { own: self.own, most: (2 * self.most.0, 2 * self.most.1) }
    }

    /// Width and height as parts of the picture's.
    pub fn as_parts(self) -> (f64, f64) {
        (f64::from(self.own.0) / f64::from(self.most.0), f64::from(self.own.1) / f64::from(self.most.1))
    }
}

/// The planes of any file, by the crate.
pub fn read(decoder: Decoder<'_>) -> Result<Vec<Plane>> {
    let ratios = Ratio::of(decoder.header());
    let image = decoder.decode_raw().map_err(error)?;
    let size = (image.width as u32, image.height as u32);
    let planes = image.planes.into_iter().zip(image.plane_widths).zip(ratios);
    Ok(planes.map(|((samples, stride), ratio)| Plane::new(samples, stride, size, ratio)).collect())
}

/// A file as cameras write it: baseline, 8 bits, all components in one scan. The crate finds its markers and
/// reads its codes; blocks are transformed as they come, by [`super::transform`].
pub struct Baseline<'a> {
    data: &'a [u8],
    metadata: JpegMetadata,
    tables: Vec<Quantization>,
}

impl<'a> Baseline<'a> {
    /// None for other files.
    pub fn new(data: &'a [u8]) -> Option<Self> {
        let mut reader = MarkerReader::new(data);
        reader.set_scan_cap(limits().max_scans);
        let metadata = reader.read_markers().ok()?;
        let frame = &metadata.frame;
        let is_baseline = !(frame.is_progressive || frame.is_lossless || metadata.is_arithmetic);
        let is_one_scan = metadata.scans.len() <= 1 && metadata.scan.components.len() == frame.components.len();
        let is_grey =
            matches!(&frame.components[..], [only] if (only.horizontal_sampling, only.vertical_sampling) == (1, 1));
        if !is_baseline || frame.precision != 8 || !is_one_scan || !(is_grey || frame.components.len() == 3) {
            return None;
        }
        let table = |c: &ComponentInfo| {
            Quantization::new(&metadata.quant_tables.get(usize::from(c.quant_table_index))?.as_ref()?.values)
        };
        let tables = frame.components.iter().map(table).collect::<Option<_>>()?;
        plan(&metadata).ok()?;
        Some(Self { data, metadata, tables })
    }

    /// Whether [`to_pixels`](super::color::to_pixels) can make a picture of the planes at their own size.
    pub fn can_be_enlarged(&self) -> bool {
        let (width, ratios) = (self.metadata.frame.width.into(), Ratio::of(&self.metadata.frame));
        ratios[0].as_parts() == (1.0, 1.0)
            && ratios.iter().all(|ratio| can_enlarge(ratio.horizontal(width), ratio.as_parts()))
    }

    /// The planes, those at half their size of which `halve` says so.
    pub fn planes(&self, halve: impl Fn(Ratio) -> bool) -> Result<Vec<Plane>> {
        let frame = &self.metadata.frame;
        let ratios = Ratio::of(frame);
        let mcu = ratios[0].most;
        let mcus = |side: u16, of: u32| usize::from(side).div_ceil(BLOCK * of as usize);
        let (columns, rows) = (mcus(frame.width, mcu.0), mcus(frame.height, mcu.1));
        let size = (frame.width.into(), frame.height.into());
        let mut targets = Vec::with_capacity(ratios.len());
        for (ratio, component) in ratios.into_iter().zip(&frame.components) {
            targets.push(Target::new(component, ratio, halve(ratio), size, columns)?);
        }
        self.decode((columns, rows), &mut targets).map_err(error)?;
        Ok(targets.into_iter().map(|target| target.plane).collect())
    }

    fn decode(&self, (columns, rows): (usize, usize), targets: &mut [Target]) -> std::result::Result<(), JpegError> {
        let plan = plan(&self.metadata)?;
        let interval = usize::from(self.metadata.restart_interval);
        let mut reader = BitReader::new(&self.data[self.metadata.entropy_data_offset..]);
        let mut decoder = McuDecoder::new(plan.len());
        let mut coefficients = [0; BLOCK * BLOCK];
        for row in 0..rows {
            for column in 0..columns {
                let mcu = row * columns + column;
                if interval > 0 && mcu > 0 && mcu.is_multiple_of(interval) {
                    reader.reset();
                    decoder.reset();
                }
                for McuComponentPlan { comp_idx: index, dc_table, ac_table, num_blocks } in &plan {
                    let target = &mut targets[*index];
                    for block in 0..*num_blocks {
                        let read = decoder.decode_block(&mut reader, *index, dc_table, ac_table, &mut coefficients);
                        read.map_err(|e| if reader.insufficient_data() { JpegError::UnexpectedEof } else { e })?;
                        target.put(column, block, &coefficients, &self.tables[*index]);
                    }
                }
                if reader.insufficient_data() {
                    return Err(JpegError::UnexpectedEof);
                }
            }
            targets.iter_mut().for_each(Target::finish_row);
        }
        Ok(())
    }
}

fn plan(metadata: &JpegMetadata) -> std::result::Result<Vec<McuComponentPlan<'_>>, JpegError> {
    resolve_mcu_plan(&metadata.frame, &metadata.scan, &metadata.dc_huffman_tables, &metadata.ac_huffman_tables)
}

/// A plane that is being filled.
struct Target {
    plane: Plane,
    /// One row of MCUs, of which the plane takes what belongs to the picture.
    strip: Vec<u8>,
    stride: usize,
    /// Blocks of an MCU beside each other.
    across: usize,
    /// Samples on a side of a block.
    side: usize,
}

impl Target {
    fn new(of: &ComponentInfo, ratio: Ratio, is_half: bool, picture: (u32, u32), columns: usize) -> Result<Self> {
        let (ratio, side) = if is_half { (ratio.halved(), BLOCK / 2) } else { (ratio, BLOCK) };
        let (across, down) = (usize::from(of.horizontal_sampling), usize::from(of.vertical_sampling));
        let stride = columns * across * side;
        let (width, height) = (ratio.horizontal(picture.0), ratio.vertical(picture.1));
        let samples = reserve("JPEG", width as usize * height as usize)?;
        let plane = Plane { pixels: Pixels { width, height, channels: 1, samples }, ratio: ratio.as_parts() };
        Ok(Self { plane, strip: vec![0; stride * down * side], stride, across, side })
    }

    /// Take a block of an MCU of the current row.
    #[inline]
    fn put(&mut self, column: usize, block: usize, coefficients: &[i16; BLOCK * BLOCK], table: &Quantization) {
        let (x, y) = (column * self.across + block % self.across, block / self.across);
        let out = &mut self.strip[(y * self.stride + x) * self.side..];
        if self.side == BLOCK {
            whole(coefficients, table, out, self.stride);
        } else {
            half(coefficients, table, out, self.stride);
        }
    }

    fn finish_row(&mut self) {
        let Pixels { width, height, samples, .. } = &mut self.plane.pixels;
        let (width, height) = (*width as usize, *height as usize);
        for row in self.strip.chunks_exact(self.stride).take(height - samples.len() / width) {
            samples.extend_from_slice(&row[..width]);
        }
    }
}
