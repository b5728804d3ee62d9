//! `/oauth/consent`: the person reads who asks for what, and agrees or does not.
