@URS:OAuthAuthentication
Feature: Where sign-ins are kept

  Scenario Outline: A sign-in survives from one instance to the next
    Given the connector keeps its records in <storage>
    And an assistant that registered itself
    And ann has signed in
    When the connector is started anew
    Then a search for "budget" answers on behalf of ann

    Examples:
      | storage |
      | disk    |

    @moto
    Examples:
      | storage  |
      | dynamodb |

  Scenario Outline: Nothing readable is kept
    Given the connector keeps its records in <storage>
    And an assistant that registered itself
    And ann has signed in
    Then a dump of the storage shows no token, code, name or address

    Examples:
      | storage |
      | disk    |

    @moto
    Examples:
      | storage  |
      | dynamodb |

  Scenario Outline: Of many exchanges of one code at the same moment one succeeds
    Given the connector keeps its records in <storage>
    And an assistant that registered itself
    And ann has signed in and the code is not exchanged yet
    When the code is exchanged 8 times at the same moment
    Then one exchange succeeds and the others are refused as "invalid_grant"

    Examples:
      | storage |
      | memory  |
      | disk    |

    @moto
    Examples:
      | storage  |
      | dynamodb |

  @moto
  Scenario: A storage that is down is a wait and not a sign-in
    Given the connector keeps its records in dynamodb
    And an assistant that registered itself
    And ann has signed in
    When the storage is down
    And the connector is started anew
    And ann searches for "budget"
    Then the answer is 503 with a time to wait

  Scenario: Memory is for a laptop only
    When a connector with proxy mode and memory storage starts in "prod"
    Then it does not start and names "STORAGE_TYPE"
