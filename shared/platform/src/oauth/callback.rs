//! `/oauth/callback`: the browser comes back from Entra; the client gets its code (RFC 9207).
