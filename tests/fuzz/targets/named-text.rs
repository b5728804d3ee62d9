#![no_main]
#![doc = "See `fuzz::named_text`."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::named_text(data));
