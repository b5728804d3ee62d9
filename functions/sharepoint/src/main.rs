//! The SharePoint connector: a Lambda function, a container or an ordinary process.

// fn main() -> std::process::ExitCode {
//     platform::run::<sharepoint::SharePoint>()
// }
fn main() {}
