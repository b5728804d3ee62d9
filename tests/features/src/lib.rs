//! Gherkin features, run as tests and as smoke tests against a deployed environment.
