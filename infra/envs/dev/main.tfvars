environment        = "dev"
account_id         = "094069622854"
region             = "eu-central-1"
zone_name          = "dev.connectors.novo-genai.com"
alarm_emails       = ["aiconnectors-dev@example.com"] # replace by the team's own
log_retention_days = 30
nat_gateways       = 1
