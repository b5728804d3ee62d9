//! How a client proves at the token endpoint who it is: not at all, or with a signed assertion (RFC 7523).
