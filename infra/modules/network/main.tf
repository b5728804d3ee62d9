# One VPC over three zones. The public half holds the load balancer and always exists. The private
# half is paid for only when something runs in it.

locals {
  name  = "aiconnectors-${var.environment}"
  zones = [for letter in ["a", "b", "c"] : "${var.region}${letter}"]

  # 10.0.64.0/20, 10.0.80.0/20, 10.0.96.0/20 and 10.0.0.0/20, 10.0.16.0/20, 10.0.32.0/20.
  public  = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 4, index + 4) }
  private = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 4, index) if var.private }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

# Nothing uses the group that every VPC comes with, so it lets nothing through.
resource "aws_default_security_group" "unused" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-default-unused" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = local.name }
}

resource "aws_subnet" "public" {
  for_each = local.public

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  # The balancer asks for its own addresses; nothing else gets one by accident.
  map_public_ip_on_launch = false

  tags = { Name = "${local.name}-public-${each.key}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}
