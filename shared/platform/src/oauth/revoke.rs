//! `/oauth/revoke` (RFC 7009): ends a grant.
