//! Microsoft Graph, as far as the connectors use it.
