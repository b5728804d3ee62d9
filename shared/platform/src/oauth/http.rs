//! What all endpoints share: forms, JSON answers, pages and their headers.
