"""What the tool knows and does: projects, scenarios, jobs, the pipeline, reports, commands."""
