//! The bearer that clients get from us: a short JWT (RFC 9068) that names a grant, and nothing of the person.
