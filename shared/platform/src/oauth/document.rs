//! Client-id metadata documents: a client's id is the https address of its own description.
