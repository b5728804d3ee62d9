//! What the stand-in promises, over HTTP.
