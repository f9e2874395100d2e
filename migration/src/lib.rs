//! How the stored shape came to be.
