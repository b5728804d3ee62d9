# What exists already is adopted.

import {
  for_each = toset(var.existing_zone_id == null ? [] : [var.existing_zone_id])
  to       = module.account.aws_route53_zone.this
  id       = each.value
}

import {
  for_each = var.existing_application_ids
  to       = module.registration[each.key].azuread_application.this
  id       = "/applications/${each.value}"
}
