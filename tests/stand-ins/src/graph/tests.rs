//! Stories over HTTP.
