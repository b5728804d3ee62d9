@URS:OAuthAuthentication
Feature: Our own credentials and keys

  Scenario: The client secret is replaced without a failed call
    Given the connector has a new client secret and keeps the previous one
    And ann is signed in
    When Entra accepts the previous secret only
    Then a search for "budget" answers on behalf of ann
    When Entra accepts the new secret only
    Then a search for "budget" answers on behalf of ann

  Scenario: A certificate replaces the secret
    Given the connector has a certificate and no secret
    And ann is signed in
    Then a search for "budget" answers on behalf of ann
    And the exchange carried an assertion and no secret

  Scenario: The storage key is replaced and sign-ins stay
    Given the connector keeps its records in disk
    And an assistant that registered itself
    And ann has signed in
    When the connector is started anew with a new storage key beside the old one
    Then a search for "budget" answers on behalf of ann
    When the connector is started anew without the old storage key
    And ann searches for "budget"
    Then the answer is 401 "invalid_token"

  @smoke
  Scenario: Health tells nothing
    When somebody asks for the health of the connector
    Then it is healthy and says only name and version
