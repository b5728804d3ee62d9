//! What each AADSTS code means: its OAuth error and its text.

/// OAuth error and text of a code; the same codes and errors that Entra documents.
pub(crate) fn meaning(code: u32) -> (&'static str, &'static str) {
    CODES
        .iter()
        .find(|(known, _, _)| *known == code)
        .map_or(("invalid_request", "The request could not be served."), |(_, error, text)| {
            (error, text)
        })
}

#[rustfmt::skip]
const CODES: &[(u32, &str, &str)] = &[
    (16000, "interaction_required",
        "Either multiple user identities are available for the current request or selected \
        account is not supported for the scenario."),
    (28000, "invalid_request",
        "Provided value for the input parameter scope is not valid because it contains more \
        than one resource."),
    (28002, "invalid_request",
        "Provided value for the input parameter scope is not valid when requesting an access \
        token. Please specify a valid scope."),
    (28003, "invalid_request",
        "Provided value for the input parameter scope cannot be empty when requesting an access \
        token using the provided authorization code. Please specify a valid scope."),
    (40010, "temporarily_unavailable",
        "A retryable error has occurred at a federated identity provider."),
    (50006, "invalid_grant", "Signature verification failed because of an invalid signature."),
    (50011, "invalid_request",
        "The redirect URI specified in the request does not match the redirect URIs configured \
        for the application."),
    (50012, "invalid_client", "Authentication failed."),
    (50013, "invalid_grant",
        "Assertion failed signature validation. [Reason - The provided signature value did not \
        match the expected signature value.]"),
    (50020, "invalid_grant",
        "User account from identity provider does not exist in tenant and cannot access the \
        application in that tenant."),
    (50027, "invalid_grant", "JWT token is invalid or malformed."),
    (50033, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (50034, "invalid_grant",
        "The user account does not exist in the directory. To sign into this application, the \
        account must be added to the directory."),
    (50057, "invalid_grant", "The user account is disabled."),
    (50058, "login_required", "A silent sign-in request was sent but no user is signed in."),
    (50072, "interaction_required",
        "Due to a configuration change made by your administrator, or because you moved to a \
        new location, you must enroll in multi-factor authentication to access the resource."),
    (50074, "interaction_required", "Strong Authentication is required."),
    (50076, "interaction_required",
        "Due to a configuration change made by your administrator, or because you moved to a \
        new location, you must use multi-factor authentication to access the resource."),
    (50078, "interaction_required",
        "Presented multi-factor authentication has expired due to policies configured by your \
        administrator, you must refresh your multi-factor authentication to access the \
        resource."),
    (50079, "interaction_required",
        "Due to a configuration change made by your administrator, or because you moved to a \
        new location, you must enroll in multi-factor authentication."),
    (50089, "invalid_grant", "Authentication failed due to flow token expired."),
    (50105, "invalid_grant",
        "Your administrator has configured the application to block users unless they are \
        specifically granted ('assigned') access to the application."),
    (50131, "interaction_required",
        "Device is not in required device state. Conditional Access policy requires a compliant \
        device."),
    (50158, "interaction_required", "External security challenge was not satisfied."),
    (50173, "invalid_grant",
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. \
        The user might have changed or reset their password."),
    (50196, "invalid_grant",
        "The server terminated an operation because it encountered a client request loop. \
        Please contact your app vendor."),
    (53000, "interaction_required",
        "Device is not in required device state: compliant. Conditional Access policy requires \
        a compliant device, and the device is not compliant."),
    (53001, "interaction_required",
        "Device is not in required device state: domain_joined. Conditional Access policy \
        requires a domain joined device, and the device is not domain joined."),
    (53002, "interaction_required",
        "Application used is not an approved application for Conditional Access."),
    (53003, "interaction_required",
        "Access has been blocked by Conditional Access policies. The access policy does not \
        allow token issuance."),
    (53011, "interaction_required", "User blocked due to risk on home tenant."),
    (54005, "invalid_grant",
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or \
        use an existing refresh token."),
    (65001, "invalid_grant",
        "The user or administrator has not consented to use the application. Send an \
        interactive authorization request for this user and resource."),
    (65004, "invalid_grant", "User declined to consent to access the app."),
    (70000, "invalid_grant", "Provided grant is invalid or malformed."),
    (70003, "unsupported_grant_type", "The app requested an unsupported grant type."),
    (70008, "invalid_grant",
        "The provided authorization code or refresh token has expired due to inactivity. Send a \
        new interactive authorization request for this user and resource."),
    (70011, "invalid_scope",
        "The provided request must include a 'scope' input parameter. The provided value for \
        the input parameter 'scope' is not valid."),
    (70043, "invalid_grant",
        "The refresh token has expired or is invalid due to sign-in frequency checks by \
        conditional access."),
    (90002, "invalid_tenant",
        "Tenant not found. Check to make sure you have the correct tenant ID and are signing \
        into the correct cloud. Check with your subscription administrator, this may happen if \
        there are no active subscriptions for the tenant."),
    (90006, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (90009, "invalid_request",
        "Application is requesting a token for itself. This scenario is supported only if \
        resource is specified using the GUID based App Identifier."),
    (90012, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (90024, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (90033, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (90055, "temporarily_unavailable",
        "There are too many incoming requests. Please try again later."),
    (90072, "invalid_grant",
        "User account from identity provider does not exist in tenant and cannot access the \
        application in that tenant. The account needs to be added as an external user in the \
        tenant first."),
    (90094, "invalid_grant",
        "Admin consent is required for the permissions requested by this application."),
    (90095, "invalid_grant",
        "Admin consent is required for the permissions requested by this application."),
    (500_011, "invalid_resource",
        "The resource principal was not found in the tenant. This can happen if the application \
        has not been installed by the administrator of the tenant or consented to by any user \
        in the tenant."),
    (500_112, "invalid_client",
        "The reply address does not match the reply address provided when requesting \
        Authorization code."),
    (500_131, "invalid_grant",
        "Assertion audience does not match the Client app presenting the assertion."),
    (500_133, "invalid_grant",
        "Assertion is not within its valid time range. Ensure that the access token is not \
        expired before using it for user assertion, or request a new token."),
    (500_213, "invalid_grant",
        "The resource tenant's cross-tenant access policy does not allow this user to access \
        this tenant."),
    (501_481, "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization \
        request."),
    (530_032, "interaction_required", "Access blocked by security policy."),
    (650_053, "invalid_client",
        "The application asked for a scope that doesn't exist on the resource."),
    (650_057, "invalid_resource",
        "Invalid resource. The client has requested access to a resource which is not listed in \
        the requested permissions in the client's application registration."),
    (700_016, "unauthorized_client",
        "Application with identifier was not found in the directory. This can happen if the \
        application has not been installed by the administrator of the tenant or consented to \
        by any user in the tenant. You may have sent your authentication request to the wrong \
        tenant."),
    (700_021, "invalid_client",
        "Client assertion application identifier doesn't match 'client_id' parameter."),
    (700_022, "invalid_request", "Cannot consume resource tokens for multiple resources."),
    (700_023, "invalid_client", "Client assertion audience claim does not match Realm issuer."),
    (700_024, "invalid_client", "Client assertion is not within its valid time range."),
    (700_025, "invalid_client",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be \
        presented."),
    (700_027, "invalid_client", "Client assertion failed signature validation."),
    (700_082, "invalid_grant", "The refresh token has expired due to inactivity."),
    (700_084, "invalid_grant",
        "The refresh token was issued to a single page app (SPA), and therefore has a fixed, \
        limited lifetime, which cannot be extended. It is now expired and a new sign in \
        request must be sent by the SPA to the sign in page."),
    (700_211, "invalid_client",
        "No matching federated identity record found for presented assertion issuer."),
    (700_212, "invalid_client",
        "No matching federated identity record found for presented assertion audience."),
    (700_213, "invalid_client",
        "No matching federated identity record found for presented assertion subject."),
    (700_229, "unauthorized_client",
        "Only application tokens can be used as Federated Identity Credentials for the \
        application."),
    (900_144, "invalid_request", "The request body must contain the following parameter."),
    (900_561, "invalid_request",
        "The endpoint only accepts POST requests. Received a GET request."),
    (901_002, "invalid_request", "The 'resource' request parameter isn't supported."),
    (7_000_112, "unauthorized_client", "Application is disabled."),
    (7_000_114, "unauthorized_client",
        "Application is not allowed to make application on-behalf-of calls."),
    (7_000_215, "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the \
        client secret value, not the client secret ID, for a secret added to the app."),
    (7_000_218, "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or \
        'client_secret'."),
    (7_000_222, "invalid_client",
        "The provided client secret keys for the app are expired. Visit the Azure portal to \
        create new keys for your app, or consider using certificate credentials for added \
        security."),
    (9_000_411, "invalid_request",
        "The request is not properly formatted. A parameter is duplicated."),
    (9_002_313, "invalid_request", "Invalid request. Request is malformed or invalid."),
    (9_002_325, "invalid_request",
        "Proof Key for Code Exchange is required for authorization code redemption."),
    (9_010_010, "invalid_target",
        "The resource parameter provided in the request doesn't match with the requested \
        scopes."),
];
