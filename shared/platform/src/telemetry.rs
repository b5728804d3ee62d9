//! What the process says about itself: one JSON line per event and one per request, with the
//! metrics inside. Every line and field is listed in `docs/logging.md`.

mod brief;
mod events;
mod lines;
mod metrics;
mod panics;
mod request_line;
mod subscriber;

pub use brief::Brief;
pub use events::{Authentication, Exchange, UpstreamRequest};
pub use lines::Lines;
pub use metrics::{Metric, Metrics, Unit};
pub use request_line::{RequestLine, write_request};
pub use subscriber::{LogFilter, init, subscriber};

pub(crate) use lines::ndjson;
pub(crate) use metrics::metric_block;

#[cfg(test)]
pub(crate) mod tests;
