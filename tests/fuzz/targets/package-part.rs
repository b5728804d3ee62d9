#![no_main]
#![doc = "See `fuzz::package_part`."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::package_part(data));
