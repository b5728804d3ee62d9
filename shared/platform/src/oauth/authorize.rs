//! `/oauth/authorize`: a client sends a person's browser (RFC 6749 section 4.1.1, RFC 7636, RFC 8707).
