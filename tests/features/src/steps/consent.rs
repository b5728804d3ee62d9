//! What the person sees, agrees to or not, and in which browser.

use stand_ins::browser::{Arrival, Page};

use crate::World;
use crate::assistant::{fresh_browser, in_query};
use crate::definition::{Definition, Words, steps};

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "{word} opens the consent page" => opens_the_page,
        "{word} is asked and does not agree" => does_not_agree,
        "{word} agrees in one browser and comes back from Entra in another" => changes_the_browser,
        "the page names {string} and {string}" => the_page_names,
        "the page runs no script, loads nothing and cannot be framed" => the_page_is_bare,
        "the page says {int}" => the_page_says,
        "the assistant is told {string}" => the_assistant_is_told,
        "no code was given out" => no_code,
        "Entra was not asked" => entra_was_not_asked,
        "Entra's code was not exchanged" => entras_code_was_not_exchanged,
    }
}

fn page(world: &World<'_>) -> Page {
    match &world.arrival {
        Some(Arrival::Page(page)) => Page::clone(page),
        other => panic!("a page is expected, not {other:?}"),
    }
}

async fn opens_the_page(world: &mut World<'_>, _: &Words) {
    let address = world.authorize_address().await;
    world.arrival = Some(fresh_browser().open(&address).await.unwrap());
}

async fn does_not_agree(world: &mut World<'_>, _: &Words) {
    let address = world.authorize_address().await;
    let mut browser = fresh_browser();
    world.arrival = Some(browser.open(&address).await.unwrap());
    let decision = Some(("decision", "deny"));
    world.arrival = Some(browser.press(&page(world), decision).await.unwrap());
}

async fn changes_the_browser(world: &mut World<'_>, words: &Words) {
    let address = world.authorize_address().await;
    let mut browser = fresh_browser();
    world.arrival = Some(browser.open(&address).await.unwrap());
    world.arrival = Some(browser.press(&page(world), Some(("decision", "allow"))).await.unwrap());
    let at_entra = page(world);
    assert!(at_entra.address.as_str().starts_with(world.company().entra.base_url()));
    let person = Some(("stand_in_user", words.text(0)));
    world.arrival = Some(fresh_browser().press(&at_entra, person).await.unwrap());
}

async fn the_page_names(world: &mut World<'_>, words: &Words) {
    let page = page(world);
    assert_eq!(page.status, 200, "{}", page.title);
    for name in [words.text(0), words.text(1)] {
        assert!(page.html.contains(name), "{}", page.html);
    }
}

async fn the_page_is_bare(world: &mut World<'_>, _: &Words) {
    let page = page(world);
    let header = |name: &str| {
        let value = page.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let policy = header("content-security-policy");
    for rule in
        ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
    {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("script-src"), "{policy}");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert!(header("cache-control").contains("no-store"));
    let html = page.html.to_ascii_lowercase();
    for loads in ["<script", "<link", "<iframe", " src=", "@import", "url("] {
        assert!(!html.contains(loads), "{loads} in {html}");
    }
}

async fn the_page_says(world: &mut World<'_>, words: &Words) {
    let page = page(world);
    assert_eq!(page.status, words.status(0), "{}", page.title);
}

async fn the_assistant_is_told(world: &mut World<'_>, words: &Words) {
    let Some(Arrival::App(arrived)) = world.arrival.take() else { panic!("no answer came back") };
    world.check_answer(&arrived).await;
    assert_eq!(in_query(&arrived, "error").as_deref(), Some(words.text(0)), "{arrived}");
    assert_eq!(in_query(&arrived, "code"), None, "{arrived}");
    assert!(!arrived.as_str().contains("AADSTS"), "{arrived}");
}

async fn no_code(world: &mut World<'_>, _: &Words) {
    let page = page(world);
    assert!(page.leads_to.is_none() && page.form.is_none(), "{}", page.html);
    assert!(!page.html.contains("code="), "{}", page.html);
}

async fn entra_was_not_asked(world: &mut World<'_>, _: &Words) {
    let company = world.company();
    assert_eq!((company.entra_requests("authorize"), company.entra_requests("token")), (0, 0));
}

async fn entras_code_was_not_exchanged(world: &mut World<'_>, _: &Words) {
    assert_eq!(world.company().entra_requests("token"), 0);
}
