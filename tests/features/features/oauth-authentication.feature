@URS:OAuthAuthentication
Feature: Signing in
  A person connects an assistant to a connector. The assistant gets a token of its own; the person's
  password and Entra token stay between the person, Entra and the connector.

  @smoke
  Scenario: Somebody without a token is told where to sign in
    When an assistant calls the connector without a token
    Then the answer is 401 without an error word
    And the challenge names the resource document and the scope
    And the resource document names this connector and where to sign in
    And the metadata of the authorization server has the issuer that the resource document names

  @smoke
  Scenario Outline: A bearer that is no token of ours is refused without a reason
    When an assistant presents <bearer>
    Then the answer is 401 "invalid_token"

    Examples:
      | bearer                             |
      | a word that is no token            |
      | an unsigned token                  |
      | a token that nobody we know signed |

  @smoke @with-token
  Scenario: Whoever signed in is offered tools that only read
    Given an assistant with a token
    When it asks for the tools
    Then it is offered tools that only read

  @smoke @with-token
  Scenario: Both eras of the protocol offer the same tools
    Given an assistant with a token
    When it asks for the tools
    And it asks for the tools in the newest revision
    Then both times the same tools are offered

  @smoke @own-server
  Scenario: An assistant registers itself and is given no secret
    When an assistant registers with the redirect address "http://127.0.0.1:33418/callback"
    Then it is given a client id and no secret

  @smoke @own-server
  Scenario Outline: Addresses that no answer may go to are refused at registration
    When an assistant registers with the redirect address "<address>"
    Then the registration is refused as "invalid_redirect_uri"

    Examples:
      | address                              |
      | https://evil.example/callback        |
      | javascript:alert(1)                  |
      | http://localhost.evil.example/cb     |
      | https://claude.ai/api/../evil        |

  Scenario: A person signs in through an assistant that registered itself
    Given an assistant that registered itself
    When ann signs in and agrees
    Then the assistant has an access token and a refresh token
    And a search for "budget" answers on behalf of ann
    And the access token says nothing about ann

  Scenario: A person who does not agree is not signed in
    Given an assistant that registered itself
    When ann is asked and does not agree
    Then the assistant is told "access_denied"
    And Entra was not asked

  Scenario: The consent page says who asks and where the answer goes
    Given an assistant that registered itself as "Demo assistant"
    When ann opens the consent page
    Then the page names "Demo assistant" and "127.0.0.1:33418"
    And the page runs no script, loads nothing and cannot be framed

  Scenario: An answer that comes back in another browser is refused
    Given an assistant that registered itself
    When ann agrees in one browser and comes back from Entra in another
    Then the page says 403
    And no code was given out
    And Entra's code was not exchanged

  Scenario: A code works once
    Given an assistant that registered itself
    And ann has signed in and the code is not exchanged yet
    When the code is exchanged twice
    Then the first exchange succeeds
    And the second is refused as "invalid_grant"
    And the tokens of the first are refused from then on

  Scenario: A code is worth nothing without its proof key
    Given an assistant that registered itself
    And ann has signed in and the code is not exchanged yet
    When the code is exchanged with another verifier
    Then the exchange is refused as "invalid_grant"

  Scenario: Two people of one assistant see what each of them may see
    Given an assistant that registered itself
    When ann signs in and agrees
    Then a search for "budget" answers on behalf of ann
    When bob signs in and agrees
    Then a search for "budget" answers on behalf of bob

  Scenario: Tokens of Entra are accepted beside our own
    Given an assistant with an Entra token of ann
    Then a search for "budget" answers on behalf of ann
