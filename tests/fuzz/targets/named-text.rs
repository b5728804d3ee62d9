//! See `fuzz::named_text`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::named_text(data));
