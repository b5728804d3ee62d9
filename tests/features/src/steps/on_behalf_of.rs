//! What Entra answers to exchanges, and whose files are found.

use stand_ins::entra::{Fault, Grant};

use crate::World;
use crate::definition::{Definition, Words, steps};

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "Entra answers the exchange with AADSTS{int}" => refuses_exchanges,
        "Entra answers every exchange with AADSTS{int}" => refuses_exchanges,
        "Entra answers the next exchange with AADSTS{int}" => refuses_the_next_exchange,
        "{word} searches for {string} {int} times, each time newly signed in" => searches_anew,
        "the answer has {string}" => has,
        "the answer has not {string}" => has_not,
        "the text says what to do next" => says_what_to_do,
    }
}

async fn refuses_exchanges(world: &mut World<'_>, words: &Words) {
    let fault = Fault::aadsts(words.number(0)).grant(Grant::OnBehalfOf);
    world.company().entra.fault(fault);
}

async fn refuses_the_next_exchange(world: &mut World<'_>, words: &Words) {
    let fault = Fault::aadsts(words.number(0)).grant(Grant::OnBehalfOf).times(1);
    world.company().entra.fault(fault);
}

async fn searches_anew(world: &mut World<'_>, words: &Words) {
    for _ in 0..words.number(2) {
        let token = world.company().token(words.text(0));
        world.bearer = Some(token);
        world.search(words.text(1)).await;
    }
}

async fn has(world: &mut World<'_>, words: &Words) {
    let titles = world.answer().titles();
    assert!(titles.iter().any(|title| title == words.text(0)), "{titles:?}");
}

async fn has_not(world: &mut World<'_>, words: &Words) {
    let titles = world.answer().titles();
    assert!(!titles.iter().any(|title| title == words.text(0)), "{titles:?}");
}

async fn says_what_to_do(world: &mut World<'_>, _: &Words) {
    let text = world.answer().text().to_lowercase();
    let to_do = ["ask ", "connect ", "use ", "sign in", "try again"];
    assert!(to_do.iter().any(|words| text.contains(words)), "{text}");
    assert!(!text.contains("aadsts"), "{text}");
}
