//! Reads a file to Markdown, as the connectors do:
//! `read-file [--max-chars N] [--seconds N] FILE [PART [RANGE]]`.

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use reading::{Limits, Part, Reader, Request};

fn main() -> ExitCode {
    reading::child_or(|| match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "{problem}");
            ExitCode::FAILURE
        }
    })
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut limits = Limits::default();
    // For files that take longer, or hold more, than a connector allows.
    while let [option @ ("--max-chars" | "--seconds"), number, ..] = words.as_slice() {
        if *option == "--seconds" {
            limits.cpu_seconds = number.parse()?;
            limits.wall = Duration::from_secs(limits.cpu_seconds);
        } else {
            limits.max_chars = number.parse()?;
        }
        words.drain(..2);
    }
    let (path, part) = match words.as_slice() {
        [path] => (*path, Part::All),
        [path, "outline"] => (*path, Part::Outline),
        [path, "pages", span] => (*path, Part::Pages(span.parse()?)),
        [path, "slides", span] => (*path, Part::Slides(span.parse()?)),
        [path, "sheet", name] => {
            (*path, Part::Sheet { name: Some((*name).to_owned()), cells: None })
        }
        _ => {
            return Err("read-file [--max-chars N] [--seconds N] FILE \
                 [outline | pages 3-5 | slides 2 | sheet NAME]"
                .into());
        }
    };
    let name = std::path::Path::new(path).file_name().unwrap_or_default().to_string_lossy();
    let mut request = Request::new(name, limits.max_chars);
    request.part = part;
    let file = std::fs::read(path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let source = futures::stream::iter([Ok::<_, Infallible>(Bytes::from(file))]);
    let wall = limits.wall;
    let work = async {
        let reader = Reader::new(limits)?;
        let reading = reader.read(request, source, wall).await?;
        Ok::<_, Box<dyn std::error::Error>>(reading)
    };
    let reading = runtime.block_on(work)?;
    let extract = reading.content?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", extract.markdown())?;
    for entry in &extract.outline {
        writeln!(output, "{} {}", "#".repeat(usize::from(entry.level)), entry.text)?;
    }
    for note in &extract.notes {
        writeln!(output, "Note: {note}")?;
    }
    Ok(())
}
