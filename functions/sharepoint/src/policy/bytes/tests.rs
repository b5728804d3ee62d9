use proptest::prelude::*;

use super::*;

const TENANT: &str = "99999999-0000-4000-8000-000000000001";
const OTHER: &str = "99999999-0000-4000-8000-000000000002";
const GENERAL: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
const PUBLIC: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
const SECRET: &str = "33333333-cccc-4ccc-8ccc-000000000003";

const STRICT: &str = include_str!("../../../policy.yaml");

fn policy() -> Policy {
    Policy::from_yaml(STRICT).unwrap()
}

fn open_policy() -> Policy {
    let open = "text: allow, image: allow, row: allow, page: allow";
    let yaml = format!(
        "labels: {{mode: allow, ids: [{{id: {GENERAL}}}]}}\nunlabelled: allow\nclasses: {{{open}}}"
    );
    Policy::from_yaml(&yaml).unwrap()
}

fn label(id: &str) -> Labelling {
    Labelling::Label(LabelId::try_from(id.to_owned()).unwrap())
}

fn mark(id: &str, tenant: Option<&str>) -> LabelMark {
    LabelMark { id: id.parse().unwrap(), tenant: tenant.map(|tenant| tenant.parse().unwrap()) }
}

fn marked(ids: &[&str]) -> LabelEvidence {
    LabelEvidence::Labelled { labels: ids.iter().map(|id| mark(id, Some(TENANT))).collect() }
}

fn known(class: Class, metadata: Labelling) -> Known<'static> {
    Known { class, metadata, old_version: false, tenant: TENANT }
}

fn file(kind: Kind, label: LabelEvidence) -> Unjudged {
    Reading { kind, named_as: None, label, content: Ok(Extract::default()) }.into()
}

fn verdict(policy: &Policy, known: &Known<'_>, kind: Kind, label: LabelEvidence) -> Verdict {
    let judged = policy.screen_file(known, file(kind, label));
    assert_eq!(judged.text.is_some(), judged.verdict == Verdict::Allowed);
    judged.verdict
}

#[test]
fn the_stricter_of_metadata_and_bytes_wins() {
    use LabelEvidence::{Protected, Unclear, Unlabelled};
    let cases = [
        (label(GENERAL), marked(&[GENERAL]), Verdict::Allowed),
        (label(GENERAL), marked(&[PUBLIC]), Verdict::Allowed),
        (label(GENERAL), marked(&[SECRET]), Verdict::Redacted),
        (label(SECRET), marked(&[GENERAL]), Verdict::Redacted),
        (label(GENERAL), Unlabelled, Verdict::Unlabelled),
        (label(GENERAL), Protected, Verdict::Redacted),
        (label(GENERAL), Unclear, Verdict::Unknown),
        (label(GENERAL), marked(&[GENERAL, PUBLIC]), Verdict::Unknown),
        (label(GENERAL), marked(&[]), Verdict::Unknown),
        (Labelling::Unlabelled, marked(&[GENERAL]), Verdict::Unlabelled),
        (Labelling::Unknown(Doubt::Refused), marked(&[GENERAL]), Verdict::Unknown),
        (Labelling::Protected, marked(&[GENERAL]), Verdict::Redacted),
    ];
    for (metadata, bytes, expected) in cases {
        let known = known(Class::Document, metadata);
        let told = format!("{metadata:?} {bytes:?}");
        assert_eq!(verdict(&policy(), &known, Kind::Docx, bytes), expected, "{told}");
    }
}

#[test]
fn a_label_of_another_company_is_no_label_of_ours() {
    let known = known(Class::Document, label(GENERAL));
    let cases = [
        (vec![mark(GENERAL, Some(OTHER))], Verdict::Unknown),
        (vec![mark(GENERAL, None)], Verdict::Allowed),
        (vec![mark(SECRET, None)], Verdict::Redacted),
        (vec![mark(SECRET, Some(OTHER)), mark(GENERAL, Some(TENANT))], Verdict::Allowed),
        (vec![mark(GENERAL, Some(OTHER)), mark(SECRET, Some(TENANT))], Verdict::Redacted),
    ];
    for (labels, expected) in cases {
        let bytes = LabelEvidence::Labelled { labels };
        assert_eq!(verdict(&policy(), &known, Kind::Docx, bytes), expected);
    }
}

#[test]
fn a_document_under_the_name_of_a_text_is_a_document() {
    let open = STRICT.replace("text: redact", "text: allow");
    let policy = Policy::from_yaml(&open).unwrap();
    let known = known(Class::Text, Labelling::Unlabelled);
    let cases = [
        (Kind::Text, LabelEvidence::CannotCarry, Verdict::Allowed),
        (Kind::Docx, LabelEvidence::Unlabelled, Verdict::Unlabelled),
        (Kind::Docx, marked(&[SECRET]), Verdict::Redacted),
        (Kind::Image, LabelEvidence::CannotCarry, Verdict::Unlabelled),
        (Kind::EncryptedOffice, LabelEvidence::Protected, Verdict::Redacted),
    ];
    for (kind, bytes, expected) in cases {
        assert_eq!(verdict(&policy, &known, kind, bytes), expected, "{kind:?}");
    }
}

#[test]
fn formats_whose_bytes_tell_nothing_are_believed_by_their_metadata() {
    let labelled = known(Class::Document, label(GENERAL));
    let unlabelled = LabelEvidence::Unlabelled;
    let told = verdict(&policy(), &labelled, Kind::OpenDocumentText, unlabelled.clone());
    assert_eq!(told, Verdict::Allowed);
    assert_eq!(
        verdict(&policy(), &labelled, Kind::Rtf, LabelEvidence::CannotCarry),
        Verdict::Allowed
    );
    let old = Known { old_version: true, ..labelled };
    assert_eq!(verdict(&policy(), &old, Kind::OpenDocumentText, unlabelled), Verdict::Unlabelled);
}

#[test]
fn an_old_version_speaks_for_itself() {
    let old = Known { old_version: true, ..known(Class::Document, label(GENERAL)) };
    assert_eq!(verdict(&policy(), &old, Kind::Docx, marked(&[SECRET])), Verdict::Redacted);
    assert_eq!(verdict(&policy(), &old, Kind::Docx, marked(&[PUBLIC])), Verdict::Allowed);
    assert_eq!(
        verdict(&policy(), &old, Kind::Text, LabelEvidence::CannotCarry),
        Verdict::Unlabelled
    );
    let secret_now = Known { metadata: label(SECRET), ..old };
    assert_eq!(verdict(&policy(), &secret_now, Kind::Docx, marked(&[GENERAL])), Verdict::Redacted);
}

fn any_labelling() -> impl Strategy<Value = Labelling> {
    prop_oneof![
        Just(label(GENERAL)),
        Just(label(SECRET)),
        Just(Labelling::Unlabelled),
        Just(Labelling::Unknown(Doubt::Refused)),
        Just(Labelling::Protected),
    ]
}

fn any_evidence() -> impl Strategy<Value = LabelEvidence> {
    prop_oneof![
        Just(LabelEvidence::CannotCarry),
        Just(LabelEvidence::Unlabelled),
        Just(LabelEvidence::Protected),
        Just(LabelEvidence::Unclear),
        prop::sample::subsequence(vec![GENERAL, SECRET, PUBLIC], 0..3).prop_map(|ids| marked(&ids)),
    ]
}

proptest! {
    /// Neither side alone can open what the other one closes.
    #[test]
    fn bytes_never_open_what_the_metadata_close(
        metadata in any_labelling(),
        bytes in any_evidence(),
        old_version in any::<bool>(),
        kind in prop::sample::select(vec![Kind::Docx, Kind::Pdf, Kind::Text, Kind::Eml, Kind::Image]),
    ) {
        for policy in [policy(), open_policy()] {
            let known = Known { old_version, ..known(Class::Document, metadata) };
            let judged = policy.screen_file(&known, file(kind, bytes.clone()));
            if policy.judge(Class::Document, metadata) != Verdict::Allowed {
                prop_assert!(judged.text.is_none());
            }
            if matches!(bytes, LabelEvidence::Protected | LabelEvidence::Unclear) {
                prop_assert!(judged.text.is_none());
            }
            if let LabelEvidence::Labelled { labels } = &bytes
                && labels.contains(&mark(SECRET, Some(TENANT)))
            {
                prop_assert!(judged.text.is_none());
            }
            prop_assert_eq!(judged.text.is_some(), judged.verdict == Verdict::Allowed);
        }
    }
}
