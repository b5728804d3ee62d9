@URS:OAuthAuthentication
Feature: Refreshing and ending a sign-in

  Background:
    Given an assistant that registered itself
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

  Scenario: A person's session that Entra ended is over
    Given Entra has revoked ann's sessions
    When the person's Entra token has to be renewed
    Then the answer is 401

  Scenario: An assistant that signs out is out
    When the assistant revokes its refresh token
    Then a refresh is refused as "invalid_grant"

  Scenario: A person who is switched off is out within 30 seconds
    When ann is switched off
    Then a new instance refuses the access token
    And a refresh is refused as "invalid_grant"
