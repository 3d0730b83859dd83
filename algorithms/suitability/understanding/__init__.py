"""What a habitat model has learnt, where it extrapolates, and what people cost the habitat."""
