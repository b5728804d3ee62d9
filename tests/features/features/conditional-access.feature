@URS:OAuthAuthentication
Feature: Conditional access
  When the organisation wants more than a password, the person is asked for it where it can be given.

  Scenario: A second factor is asked for at the next sign-in
    Given an assistant that registered itself
    And ann has signed in
    And Entra answers the exchange with AADSTS50076 and claims
    When ann searches for "budget"
    Then the answer is 401 "invalid_token"
    And a refresh is refused as "invalid_grant"
    When ann signs in and agrees
    Then Entra was asked with the claims
    And a search for "budget" answers on behalf of ann

  Scenario: A client of Entra that understands claims gets the challenge
    Given an assistant with an Entra token of ann that understands claims
    And Entra answers the exchange with AADSTS50076 and claims
    When ann searches for "budget"
    Then the answer is 401 "insufficient_claims"
    And the challenge carries the claims

  Scenario Outline: What stands against a sign-in is told to the assistant
    Given an assistant that registered itself
    And Entra answers the sign-in with AADSTS<number>
    When ann tries to sign in
    Then the assistant is told "<word>"

    Examples:
      | number  | word                    |
      | 53003   | access_denied           |
      | 50105   | access_denied           |
      | 90033   | temporarily_unavailable |
      | 7000222 | server_error            |
