use graph::labels::Doubt;
use proptest::prelude::*;

use super::*;

const GENERAL: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
const SECRET: &str = "44444444-DDDD-4DDD-8DDD-000000000004";

fn label(id: &str) -> Labelling {
    Labelling::Label(LabelId::try_from(id.to_owned()).unwrap())
}

fn policy(mode: &str, rest: &str) -> Policy {
    Policy::from_yaml(&format!(
        "labels: {{mode: {mode}, ids: [{{id: {GENERAL}, name: General}}]}}\n{rest}"
    ))
    .unwrap()
}

#[test]
fn every_label_has_its_verdict() {
    let allow = policy("allow", "");
    let deny = policy("deny", "");
    let open = policy("allow", "unlabelled: allow\nclasses: {text: allow, page: allow}");
    let cases = [
        (&allow, Class::Document, label(GENERAL), Verdict::Allowed),
        (&allow, Class::Document, label(&GENERAL.to_uppercase()), Verdict::Allowed),
        (&allow, Class::Document, label(SECRET), Verdict::Redacted),
        (&allow, Class::Document, Labelling::Unlabelled, Verdict::Unlabelled),
        (&allow, Class::Document, Labelling::Protected, Verdict::Redacted),
        (&allow, Class::Text, Labelling::Unlabelled, Verdict::Unlabelled),
        (&deny, Class::Document, label(GENERAL), Verdict::Redacted),
        (&deny, Class::Document, label(SECRET), Verdict::Allowed),
        (&deny, Class::Document, Labelling::Unlabelled, Verdict::Unlabelled),
        (&deny, Class::Document, Labelling::Protected, Verdict::Redacted),
        (&open, Class::Document, Labelling::Unlabelled, Verdict::Allowed),
        (&open, Class::Document, label(SECRET), Verdict::Redacted),
        (&open, Class::Text, Labelling::Unlabelled, Verdict::Allowed),
        (&open, Class::Text, label(SECRET), Verdict::Redacted),
        (&open, Class::Page, Labelling::Unlabelled, Verdict::Allowed),
        (&open, Class::Row, Labelling::Unlabelled, Verdict::Unlabelled),
        (&open, Class::Image, Labelling::Unlabelled, Verdict::Unlabelled),
        (&open, Class::Document, Labelling::Unknown(Doubt::Refused), Verdict::Unknown),
        (&open, Class::Text, Labelling::Unknown(Doubt::NotReported), Verdict::Unknown),
    ];
    for (number, (policy, class, labelling, expected)) in cases.into_iter().enumerate() {
        assert_eq!(policy.judge(class, labelling), expected, "case {number}");
    }
}

#[test]
fn without_a_policy_nothing_leaves() {
    let strict = Policy::strict();
    let any = [label(GENERAL), Labelling::Unlabelled, Labelling::Protected];
    for labelling in any {
        for class in [Class::Document, Class::Text, Class::Image, Class::Row, Class::Page] {
            let (verdict, text) = strict.screen(class, labelling, Content::new("secret"));
            assert!(verdict != Verdict::Allowed && text.is_none());
        }
    }
}

#[test]
fn a_policy_that_is_not_understood_to_the_letter_is_refused() {
    let bad = [
        "",
        "labels: allow",
        "labels: {ids: []}",
        "labels: {mode: permit, ids: []}",
        "labels: {mode: allow, ids: [{id: General}]}",
        "labels: {mode: allow, ids: [], extra: 1}",
        "labels: {mode: allow}\nunlabeled: redact",
        "labels: {mode: allow}\nunlabelled: maybe",
        "labels: {mode: allow}\nclasses: {texts: allow}",
        "labels: {mode: allow, tenant: contoso}",
        &format!("labels: {{mode: allow, ids: [{{id: {GENERAL}}}, {{id: {GENERAL}}}]}}"),
    ];
    for text in bad {
        let error = Policy::from_yaml(text).err();
        assert!(error.is_some(), "{text}");
        assert!(!error.unwrap().to_string().contains('\n'));
    }
}

#[test]
fn the_policy_beside_the_binary_is_a_policy() {
    let policy = Policy::from_yaml(include_str!("../../policy.yaml")).unwrap();
    assert_eq!(policy.judge(Class::Document, label(GENERAL)), Verdict::Allowed);
    assert_eq!(policy.judge(Class::Document, label(SECRET)), Verdict::Redacted);
}

#[test]
fn only_what_cannot_carry_a_label_is_not_a_document() {
    for (name, class) in [
        ("a.docx", Class::Document),
        ("a.PDF", Class::Document),
        ("a.zip", Class::Document),
        ("noending", Class::Document),
        ("a.md.docx", Class::Document),
        ("a.MD", Class::Text),
        ("a.csv", Class::Text),
        ("a.JPEG", Class::Image),
    ] {
        assert_eq!(class_of_file(name), class, "{name}");
    }
}

proptest! {
    #[test]
    fn content_leaves_only_under_a_permitted_label(
        id in any::<u128>(), listed in any::<bool>(), deny in any::<bool>(), doubt in 0..4u8,
    ) {
        let guid = uuid::Uuid::from_u128(id).to_string();
        let ids = if listed { format!("{{id: {guid}}}") } else { String::new() };
        let mode = if deny { "deny" } else { "allow" };
        let policy = Policy::from_yaml(&format!("labels: {{mode: {mode}, ids: [{ids}]}}")).unwrap();
        let labelling = match doubt {
            0 => Labelling::Unlabelled,
            1 => Labelling::Protected,
            2 => Labelling::Unknown(Doubt::Foreign),
            _ => label(&guid),
        };

        let (verdict, text) = policy.screen(Class::Document, labelling, Content::new("secret"));

        let may = doubt == 3 && (listed != deny);
        prop_assert_eq!(text.is_some(), may);
        prop_assert_eq!(verdict == Verdict::Allowed, may);
    }
}
