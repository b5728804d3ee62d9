//! The authorization server's own description (RFC 8414).
