//! What a person and a program read of the verdicts.

use deployment::posture::{Area, Verdict, json, table};

fn verdicts() -> [Verdict; 2] {
    let evidence = vec!["aws_lb.one".to_owned(), "aws_lb.two".to_owned()];
    let good = Verdict { area: Area::Tls, check: "it is so", faults: Vec::new(), evidence };
    let faults = vec!["aws_lb.one: it is open".to_owned()];
    [good, Verdict { area: Area::Rules, check: "it is closed", faults, evidence: Vec::new() }]
}

#[test]
fn a_person_reads_a_line_for_each_check_and_each_fault() {
    let text = table(&verdicts());
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "area            check         verdict  evidence",
            "TLS             it is so      ok       aws_lb.one and 1 more",
            "rules           it is closed  FAILS    none",
            "                  aws_lb.one: it is open",
            "",
            "2 checks, 1 failed",
        ]
    );
}

#[test]
fn a_program_reads_whether_all_is_well_and_all_of_the_evidence() {
    let read = json("dev", &verdicts());
    assert_eq!(read["passes"], false);
    assert_eq!(read["environment"], "dev");
    assert_eq!(read["checks"][0]["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(read["checks"][1]["faults"][0], "aws_lb.one: it is open");
    assert_eq!(json("dev", &verdicts()[..1])["passes"], true);
}
