//! The local load balancer in front of Lambda functions.
