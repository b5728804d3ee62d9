#![doc = include_str!("../README.md")]

pub mod address;
pub mod client;
pub mod config;
pub mod model;
pub mod policy;
pub mod reference;
pub mod resources;
pub mod tools;

pub use tools::SharePoint;
