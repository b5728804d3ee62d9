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
use super::frame::{Answer, Header};
use crate::limits::Limits;
use crate::reading::{Reading, Request};
use crate::unreadable::Unreadable;

/// Room in an answer for places, outline and notes.
const ROOM_FOR_THE_REST: u64 = 2 * 1024 * 1024;
/// The longest wait for a place.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer for one character of its text, at most: where headings follow each other
/// closely, their places take more than the text.
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
        Self { program, limits, places: Arc::new(Semaphore::new(limits.places)) }
    }

    /// The limits of each child.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Children that could be started now.
    pub fn free_places(&self) -> usize {
        self.places.available_permits()
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
        let started = tokio::time::Instant::now();
        let place = tokio::time::timeout(time.min(PATIENCE), self.places.acquire()).await;
        let _place = place.map_err(|_| Unreadable::Busy)?.map_err(|_| Unreadable::Unavailable)?;
        let time = time.saturating_sub(started.elapsed()).min(self.limits.wall);
        match tokio::time::timeout(time, self.in_child(request, source)).await {
            Ok(outcome) => outcome,
            // The child is killed when it is dropped.
            Err(_) => Err(Unreadable::TimedOut.into()),
        }
    }

    async fn in_child<S, E>(&self, mut request: Request, source: S) -> Result<Reading, ReadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        request.max_chars = request.max_chars.min(self.limits.max_chars);
        let max_chars = request.max_chars;
        let header = Header { request, limits: self.limits }.to_bytes();
        let header = header.ok_or(Unreadable::Unavailable)?;
        let mut child = self.start().map_err(|_| Unreadable::Unavailable)?;
        let input = child.stdin.take().ok_or(Unreadable::Unavailable)?;
        let output = child.stdout.take().ok_or(Unreadable::Unavailable)?;
        let mut answer = Vec::new();
        let characters = u64::try_from(max_chars).unwrap_or(u64::MAX);
        let most = characters.saturating_mul(BYTES_A_CHARACTER).saturating_add(ROOM_FOR_THE_REST);
        let mut output = output.take(most);
        // The first failure ends both: the child is killed when it is dropped.
        let feeding = async { feed(input, &header, source).await.map_err(ReadError::Source) };
        let hearing = async {
            let heard = output.read_to_end(&mut answer).await;
            heard.map_err(|_| ReadError::from(Unreadable::Unavailable))
        };
        tokio::try_join!(feeding, hearing)?;
        let status = child.wait().await.map_err(|_| Unreadable::Unavailable)?;
        if !status.success() {
            return Err(Unreadable::Unsafe.into());
        }
        let reading = Answer::parse(answer).ok_or(Unreadable::Unsafe)?;
        if holds_more_than(&reading, max_chars) {
            return Err(Unreadable::Unsafe.into());
        }
        Ok(reading)
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

/// Whether a child gave more text than it was asked for: then it is not ours any more.
fn holds_more_than(reading: &Reading, max_chars: usize) -> bool {
    let passages = reading.content.iter().flat_map(|extract| &extract.passages);
    let chars: usize = passages.map(|passage| passage.text.chars().count()).sum();
    // Every piece of one character has a separator of two.
    chars > max_chars.saturating_mul(3).saturating_add(16)
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
