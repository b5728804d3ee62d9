//! See `fuzz::any_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::any_file(data));
