//! What every module has in it. To have it, a module says `use wasmcell_guest as _;`.
//!
//! Rust ends a module with a trap when memory runs out, and a trap does not say why. So the
//! allocator notes what it could not give, and the host, which set the limit on memory, asks for it
//! after a trap: the core export [`refused`].
//!
//! A host that makes an instance before it is needed can have its memory [`ready`], too.

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

    /// What memory grows by.
    const PAGE: usize = 1 << 16;

    /// Has memory be of so many bytes, and written to for the first time: until then a system only promises it, and to
    /// be given it in the midst of a call takes as long as much of the call. Where there is less, less is ready.
    #[unsafe(export_name = "wasmcell-ready")]
    pub extern "C" fn ready(size: usize) {
        // One page is for the allocator's own notes.
        let missing = (size / PAGE).saturating_sub(std::arch::wasm32::memory_size::<0>() + 1);
        let mut room: Vec<u8> = Vec::new();
        if room.try_reserve_exact(missing * PAGE).is_ok() {
            room.resize(missing * PAGE, 1);
        }
        std::hint::black_box(room);
        REFUSED.store(0, Relaxed);
    }
}
