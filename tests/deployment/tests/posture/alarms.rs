//! Alarms and the dashboard, compared with what the program really reports, with what the documents
//! promise, and with the runbooks that they name.

mod documented;
mod heard;
mod program;
mod runbooks;

/// Dev with every connector on ECS: there every alarm exists.
use crate::on_ecs as deployment;
