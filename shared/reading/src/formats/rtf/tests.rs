mod broken;
mod characters;
mod document;

use crate::{Extract, Request, read};

fn request() -> Request {
    Request::new("a.rtf", 100_000)
}

/// What is read of a file with this body.
fn of(body: &str) -> Extract {
    read(format!(r"{{\rtf1\ansi\ansicpg1252 {body}}}").as_bytes(), &request()).content.unwrap()
}

fn text(body: &str) -> String {
    of(body).markdown()
}
