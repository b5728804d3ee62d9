//! The SharePoint connector: a Lambda function, a container or an ordinary process; and, started
//! by itself, the child that reads one file.

use std::process::ExitCode;

fn main() -> ExitCode {
    reading::child_or(platform::run::<sharepoint::SharePoint>)
}
