@URS:OAuthAuthentication
Feature: Acting on behalf of the person
  Every request to Microsoft Graph carries a token that Entra gave for this person and no other.

  Scenario Outline: Two people see what each of them may see
    Given <person> is signed in
    When <person> searches for "<words>"
    Then the answer <has> "<file>"

    Examples:
      | person | words  | file             | has     |
      | ann    | budget | Budget 2027.xlsx | has     |
      | dev    | budget | Budget 2027.xlsx | has not |

  Scenario Outline: What Entra objects to is told in plain words
    Given ann is signed in
    And Entra answers the exchange with AADSTS<number>
    When ann searches for "budget"
    Then the tool says "<code>"
    And the text says what to do next

    Examples:
      | number | code             |
      | 65001  | consent_required |
      | 50105  | not_assigned     |
      | 53003  | access_blocked   |
      | 50020  | not_in_tenant    |

  Scenario: A credential of ours that ran out is not the person's matter
    Given ann is signed in
    And Entra answers the exchange with AADSTS7000222
    When ann searches for "budget"
    Then the answer is 503 with a time to wait

  Scenario: Signing in again is asked for three times and no more
    Given ann is signed in
    And Entra answers every exchange with AADSTS50013
    When ann searches for "budget" 3 times, each time newly signed in
    Then the answer is 401 "invalid_token"
    When ann searches for "budget" 1 times, each time newly signed in
    Then the tool says "sign_in_repeated"
