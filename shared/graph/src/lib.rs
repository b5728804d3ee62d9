#![doc = include_str!("../README.md")]

pub mod batch;
pub mod client;
mod config;
pub mod delta;
mod failure;
pub mod id;
pub mod labels;
pub mod listing;
pub mod model;
pub mod operation;
pub mod text;

pub use client::Graph;
pub use config::SHAREPOINT_ENDINGS;
pub use id::{Id, ItemPath};
pub use listing::{Listing, Position};
pub use operation::Operation;
