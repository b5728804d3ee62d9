//! Telling a story on this machine, step by step.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use e2e::Company;
use futures::FutureExt as _;

use crate::definition::Definitions;
use crate::site::Site;
use crate::{Story, World};

/// Tells a story against a connector of its own.
///
/// # Panics
/// Where it breaks; the message names the step.
pub async fn tell_here(story: &Story, definitions: &Definitions) {
    let company = Company::start().await;
    let mut world = World::here(&company);
    tell(story, definitions, &mut world).await;
    world.finish().await;
}

/// Takes the steps of a story.
///
/// # Panics
/// Where it breaks. The world must then end by unwinding, or its connector complains as well.
pub(crate) async fn tell(story: &Story, definitions: &Definitions, world: &mut World<'_>) {
    for step in &story.steps {
        let (function, words) = definitions.find(step);
        let taken = AssertUnwindSafe(function(world, &words)).catch_unwind().await;
        if let Err(problem) = taken {
            let lines = match &world.site {
                Site::Here(here) => here.last_lines().join("\n"),
                Site::There(_) => String::new(),
            };
            panic!("in line {}, \"{}\": {}\n{lines}", step.line, step.text, said(&*problem));
        }
    }
}

/// What a panic said.
pub(crate) fn said(problem: &(dyn Any + Send)) -> &str {
    match (problem.downcast_ref::<String>(), problem.downcast_ref::<&str>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => "it says nothing",
    }
}
