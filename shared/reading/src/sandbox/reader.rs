//! The parent's side: starts a child for each file, feeds it, waits for it within a deadline.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::Semaphore;

use super::ARGUMENT;
use super::frame::Header;
use crate::limits::Limits;
use crate::reading::{Reading, Request};
use crate::unreadable::Unreadable;

/// Room in an answer for places, outline and notes.
const ROOM_FOR_THE_REST: u64 = 1024 * 1024;
/// Bytes of one character in JSON, at most: `\u0000`.
const BYTES_A_CHARACTER: u64 = 6;

/// Reads files in child processes.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    limits: Limits,
    places: Arc<Semaphore>,
}

/// Why there is no reading.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The source of the file failed.
    #[error("the file could not be fetched")]
    Source(E),
    /// The file could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Reader {
    /// A reader whose children are this program, whose `main` must go through
    /// [`child_or`](super::child_or).
    ///
    /// # Errors
    /// When the system does not say where this program is.
    pub fn new(limits: Limits) -> std::io::Result<Self> {
        // On Linux the name stays right when the file behind it is replaced.
        let own = PathBuf::from("/proc/self/exe");
        let program = if own.exists() { own } else { std::env::current_exe()? };
        Ok(Self::with_program(program, limits))
    }

    /// A reader whose children are another program that goes through
    /// [`child_or`](super::child_or): tests, whose own program does not.
    pub fn with_program(program: PathBuf, limits: Limits) -> Self {
        let places = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        Self { program, limits, places: Arc::new(Semaphore::new(places)) }
    }

    /// The limits of each child.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads a file as it arrives; nothing of it is kept.
    ///
    /// # Errors
    /// What the source says, or why the file could not be read. What the bytes themselves forbid
    /// is in [`Reading::content`], beside what is known of the label.
    pub async fn read<S, E>(
        &self,
        request: Request,
        source: S,
        time: Duration,
    ) -> Result<Reading, ReadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let time = time.min(self.limits.wall);
        let work = async {
            let _place = self.places.acquire().await.map_err(|_| Unreadable::Unavailable)?;
            self.in_child(request, source).await
        };
        match tokio::time::timeout(time, work).await {
            Ok(outcome) => outcome,
            // The child is killed when it is dropped.
            Err(_) => Err(Unreadable::TimedOut.into()),
        }
    }

    async fn in_child<S, E>(&self, request: Request, source: S) -> Result<Reading, ReadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let header = Header { request, limits: self.limits }.to_bytes();
        let header = header.ok_or(Unreadable::Unavailable)?;
        let mut child = self.start().map_err(|_| Unreadable::Unavailable)?;
        let input = child.stdin.take().ok_or(Unreadable::Unavailable)?;
        let output = child.stdout.take().ok_or(Unreadable::Unavailable)?;
        let mut answer = Vec::new();
        let characters = u64::try_from(self.limits.max_chars).unwrap_or(u64::MAX);
        let most = characters.saturating_mul(BYTES_A_CHARACTER).saturating_add(ROOM_FOR_THE_REST);
        let mut output = output.take(most);
        let (fed, heard) =
            tokio::join!(feed(input, &header, source), output.read_to_end(&mut answer));
        fed.map_err(ReadError::Source)?;
        heard.map_err(|_| Unreadable::Unavailable)?;
        let status = child.wait().await.map_err(|_| Unreadable::Unavailable)?;
        if !status.success() {
            return Err(Unreadable::Unsafe.into());
        }
        serde_json::from_slice(&answer).map_err(|_| Unreadable::Unsafe.into())
    }

    fn start(&self) -> std::io::Result<Child> {
        Command::new(&self.program)
            .arg(ARGUMENT)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Writes header and file. A child that closes its end has seen enough: its answer says why.
async fn feed<S, E>(mut input: ChildStdin, header: &[u8], mut source: S) -> Result<(), E>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    if input.write_all(header).await.is_err() {
        return Ok(());
    }
    while let Some(chunk) = source.next().await {
        if input.write_all(&chunk?).await.is_err() {
            return Ok(());
        }
    }
    let _ended = input.shutdown().await;
    Ok(())
}
