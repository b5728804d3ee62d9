output "budget_name" {
  description = "The monthly budget."
  value       = aws_budgets_budget.monthly.name
}
