//! The SharePoint connector: a Lambda function, a container or an ordinary process.

use std::process::ExitCode;

fn main() -> ExitCode {
    platform::run::<sharepoint::SharePoint>()
}
