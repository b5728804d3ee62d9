#![no_main]
#![doc = "See `fuzz::arguments`."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::arguments(data));
