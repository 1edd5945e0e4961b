//! Derives `args.rs` (options with defaults and checks) from the WIT.

fn main() {
    wasmcell_guest_build::arguments();
}
