//! The chunks of a lossy file, and the file that they make.

use crate::error::{Result, too_much};

/// The chunks of a lossy picture, without headers and padding.
pub struct Chunks {
    /// Content of the chunk `VP8 `.
    pub vp8: Vec<u8>,
    /// Content of the chunk `ALPH`, if a pixel is not opaque.
    pub alpha: Option<Vec<u8>>,
}

/// A file from its chunks: with a `VP8X` header if there is alpha or metadata.
pub fn file(chunks: &Chunks, width: u32, height: u32, icc: Option<&[u8]>, exif: Option<&[u8]>) -> Result<Vec<u8>> {
    let alpha = chunks.alpha.as_deref();
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    if alpha.is_some() || icc.is_some() || exif.is_some() {
        let flags = u8::from(icc.is_some()) << 5 | u8::from(alpha.is_some()) << 4 | u8::from(exif.is_some()) << 3;
        let mut header = vec![flags, 0, 0, 0];
        header.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
        header.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
        push_chunk(&mut file, b"VP8X", &header)?;
    }
    if let Some(icc) = icc {
        push_chunk(&mut file, b"ICCP", icc)?;
    }
    if let Some(alpha) = alpha {
        push_chunk(&mut file, b"ALPH", alpha)?;
    }
    push_chunk(&mut file, b"VP8 ", &chunks.vp8)?;
    if let Some(exif) = exif {
        push_chunk(&mut file, b"EXIF", exif)?;
    }
    let length = length_of(file.len() - 8)?;
    file[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(file)
}

fn push_chunk(file: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) -> Result<()> {
    let length = length_of(content.len())?;
    file.extend_from_slice(name);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(content);
    if content.len() % 2 == 1 {
        file.push(0);
    }
    Ok(())
}

fn length_of(bytes: usize) -> Result<u32> {
    u32::try_from(bytes).map_err(|_| too_much(format!("WebP: {bytes} bytes do not fit into a file")))
}
