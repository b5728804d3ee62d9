//! Settings: read once from the environment, checked, and typed.

mod live_secret;
mod settings;
mod vars;

pub use live_secret::{LiveSecret, ParameterReader, SecretUnavailable};
pub use settings::{Environment, Host, Modes, Settings, SignIn, is_loopback, secure_url};
pub use vars::{ConfigError, Vars};
