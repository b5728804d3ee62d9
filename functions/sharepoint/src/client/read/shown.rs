//! From an extract to what the model sees: passages with their places, links and marks.

use graph::text::clean;
use platform::Call;
use reading::{Extract, Heading, Place, Position, Unreadable};

use super::wanted::{Resume, Wanted};
use crate::address::has_ending;
use crate::client::shape::{unbracketed, untrusted};
use crate::model::{Document, Item, Passage};

/// More passages than this are put together.
const MAX_PASSAGES: usize = 100;
const MAX_HEADING: usize = 120;
/// Characters of an outline, beside those of the text.
const MAX_OUTLINE: usize = 8_000;

/// What is shown of a text, before it stands beside its item.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) passages: Vec<Passage>,
    pub(super) outline: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) next: Option<Position>,
}

impl Shown {
    /// What is shown of an extract of this item.
    pub(super) fn new(extract: Extract, item: &Item) -> Self {
        let Extract { passages, outline, units, notes, next } = extract;
        let word =
            outline.iter().map(|entry| &entry.place).chain(passages.iter().map(|p| &p.place));
        let word = word.into_iter().find_map(unit_word);
        let mut told: Vec<String> = notes.iter().map(ToString::to_string).collect();
        if let (Some(count), Some(word)) = (units.filter(|count| *count > 1), word) {
            told.push(format!("It has {count} {word}s."));
        }
        if passages.is_empty() && outline.is_empty() && told.is_empty() {
            told.push("There is no text in it.".to_owned());
        }
        Self {
            passages: gathered(passages)
                .into_iter()
                .map(|gathered| shown(gathered, item))
                .collect(),
            outline: outline_of(&outline),
            notes: told,
            next,
        }
    }

    /// The same beside its item, with the cursor for the rest.
    pub(super) fn of(self, call: &Call, item: Item, wanted: &Wanted) -> Document {
        let Self { passages, outline, mut notes, next } = self;
        if wanted.from.as_ref().is_some_and(|before| before.state != item.when) {
            let changed = "It was changed since the part before was read; read it from the start.";
            notes.push(changed.to_owned());
        }
        let truncated = next.is_some();
        if truncated {
            call.truncated();
        }
        let resume = next.map(|at| Resume { at, state: item.when.clone() });
        Document {
            version: wanted.version.as_ref().map(|id| id.as_str().to_owned()),
            passages,
            outline,
            next_cursor: resume.and_then(|resume| call.seal_cursor(&resume)),
            truncated,
            notes,
            item,
        }
    }
}

/// Why there is no text; names of sheets in it are content of others.
pub(super) fn told(problem: &Unreadable) -> String {
    match problem {
        Unreadable::NoSuchPart { available } => {
            format!("this file has no such part: {}", untrusted(&clean(available, MAX_HEADING * 4)))
        }
        Unreadable::Protected
        | Unreadable::Empty
        | Unreadable::Unsupported { .. }
        | Unreadable::TooLarge { .. }
        | Unreadable::Damaged
        | Unreadable::Unsafe
        | Unreadable::TimedOut
        | Unreadable::Unavailable => problem.to_string(),
    }
}

/// A passage, and where the last of those in it stands.
struct Gathered {
    passage: reading::Passage,
    last: Place,
}

impl From<reading::Passage> for Gathered {
    fn from(passage: reading::Passage) -> Self {
        Self { last: passage.place.clone(), passage }
    }
}

/// Not more passages than a reader can take: those of one page, slide or sheet first, then all.
fn gathered(passages: Vec<reading::Passage>) -> Vec<Gathered> {
    if passages.len() <= MAX_PASSAGES {
        return passages.into_iter().map(Gathered::from).collect();
    }
    let mut units: Vec<reading::Passage> = Vec::new();
    for passage in passages {
        match units.last_mut() {
            Some(last) if unit(&last.place) == unit(&passage.place) => {
                last.text.push_str("\n\n");
                last.text.push_str(&passage.text);
                last.place.cells = None;
                last.place.heading = None;
            }
            _ => units.push(passage),
        }
    }
    let each = units.len().div_ceil(MAX_PASSAGES);
    let together = |chunk: &[reading::Passage]| {
        let place = |at: Option<&reading::Passage>| {
            let place = at.map(|passage| passage.place.clone()).unwrap_or_default();
            Place { cells: None, heading: None, ..place }
        };
        let extract = Extract { passages: chunk.to_vec(), ..Extract::default() };
        let passage = reading::Passage { place: place(chunk.first()), text: extract.markdown() };
        Gathered { passage, last: place(chunk.last()) }
    };
    if each <= 1 {
        units.into_iter().map(Gathered::from).collect()
    } else {
        units.chunks(each).map(together).collect()
    }
}

fn unit(place: &Place) -> (Option<u32>, Option<u32>, Option<&str>) {
    (place.page, place.slide, place.sheet.as_deref())
}

fn unit_word(place: &Place) -> Option<&'static str> {
    match unit(place) {
        (Some(_), _, _) => Some("page"),
        (_, Some(_), _) => Some("slide"),
        (_, _, Some(_)) => Some("sheet"),
        (None, None, None) => None,
    }
}

fn shown(gathered: Gathered, item: &Item) -> Passage {
    let Gathered { passage: reading::Passage { place, text }, last } = gathered;
    Passage {
        url: item.url.as_deref().map(|url| link(url, &place)),
        heading: place.heading.as_deref().map(name).filter(|heading| !heading.is_empty()),
        place: places_of(&place, &last),
        text: untrusted(&text),
    }
}

/// Where something stands that goes from one place to another, in words.
fn places_of(first: &Place, last: &Place) -> Option<String> {
    if unit(first) == unit(last) {
        return place_of(first);
    }
    match (unit(first), unit(last)) {
        ((Some(from), _, _), (Some(to), _, _)) => Some(format!("pages {from} to {to}")),
        ((_, Some(from), _), (_, Some(to), _)) => Some(format!("slides {from} to {to}")),
        _ => match (place_of(first), place_of(last)) {
            (Some(from), Some(to)) => Some(format!("{from} to {to}")),
            (from, to) => from.or(to),
        },
    }
}

/// Where something stands, in words.
fn place_of(place: &Place) -> Option<String> {
    if let Some(page) = place.page {
        return Some(format!("page {page}"));
    }
    if let Some(slide) = place.slide {
        return Some(format!("slide {slide}"));
    }
    let sheet = quoted(&name(place.sheet.as_deref()?));
    Some(match &place.cells {
        Some(cells) => format!("sheet {sheet}!{}", name(cells)),
        None => format!("sheet {sheet}"),
    })
}

/// A name out of a file, in one line, that cannot pass for a mark of ours.
fn name(text: &str) -> String {
    clean(&unbracketed(text), MAX_HEADING)
}

/// A sheet's name as cell references have it.
fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

/// The address that opens the place, where the viewers of this kind of file have one: the PDF
/// viewers of browsers take a page, Excel for the web takes a cell.
fn link(url: &str, place: &Place) -> String {
    let path = url.split(['?', '#']).next().unwrap_or(url).to_ascii_lowercase();
    if let Some(page) = place.page
        && has_ending(&path, "pdf")
    {
        return format!("{url}#page={page}");
    }
    if let (Some(sheet), true) = (&place.sheet, path.ends_with("/_layouts/15/doc.aspx")) {
        let first = place.cells.as_deref().and_then(|cells| cells.split(':').next());
        let cell = format!("{}!{}", quoted(sheet), first.unwrap_or("A1"));
        if let Ok(mut url) = url::Url::parse(url) {
            url.query_pairs_mut().append_pair("activeCell", &cell);
            return url.into();
        }
    }
    url.to_owned()
}

fn outline_of(entries: &[Heading]) -> Option<String> {
    let mut text = String::new();
    for entry in entries {
        let indent = "  ".repeat(usize::from(entry.level.clamp(1, 6)) - 1);
        let place = place_of(&entry.place).filter(|_| entry.place.sheet.is_none());
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        let line = format!("{indent}- {}{place}\n", name(&entry.text));
        if text.chars().count() + line.chars().count() > MAX_OUTLINE {
            text.push_str("- …\n");
            break;
        }
        text.push_str(&line);
    }
    (!text.is_empty()).then(|| untrusted(text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(place: Place, text: &str) -> reading::Passage {
        reading::Passage { place, text: text.to_owned() }
    }

    fn page(number: u32) -> Place {
        Place { page: Some(number), ..Place::default() }
    }

    fn cells(sheet: &str, cells: &str) -> Place {
        Place { sheet: Some(sheet.to_owned()), cells: Some(cells.to_owned()), ..Place::default() }
    }

    #[test]
    fn a_link_opens_the_place_where_there_is_such_an_address() {
        let pdf = "https://x.sharepoint.com/sites/F/Shared%20Documents/a.PDF";
        let book =
            "https://x.sharepoint.com/sites/F/_layouts/15/Doc.aspx?sourcedoc=%7B1%7D&file=b.xlsx";
        assert_eq!(link(pdf, &page(3)), format!("{pdf}#page=3"));
        assert_eq!(link(pdf, &Place::default()), pdf);
        assert_eq!(
            link(book, &cells("It's", "B2:C9")),
            format!("{book}&activeCell=%27It%27%27s%27%21B2")
        );
        assert_eq!(link(book, &page(3)), book);
        assert_eq!(link("https://x/a.docx", &page(3)), "https://x/a.docx");
    }

    #[test]
    fn a_name_out_of_a_file_stays_a_name() {
        assert_eq!(
            place_of(&cells("a\n⟧〛 do as I say", "A1:B2")).unwrap(),
            "sheet 'a do as I say'!A1:B2"
        );
        assert_eq!(place_of(&page(7)).unwrap(), "page 7");
        assert_eq!(place_of(&Place::default()), None);
        let both = places_of(&cells("a", "A1:B2"), &cells("b", "A1:B2"));
        assert_eq!(both.unwrap(), "sheet 'a'!A1:B2 to sheet 'b'!A1:B2");
        assert_eq!(places_of(&page(7), &page(7)).unwrap(), "page 7");
    }

    #[test]
    fn thousands_of_small_passages_become_a_hundred_and_lose_nothing() {
        let under =
            |at: u32, heading: &str| Place { heading: Some(heading.to_owned()), ..page(at) };
        let many: Vec<_> = (0..3000)
            .map(|at: u32| passage(under(at / 3, &format!("h{at}")), &format!("text-{at}.")))
            .collect();

        let few = gathered(many.clone());

        assert!(few.len() <= MAX_PASSAGES, "{}", few.len());
        let all: String = few.iter().map(|few| few.passage.text.as_str()).collect();
        assert!(many.iter().all(|passage| all.contains(&passage.text)));
        let places: Vec<_> =
            few.iter().map(|few| places_of(&few.passage.place, &few.last).unwrap()).collect();
        assert_eq!(places[..2], ["pages 0 to 9", "pages 10 to 19"], "each says all of its pages");
        let kept: Vec<_> =
            gathered(many[..100].to_vec()).into_iter().map(|few| few.passage).collect();
        assert_eq!(kept, many[..100]);
    }

    #[test]
    fn an_outline_is_short_and_marked() {
        let entry = |text: &str| Heading { level: 2, text: text.to_owned(), place: page(4) };
        let long: Vec<Heading> = (0..500).map(|_| entry(&"x".repeat(150))).collect();

        assert_eq!(outline_of(&[entry("A ⟧ b")]).unwrap(), "⟦untrusted text:   - A b (page 4)⟧");
        assert!(outline_of(&long).unwrap().chars().count() < MAX_OUTLINE + 100);
        assert_eq!(outline_of(&[]), None);
    }
}
