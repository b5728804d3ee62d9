//! The types of the answers: which properties may be selected, and what may be expanded.

/// A type of Graph, as far as requests can name its parts.
#[derive(Debug)]
pub struct EntityType {
    /// Full name.
    pub name: &'static str,
    /// Properties.
    pub properties: &'static [&'static str],
    /// Properties that are answered only when selected.
    pub on_request: &'static [&'static str],
    /// Navigation properties that can be expanded, and where they lead.
    pub navigation: &'static [(&'static str, &'static EntityType)],
    /// Whether any property may be named.
    pub open: bool,
}

impl EntityType {
    /// Whether a property may be selected.
    pub fn has(&self, name: &str) -> bool {
        self.open
            || self.properties.contains(&name)
            || self.navigates(name)
            || ANNOTATIONS.contains(&name)
    }

    /// Whether a name navigates.
    pub fn navigates(&self, name: &str) -> bool {
        self.target(name).is_some()
    }

    /// Where a navigation property leads.
    pub fn target(&self, name: &str) -> Option<&'static EntityType> {
        self.navigation.iter().find(|(own, _)| *own == name).map(|(_, target)| *target)
    }
}

/// Names that select the download address of a file.
const ANNOTATIONS: &[&str] =
    &["@microsoft.graph.downloadUrl", "@content.downloadUrl", "content.downloadUrl"];

/// `microsoft.graph.user`.
pub static USER: EntityType = EntityType {
    name: "microsoft.graph.user",
    properties: &[
        "aboutMe",
        "accountEnabled",
        "ageGroup",
        "assignedLicenses",
        "assignedPlans",
        "authorizationInfo",
        "birthday",
        "businessPhones",
        "city",
        "companyName",
        "consentProvidedForMinor",
        "country",
        "createdDateTime",
        "creationType",
        "customSecurityAttributes",
        "department",
        "deviceEnrollmentLimit",
        "displayName",
        "employeeHireDate",
        "employeeId",
        "employeeLeaveDateTime",
        "employeeOrgData",
        "employeeType",
        "externalUserState",
        "externalUserStateChangeDateTime",
        "faxNumber",
        "givenName",
        "hireDate",
        "identities",
        "identityParentId",
        "imAddresses",
        "interests",
        "isManagementRestricted",
        "isResourceAccount",
        "jobTitle",
        "lastPasswordChangeDateTime",
        "legalAgeGroupClassification",
        "licenseAssignmentStates",
        "mail",
        "mailboxSettings",
        "mailNickname",
        "mobilePhone",
        "mySite",
        "officeLocation",
        "onPremisesDistinguishedName",
        "onPremisesDomainName",
        "onPremisesExtensionAttributes",
        "onPremisesImmutableId",
        "onPremisesLastSyncDateTime",
        "onPremisesProvisioningErrors",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "onPremisesUserPrincipalName",
        "otherMails",
        "passwordPolicies",
        "passwordProfile",
        "pastProjects",
        "postalCode",
        "preferredDataLocation",
        "preferredLanguage",
        "preferredName",
        "print",
        "provisionedPlans",
        "proxyAddresses",
        "responsibilities",
        "schools",
        "securityIdentifier",
        "serviceProvisioningErrors",
        "showInAddressList",
        "signInActivity",
        "signInSessionsValidFromDateTime",
        "skills",
        "state",
        "streetAddress",
        "surname",
        "usageLocation",
        "userPrincipalName",
        "userType",
        "deletedDateTime",
        "id",
    ],
    on_request: &["department", "accountEnabled", "userType", "companyName"],
    navigation: &[],
    open: false,
};

/// `microsoft.graph.site`.
pub static SITE: EntityType = EntityType {
    name: "microsoft.graph.site",
    properties: &[
        "displayName",
        "error",
        "isPersonalSite",
        "root",
        "sharepointIds",
        "siteCollection",
        "createdBy",
        "createdDateTime",
        "description",
        "eTag",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "name",
        "parentReference",
        "webUrl",
        "id",
    ],
    on_request: &["sharepointIds"],
    navigation: &[("drive", &DRIVE), ("drives", &DRIVE), ("lists", &LIST), ("sites", &SITE)],
    open: false,
};

/// `microsoft.graph.drive`.
pub static DRIVE: EntityType = EntityType {
    name: "microsoft.graph.drive",
    properties: &[
        "driveType",
        "owner",
        "quota",
        "sharePointIds",
        "system",
        "createdBy",
        "createdDateTime",
        "description",
        "eTag",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "name",
        "parentReference",
        "webUrl",
        "id",
    ],
    on_request: &["sharePointIds", "system"],
    navigation: &[("root", &DRIVE_ITEM), ("list", &LIST)],
    open: false,
};

/// `microsoft.graph.driveItem`.
pub static DRIVE_ITEM: EntityType = EntityType {
    name: "microsoft.graph.driveItem",
    properties: &[
        "audio",
        "bundle",
        "content",
        "cTag",
        "deleted",
        "file",
        "fileSystemInfo",
        "folder",
        "image",
        "location",
        "malware",
        "package",
        "pendingOperations",
        "photo",
        "publication",
        "remoteItem",
        "root",
        "searchResult",
        "shared",
        "sharepointIds",
        "size",
        "specialFolder",
        "video",
        "webDavUrl",
        "createdBy",
        "createdDateTime",
        "description",
        "eTag",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "name",
        "parentReference",
        "webUrl",
        "id",
    ],
    on_request: &["sharepointIds"],
    navigation: &[("listItem", &LIST_ITEM), ("children", &DRIVE_ITEM)],
    open: false,
};

/// `microsoft.graph.listItem`.
pub static LIST_ITEM: EntityType = EntityType {
    name: "microsoft.graph.listItem",
    properties: &[
        "contentType",
        "deleted",
        "sharepointIds",
        "createdBy",
        "createdDateTime",
        "description",
        "eTag",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "name",
        "parentReference",
        "webUrl",
        "id",
    ],
    on_request: &["sharepointIds"],
    navigation: &[("fields", &FIELDS), ("driveItem", &DRIVE_ITEM)],
    open: false,
};

/// `microsoft.graph.list`.
pub static LIST: EntityType = EntityType {
    name: "microsoft.graph.list",
    properties: &[
        "displayName",
        "list",
        "sharepointIds",
        "system",
        "createdBy",
        "createdDateTime",
        "description",
        "eTag",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "name",
        "parentReference",
        "webUrl",
        "id",
    ],
    on_request: &["sharepointIds", "system"],
    navigation: &[("columns", &COLUMN), ("items", &LIST_ITEM), ("drive", &DRIVE)],
    open: false,
};

/// `microsoft.graph.columnDefinition`.
pub static COLUMN: EntityType = EntityType {
    name: "microsoft.graph.columnDefinition",
    properties: &[
        "boolean",
        "calculated",
        "choice",
        "columnGroup",
        "contentApprovalStatus",
        "currency",
        "dateTime",
        "defaultValue",
        "description",
        "displayName",
        "enforceUniqueValues",
        "geolocation",
        "hidden",
        "hyperlinkOrPicture",
        "indexed",
        "isDeletable",
        "isReorderable",
        "isSealed",
        "lookup",
        "name",
        "number",
        "personOrGroup",
        "propagateChanges",
        "readOnly",
        "required",
        "sourceContentType",
        "term",
        "text",
        "thumbnail",
        "type",
        "validation",
        "id",
    ],
    on_request: &[],
    navigation: &[],
    open: false,
};

/// `microsoft.graph.sitePage`.
pub static SITE_PAGE: EntityType = EntityType {
    name: "microsoft.graph.sitePage",
    properties: &[
        "promotionKind",
        "reactions",
        "showComments",
        "showRecommendedPages",
        "thumbnailWebUrl",
        "titleArea",
        "pageLayout",
        "publishingState",
        "title",
        "createdBy",
        "createdDateTime",
        "description",
        "eTag",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "name",
        "parentReference",
        "webUrl",
        "id",
    ],
    on_request: &[],
    navigation: &[("canvasLayout", &CANVAS)],
    open: false,
};

/// `microsoft.graph.driveItemVersion`.
pub static VERSION: EntityType = EntityType {
    name: "microsoft.graph.driveItemVersion",
    properties: &["content", "size", "lastModifiedBy", "lastModifiedDateTime", "publication", "id"],
    on_request: &[],
    navigation: &[],
    open: false,
};

/// `microsoft.graph.permission`.
pub static PERMISSION: EntityType = EntityType {
    name: "microsoft.graph.permission",
    properties: &[
        "expirationDateTime",
        "grantedTo",
        "grantedToIdentities",
        "grantedToIdentitiesV2",
        "grantedToV2",
        "hasPassword",
        "inheritedFrom",
        "invitation",
        "link",
        "roles",
        "shareId",
        "id",
    ],
    on_request: &[],
    navigation: &[],
    open: false,
};

/// `microsoft.graph.sensitivityLabel`.
pub static LABEL: EntityType = EntityType {
    name: "microsoft.graph.sensitivityLabel",
    properties: &[
        "actionSource",
        "autoTooltip",
        "description",
        "displayName",
        "hasProtection",
        "isDefault",
        "isEndpointProtectionEnabled",
        "isScopedToUser",
        "locale",
        "name",
        "priority",
        "toolTip",
        "id",
    ],
    on_request: &[],
    navigation: &[("sublabels", &LABEL)],
    open: false,
};

/// The columns of a list item: any name will do.
pub static FIELDS: EntityType = EntityType {
    name: "microsoft.graph.fieldValueSet",
    properties: &["id"],
    on_request: &[],
    navigation: &[],
    open: true,
};

/// `microsoft.graph.canvasLayout`.
pub static CANVAS: EntityType = EntityType {
    name: "microsoft.graph.canvasLayout",
    properties: &["id", "horizontalSections", "verticalSection"],
    on_request: &[],
    navigation: &[],
    open: false,
};
