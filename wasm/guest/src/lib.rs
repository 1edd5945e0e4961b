//! What every module has in it. To have it, a module says `use wasmcell_guest as _;`.
//!
//! Rust ends a module with a trap when memory runs out, and a trap does not say why. So the
//! allocator notes what it could not give, and the host, which set the limit on memory, asks for it
//! after a trap: the core export [`refused`].

#![cfg_attr(target_family = "wasm", allow(unsafe_code))]

mod errors;

#[cfg(target_family = "wasm")]
mod allocator {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    static REFUSED: AtomicUsize = AtomicUsize::new(0);

    /// Rust's own allocator, with a note of what it refused.
    struct Allocator;

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator;

    fn noted(pointer: *mut u8, size: usize) -> *mut u8 {
        REFUSED.store(if pointer.is_null() { size } else { 0 }, Relaxed);
        pointer
    }

    // SAFETY: every method does what `System`'s does.
    unsafe impl GlobalAlloc for Allocator {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            noted(unsafe { System.alloc(layout) }, layout.size())
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            noted(unsafe { System.alloc_zeroed(layout) }, layout.size())
        }

        unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            noted(unsafe { System.realloc(pointer, layout, size) }, size)
        }

        unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
            unsafe { System.dealloc(pointer, layout) }
        }
    }

    /// The number of bytes that were last asked for in vain; 0 if whatever was last asked for was there.
    #[unsafe(export_name = "wasmcell-refused")]
    pub extern "C" fn refused() -> usize {
        REFUSED.load(Relaxed)
    }
}
