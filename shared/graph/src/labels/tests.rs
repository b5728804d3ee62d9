use super::*;

const GENERAL: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
const OURS: &str = "5a4f0f0e-7c1f-4f0a-9b1e-0c6a4d1c2b3a";

fn general() -> LabelId {
    LabelId::try_from(GENERAL.to_owned()).unwrap()
}

fn column(item: &str) -> Labelling {
    from_column(&serde_json::from_str(item).unwrap())
}

#[test]
fn the_column_is_read_without_regard_to_case() {
    let upper = GENERAL.to_uppercase();
    let item = format!(r#"{{"listItem":{{"fields":{{"_IpLabelId":"{upper}"}}}}}}"#);

    assert_eq!(column(&item), Labelling::Label(general()));
}

#[test]
fn a_column_that_was_not_answered_is_not_an_empty_column() {
    let cases = [
        ("{}", Labelling::Unknown(Doubt::NotReported)),
        (r#"{"listItem":{}}"#, Labelling::Unknown(Doubt::NotReported)),
        (r#"{"listItem":{"fields":{}}}"#, Labelling::Unlabelled),
        (r#"{"listItem":{"fields":{"_IpLabelId":""}}}"#, Labelling::Unlabelled),
        (r#"{"listItem":{"fields":{"_IpLabelId":null}}}"#, Labelling::Unlabelled),
        (
            r#"{"listItem":{"fields":{"_IpLabelId":"General"}}}"#,
            Labelling::Unknown(Doubt::NotUnderstood),
        ),
        (r#"{"listItem":{"fields":{"_IpLabelId":7}}}"#, Labelling::Unknown(Doubt::NotUnderstood)),
        (r#"{"listItem":{"fields":{"_ComplianceTag":"x"}}}"#, Labelling::Unlabelled),
    ];
    for (item, expected) in cases {
        assert_eq!(column(item), expected, "{item}");
    }
}

#[test]
fn only_labels_of_our_tenant_count() {
    let label = |tenant: &str| {
        format!(
            r#"{{"sensitivityLabelId":"{GENERAL}","tenantId":"{tenant}","assignmentMethod":"new"}}"#
        )
    };
    let ours = label(&OURS.to_uppercase());
    let theirs = label("0b8e7d52-63a3-4d8c-8f2b-9d3c1e5f7a90");
    let other = ours.replace("22222222", "33333333");
    let cases = [
        (format!(r#"{{"labels":[{ours}]}}"#), Labelling::Label(general())),
        (format!(r#"{{"value":{{"labels":[{theirs},{ours}]}}}}"#), Labelling::Label(general())),
        (r#"{"labels":[]}"#.to_owned(), Labelling::Unlabelled),
        (format!(r#"{{"labels":[{theirs}]}}"#), Labelling::Unknown(Doubt::Foreign)),
        (format!(r#"{{"labels":[{ours},{other}]}}"#), Labelling::Unknown(Doubt::Several)),
        (r#"{"labels":null}"#.to_owned(), Labelling::Unknown(Doubt::NotUnderstood)),
        (r#"{"labels":[7]}"#.to_owned(), Labelling::Unknown(Doubt::NotUnderstood)),
        ("{}".to_owned(), Labelling::Unknown(Doubt::NotUnderstood)),
        ("<html>".to_owned(), Labelling::Unknown(Doubt::NotUnderstood)),
    ];
    for (body, expected) in cases {
        assert_eq!(from_extraction(body.as_bytes(), OURS), expected, "{body}");
    }
}

#[test]
fn a_refusal_is_never_a_permission() {
    assert_eq!(from_refusal(StatusCode::LOCKED, "unknownFutureValue"), Labelling::Protected);
    assert_eq!(
        from_refusal(StatusCode::BAD_REQUEST, "notSupported"),
        Labelling::Unknown(Doubt::Refused)
    );
}

#[test]
fn only_a_word_about_the_type_of_file_is_taken_for_one() {
    for status in [401, 403, 404, 406, 409, 410, 429, 500, 501, 502, 503, 504] {
        let status = StatusCode::from_u16(status).unwrap();
        let found = from_refusal(status, "accessDenied");
        assert_eq!(found, Labelling::Unknown(Doubt::NotReported), "{status}");
    }
    let unsupported = from_refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "");
    assert_eq!(unsupported, Labelling::Unknown(Doubt::Refused));
}

fn in_column(value: &Value) -> Labelling {
    let item = serde_json::json!({ "listItem": { "fields": { "_IpLabelId": value } } });
    from_column(&serde_json::from_value(item).unwrap())
}

proptest::proptest! {
    #[test]
    fn a_label_is_the_same_in_any_case(id: [u8; 16], upper: u64) {
        let text: String = Uuid::from_bytes(id)
            .to_string()
            .char_indices()
            .map(|(at, c)| if (upper >> at) & 1 == 1 { c.to_ascii_uppercase() } else { c })
            .collect();
        let label = LabelId::try_from(Uuid::from_bytes(id).to_string()).unwrap();
        proptest::prop_assert_eq!(in_column(&Value::String(text)), Labelling::Label(label));
    }

    #[test]
    fn what_is_no_guid_is_never_taken_for_a_label_or_for_none(text in "[^0-9a-fA-F\\s]\\PC{0,60}") {
        proptest::prop_assume!(Uuid::parse_str(text.trim()).is_err());
        let found = in_column(&Value::String(text));
        proptest::prop_assert_eq!(found, Labelling::Unknown(Doubt::NotUnderstood));
    }

    #[test]
    fn no_answer_of_another_tenant_gives_a_label(id: [u8; 16], tenant in "[0-9a-f]{8}") {
        let label = Uuid::from_bytes(id).to_string();
        let body = serde_json::json!({
            "labels": [{ "sensitivityLabelId": label, "tenantId": tenant }]
        });
        let found = from_extraction(body.to_string().as_bytes(), "our-tenant");
        proptest::prop_assert_eq!(found, Labelling::Unknown(Doubt::Foreign));
    }

    #[test]
    fn no_bytes_break_the_reading(bytes: Vec<u8>) {
        let found = from_extraction(&bytes, "our-tenant");
        proptest::prop_assert!(!matches!(found, Labelling::Label(_)));
    }
}
