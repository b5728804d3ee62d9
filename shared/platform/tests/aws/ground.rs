//! What all tests over the store and AWS stand on.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use platform::aws::Aws;
use platform::clock::Clock;
use platform::config::Vars;
use platform::http_client::HttpClient;

/// A clock that stands still.
pub(crate) fn clock() -> Clock {
    Clock::manual(Timestamp::from_second(1_800_000_000).unwrap())
}

/// The SDK, aimed at this address.
pub(crate) async fn aws_at(endpoint: &str) -> Aws {
    let vars = Vars::from_pairs([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]);
    Aws::from_vars(&vars, &HttpClient::new().unwrap()).unwrap()
}

/// Where `cargo xtask test` installs the tools that tests need.
pub(crate) fn tools() -> Option<PathBuf> {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.map(|folder| folder.join("target/tools")).find(|tools| tools.is_dir())
}
