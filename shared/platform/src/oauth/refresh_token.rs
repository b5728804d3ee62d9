//! Refresh tokens: a grant, a generation and a keyed digest; nothing is stored for them but a number.
