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

  Scenario: Memory is for a laptop only
    When a connector with proxy mode and memory storage starts in "prod"
    Then it does not start and names "STORAGE_TYPE"
