//! Reading in a child process: what a file breaks, it breaks there.
//!
//! The child is this very program. It starts with an empty environment and three pipes, sets its
//! limits on itself, and only then sees the first byte. What it can do is read its input, compute
//! and answer: it cannot open a file or a connection, and it ends with its parent.

mod child;
mod confine;
mod frame;
mod reader;

pub use child::child_or;
pub use reader::{ReadError, Reader};

/// The argument that makes a program the child.
const ARGUMENT: &str = "--read-a-file";
