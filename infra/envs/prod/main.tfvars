environment        = "prod"
account_id         = "673034950531"
region             = "eu-central-1"
zone_name          = "connectors.novo-genai.com"
alarm_emails       = ["aiconnectors@example.com"] # replace by the team's own
log_retention_days = 365
nat_gateways       = 3
