//! Randomness for keys and salts. A module has none of its own: it is made of the host's entropy.

use sha2::{Digest, Sha256};
use std::cell::RefCell;

thread_local! {
    static SOURCE: RefCell<Option<Source>> = const { RefCell::new(None) };
}

struct Source {
    seed: Vec<u8>,
    counter: u64,
}

/// Do something that needs randomness, which is made of these bytes.
pub fn with<T>(seed: Vec<u8>, work: impl FnOnce() -> T) -> T {
    SOURCE.set(Some(Source { seed, counter: 0 }));
    let done = work();
    SOURCE.set(None);
    done
}

/// Fill in random bytes: SHA-256 over seed and counter. False outside of [`with`].
pub fn fill(bytes: &mut [u8]) -> bool {
    SOURCE.with_borrow_mut(|source| {
        let Some(source) = source else { return false };
        for chunk in bytes.chunks_mut(32) {
            source.counter += 1;
            let block = Sha256::new().chain_update(&source.seed).chain_update(source.counter.to_le_bytes()).finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        true
    })
}

/// What `getrandom` asks, as the build has told it.
#[cfg(target_family = "wasm")]
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(bytes: *mut u8, len: usize) -> Result<(), getrandom::Error> {
    // SAFETY: getrandom says that these are `len` bytes to write.
    let bytes = unsafe {
        std::ptr::write_bytes(bytes, 0, len);
        std::slice::from_raw_parts_mut(bytes, len)
    };
    if fill(bytes) { Ok(()) } else { Err(getrandom::Error::UNSUPPORTED) }
}
