//! PowerPoint presentations.

use std::fmt::Write as _;

use bytes::Bytes;

use super::escape;
use super::package::{OFFICE, Package};
use crate::graph::model::Labelling;

const MAIN: &str = "ppt/presentation.xml";
const KIND: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// What is on one slide.
struct Slide {
    /// Shapes.
    shapes: String,
    /// What the speaker reads.
    notes: Option<&'static str>,
    /// A chart, which a shape refers to as `rIdChart`.
    chart: Option<String>,
}

/// One slide for each line.
pub fn from_text(text: &str, labels: &Labelling) -> Bytes {
    let slides = text.lines().map(|line| Slide {
        shapes: shape(2, "Text", "", &[line]),
        notes: None,
        chart: None,
    });
    presentation(&slides.collect::<Vec<_>>(), labels)
}

/// Three slides with notes, one with a chart, one with text in a group of shapes and a table.
pub fn training(labels: &Labelling) -> Bytes {
    let title = "<p:nvPr><p:ph type=\"title\"/></p:nvPr>";
    let group = format!(
        "<p:grpSp><p:nvGrpSpPr><p:cNvPr id=\"5\" name=\"Group\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{}{}</p:grpSp>",
        shape(6, "Left", "", &["Red to port when you come home"]),
        shape(7, "Right", "", &["Green to starboard & keep clear"]),
    );
    let slides = [
        Slide {
            shapes: shape(2, "Title", title, &["Keeper training"])
                + &shape(3, "Body", "", &["Three evenings at the pier", "Bring a torch"]),
            notes: Some("Welcome everyone and point at the exits."),
            chart: None,
        },
        Slide {
            shapes: shape(2, "Title", title, &["How often the fog comes"]) + &chart_frame(),
            notes: Some("November is the worst month, see the chart."),
            chart: Some(chart()),
        },
        Slide {
            shapes: shape(2, "Title", title, &["Which side of the buoy"]) + &group + &table(),
            notes: Some("Ask who has seen the other system abroad."),
            chart: None,
        },
    ];
    presentation(&slides, labels)
}

fn names() -> String {
    format!(
        "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"{OFFICE}\""
    )
}

fn shape(id: u32, name: &str, properties: &str, lines: &[&str]) -> String {
    let properties = if properties.is_empty() { "<p:nvPr/>" } else { properties };
    let lines: Vec<String> = lines
        .iter()
        .map(|line| format!("<a:p><a:r><a:t>{}</a:t></a:r></a:p>", escape(line)))
        .collect();
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name}\"/><p:cNvSpPr/>{properties}</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{}</p:txBody></p:sp>",
        lines.concat()
    )
}

fn tree(shapes: &str) -> String {
    format!(
        "<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld>"
    )
}

fn frame(id: u32, name: &str, uri: &str, data: &str) -> String {
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"{name}\"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"1\" cy=\"1\"/></p:xfrm><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/{uri}\">{data}</a:graphicData></a:graphic></p:graphicFrame>"
    )
}

fn chart_frame() -> String {
    let data = "<c:chart xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"rIdChart\"/>";
    frame(4, "Days of fog", "chart", data)
}

fn table() -> String {
    let cell = |text: &str| {
        format!(
            "<a:tc><a:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody><a:tcPr/></a:tc>"
        )
    };
    let row =
        |left: &str, right: &str| format!("<a:tr h=\"1\">{}{}</a:tr>", cell(left), cell(right));
    let rows = row("Mark", "Pass on") + &row("North cardinal", "the north side");
    let data = format!(
        "<a:tbl><a:tblPr/><a:tblGrid><a:gridCol w=\"1\"/><a:gridCol w=\"1\"/></a:tblGrid>{rows}</a:tbl>"
    );
    frame(8, "Marks", "table", &data)
}

fn chart() -> String {
    let points = |of: &str, values: [&str; 3]| {
        let mut rows = String::new();
        for (at, value) in values.iter().enumerate() {
            let _ = write!(rows, "<c:pt idx=\"{at}\"><c:v>{value}</c:v></c:pt>");
        }
        format!("<c:{of}><c:ptCount val=\"3\"/>{rows}</c:{of}>")
    };
    format!(
        "<c:chartSpace xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>Days of fog a month</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:layout/><c:barChart><c:barDir val=\"col\"/><c:grouping val=\"clustered\"/><c:ser><c:idx val=\"0\"/><c:order val=\"0\"/><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f>{}</c:strRef></c:tx><c:cat><c:strRef><c:f>Sheet1!$A$2:$A$4</c:f>{}</c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$B$2:$B$4</c:f>{}</c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>",
        "<c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>Fog days</c:v></c:pt></c:strCache>",
        points("strCache", ["September", "October", "November"]),
        points("numCache", ["4", "9", "17"]),
    )
}

fn presentation(slides: &[Slide], labels: &Labelling) -> Bytes {
    let names = names();
    let mut ids = String::new();
    for number in 1..=slides.len() {
        let _ = write!(ids, "<p:sldId id=\"{}\" r:id=\"rId{number}\"/>", 255 + number);
    }
    let xml = format!("<p:presentation {names}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>");
    let mut package = Package::new(MAIN, &format!("{KIND}.presentation.main+xml"), &xml);
    for (at, slide) in slides.iter().enumerate() {
        let number = at + 1;
        let path = format!("ppt/slides/slide{number}.xml");
        let xml = format!("<p:sld {names}>{}</p:sld>", tree(&slide.shapes));
        package.part(&path, &format!("{KIND}.slide+xml"), &xml);
        package.relate(
            MAIN,
            &format!("rId{number}"),
            "slide",
            &format!("slides/slide{number}.xml"),
        );
        if let Some(chart) = &slide.chart {
            let kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
            package.part(&format!("ppt/charts/chart{number}.xml"), kind, chart);
            package.relate(&path, "rIdChart", "chart", &format!("../charts/chart{number}.xml"));
        }
        if let Some(notes) = slide.notes {
            let notes_path = format!("ppt/notesSlides/notesSlide{number}.xml");
            let body = shape(2, "Notes", "<p:nvPr><p:ph type=\"body\"/></p:nvPr>", &[notes]);
            let xml = format!("<p:notes {names}>{}</p:notes>", tree(&body));
            package.part(&notes_path, &format!("{KIND}.notesSlide+xml"), &xml);
            let target = format!("../notesSlides/notesSlide{number}.xml");
            package.relate(&path, "rIdNotes", "notesSlide", &target);
            package.relate(&notes_path, "rId1", "slide", &format!("../slides/slide{number}.xml"));
        }
    }
    package.seal(labels)
}
