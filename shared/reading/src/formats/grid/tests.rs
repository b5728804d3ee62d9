use super::*;
use crate::reading::Request;

fn told(cells: &[(u32, u32, &str)]) -> String {
    let request = Request::new("a", 10_000_000);
    let mut writer = Writer::new(&request);
    let mut grid = Grid::new(0);
    for (row, column, text) in cells {
        assert!(grid.push(*row, *column, text, &mut writer).is_continue());
    }
    assert!(grid.tell(&mut writer).is_continue());
    writer.finish().unwrap().markdown()
}

#[test]
fn rows_and_columns_can_be_named_by_whoever_reads_them() {
    let text = told(&[(0, 1, "Name"), (0, 3, "Sum"), (1, 1, "a|b\nc"), (2, 3, "7")]);
    assert_eq!(
        text,
        "|  | B | D |\n| --- | --- | --- |\n| 1 | Name | Sum |\n| 2 | a\\|b<br>c |\n| 3 |  | 7 |"
    );
}

#[test]
fn a_stretch_of_empty_rows_is_one_line() {
    let text = told(&[(0, 0, "x"), (1_048_575, 16_383, "y")]);
    assert!(text.len() < 200, "{text}");
    assert!(text.contains("| rows 2 to 1048575 are empty |"), "{text}");
    assert!(text.contains("| 1048576 |  | y |") && text.contains("| A | XFD |"), "{text}");
}

#[test]
fn scattered_cells_do_not_make_a_square() {
    let cells: Vec<_> = (0..3_000).map(|n| (n, n, "x")).collect();
    assert!(told(&cells).len() < 2_000_000);
}

#[test]
fn a_table_with_other_columns_follows_under_its_own_letters() {
    let mut cells: Vec<_> = (0..500).map(|row| (row, 0, "x")).collect();
    cells.push((500, 5, "late"));
    let text = told(&cells);
    assert!(text.contains("|  | A | F |\n| --- | --- | --- |\n| 501 |  | late |"), "{text}");
}

#[test]
fn invisible_characters_do_not_fill_a_cell() {
    assert_eq!(told(&[(0, 0, "\u{200b} "), (0, 1, "\r\n")]), "");
}
