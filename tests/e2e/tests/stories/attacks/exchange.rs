//! Rows about the exchange on behalf of a person, and about what is kept of it.
