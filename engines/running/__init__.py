"""How an experiment is found and run, whoever runs it."""
