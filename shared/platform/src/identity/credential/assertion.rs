//! An assertion of another issuer, from a file or a command.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::CredentialProblem;
use crate::identity::bearer::Bearer;

/// An assertion is a few KiB.
const MAX_BYTES: u64 = 16 * 1024;
/// How long the file or the command may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// Reads the file anew each time: somebody renews it.
pub(super) async fn from_file(path: &Path) -> Result<SecretString, CredentialProblem> {
    in_time(async {
        let file = tokio::fs::File::open(path).await.ok()?;
        read(file).await
    })
    .await
}

/// Runs the command without a shell and without input; what it says on stderr is dropped.
pub(super) async fn from_command(words: &[String]) -> Result<SecretString, CredentialProblem> {
    in_time(async {
        let (program, arguments) = words.split_first()?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let assertion = read(child.stdout.take()?).await?;
        let status = child.wait().await.ok()?;
        status.success().then_some(assertion)
    })
    .await
}

async fn in_time(
    reading: impl Future<Output = Option<SecretString>>,
) -> Result<SecretString, CredentialProblem> {
    let assertion = tokio::time::timeout(DEADLINE, reading).await;
    assertion.ok().flatten().ok_or(CredentialProblem::Assertion)
}

async fn read(from: impl AsyncRead + Unpin) -> Option<SecretString> {
    let mut text = String::new();
    from.take(MAX_BYTES + 1).read_to_string(&mut text).await.ok()?;
    // It has the form of a bearer token, its limit included.
    let assertion = Bearer::from_token(text.trim().as_bytes()).ok()?;
    Some(assertion.token().clone())
}
