#![no_main]
#![doc = "See `fuzz::any_file`."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::any_file(data));
