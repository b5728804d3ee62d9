use proptest::prelude::*;

use crate::reading::{Extract, Note, Request};

fn extract(html: &str) -> Extract {
    crate::read(html.as_bytes(), &Request::new("page.html", 1_000_000)).content.unwrap()
}

fn markdown(html: &str) -> String {
    extract(html).markdown()
}

#[test]
fn paragraphs_headings_and_emphasis_are_kept() {
    assert_eq!(
        markdown("<h1>Title</h1><p>One <b>bold</b> and <i>slanted</i>\n   word.<p>Two<br>lines"),
        "# Title\n\nOne **bold** and *slanted* word.\n\nTwo\nlines"
    );
}

#[test]
fn a_heading_loses_no_text_whatever_is_in_it() {
    assert_eq!(markdown("<h1>Title <button>Copy</button></h1>"), "# Title\n\nCopy");
    assert_eq!(markdown("<h2><div>Title</div></h2>text"), "## Title\n\ntext");
    assert_eq!(markdown("<h3>No end<p>one</p><p><b>two</b></p>"), "### No end\n\none\n\n**two**");
    let long = "word ".repeat(100);
    assert!(markdown(&format!("<h1>{long}</h1>")).ends_with(&format!("\n\n{}", long.trim())));
}

#[test]
fn spaces_stand_outside_of_emphasis_and_empty_emphasis_is_gone() {
    assert_eq!(markdown("<p>a<b> b </b>c<b> </b><b></b>d</p>"), "a **b** c d");
    assert_eq!(markdown("<b><p>one</p><p>two</p></b>"), "**one**\n\n**two**");
    assert_eq!(markdown("<p><b>a<i>b</b>c</i></p>"), "**a*b***c");
}

#[test]
fn lists_nest_and_count() {
    let html = "<ul><li>a<ul><li>b<li>c</ul></li><li>d</ul><ol start=3><li>x</li><li><p>y</p><p>z</p></ol>";
    assert_eq!(markdown(html), "- a\n  - b\n  - c\n- d\n3. x\n4. y\n   z");
}

#[test]
fn a_data_table_keeps_its_columns() {
    let html = "<table><tr><th>Name<th>Sum</tr><tr><td>A|B<td><p>1</p><p>2</p></tr>\
                <tr><td colspan=2>all</table>";
    assert_eq!(markdown(html), "| Name | Sum |\n| --- | --- |\n| A\\|B | 1<br>2 |\n| all |  |");
}

#[test]
fn a_cell_over_several_rows_does_not_shift_the_next_ones() {
    let html = "<table><tr><td>h1<td>h2<td>h3<tr><td rowspan=2>a<td>b<td>c<tr><td>d<td>e</table>";
    assert_eq!(
        markdown(html),
        "| h1 | h2 | h3 |\n| --- | --- | --- |\n| a | b | c |\n|  | d | e |"
    );
}

#[test]
fn tables_that_only_place_things_are_flat() {
    let html = "<table><tr><td>Logo</td><td>x</td></tr><tr><td><table><tr><td>Only</td></tr></table>\
                <h2>News</h2><table><tr><td>a<td>b<tr><td>1<td>2</table></td></tr></table>";
    assert_eq!(
        markdown(html),
        "Logo\n\nx\n\nOnly\n\n## News\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    );
    let html = "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>";
    assert_eq!(markdown(html), "a\n\nb\n\nc\n\nd");
}

#[test]
fn a_long_table_is_told_in_pieces_that_each_have_the_header() {
    let rows: Vec<String> = (0..4_500).map(|n| format!("<tr><td>{n}<td>v")).collect();
    let text = markdown(&format!("<table><tr><th>N<th>V{}</table>", rows.concat()));
    assert_eq!(text.matches("| N | V |\n| --- | --- |").count(), 3);
    assert!(text.contains("| 0 | v |") && text.ends_with("| 4499 | v |"));
}

#[test]
fn links_show_where_they_go() {
    let html = "<p><a href='https://a.example/x y'>the <b>page</b></a>, <a href='javascript:x()'>not</a>, \
                <a href=https://b.example>https://b.example</a> <a href=#x>here</a></p>";
    assert_eq!(
        markdown(html),
        "[the **page**](https://a.example/x%20y), not, https://b.example here"
    );
    assert_eq!(
        markdown("<a href=https://a.example><div>one</div><div>two</div></a>"),
        "[one](https://a.example)\n\n[two](https://a.example)"
    );
}

#[test]
fn code_keeps_its_lines_and_cannot_end_its_fence() {
    assert_eq!(
        markdown("<p>Run <code>a  `b`</code></p><pre><code>x = 1\n  y\n```\n</code></pre>"),
        "Run `` a `b` ``\n\n````\nx = 1\n  y\n```\n````"
    );
}

#[test]
fn quotes_rules_and_details_are_marked() {
    assert_eq!(
        markdown(
            "<blockquote>a<blockquote>b</blockquote></blockquote><hr><details><summary>More</summary>text"
        ),
        "> a\n\n> > b\n\n---\n\n**More**\n\ntext"
    );
}

#[test]
fn the_title_is_a_heading_when_there_is_no_other() {
    assert_eq!(markdown("<html><head><title>T &amp; x</title></head><p>a"), "# T & x\n\na");
    assert_eq!(markdown("<html><title>T</title><h1>H</h1>a"), "# H\n\na");
}

#[test]
fn what_is_hidden_is_left_out_and_said() {
    let html = "<div style='display:none'>secret <b>words</div><p hidden>x</p><p>seen\
                <span style='font-size:0'>zero</span><!-- [if mso]>mso<![endif]--></p>\
                <script>script()</script><style>p{}</style><template>t</template><noscript>n</noscript>";
    let read = extract(html);
    assert_eq!(read.markdown(), "seen");
    assert_eq!(read.notes, [Note::HiddenText]);
    assert_eq!(extract("<p>a</p><style>b{}</style><script>c()</script>").notes, []);
}

#[test]
fn text_in_a_hidden_layout_that_is_made_visible_again_is_read() {
    let html = "<td style='font-size:0px'><div style='font-size:13px'>text</div>zero</td>";
    assert_eq!(markdown(html), "text");
}

#[test]
fn images_say_what_they_show_and_trackers_nothing() {
    let read = extract(
        "<p>a<img src=cid:1 alt=image001.png><img src=x.png alt='A chart'><img src=t width=1 height=1></p>",
    );
    assert_eq!(read.markdown(), "a[image: A chart]");
    assert_eq!(read.notes, [Note::Images { count: 2 }]);
}

#[test]
fn lists_of_word_are_lists() {
    let html = "<p style='mso-list:l0 level1 lfo1'><![if !supportLists]><span>·<span>&nbsp; </span></span>\
                <![endif]>One<o:p></o:p></p><p style='mso-list:l0 level2 lfo1'>a)<span>&nbsp;</span>Two</p>\
                <p>After</p>";
    assert_eq!(markdown(html), "- One\n  a) Two\n\nAfter");
}

#[test]
fn text_cannot_pretend_to_be_structure() {
    assert_eq!(
        markdown("<p># no heading</p><p>&gt; no quote</p><p>&lt;!-- page 7 --&gt;</p><p>#tag</p>"),
        "\\# no heading\n\n\\> no quote\n\n&lt;!-- page 7 -->\n\n#tag"
    );
}

#[test]
fn the_encoding_is_the_declared_one() {
    let page = b"<html><meta charset='iso-8859-1'><p>Z\xfcrich";
    let read = crate::read(page, &Request::new("a.html", 100)).content.unwrap();
    assert_eq!((read.markdown().as_str(), read.notes.len()), ("Zürich", 0));
    let (text, _, _) =
        encoding_rs::SHIFT_JIS.encode("<html><meta content='text/html; charset=Shift_JIS'>日本");
    let read = crate::read(&text, &Request::new("a.html", 100)).content.unwrap();
    assert_eq!(read.markdown(), "日本");
}

#[test]
fn deep_nesting_costs_no_stack() {
    let seen = |open: &str, count: usize| markdown(&format!("<html>{}deep", open.repeat(count)));
    assert_eq!(seen("<div>", 20_000), "deep");
    assert!(seen("<ul><li>", 3_000).trim_start().ends_with("- deep"));
    assert!(seen("<blockquote>", 3_000).ends_with("> deep"));
    assert!(seen("<table><tr><td>", 3_000).ends_with("deep"));
    assert_eq!(seen("<b><i><a href=https://a.example>", 3_000), "***[deep](https://a.example)***");
    assert!(
        markdown(&format!("<html>{}{}x", "<p>a".repeat(50_000), "</b>".repeat(50_000)))
            .ends_with('x')
    );
}

#[test]
fn more_open_elements_than_any_page_has_end_the_reading() {
    let read = extract(&format!("<html><p>first</p>{}last", "<font>".repeat(200_000)));
    assert_eq!(read.markdown(), "first");
    assert_eq!(read.notes, [Note::CutAtLimit]);
}

#[test]
fn reading_goes_on_where_it_ended() {
    let paragraphs: Vec<String> = (0..200).map(|n| format!("<p>Paragraph {n}.</p>")).collect();
    let html = paragraphs.concat();
    let mut request = Request::new("a.html", 500);
    let mut all = String::new();
    while all.len() < 100_000 {
        let read = crate::read(html.as_bytes(), &request).content.unwrap();
        all.push_str(&read.markdown());
        match read.next {
            Some(next) => request.from = Some(next),
            None => break,
        }
    }
    assert_eq!(all.matches("Paragraph").count(), 200);
    assert!(all.ends_with("Paragraph 199."));
}

fn tags() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "p",
        "div",
        "table",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "li",
        "b",
        "a href=https://x.example",
        "pre",
        "code",
        "h2",
        "blockquote",
        "br",
        "hr",
        "img alt=x",
        "title",
        "script",
        "svg",
        "/p",
        "/table",
        "/td",
        "/tr",
        "/ul",
        "/li",
        "/b",
        "/a",
        "/pre",
        "/h2",
        "/blockquote",
        "/script",
        "/svg",
        "/div",
        "td colspan=3 rowspan=9999999999",
        "td rowspan=4",
        "p style=display:none",
        "p style='mso-list:l0 level999 x'",
        "ol start=18446744073709551615",
    ]);
    prop_oneof![3 => name.prop_map(|name| format!("<{name}>")), 1 => "[a-z &#;<`*\\[|]{0,9}"]
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 1..600)) {
        let _ = crate::read(&bytes, &Request::new("a.html", 10_000));
    }

    #[test]
    fn no_order_of_tags_breaks_the_reader(tags in prop::collection::vec(tags(), 1..60)) {
        let _ = crate::read(tags.concat().as_bytes(), &Request::new("a.html", 10_000));
    }

    #[test]
    fn seen_words_are_read_whatever_is_around_them(tags in prop::collection::vec(tags(), 0..30)) {
        let plain: Vec<String> = tags.into_iter()
            .filter(|tag| !["title", "script", "svg", "none"].iter().any(|name| tag.contains(name)))
            .filter(|tag| tag.starts_with('<') && tag.ends_with('>'))
            .collect();
        let text = markdown(&format!("<html>{}<div>landmark", plain.concat()));
        prop_assert!(text.contains("landmark"), "{text}");
    }
}
