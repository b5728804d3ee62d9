//! See `fuzz::package_part`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::package_part(data));
