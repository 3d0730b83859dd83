"""Large, strongly clumped problems: targets relaxed by prices, minimum cuts inside."""
