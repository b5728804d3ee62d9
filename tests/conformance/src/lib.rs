#![doc = include_str!("../README.md")]

mod asking;
mod contents;
mod fixture;
mod notices;
mod prompts;
mod resources;
mod round;
mod rounds;
mod settings;

pub use fixture::Fixture;
pub use settings::settings;
