//! Colour profiles and EXIF blocks: as much of them as must be understood to carry them over.

use crate::limits::{MAX_EXIF_BYTES, MAX_ICC_BYTES};

/// EXIF orientation of an upright picture.
pub const UPRIGHT: u8 = 1;

/// The orientation tag of TIFF and EXIF.
const ORIENTATION: u16 = 0x0112;

/// The type of a 16-bit value in TIFF and EXIF.
const SHORT: u16 = 3;

/// What some writers put before the EXIF block outside of JPEG, too.
const EXIF_PREFIX: &[u8] = b"Exif\0\0";

/// Largest number of directory entries that are looked at.
const MAX_ENTRIES: u16 = 1_000;

/// Keep a profile if it is one, and small enough to carry over.
pub fn icc(profile: Option<Vec<u8>>) -> Option<Vec<u8>> {
    profile.filter(|icc| icc_color_space(icc).is_some() && icc.len() <= MAX_ICC_BYTES)
}

/// The profile, if it describes pictures with (or without) colours: a profile for inks or colours
/// says nothing of grey levels.
pub fn icc_for(icc: Option<&[u8]>, is_color: bool) -> Option<&[u8]> {
    let wanted = if is_color { b"RGB " } else { b"GRAY" };
    icc.filter(|icc| icc_color_space(icc) == Some(wanted))
}

/// The colour space field of a profile's header (ICC.1:2022, 7.2.6).
fn icc_color_space(icc: &[u8]) -> Option<&[u8; 4]> {
    let is_profile = icc.get(36..40) == Some(b"acsp");
    icc.get(16..20).filter(|_| is_profile)?.try_into().ok()
}

/// Keep an EXIF block if it is one, and small enough to carry over; a container's prefix goes.
pub fn exif(block: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let mut block = block?;
    if block.starts_with(EXIF_PREFIX) {
        block.drain(..EXIF_PREFIX.len());
    }
    Some(block).filter(|exif| ByteOrder::of(exif).is_some() && exif.len() <= MAX_EXIF_BYTES)
}

/// The orientation in an EXIF block, 1 to 8; upright if it says nothing (sensible).
pub fn orientation(exif: Option<&[u8]>) -> u8 {
    let found = exif.and_then(|exif| {
        let (at, order) = find_orientation(exif)?;
        order.u16(exif, at)
    });
    found.and_then(|value| u8::try_from(value).ok()).filter(|value| (1..=8).contains(value)).unwrap_or(UPRIGHT)
}

/// Set the orientation in an EXIF block to upright, for a picture that has been turned.
pub fn set_upright(exif: &mut [u8]) {
    if let Some((at, order)) = find_orientation(exif) {
        order.put_u16(exif, at, UPRIGHT.into());
    }
}

/// Where the orientation's value lies.
fn find_orientation(exif: &[u8]) -> Option<(usize, ByteOrder)> {
    find_short(exif, ORIENTATION)
}

/// Where the value of a tag lies that holds one 16-bit number, in the first directory of a TIFF or
/// EXIF block; it lies within the block.
pub fn find_short(tiff: &[u8], tag: u16) -> Option<(usize, ByteOrder)> {
    let order = ByteOrder::of(tiff)?;
    let directory = order.u32(tiff, 4)? as usize;
    let count = order.u16(tiff, directory)?.min(MAX_ENTRIES);
    (0..usize::from(count)).find_map(|index| {
        let entry = directory.checked_add(2 + 12 * index)?;
        let is_wanted =
            order.u16(tiff, entry)? == tag && order.u16(tiff, entry + 2)? == SHORT && order.u32(tiff, entry + 4)? == 1;
        (is_wanted && tiff.len() >= entry + 12).then_some((entry + 8, order))
    })
}

/// How a TIFF or EXIF block stores numbers.
#[derive(Clone, Copy)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl ByteOrder {
    fn of(exif: &[u8]) -> Option<Self> {
        match exif.get(..4)? {
            b"II*\0" => Some(Self::Little),
            b"MM\0*" => Some(Self::Big),
            _ => None,
        }
    }

    /// The 16-bit number at a place.
    pub fn u16(self, data: &[u8], at: usize) -> Option<u16> {
        let bytes = data.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        })
    }

    /// Write the 16-bit number at a place, which must lie within the block.
    pub fn put_u16(self, data: &mut [u8], at: usize, value: u16) {
        data[at..at + 2].copy_from_slice(&match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        });
    }

    fn u32(self, data: &[u8], at: usize) -> Option<u32> {
        let bytes = data.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An EXIF block that holds an orientation alone.
    pub(crate) fn exif_with_orientation(value: u16) -> Vec<u8> {
        let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
        exif.extend(value.to_be_bytes());
        exif.extend([0; 6]);
        exif
    }

    /// A header that claims to be a profile for `space`, which is enough to be carried over.
    pub(crate) fn icc_for_space(space: &[u8; 4]) -> Vec<u8> {
        let mut icc = vec![0; 128];
        icc[16..20].copy_from_slice(space);
        icc[36..40].copy_from_slice(b"acsp");
        icc
    }

    #[test]
    fn orientation_is_found_and_reset() {
        let mut exif = exif_with_orientation(6);
        assert_eq!(orientation(Some(&exif)), 6);
        set_upright(&mut exif);
        assert_eq!(exif, exif_with_orientation(1));
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0";
        assert_eq!(orientation(Some(little)), 8);
    }

    #[test]
    fn senseless_orientations_are_upright() {
        assert_eq!(orientation(None), 1);
        for value in [0, 9, 256 + 6] {
            assert_eq!(orientation(Some(&exif_with_orientation(value))), 1);
        }
        let whole = exif_with_orientation(6);
        for length in 0..22 {
            assert_eq!(orientation(Some(&whole[..length])), 1, "{length}");
            set_upright(&mut whole[..length].to_vec());
        }
        // A directory beyond the end of memory.
        assert_eq!(orientation(Some(b"MM\0*\xff\xff\xff\xff\0\0\0\0")), 1);
    }

    #[test]
    fn profiles_fit_their_colors() {
        let icc = icc_for_space(b"RGB ");
        assert_eq!(icc_for(Some(&icc), true), Some(&icc[..]));
        assert_eq!(icc_for(Some(&icc), false), None);
        assert_eq!(super::icc(Some(vec![0; 200])), None);
    }
}
