//! Settings: read once from the environment, checked, and typed.

mod live_secret;
mod vars;

pub use live_secret::{LiveSecret, ParameterReader, SecretUnavailable};
pub use vars::{ConfigError, Vars};
