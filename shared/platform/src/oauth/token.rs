//! `/oauth/token`: codes and refresh tokens become access tokens (RFC 6749 section 5).
