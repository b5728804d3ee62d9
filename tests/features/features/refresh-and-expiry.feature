@URS:OAuthAuthentication
Feature: Refreshing and ending a sign-in

  Background:
    Given the connector keeps its records in disk
    And an assistant that registered itself
    And ann has signed in

  Scenario: A refresh gives new tokens
    When the assistant refreshes
    Then the assistant has an access token and a refresh token
    And a search for "budget" answers on behalf of ann

  Scenario: Two refreshes at the same moment get the same answer
    When the assistant refreshes twice with the same token
    Then both succeed with the same refresh token

  Scenario: A refresh token of another client is refused
    Given another assistant that registered itself
    When the other assistant refreshes with the token
    Then the refresh is refused as "invalid_grant"

  Scenario: A wider scope is refused
    When the assistant refreshes for the scope "access admin"
    Then the refresh is refused as "invalid_scope"

  Scenario: A refresh token that was exchanged long ago ends the sign-in
    When the assistant refreshes
    And the assistant refreshes
    And the first refresh token comes again
    Then the refresh is refused as "invalid_grant"
    And a refresh is refused as "invalid_grant"

  Scenario: An Entra token that ended is renewed unseen
    Given Entra answers the next exchange with AADSTS500133
    Then a search for "budget" answers on behalf of ann

  Scenario: A person's session that Entra ended is over
    Given Entra has revoked ann's sessions
    And Entra answers the next exchange with AADSTS500133
    When ann searches for "budget"
    Then the answer is 401 "invalid_token"
    And a refresh is refused as "invalid_grant"

  Scenario: An assistant that signs out is out
    When the assistant revokes its refresh token
    Then a refresh is refused as "invalid_grant"
    When ann searches for "budget"
    Then the answer is 401 "invalid_token"

  Scenario: A person who is switched off is out
    When ann is switched off
    And the connector is started anew
    And ann searches for "budget"
    Then the answer is 401 "invalid_token"
    And a refresh is refused as "invalid_grant"
