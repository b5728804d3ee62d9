//! Rows about hosts, origins, methods, paths and messages.
