//! PDFs with correct cross-reference tables.

mod writer;

use std::fmt::Write as _;

use bytes::Bytes;

use super::package::properties;
use crate::graph::model::Labelling;
use writer::{Object, Writer, literal};

pub(super) use writer::deflated;
pub use writer::{Encrypt, Seal};

const PAGE: &str = "/MediaBox [0 0 595 842]";

/// One page of Latin text.
pub fn from_text(text: &str, labels: &Labelling) -> Bytes {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut writer = Writer::default();
    let (root, _) = text_pages(&mut writer, &[lines]);
    labelled(writer, &root, "", labels)
}

/// A book of many pages, with bookmarks in two levels.
pub fn signal_book(labels: &Labelling) -> Bytes {
    let pages: Vec<Vec<String>> = (0..)
        .zip(SIGNALS)
        .map(|(at, (title, sentence))| signal_page(at, title, sentence))
        .collect();
    let mut writer = Writer::compressed();
    let (root, numbers) = text_pages(&mut writer, &pages);
    let outline = outline(&mut writer, &numbers);
    let root = format!("{root} /Outlines {outline} 0 R /PageMode /UseOutlines");
    labelled(writer, &root, "Signal book", labels)
}

/// Pages that are pictures: nothing on them can be read as text.
pub fn scanned(labels: &Labelling) -> Bytes {
    let mut writer = Writer::compressed();
    let pages = writer.reserve();
    let mut kids = String::new();
    for page in 0..3_u8 {
        let grey = (0..64_u8).flat_map(|y| (0..64_u8).map(move |x| (x ^ y).wrapping_mul(page + 3)));
        let dict = "/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8";
        let image = writer.add(Object::stream(dict, grey.collect::<Vec<u8>>()));
        let draw = writer.add(Object::stream("", "q 595 0 0 842 0 0 cm /Im1 Do Q"));
        let page = writer.add(Object::plain(format!(
            "<< /Type /Page /Parent {pages} 0 R {PAGE} /Contents {draw} 0 R /Resources << /XObject << /Im1 {image} 0 R >> >> >>"
        )));
        let _ = write!(kids, "{page} 0 R ");
    }
    writer.fill(pages, Object::plain(format!("<< /Type /Pages /Kids [{kids}] /Count 3 >>")));
    labelled(writer, &format!("/Pages {pages} 0 R"), "Scanned chart", labels)
}

/// A page in Japanese, whose font tells what its glyphs mean.
pub fn japanese(labels: &Labelling) -> Bytes {
    let lines = [
        "灯浮標配置図",
        "北方位標識は岬の北二海里に設置する。",
        "濃霧時は音響信号を毎分一回鳴らす。",
    ];
    let mut glyphs: Vec<char> = lines.concat().chars().collect();
    glyphs.sort_unstable();
    glyphs.dedup();
    let glyph = |letter: char| glyphs.binary_search(&letter).map_or(0, |at| at + 1);
    let mut stream = String::from("BT /F1 14 Tf 56 780 Td 20 TL\n");
    for line in lines {
        stream.push('<');
        for letter in line.chars() {
            let _ = write!(stream, "{:04X}", glyph(letter));
        }
        stream.push_str("> Tj T*\n");
    }
    stream.push_str("ET");
    let mut meaning = String::new();
    for letter in &glyphs {
        let _ = writeln!(meaning, "<{:04X}> <{:04X}>", glyph(*letter), u32::from(*letter));
    }
    let map = format!(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{} beginbfchar\n{meaning}endbfchar\nendcmap\nend\nend",
        glyphs.len()
    );
    let mut writer = Writer::compressed();
    let descriptor = writer.add(Object::plain("<< /Type /FontDescriptor /FontName /HarbourGothic /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>"));
    let below = writer.add(Object::plain(format!("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /HarbourGothic /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /DW 1000 >>")));
    let map = writer.add(Object::stream("", map));
    let font = writer.add(Object::plain(format!("<< /Type /Font /Subtype /Type0 /BaseFont /HarbourGothic /Encoding /Identity-H /DescendantFonts [{below} 0 R] /ToUnicode {map} 0 R >>")));
    let pages = writer.reserve();
    let contents = writer.add(Object::stream("", stream));
    let page = writer.add(Object::plain(format!(
        "<< /Type /Page /Parent {pages} 0 R {PAGE} /Contents {contents} 0 R /Resources << /Font << /F1 {font} 0 R >> >> >>"
    )));
    writer.fill(pages, Object::plain(format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>")));
    labelled(writer, &format!("/Pages {pages} 0 R"), "", labels)
}

/// One page of text that only who knows the password can read; there are no strings beside it.
pub fn sealed(text: &str, seal: &Seal) -> Bytes {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut writer = Writer::default();
    let (root, _) = text_pages(&mut writer, &[lines]);
    writer.finish(&root, None, Some(seal))
}

/// Adds pages of lines; answers what the catalogue says of them, and their numbers.
fn text_pages(writer: &mut Writer, texts: &[Vec<String>]) -> (String, Vec<usize>) {
    let font = writer.add(Object::plain(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ));
    let pages = writer.reserve();
    let mut numbers = Vec::new();
    for lines in texts {
        let mut stream = String::from("BT /F1 11 Tf 56 780 Td 14 TL\n");
        for line in lines {
            let _ = writeln!(stream, "{} Tj T*", literal(line));
        }
        stream.push_str("ET");
        let contents = writer.add(Object::stream("", stream));
        numbers.push(writer.add(Object::plain(format!(
            "<< /Type /Page /Parent {pages} 0 R {PAGE} /Contents {contents} 0 R /Resources << /Font << /F1 {font} 0 R >> >> >>"
        ))));
    }
    let mut kids = String::new();
    for number in &numbers {
        let _ = write!(kids, "{number} 0 R ");
    }
    let count = numbers.len();
    writer.fill(pages, Object::plain(format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>")));
    (format!("/Pages {pages} 0 R"), numbers)
}

/// Finishes a document with its labels in both places where PDFs have them.
fn labelled(mut writer: Writer, root: &str, title: &str, labels: &Labelling) -> Bytes {
    let labels = properties(labels);
    let mut info = String::from("<< /Producer (Harbourlight)");
    if !title.is_empty() {
        let _ = write!(info, " /Title {}", literal(title));
    }
    for (name, value) in &labels {
        let _ = write!(info, " /{name} {}", literal(value));
    }
    info.push_str(" >>");
    let info = writer.add(Object::plain(info));
    if labels.is_empty() {
        return writer.finish(root, Some(info), None);
    }
    let mut rows = String::new();
    for (name, value) in &labels {
        let _ = write!(rows, "<pdfx:{name}>{value}</pdfx:{name}>");
    }
    let xmp = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:pdfx=\"http://ns.adobe.com/pdfx/1.3/\">{rows}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>"
    );
    let metadata = writer.add(Object::uncompressed("/Type /Metadata /Subtype /XML", xmp));
    writer.finish(&format!("{root} /Metadata {metadata} 0 R"), Some(info), None)
}

/// Bookmarks: a part of the book, and below it each of its pages.
fn outline(writer: &mut Writer, pages: &[usize]) -> usize {
    let top = writer.reserve();
    let parts: Vec<usize> = PARTS.iter().map(|_| writer.reserve()).collect();
    let link = |name: &str, number: Option<&usize>| {
        number.map(|number| format!(" /{name} {number} 0 R")).unwrap_or_default()
    };
    for (at, (title, first, last)) in PARTS.iter().enumerate() {
        let own: Vec<usize> = (*first..=*last).map(|_| writer.reserve()).collect();
        for (place, number) in own.iter().enumerate() {
            let page = pages.get(first + place).copied().unwrap_or_default();
            let title = SIGNALS.get(first + place).map_or("", |(title, _)| *title);
            let before = place.checked_sub(1).and_then(|before| own.get(before));
            let text = format!(
                "<< /Title {} /Parent {} 0 R /Dest [{page} 0 R /Fit]{}{} >>",
                literal(title),
                parts.get(at).copied().unwrap_or_default(),
                link("Prev", before),
                link("Next", own.get(place + 1)),
            );
            writer.fill(*number, Object::plain(text));
        }
        let before = at.checked_sub(1).and_then(|before| parts.get(before));
        let text = format!(
            "<< /Title {} /Parent {top} 0 R /Dest [{} 0 R /Fit] /Count {}{}{}{}{} >>",
            literal(title),
            pages.get(*first).copied().unwrap_or_default(),
            own.len(),
            link("First", own.first()),
            link("Last", own.last()),
            link("Prev", before),
            link("Next", parts.get(at + 1)),
        );
        writer.fill(parts.get(at).copied().unwrap_or_default(), Object::plain(text));
    }
    let text = format!(
        "<< /Type /Outlines /Count {}{}{} >>",
        PARTS.len() + SIGNALS.len(),
        link("First", parts.first()),
        link("Last", parts.last()),
    );
    writer.fill(top, Object::plain(text));
    top
}

/// The parts of the signal book, and the pages they begin and end on, counted from 0.
const PARTS: [(&str, usize, usize); 3] =
    [("Flags by day", 0, 3), ("Lights by night", 4, 8), ("Sounds in fog", 9, 13)];

/// A page of the signal book each: its title, and a sentence that no other page has.
const SIGNALS: [(&str, &str); 14] = [
    ("How to use this book", "This book replaces the edition of 1998 from the first of March."),
    ("Flags of distress", "A square flag above a ball asks for help at once."),
    ("Flags for divers", "The blue and white swallowtail keeps every boat two cables away."),
    ("Flags of quarantine", "A plain yellow flag tells that all on board are healthy."),
    ("Lights of the pier head", "The pier head shows two green flashes every eight seconds."),
    ("Lights of pilots", "White over red means that the pilot boat is on station."),
    ("Lights of wrecks", "A wreck is marked by blue and yellow flashes in turn."),
    ("Sectors", "In the white sector the water is deeper than eleven metres."),
    (
        "When a light fails",
        "A keeper who finds a dark light hangs a lantern & calls the coast guard.",
    ),
    ("The horn", "The horn sounds one long blast each half minute."),
    ("The bell", "The bell buoy off the skerry rings with the swell alone."),
    ("Ships that turn", "One short blast: I am altering my course to starboard."),
    ("Ships in doubt", "Five short blasts mean that the other ship is not understood."),
    (
        "The log of signals",
        "Every signal is written down with its hour, and signed by two keepers.",
    ),
];

fn signal_page(at: usize, title: &str, sentence: &str) -> Vec<String> {
    let mut lines = vec![title.to_owned(), String::new(), sentence.to_owned(), String::new()];
    let sides = ["seaward", "landward", "up the channel", "down the channel"];
    for rule in 1..=24_usize {
        let side = sides.get((at + rule) % sides.len()).copied().unwrap_or_default();
        let seconds = 3 + (at * 7 + rule * 5) % 40;
        lines.push(format!(
            "{}.{rule} Show the signal {side} for {seconds} seconds, then wait for the answer.",
            at + 1
        ));
    }
    lines.push(format!("Page {}", at + 1));
    lines
}
