//! Microsoft Entra, as far as the connectors use it.
