//! `/oauth/register`: dynamic client registration (RFC 7591), bounded.
