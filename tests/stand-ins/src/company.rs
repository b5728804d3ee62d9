//! The small company every stand-in plays: its tenant, its people, who belongs to which group.
//!
//! Entra signs these people in, Graph shows each of them what they may see.

/// Tenant id of the company.
pub const TENANT: &str = "5a4f0f0e-7c1f-4f0a-9b1e-0c6a4d1c2b3a";
/// Another tenant, for tokens that must be refused.
pub const OTHER_TENANT: &str = "0b8e7d52-63a3-4d8c-8f2b-9d3c1e5f7a90";
/// Host name of the company's sites.
pub const SHAREPOINT_HOST: &str = "harbourlight.sharepoint.com";

/// A person who can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Short name used on command lines and in tests: `ann`.
    pub key: &'static str,
    /// Entra object id.
    pub oid: &'static str,
    /// User principal name.
    pub upn: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Groups the person belongs to; sites grant access by group.
    pub groups: &'static [Group],
}

/// A group of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Everyone who works here.
    Everyone,
    /// The finance department.
    Finance,
    /// The research department.
    Research,
    /// The board of directors.
    Board,
    /// The keepers of charts and signals.
    Watch,
}

/// Everyone who works here, and one guest.
pub const PEOPLE: &[Person] = &[
    Person {
        key: "ann",
        oid: "a1111111-1111-4111-8111-111111111111",
        upn: "ann@harbourlight.example",
        name: "Ann Berg",
        groups: &[Group::Everyone, Group::Finance, Group::Watch],
    },
    Person {
        key: "bob",
        oid: "b2222222-2222-4222-8222-222222222222",
        upn: "bob@harbourlight.example",
        name: "Bob Castro",
        groups: &[Group::Everyone, Group::Research, Group::Watch],
    },
    Person {
        key: "carla",
        oid: "c3333333-3333-4333-8333-333333333333",
        upn: "carla@harbourlight.example",
        name: "Carla O'Neill",
        groups: &[Group::Everyone, Group::Finance, Group::Board],
    },
    Person {
        key: "dev",
        oid: "d4444444-4444-4444-8444-444444444444",
        upn: "dev_partner.example#EXT#@harbourlight.example",
        name: "Dev Patel (guest)",
        groups: &[],
    },
];

/// The person with this short name.
pub fn person(key: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.key == key)
}

/// The person with this object id.
pub fn person_by_oid(oid: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.oid == oid)
}

/// Client id of a connector's app registration, one per connector: `registration("sharepoint")`.
pub fn registration(connector: &str) -> Option<&'static str> {
    match connector {
        "sharepoint" => Some("e0000000-0000-4000-8000-000000000100"),
        "outlook" => Some("e0000000-0000-4000-8000-000000000110"),
        "teams" => Some("e0000000-0000-4000-8000-000000000120"),
        "databricks" => Some("e0000000-0000-4000-8000-000000000130"),
        _ => None,
    }
}

/// Client secret of every connector's registration. A made-up value that opens nothing.
pub const CLIENT_SECRET: &str = "stand-in-client-secret-1";

/// Client id of the assistant that people use in direct mode.
pub const ASSISTANT_CLIENT: &str = "f0000000-0000-4000-8000-000000000001";

/// The connectors that have an app registration.
pub const CONNECTORS: &[&str] = &["sharepoint", "outlook", "teams", "databricks"];

/// A client secret that every registration once had and that has run out.
pub const EXPIRED_CLIENT_SECRET: &str = "stand-in-client-secret-0";

/// Delegated permissions that an administrator has granted to a connector's registration.
pub fn granted_permissions(connector: &str) -> &'static [&'static str] {
    match connector {
        "sharepoint" => &[
            "https://graph.microsoft.com/User.Read",
            "https://graph.microsoft.com/User.ReadBasic.All",
            "https://graph.microsoft.com/People.Read",
            "https://graph.microsoft.com/Files.Read",
            "https://graph.microsoft.com/Files.Read.All",
            "https://graph.microsoft.com/Sites.Read.All",
            "https://graph.microsoft.com/SensitivityLabel.Read",
        ],
        "outlook" => &[
            "https://graph.microsoft.com/User.Read",
            "https://graph.microsoft.com/User.ReadBasic.All",
            "https://graph.microsoft.com/People.Read",
            "https://graph.microsoft.com/Mail.Read",
            "https://graph.microsoft.com/Mail.ReadBasic",
            "https://graph.microsoft.com/Mail.Read.Shared",
            "https://graph.microsoft.com/MailboxSettings.Read",
            "https://graph.microsoft.com/Calendars.Read",
            "https://graph.microsoft.com/Calendars.ReadBasic",
            "https://graph.microsoft.com/Calendars.Read.Shared",
            "https://graph.microsoft.com/Place.Read.All",
            "https://graph.microsoft.com/SensitivityLabel.Read",
        ],
        "teams" => &[
            "https://graph.microsoft.com/User.Read",
            "https://graph.microsoft.com/User.ReadBasic.All",
            "https://graph.microsoft.com/People.Read",
            "https://graph.microsoft.com/Chat.Read",
            "https://graph.microsoft.com/Chat.ReadBasic",
            "https://graph.microsoft.com/Channel.ReadBasic.All",
            "https://graph.microsoft.com/ChannelMember.Read.All",
            "https://graph.microsoft.com/ChannelMessage.Read.All",
            "https://graph.microsoft.com/Files.Read.All",
            "https://graph.microsoft.com/OnlineMeetings.Read",
            "https://graph.microsoft.com/OnlineMeetingTranscript.Read.All",
            "https://graph.microsoft.com/Presence.Read",
            "https://graph.microsoft.com/Presence.Read.All",
            "https://graph.microsoft.com/Team.ReadBasic.All",
            "https://graph.microsoft.com/TeamMember.Read.All",
            "https://graph.microsoft.com/Sites.Read.All",
        ],
        "databricks" => &[
            "https://graph.microsoft.com/User.Read",
            "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/user_impersonation",
        ],
        _ => &[],
    }
}
