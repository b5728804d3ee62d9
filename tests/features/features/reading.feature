@URS:Reading
Feature: Reading files
  A file is told to the person as far as its sensitivity label permits, with the places to look it up.

  Scenario Outline: The text of a file that may leave is shown
    Given ann is signed in
    When ann reads "<file>"
    Then the answer shows "<words>"

    Examples:
      | file                          | words                          |
      | Labels/Agreed.docx            | white over red                 |
      | Labels/Agreed.pdf             | white over red                 |
      | Manuals/Keeper training.pptx  | Red to port when you come home |
      | Correspondence/Inspection.ics | Inspection of the mole         |

  Scenario Outline: The text of a file that may not leave is withheld, and the person is told why
    Given ann is signed in
    When ann reads "<file>"
    Then the text is withheld because it "<reason>"
    And the answer does not show "<words>"
    And the audit record says "redacted"

    Examples:
      | file                          | words      | reason                |
      | Labels/Withheld.docx          | the ship   | label does not permit |
      | Labels/Behind everywhere.docx | our own    | label does not permit |
      | Labels/Unlabelled.pdf         | tide gauge | has no label          |

  Scenario: Pages of a book come with links that open them
    Given ann is signed in
    When ann reads pages "3-4" of "Manuals/Signal book.pdf"
    Then the answer shows "The blue and white swallowtail keeps every boat two cables away."
    And the answer does not show "A square flag above a ball asks for help at once."
    And the answer has a link to "Signal%20book.pdf#page=3"

  Scenario: A file that becomes confidential is withheld from the next reader
    Given ann is signed in
    And "Log/Night watch.docx" says "all lights are burning" under the label General
    When ann reads "Log/Night watch.docx"
    Then the answer shows "all lights are burning"
    When "Log/Night watch.docx" says "the lamp was stolen" under the label Confidential
    And ann reads "Log/Night watch.docx"
    Then the text is withheld because it "label does not permit"
    And the answer does not show "the lamp was stolen"

  Scenario: What nobody sees in a file is not told
    Given ann is signed in
    When ann reads "Manuals/Fog horn.rtf"
    Then the answer shows "The fog horn is fed with air of six bar."
    And the answer does not show "the horn room is never locked"
